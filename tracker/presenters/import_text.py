"""The left side of the import page: the text in paragraphs, with what was understood marked on it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker import wording
from tracker.importing import overview
from tracker.importing.doubts import Doubt
from tracker.importing.draft import ClausePiece, Draft, PartPiece, Piece
from tracker.presenters.report_text import Mark, Ref, Run, runs_of

FOLDED = ("measures", "leadership")


@dataclass
class Paragraph:
    """One paragraph as runs; `css` tells furniture and headings from prose."""

    runs: list[Run]
    css: str = ""


@dataclass
class Stretch:
    """A part (or what stands outside any), folded where little has to be decided."""

    title: str
    note: str
    folded: bool
    paragraphs: list[Paragraph] = field(default_factory=list)


class Numbering:
    """Short names of the marked words: codes of tasks, numbers of shortcomings and causes."""

    def __init__(self, draft: Draft) -> None:
        self.areas = overview.areas(draft)
        self.codes = overview.codes(self.areas)
        self.weak = {row.key: place for place, row in enumerate(draft.shortcomings, 1)}
        self.causes = {row.key: place for place, row in enumerate(draft.causes, 1)}


def stretches(draft: Draft, numbering: Numbering, doubts: list[Doubt], at: int) -> list[Stretch]:
    """The whole text; the part that holds the chosen piece (key `at`) or an open doubt is unfolded."""
    shown = wording.full_width(draft.text)
    marks = sorted(_marks(draft, numbering, doubts, at), key=lambda mark: mark.start)
    found: list[Stretch] = []
    last: PartPiece | None = None
    for start, end, furniture in overview.paragraphs(draft):
        part = next((row for row in draft.parts if row.start <= start < row.end), None)
        if not found or part is not last:
            found.append(_stretch(draft, part, doubts, at))
            last = part
        if part is not None and not furniture and _is_heading(draft, part, start, end):
            continue
        inside = [mark for mark in marks if mark.start < end and mark.end > start]
        runs = runs_of(shown, start, end, () if furniture else inside)
        found[-1].paragraphs.append(Paragraph(runs, "import-furniture" if furniture else ""))
    return found


def _is_heading(draft: Draft, part: PartPiece, start: int, end: int) -> bool:
    """Whether the paragraph is nothing but the heading of its part, which stands above the stretch already."""
    return bool(part.heading) and draft.text[start:end].strip() == f"{part.number}{part.heading}"


def _stretch(draft: Draft, part: PartPiece | None, doubts: list[Doubt], at: int) -> Stretch:
    if part is None:
        return Stretch("", "", False)
    title = wording.full_width(f"{part.number}{part.heading}") or _("Part without a heading")
    return Stretch(title, counts_of(draft, part), part.kind in FOLDED and not _wanted(draft, part, doubts, at))


def _wanted(draft: Draft, part: PartPiece, doubts: list[Doubt], at: int) -> bool:
    open_inside = any(doubt.open and part.start <= doubt.start < part.end for doubt in doubts)
    pieces: list[Piece] = [*draft.sections, *draft.clauses, *draft.figures]
    return open_inside or any(piece.key == at for piece in draft.inside(pieces, part))


def counts_of(draft: Draft, part: PartPiece) -> str:
    """What a part holds, in words."""
    sections = [row for row in draft.inside(draft.sections, part) if row.number]
    words = (
        [ngettext("%(count)d item", "%(count)d items", len(sections)) % {"count": len(sections)}] if sections else []
    )
    words += list(_counted(draft, part))
    return _(", ").join(words)


def _counted(draft: Draft, part: PartPiece) -> Iterator[str]:
    if part.kind == "measures":
        number = len(draft.inside(draft.figures, part))
        yield ngettext("%(count)d figure", "%(count)d figures", number) % {"count": number}
    elif part.kind == "shortcomings":
        number = len(draft.inside(draft.shortcomings, part))
        yield ngettext("%(count)d shortcoming", "%(count)d shortcomings", number) % {"count": number}
        number = len(draft.inside(draft.causes, part))
        yield ngettext("%(count)d cause", "%(count)d causes", number) % {"count": number}
    elif part.kind == "leadership":
        number = len([row for row in draft.inside(draft.clauses, part) if row.kind == "duty"])
        yield ngettext("%(count)d duty", "%(count)d duties", number) % {"count": number}
    elif part.kind == "arrangements":
        number = sum(len(tasks) for tasks in _tasks_in(draft, part))
        yield ngettext("%(count)d task", "%(count)d tasks", number) % {"count": number}


def _tasks_in(draft: Draft, part: PartPiece) -> Iterator[list[Any]]:
    for area in overview.areas(draft):
        if part.start <= area.section.start < part.end:
            yield area.tasks


# ---------- Marks ----------


def _marks(draft: Draft, numbering: Numbering, doubts: list[Doubt], at: int) -> Iterator[Mark]:
    for part in draft.parts:
        yield from _heading_marks(draft, part, at)
    for clause in draft.clauses:
        yield _clause_mark(clause, numbering, at)
    for row in draft.shortcomings:
        yield _mark(row, "import-weak", _("Shortcoming %(number)d") % {"number": numbering.weak[row.key]}, at)
    for cause in draft.causes:
        yield _mark(cause, "import-cause", _("Cause %(number)d") % {"number": numbering.causes[cause.key]}, at)
    for figure in draft.figures:
        yield Mark(figure.start, figure.end, figure=True, rank=5)
    for number, doubt in enumerate(doubts, 1):
        if doubt.end > doubt.start:
            css = "import-doubt" if doubt.open else ""
            ref = Ref(f"？{number}", f"#doubt-{doubt.name}", name=_("Unsure place %(number)d") % {"number": number})
            yield Mark(
                doubt.start, doubt.end, css, anchor=f"place-{doubt.name}", rank=2, ref=ref if doubt.open else None
            )


def _heading_marks(draft: Draft, part: PartPiece, at: int) -> Iterator[Mark]:
    place = draft.text.find(part.heading, part.start, part.end) if part.heading else -1
    if place >= 0:
        yield Mark(part.start, place + len(part.heading), bold=True, rank=4)
    for section in draft.inside(draft.sections, part):
        if section.number or section.heading:
            css = "is-chosen" if section.key == at else ""
            end = draft.body_start(section)
            end = end if end > section.start else section.start + len(section.number)
            yield Mark(section.start, end, css, bold=True, anchor=f"piece-{section.key}", rank=0 if css else 4)


def _clause_mark(clause: ClausePiece, numbering: Numbering, at: int) -> Mark:
    if clause.kind != "commitment":
        return _mark(clause, "import-sentence", "·", at, _("Look at this sentence"))
    code = numbering.codes.get(clause.key, "")
    css = {"task": "import-task", "goal": "import-goal", "left": "import-left"}[clause.role]
    label = code if clause.role == "task" else "◦" if clause.role == "goal" else "✕"
    return _mark(clause, css, label, at, _("Task %(code)s") % {"code": code} if code else _("Left out"))


def _mark(piece: Piece, css: str, label: str, at: int, name: str = "") -> Mark:
    chosen = " is-chosen" if piece.key == at else ""
    ref = Ref(label, f"?at={piece.key}#chosen", name=name or label)
    return Mark(piece.start, piece.end, f"{css}{chosen}", anchor=f"piece-{piece.key}", rank=1 if chosen else 3, ref=ref)
