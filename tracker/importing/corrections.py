"""What a person can correct in a draft. Each function changes the draft or raises CannotCorrect and changes nothing."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from tracker.importing import draft as shape
from tracker.importing.draft import ClausePiece, Draft, PartPiece, Piece, Proposal, SectionPiece
from tracker.importing.spans import place_of_words, tightened
from tracker.reading import Spans, reread
from tracker.reading.words import SHARING_VERB

_JOINED = re.compile(r"\s*(?:和|与|及|以及|并)\s*")


class CannotCorrect(Exception):
    """`code` says why: unknown_piece, no_such_place, nothing_before, nothing_left, overlaps."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def find(draft: Draft, key: int, *names: str) -> Any:
    """The piece of that key in one of the named lists. Raises CannotCorrect("unknown_piece")."""
    for name in names or ("parts", "sections", "clauses", "shortcomings", "causes", "figures"):
        for piece in getattr(draft, name):
            if piece.key == key:
                return piece
    raise CannotCorrect("unknown_piece")


def list_of(draft: Draft, piece: Piece) -> list[Any]:
    """The list of the draft that holds pieces of this sort."""
    names: dict[type[Any], list[Any]] = {
        shape.PartPiece: draft.parts,
        shape.SectionPiece: draft.sections,
        shape.ClausePiece: draft.clauses,
        shape.ShortcomingPiece: draft.shortcomings,
        shape.CausePiece: draft.causes,
        shape.FigurePiece: draft.figures,
    }
    return names[type(piece)]


# ---------- Parts ----------


def set_kind(draft: Draft, key: int, kind: Any) -> None:
    """Read a part as one of another kind: its sentences are read anew, its items stay."""
    part: PartPiece = find(draft, key, "parts")
    sections = draft.inside(draft.sections, part)
    spans = Spans(
        part=(part.start, _part_body(draft, part), part.end),
        items=tuple(
            (row.start, draft.body_start(row), row.end, row.number or None, row.heading or None)
            for row in sections
            if row.number
        ),
    )
    read, shortcomings, causes = reread(draft.text, kind, part.number or None, part.heading or None, spans)
    for name in ("sections", "clauses", "shortcomings", "causes"):
        setattr(draft, name, [row for row in getattr(draft, name) if not part.start <= row.start < part.end])
    for section in read.sections:
        shape.add_section(draft, section)
    shape.add_weaknesses(draft, shortcomings, causes)
    part.kind = kind
    _tidy(draft)


def _part_body(draft: Draft, part: PartPiece) -> int:
    return draft.text.find(part.heading, part.start, part.end) + len(part.heading) if part.heading else part.start


# ---------- Borders ----------


def split(draft: Draft, key: int, at: int | None = None, words: str = "") -> None:
    """Cut a section, clause, shortcoming or cause in two: at a place of the text, or before the typed words."""
    piece = find(draft, key, "sections", "clauses", "shortcomings", "causes")
    place = place_of_words(draft.text, piece.start, piece.end, words) if words else at
    if place is None or not piece.start < place < piece.end:
        raise CannotCorrect("no_such_place")
    if isinstance(piece, SectionPiece):
        _split_section(draft, piece, place)
        return
    first, second = tightened(draft.text, piece.start, place), tightened(draft.text, place, piece.end)
    if first[0] >= first[1] or second[0] >= second[1]:
        raise CannotCorrect("nothing_left")
    twin = type(piece)(**{**vars(piece), "key": draft.new_key(), "start": second[0], "end": second[1]})
    piece.start, piece.end = first
    if isinstance(piece, ClausePiece):
        # A title that was written for the whole fits neither half.
        piece.title = twin.title = ""
    rows = list_of(draft, piece)
    rows.insert(rows.index(piece) + 1, twin)


def _split_section(draft: Draft, section: SectionPiece, place: int) -> None:
    if any(row.start < place < row.end for row in draft.clauses):
        raise CannotCorrect("overlaps")
    twin = SectionPiece(key=draft.new_key(), start=place, end=section.end, loose=section.loose)
    section.end = place
    draft.sections.insert(draft.sections.index(section) + 1, twin)


def join(draft: Draft, key: int) -> None:
    """Make one of a piece and the one before it, which stays; both must stand in the same part (and item)."""
    piece = find(draft, key, "sections", "clauses", "shortcomings", "causes")
    before = previous(draft, piece)
    if before is None:
        raise CannotCorrect("nothing_before")
    before.end = max(before.end, piece.end)
    list_of(draft, piece).remove(piece)
    for proposal in draft.proposals:
        if proposal.clause == piece.key:
            proposal.clause = before.key
        if proposal.target == piece.key:
            proposal.target = before.key
    for cause in draft.causes:
        if cause.shortcoming == piece.key:
            cause.shortcoming = before.key
    if isinstance(before, ClausePiece):
        before.title = ""
    _tidy(draft)


def previous(draft: Draft, piece: Piece) -> Any:
    """The piece of the same sort before this one in the same item (items: in the same part), or None."""
    outer = draft.section_of(piece) if isinstance(piece, ClausePiece) else draft.part_of(piece)
    rows = [row for row in list_of(draft, piece) if row.start < piece.start]
    before = max(rows, key=lambda row: row.start, default=None)
    return before if before is not None and outer is not None and outer.start <= before.start else None


