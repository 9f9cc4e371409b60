"""What a corrected text changes, in words: sentences side by side, tasks, links, and what was not found again."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import wording
from tracker.enums import ImportState, Status
from tracker.importing.carrying import Alignment, Change
from tracker.models import ReportCorrection
from tracker.services import report_corrections
from tracker.services.report_corrections import CLOSED, Carried, Preview
from tracker.texts import enumeration


def before(rows: Iterable[ReportCorrection]) -> list[dict[str, Any]]:
    """Corrections as lines of a list."""
    return [
        {
            "title": row.reason,
            "url": reverse("report_correction", args=[row.pk]),
            "by": str(row.begun_by),
            "at": wording.moment(row.begun_at),
            "state": _state(row),
        }
        for row in rows
    ]


def _state(row: ReportCorrection) -> str:
    states = {ImportState.DRAFT: _("In preparation"), ImportState.CREATED: _("In force")}
    return states.get(ImportState(row.state), _("Discarded"))


def page(row: ReportCorrection, typed: dict[str, str]) -> dict[str, Any]:
    """The preview; `typed` are words just typed that were refused."""
    found = report_corrections.preview(row)
    given = row.typed | typed
    return {
        **_head(row),
        "changes": [_sides(change) for change in found.changes],
        "tasks": [_task(found, piece) for piece in found.changed("task")],
        "suspect": [
            {"words": wording.full_width(piece.words), "codes": enumeration(piece.holds)}
            for kind in ("measure", "shortcoming")
            for piece in found.changed(kind)
            if piece.holds
        ],
        "lost": [
            {
                "name": piece.name,
                "words": wording.full_width(piece.words),
                "codes": enumeration(piece.holds),
                "typed": given.get(piece.name, ""),
            }
            for piece in found.pieces
            if piece.is_lost or piece.name in given
        ],
        "dropped": [
            wording.full_width(piece.words) for piece in found.dropped if piece.kind not in ("part", "section", "area")
        ],
        "fresh": [wording.full_width(words) for words in found.fresh],
        "may_apply": not found.lost,
    }


def finished(row: ReportCorrection) -> dict[str, Any]:
    """A correction that is in force or was given up: what it changed."""
    changes = Alignment(row.previous_text, row.text).changes() if row.state == ImportState.CREATED else []
    return {**_head(row), "changes": [_sides(change) for change in changes], "finished": True}


def _head(row: ReportCorrection) -> dict[str, Any]:
    return {
        "row": row,
        "report": row.report,
        "state": _state(row),
        "begun": wording.moment(row.begun_at),
        "applied": wording.moment(row.applied_at) if row.applied_at else "",
    }


def _sides(change: Change) -> dict[str, Any]:
    """Both sides as pieces with the class that marks what differs."""
    return {"before": _pieces(change.before), "after": _pieces(change.after)}


def _pieces(side: tuple[tuple[str, bool], ...]) -> list[dict[str, Any]]:
    """Pieces as they are shown: with full-width punctuation, which depends on what stands beside it."""
    whole = wording.full_width("".join(words for words, _differs in side))
    found, place = [], 0
    for words, differs in side:
        found.append({"words": whole[place : place + len(words)].strip("\n"), "differs": differs})
        place += len(words)
    return found


def _task(found: Preview, piece: Carried) -> dict[str, Any]:
    assert piece.place is not None
    if piece.row.status == Status.UNCONFIRMED:
        follows = _("takes the new words at once")
    elif piece.row.status in CLOSED:
        follows = _("is closed and keeps its words")
    else:
        follows = _("keeps its words until the request that is made for it is approved")
    return {
        "code": piece.row.code,
        "title": piece.row.title,
        "url": piece.row.get_absolute_url(),
        "old": wording.full_width(piece.words),
        "new": wording.full_width(found.text[piece.place.start : piece.place.end]),
        "follows": follows,
    }
