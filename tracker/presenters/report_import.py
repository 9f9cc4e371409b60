"""The import page: what was understood, what is unsure, and what can be done with the words that are chosen."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker import wording
from tracker.enums import Nature, PartKind
from tracker.importing import corrections, spans
from tracker.importing.doubts import Doubt, doubts, progress
from tracker.importing.draft import CausePiece, ClausePiece, Draft, PartPiece, Piece, SectionPiece, ShortcomingPiece
from tracker.models import ReportImport
from tracker.presenters.import_text import Numbering, counts_of, stretches
from tracker.presenters.reader_warnings import warning_words
from tracker.services.report_imports import draft_of, title_of
from tracker.texts import enumeration

SHORT = 14


def page(row: ReportImport, at: int = 0) -> dict[str, Any]:
    """The context of the page on which the structure is looked through; `at` is the key of the chosen piece."""
    draft = draft_of(row)
    numbering = Numbering(draft)
    unsure = doubts(draft)
    left = [doubt for doubt in unsure if doubt.open]
    return {
        "row": row,
        "head": draft.head,
        "published": wording.full_date(datetime.date.fromisoformat(draft.head.published_on))
        if draft.head.published_on
        else "",
        "steps": steps(row, 2),
        "stretches": stretches(draft, numbering, unsure, at),
        "parts": [_part(draft, part) for part in draft.parts],
        "parts_words": _parts_words(draft),
        "coverage": _coverage(draft, numbering),
        "doubts": [_doubt(draft, doubt, number) for number, doubt in enumerate(unsure, 1)],
        "open_doubts": len(left),
        "next_doubt": left[0].name if left else "",
        "chosen": _chosen(draft, numbering, at),
        "choosing_head": at < 0,
        "uncovered": progress(draft).percent,
    }


@dataclass(frozen=True)
class Step:
    """One of the four steps of an import; `state` is "done", "current" or "ahead"."""

    number: int
    label: str
    state: str
    url: str = ""


def steps(row: ReportImport | None, current: int) -> list[Step]:
    """The line of steps above each page of an import."""
    names = [_("Put in the text"), _("Check the structure"), _("Assign units and dates"), _("Create the tasks")]
    urls = ["", "", "", ""]
    if row is not None:
        urls[1:] = [reverse(name, args=[row.pk]) for name in ("import", "import_units", "import_create")]
    return [
        Step(number, label, "done" if number < current else "current" if number == current else "ahead", url)
        for number, (label, url) in enumerate(zip(names, urls, strict=True), 1)
    ]


def _part(draft: Draft, part: PartPiece) -> dict[str, Any]:
    return {
        "key": part.key,
        "number": part.number.strip("、.． ") or "–",
        "kind": PartKind(part.kind).label,
        "words": counts_of(draft, part),
    }


def _parts_words(draft: Draft) -> str:
    missing = [kind for kind in PartKind if kind != PartKind.OTHER and not draft.parts_of_kind(kind)]
    if not missing:
        return _("all four parts are there")
    return _("not found: %(kinds)s") % {"kinds": enumeration(kind.label for kind in missing)}


def _coverage(draft: Draft, numbering: Numbering) -> list[dict[str, Any]]:
    covered = progress(draft)
    tasks = [task for area in numbering.areas for task in area.tasks]
    goals = sum(len(task.goals) for task in tasks)
    unset = sum(not (task.clause.unit_settled and task.clause.due_on) for task in tasks)
    percent = "—" if covered.percent is None else f"{covered.percent} %"
    return [
        {"label": _("Arrangements covered by tasks"), "value": percent, "open": bool(covered.missing)},
        {"label": _("Tasks, and goals that belong to one"), "value": f"{len(tasks)} ＋ {goals}", "open": False},
        {
            "label": _("Without lead unit or due date"),
            "value": ngettext("%(count)d task to be set", "%(count)d tasks to be set", unset) % {"count": unset},
            "open": False,
        },
    ]


# ---------- Doubts ----------


def _doubt(draft: Draft, doubt: Doubt, number: int) -> dict[str, Any]:
    choices = _choice_words()
    return {
        "name": doubt.name,
        "number": number,
        "title": _doubt_title(draft, doubt),
        "note": _doubt_note(doubt),
        "url": f"#place-{doubt.name}" if doubt.end > doubt.start else "",
        "open": doubt.open,
        "choices": [
            {"value": value, "label": choices[doubt.code, value], "key": str(place), "suggested": place == 1}
            for place, value in enumerate(doubt.choices, 1)
        ],
        "chosen": choices.get((doubt.code, doubt.chosen), ""),
    }


def _choice_words() -> dict[tuple[str, str], str]:
    two, one = _("Two tasks"), _("One task")
    return {
        ("causes", "pairs"): _("One each, in their order (inferred)"),
        ("causes", "common"): _("All for all"),
        ("shared_verb", "two"): two,
        ("shared_verb", "one"): one,
        ("elaboration", "one"): one,
        ("elaboration", "two"): two,
        ("means", "one"): one,
        ("means", "two"): two,
        ("goal", "goal"): _("Goal of the task before"),
        ("goal", "task"): _("A task of its own"),
        ("no_verb", "task"): _("A task all the same"),
        ("no_verb", "left"): _("No task"),
        ("uncovered", "add"): _("Make a task of them"),
        ("uncovered", "leave"): _("Leave them out"),
        ("warning", "noted"): _("Noted"),
    }


def _doubt_title(draft: Draft, doubt: Doubt) -> str:
    if doubt.code == "warning":
        return warning_words(doubt.facts["code"], doubt.facts["message"])
    if doubt.code == "causes":
        words = _("Which of the %(causes)d causes explains which of the %(weak)d shortcomings?")
        return words % {"causes": doubt.facts["count"], "weak": len(draft.shortcomings)}
    return f"“{_shortened(wording.full_width(draft.text[doubt.start : doubt.end]), 36)}”"


def _doubt_note(doubt: Doubt) -> str:
    terms = enumeration(doubt.facts.get("terms", ()))
    notes = {
        "causes": _("The text names the causes one after the other and does not say which belongs where."),
        "shared_verb": _("One verb with two objects."),
        "elaboration": _("The second half unfolds the first: both speak of %(terms)s.") % {"terms": terms},
        "means": _("The first half says by what means the second is done."),
        "goal": _("It reads like the aim of what stands before it."),
        "no_verb": _("No verb that says what is to be done."),
        "uncovered": _("These words of the arrangements belong to no task."),
        "warning": _("The source is kept as it is."),
    }
    return notes[doubt.code]


def _shortened(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"


# ---------- The chosen piece ----------


def _chosen(draft: Draft, numbering: Numbering, at: int) -> dict[str, Any] | None:
    """What can be done with the chosen piece; None when nothing (or nothing known) is chosen."""
    try:
        piece = corrections.find(draft, at)
    except corrections.CannotCorrect:
        return None
    context: dict[str, Any] = {
        "key": piece.key,
        "words": wording.full_width(draft.words(piece)),
        "sort": type(piece).__name__.removesuffix("Piece").lower(),
        "can_join": _can_join(draft, piece),
    }
    if isinstance(piece, PartPiece):
        return {**context, **_chosen_part(draft, piece)}
    if isinstance(piece, SectionPiece):
        return {**context, **_chosen_section(draft, piece)}
    context["title"] = _piece_title(draft, piece, numbering)
    if isinstance(piece, ClausePiece | ShortcomingPiece | CausePiece):
        context |= {"cuts": _cuts(draft, piece), **_borders(draft, piece), "can_drop": True}
    if isinstance(piece, ClausePiece) and piece.kind == "commitment":
        context |= _chosen_commitment(draft, piece, numbering)
    if isinstance(piece, CausePiece):
        context["pairs"] = _pairs(draft, piece)
    return context


def _can_join(draft: Draft, piece: Piece) -> bool:
    fits = isinstance(piece, SectionPiece | ClausePiece | ShortcomingPiece | CausePiece)
    return fits and corrections.previous(draft, piece) is not None


def _chosen_part(draft: Draft, part: PartPiece) -> dict[str, Any]:
    title = wording.full_width(f"{part.number}{part.heading}")
    sections = [
        {"key": row.key, "label": wording.full_width(f"{row.number}{row.heading}") or _opening(draft, row.start)}
        for row in draft.inside(draft.sections, part)
    ]
    kinds = [{"value": kind.value, "label": kind.label, "selected": kind == part.kind} for kind in PartKind]
    return {"title": title or _("Part without a heading"), "kinds": kinds, "sections": sections, "words": ""}


def _chosen_section(draft: Draft, section: SectionPiece) -> dict[str, Any]:
    clauses = draft.inside(draft.clauses, section)
    cuts = [{"value": row.start, "label": _opening(draft, row.start)} for row in clauses[1:]]
    title = wording.full_width(f"{section.number}{section.heading}")
    return {"title": title or _("Item without a heading"), "cuts": cuts, "words": ""}


def _opening(draft: Draft, start: int) -> str:
    return wording.full_width(draft.text[start : start + SHORT].split("\n")[0]) + "…"


def _piece_title(draft: Draft, piece: Piece, numbering: Numbering) -> str:
    if isinstance(piece, ShortcomingPiece):
        return _("Shortcoming %(number)d") % {"number": numbering.weak[piece.key]}
    if isinstance(piece, CausePiece):
        return _("Cause %(number)d") % {"number": numbering.causes[piece.key]}
    if isinstance(piece, ClausePiece) and piece.kind == "measure":
        return _("Measure")
    if isinstance(piece, ClausePiece) and piece.kind == "duty":
        return _("Duty")
    code = numbering.codes.get(piece.key)
    return _("Task %(code)s") % {"code": code} if code else _("Left out")


def _cuts(draft: Draft, piece: Piece) -> list[dict[str, Any]]:
    return [
        {"value": place, "label": _opening(draft, place)} for place in spans.cuts(draft.text, piece.start, piece.end)
    ]


def _borders(draft: Draft, piece: Piece) -> dict[str, Any]:
    """Where the words may begin and end, without touching their neighbours."""
    outer = (draft.section_of(piece) if isinstance(piece, ClausePiece) else None) or draft.part_of(piece)
    if outer is None:
        return {}
    others = [row for row in corrections.list_of(draft, piece) if row is not piece]
    low = max([outer.start, *(row.end for row in others if row.end <= piece.start)])
    high = min([outer.end, *(row.start for row in others if row.start >= piece.end)])
    if isinstance(outer, SectionPiece):
        low = max(low, draft.body_start(outer))
    places = [spans.tightened(draft.text, place, high)[0] for place in spans.edges(draft.text, low, piece.end)[:-1]]
    firsts = sorted({piece.start, *places})
    lasts = {spans.tightened(draft.text, low, place)[1] for place in spans.edges(draft.text, piece.start, high)[1:]}
    return {
        "starts": [
            {"value": place, "label": _opening(draft, place), "selected": place == piece.start} for place in firsts
        ],
        "ends": [
            {
                "value": place,
                "label": "…" + wording.full_width(draft.text[max(piece.start, place - SHORT) : place]).split("\n")[-1],
                "selected": place == piece.end,
            }
            for place in sorted({piece.end, *lasts})
        ],
    }


def _chosen_commitment(draft: Draft, clause: ClausePiece, numbering: Numbering) -> dict[str, Any]:
    planned = next(
        (task for area in numbering.areas for task in area.tasks if task.clause is clause),
        corrections.Planned(clause, []),
    )
    roles = [("task", _("A task of its own")), ("goal", _("Goal of the task before")), ("left", _("No task"))]
    return {
        "commitment": True,
        "roles": [
            {"value": value, "label": label, "selected": clause.role == value}
            for value, label in roles
            if value != "goal" or corrections.owner_of_goal(draft, clause) is not None
        ],
        "task_title": title_of(draft, planned),
        "natures": [
            {"value": value, "label": label, "selected": clause.nature == value}
            for value, label in [("", _("not yet set")), *Nature.choices]
        ],
        "is_task": clause.role == "task",
        "goals": [wording.full_width(draft.words(goal)) for goal in planned.goals],
        "responsible": clause.responsible,
        "can_drop": False,
    }


def _pairs(draft: Draft, cause: CausePiece) -> Iterator[dict[str, Any]]:
    yield {"value": "", "label": _("all shortcomings together"), "selected": cause.shortcoming is None}
    for number, row in enumerate(draft.shortcomings, 1):
        words = _shortened(wording.full_width(draft.words(row)), 24)
        yield {"value": row.key, "label": f"{number}　{words}", "selected": cause.shortcoming == row.key}
