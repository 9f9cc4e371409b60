"""The tables of a task's page, row by row: milestones, indicators, links upwards, evidence."""

import datetime
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker import clock, wording
from tracker.enums import Light, LinkExtent, LinkHealth, LinkState, Verdict
from tracker.models import Evidence, EvidenceUse, MeasureLink, Milestone, ShortcomingLink, Task
from tracker.services import trace

MILESTONE_SHAPES = {"met": Light.DONE, "missed": Light.YELLOW, "next": Light.BLUE, "later": Light.GREY}
VERDICT_TAGS = {Verdict.ACCEPTED: "tag--ok", Verdict.REJECTED: "tag--no"}
TROUBLES = (LinkHealth.DEAD, LinkHealth.CHANGED)
CHART_WIDTH, CHART_HEIGHT, CHART_MARGIN = 116, 22, 3


def milestone(step: Milestone, task: Task, on: datetime.date) -> dict[str, str]:
    """A row of the milestones; `state` is "met", "missed", "next" or "later"."""
    coming = [row for row in task.milestones.all() if row.met_on is None and row.due_on >= on]
    days = abs((step.due_on - on).days)
    if step.met_on is not None:
        state, words = "met", _met_words(step, task)
    elif step.due_on < on:
        state = "missed"
        words = ngettext("%(days)d day overdue", "%(days)d days overdue", days) % {"days": days}
    elif step == coming[0]:
        state, words = "next", ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    else:
        state, words = "later", _("to come")
    return {
        "title": step.title,
        "due": wording.date_in_year(step.due_on, task),
        "share": "" if step.share is None else f"{step.share}%",
        "state": state,
        "shape": MILESTONE_SHAPES[state],
        "words": words,
        "note": step.note,
        "met_words": step.met_words,
    }


def _met_words(step: Milestone, task: Task) -> str:
    late = (step.met_on - step.due_on).days if step.met_on else 0
    words = {"date": wording.date_in_year(step.met_on, task), "days": late}
    if late <= 0:
        return _("met %(date)s") % words
    return ngettext("met %(date)s, %(days)d day late", "met %(date)s, %(days)d days late", late) % words


def number(value: Decimal | None) -> str:
    """1,986 or 43.2; empty for none."""
    return "" if value is None else f"{value.normalize():,f}"


def indicators(task: Task) -> Iterator[dict[str, Any]]:
    """The rows of the indicators, whose rows from the database come once for each reading."""
    for _pk, found in groupby(task.indicators.all(), key=lambda row: row.pk):
        rows = list(found)
        first, last = rows[0], rows[-1]
        readings = [(row.read_on, row.read_value) for row in rows if row.read_on is not None]
        yield {
            "name": first.name,
            "unit": first.unit,
            "quote": wording.full_width(first.figure.quote) if first.figure else "",
            "latest": number(last.read_value),
            "latest_on": wording.date_in_year(last.read_on, task),
            "baseline": number(first.baseline),
            "target": number(first.target) or first.get_direction_display(),
            "chart": chart_of(readings, first.baseline, first.target) if readings else None,
            "chart_words": _chart_words(readings, first.baseline, first.target),
        }


@dataclass(frozen=True)
class Chart:
    """A small line drawn by attributes: `points` of the polyline, its last point, heights of baseline and target."""

    points: str
    last_x: str
    last_y: str
    baseline_y: str
    target_y: str
    width: int = CHART_WIDTH
    height: int = CHART_HEIGHT


def _chart_words(
    readings: Sequence[tuple[datetime.date, Decimal]], baseline: Decimal | None, target: Decimal | None
) -> str:
    """The same in words, for those who do not see the picture."""
    parts = [_("baseline %(value)s") % {"value": number(baseline)}] if baseline is not None else []
    parts += [f"{wording.full_date(on)} {number(value)}" for on, value in readings]
    parts += [_("target %(value)s") % {"value": number(target)}] if target is not None else []
    return "；".join(parts)


def chart_of(
    readings: Sequence[tuple[datetime.date, Decimal]], baseline: Decimal | None, target: Decimal | None
) -> Chart:
    """Readings by date; baseline and target, where there are any, are inside the picture."""
    values = [float(value) for _on, value in readings]
    marks = [float(mark) for mark in (baseline, target) if mark is not None]
    low, high = min(*values, *marks, values[0]), max(*values, *marks, values[0])
    days = [(on - readings[0][0]).days for on, _value in readings]
    xs = [f"{_scaled(day, 0, days[-1], CHART_WIDTH):g}" for day in days]

    def height(value: float | Decimal | None) -> str:
        if value is None:
            return ""
        return f"{CHART_HEIGHT - _scaled(float(value), low, high, CHART_HEIGHT):g}"

    ys = [height(value) for value in values]
    return Chart(
        points=" ".join(f"{x},{y}" for x, y in zip(xs, ys, strict=True)),
        last_x=xs[-1],
        last_y=ys[-1],
        baseline_y=height(baseline),
        target_y=height(target),
    )


def _scaled(value: float, low: float, high: float, size: int) -> float:
    share = (value - low) / (high - low) if high > low else 0.5
    return round(CHART_MARGIN + share * (size - 2 * CHART_MARGIN), 1)


