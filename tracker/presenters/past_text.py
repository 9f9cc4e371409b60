"""A report as it read at the end of a past day: corrections keep the text before them with all its pieces."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import JSONField, OuterRef, Subquery

from tracker import clock
from tracker.enums import ImportState
from tracker.models import AnnualReport, Figure, Plan, ReportCorrection
from tracker.presenters.report_read import Text, Words

ABOVE = {"part": "report_id", "section": "part_id", "shortcoming": "part_id", "cause": "part_id", "duty": "section_id"}
HEADED = ("part", "section")


def past_text(plan: Plan, day: datetime.date) -> Text:
    """The text in force at the end of `day`: what the first correction after it replaced. One statement.

    A correction that was put in force before pieces were kept is passed over.
    """
    after = clock.start_of(day + datetime.timedelta(days=1))
    later = ReportCorrection.objects.filter(report=OuterRef("pk"), state=ImportState.CREATED, applied_at__gte=after)
    first = later.exclude(previous_pieces={}).order_by("applied_at", "pk")
    report = AnnualReport.objects.annotate(
        former=Subquery(first.values("previous_text")[:1]),
        pieces=Subquery(first.values("previous_pieces")[:1], output_field=JSONField()),
    ).get(pk=plan.report_id)
    if not report.former:
        return Text(report)
    report.text = report.former
    return Text(
        report,
        sorted(_words(report.pieces), key=lambda row: (row.start, -row.end, row.what)),
        [_figure(kept) for kept in report.pieces["figure"]],
        {kept["id"]: (kept["start"], kept["end"]) for kept in report.pieces["task"]},
    )


def _words(pieces: dict[str, list[dict[str, Any]]]) -> Iterator[Words]:
    """As `report_read.read_words` reads them from the rows of today."""
    for what, above in ABOVE.items():
        for kept in pieces[what]:
            yield Words(
                what=what,
                pk=kept["id"],
                above=kept[above],
                number="" if what == "duty" else str(kept["number"]),
                words="" if what == "duty" else kept["heading" if what in HEADED else "text"],
                kind=kept["kind"] if what == "part" else "",
                guessed=what == "cause" and kept["paired_by_position"],
                start=kept["start"],
                end=kept["end"],
                explains=kept["shortcoming_id"] or 0 if what == "cause" else 0,
            )


def _figure(kept: dict[str, Any]) -> Figure:
    return Figure(**{**kept, "value": Decimal(kept["value"])})