def move(draft: Draft, key: int, start: int, end: int) -> None:
    """Let a clause, shortcoming or cause stand on other words of its item (or part)."""
    piece = find(draft, key, "clauses", "shortcomings", "causes")
    outer = (draft.section_of(piece) if isinstance(piece, ClausePiece) else None) or draft.part_of(piece)
    first, last = tightened(draft.text, start, end)
    if outer is None or first >= last or not outer.start <= first < last <= outer.end:
        raise CannotCorrect("no_such_place")
    others = [row for row in list_of(draft, piece) if row is not piece]
    if any(row.start < last and row.end > first for row in others):
        raise CannotCorrect("overlaps")
    piece.start, piece.end = first, last


def drop(draft: Draft, key: int) -> None:
    """Take a shortcoming, cause, figure, measure or duty out; a commitment is left out and can be taken back."""
    piece = find(draft, key, "clauses", "shortcomings", "causes", "figures")
    if isinstance(piece, ClausePiece) and piece.kind == "commitment":
        piece.role = "left"
    else:
        list_of(draft, piece).remove(piece)
    _tidy(draft)


def add(draft: Draft, start: int, end: int) -> int:
    """A new commitment on words that belong to none; returns its key."""
    first, last = tightened(draft.text, start, end)
    whole = Piece(key=0, start=first, end=last)
    section = draft.section_of(whole)
    part = draft.part_of(whole)
    if section is None or part is None or part.kind != "arrangements" or last > section.end or first >= last:
        raise CannotCorrect("no_such_place")
    if any(row.start < last and row.end > first for row in draft.clauses):
        raise CannotCorrect("overlaps")
    row = ClausePiece(key=draft.new_key(), start=first, end=last, kind="commitment")
    draft.clauses = sorted([*draft.clauses, row], key=lambda clause: clause.start)
    return row.key


def _tidy(draft: Draft) -> None:
    """Order everything by its place and forget what points at nothing."""
    for name in ("parts", "sections", "clauses", "shortcomings", "causes", "figures"):
        getattr(draft, name).sort(key=lambda row: row.start)
    known = {row.key for row in (*draft.clauses, *draft.shortcomings, *draft.figures)}
    draft.proposals = _each_once(row for row in draft.proposals if row.clause in known and row.target in known)
    for cause in draft.causes:
        if cause.shortcoming not in known:
            cause.shortcoming, cause.by_position = None, False
    for figure in draft.figures:
        figure.numerator = figure.numerator if figure.numerator in known else None
        figure.denominator = figure.denominator if figure.denominator in known else None


def _each_once(rows: Iterable[Proposal]) -> list[Proposal]:
    """One proposal for each clause and target; what a person said of one goes before what nobody has looked at."""
    found: dict[tuple[int, int], Proposal] = {}
    for row in sorted(rows, key=lambda row: (row.state == "proposed", row.key)):
        found.setdefault((row.clause, row.target), row)
    return sorted(found.values(), key=lambda row: row.key)


# ---------- What a commitment becomes ----------


def set_role(draft: Draft, key: int, role: Any) -> None:
    """Task, goal of the task before it in the same item, or left out."""
    clause: ClausePiece = find(draft, key, "clauses")
    if role == "goal" and owner_of_goal(draft, clause) is None:
        raise CannotCorrect("nothing_before")
    clause.role = role


def owner_of_goal(draft: Draft, goal: ClausePiece) -> ClausePiece | None:
    """The task that a goal belongs to: the nearest before it in the same item."""
    section = draft.section_of(goal)
    rows = draft.inside(draft.clauses, section) if section else []
    return next((row for row in reversed(rows) if row.start < goal.start and row.role == "task"), None)


def pair(draft: Draft, key: int, shortcoming: int | None) -> None:
    """Say which shortcoming a cause explains, or that it explains all of them."""
    cause = find(draft, key, "causes")
    if shortcoming is not None:
        find(draft, shortcoming, "shortcomings")
    cause.shortcoming, cause.by_position = shortcoming, False


# ---------- Tasks ----------


class Planned:
    """A task that the draft would create: its clause, the goals that belong to it, and all their words."""

    def __init__(self, clause: ClausePiece, goals: list[ClausePiece]) -> None:
        self.clause, self.goals = clause, goals
        self.start, self.end = clause.start, max([clause.end, *(goal.end for goal in goals)])


def planned(draft: Draft) -> list[tuple[SectionPiece, list[Planned]]]:
    """The tasks of each item of the arrangements, in order; a goal without a task before it is a task itself."""
    found = []
    for section, clauses in draft.areas():
        tasks: list[Planned] = []
        for clause in clauses:
            if clause.role == "goal" and tasks:
                tasks[-1].goals.append(clause)
                tasks[-1].end = clause.end
            elif clause.role != "left":
                tasks.append(Planned(clause, []))
        found.append((section, tasks))
    return found


def suggested_title(draft: Draft, task: Planned) -> str:
    """The words themselves; where they share their verb with the clause before them, led by that verb."""
    words = draft.words(task.clause)
    before = previous(draft, task.clause)
    if before is None or not _JOINED.fullmatch(draft.text[before.end : task.clause.start]):
        return words
    verb = SHARING_VERB.match(draft.words(before))
    return f"{verb.group()}{words}" if verb else words


Correction = Callable[..., Any]
CORRECTIONS: dict[str, Correction] = {
    "set_kind": set_kind,
    "split": split,
    "join": join,
    "move": move,
    "drop": drop,
    "add": add,
    "set_role": set_role,
    "pair": pair,
}