def upstream(task: Task) -> Iterator[dict[str, Any]]:
    """What the task continues and answers, each with its state and, below shortcomings, the causes."""
    for link in task.measure_links.all():
        head = _("Continues measure %(number)s") % {"number": link.measure.section.number.rstrip(".、．")}
        extent = link.get_extent_display() if link.extent == LinkExtent.SENTENCE else ""
        yield _link_row(task, link, head, link.measure.text, "settle_measure_link", extent)
    for _pk, found in groupby(task.shortcoming_links.all(), key=lambda row: row.pk):
        rows = list(found)
        shortcoming = rows[0].shortcoming
        head = _("Answers shortcoming %(number)s") % {"number": shortcoming.number}
        yield _link_row(task, rows[0], head, shortcoming.text, "settle_shortcoming_link", "")
        yield from (_cause_row(row) for row in rows if row.cause_number is not None)


def _link_row(
    task: Task, link: MeasureLink | ShortcomingLink, head: str, words: str, view: str, extent: str
) -> dict[str, Any]:
    proposed, suspect = link.state == LinkState.PROPOSED, trace.is_suspect(link)
    kind = _("%(strength)s link") % {"strength": link.get_strength_display()}
    when = clock.local_date(link.confirmed_at) if link.confirmed_at else None
    return {
        "head": head,
        "kind": "，".join(part for part in (kind, str(extent)) if part),
        "words": wording.full_width(words),
        "rationale": link.rationale,
        "proposed": proposed,
        "suspect": suspect,
        "to_settle": proposed or suspect,
        "who": "" if proposed else _("confirmed by %(who)s") % {"who": link.confirmed_by},
        "when": wording.date_in_year(when, task),
        "confirm_label": _("It holds: %(link)s") % {"link": head},
        "dismiss_label": _("It does not hold: %(link)s") % {"link": head},
        "edit_url": reverse(view.replace("settle", "edit"), args=[link.pk]),
        "edit_label": _("Edit: %(link)s") % {"link": head},
        "confirm_url": reverse(view, args=[link.pk, "confirm"]),
        "dismiss_url": reverse(view, args=[link.pk, "dismiss"]),
    }


def _cause_row(row: Any) -> dict[str, Any]:
    return {
        "head": _("Cause %(number)s") % {"number": row.cause_number},
        "kind": _("paired by position") if row.cause_by_position else "",
        "words": wording.full_width(row.cause_text),
        "proposed": row.cause_by_position,
    }


def is_shown(use: EvidenceUse) -> bool:
    """True for a use that the person may see and that nobody took back."""
    return bool(use.seen) and use.verdict != Verdict.WITHDRAWN


def troubles(item: Evidence, on: datetime.date) -> list[str]:
    """What is wrong with an item read together with its `address_check`, in a word each; nothing for a sound one."""
    found = [str(_("expired"))] if item.expired(on) else []
    check = getattr(item, "address_check", None)
    if check is not None and check.health in TROUBLES:
        found.append(str(check.health.label))
    return found


def replaced_words(number: str | None, seen: Collection[str]) -> str:
    """By which version an item is replaced on its task, named only to those who see it among `seen`."""
    if not number:
        return ""
    if number not in seen:
        return _("replaced here by a newer version")
    return _("replaced here by a newer version: %(number)s") % {"number": number}


def evidence_rows(task: Task, may_add: bool) -> list[dict[str, Any]]:
    """The rows of the evidence that is shown; with `may_add` a newer version can be taken in the place of an old one.

    For uses read with `mark_seen`, `mark_replaced` and `mark_newer`.
    """
    uses = [use for use in task.evidence_uses.all() if is_shown(use)]
    there = {use.evidence_id for use in task.evidence_uses.all() if use.verdict != Verdict.WITHDRAWN}
    seen = {use.evidence.number for use in uses}
    return [_evidence(use) | _version(use, seen, there, may_add) for use in uses]


def _version(use: EvidenceUse, seen: Collection[str], there: Collection[int], may_add: bool) -> dict[str, str]:
    """What is said of newer versions of the item, and where the newest can be taken in its place."""
    newer = use.newer
    if use.replaced_here or newer is None:
        return {"version": replaced_words(use.replaced_here, seen), "take_url": "", "newer_url": ""}
    free = may_add and newer["pk"] not in there
    return {
        "version": _("a newer version exists: %(number)s") % newer,
        "newer_url": reverse("evidence", args=[newer["pk"]]),
        "take_url": reverse("take_newer", args=[use.pk]) if free else "",
    }


def _evidence(use: EvidenceUse) -> dict[str, Any]:
    """A row of the evidence."""
    item = use.evidence
    details = (item.document_number, item.get_kind_display(), item.issuer)
    return {
        "number": item.number,
        "title": item.title,
        "url": item.get_absolute_url(),
        "detail": "　".join(str(part) for part in details if part),
        "claim": use.claim,
        "dated": wording.full_date(item.dated_on),
        "disclosure": item.get_disclosure_display(),
        "tag": VERDICT_TAGS.get(Verdict(use.verdict), ""),
        "verdict_label": use.get_verdict_display(),
        "troubles": troubles(item, clock.today()),
        "reason": use.reason if use.verdict == Verdict.REJECTED else "",
    }
