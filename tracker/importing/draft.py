"""The draft: flat lists of spans with keys that stay the same from one correction to the next."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Self

from tracker.importing.spans import heading_end
from tracker.reading import Cause, Clause, Figure, ParsedReport, Part, Section, Shortcoming
from tracker.reading.structure import ClauseKind, PartKind

Role = Literal["task", "goal", "left"]
KIND_OF_CLAUSE: dict[str, ClauseKind] = {
    "measures": "measure",
    "leadership": "duty",
    "arrangements": "commitment",
}


@dataclass(kw_only=True)
class Piece:
    """Words [start, end) of the text; `key` is unique in the draft and never used again."""

    key: int
    start: int
    end: int


@dataclass(kw_only=True)
class PartPiece(Piece):
    """A part with its kind, printed number and heading ("" where the text gives none)."""

    kind: PartKind
    number: str = ""
    heading: str = ""


@dataclass(kw_only=True)
class SectionPiece(Piece):
    """An item of a part; `loose` holds sentences outside any item."""

    number: str = ""
    heading: str = ""
    loose: bool = False


@dataclass(kw_only=True)
class ClausePiece(Piece):
    """A sentence of measures or duties, or a commitment.

    Of a commitment: `role` says whether it becomes a task, is a goal of the task before it, or is left out;
    `unit` is the key of the proposed lead unit, `unit_reason` why it is proposed, `unit_settled` whether a person
    has chosen or confirmed it; `due_on` is an ISO date or "".
    """

    kind: ClauseKind
    role: Role = "task"
    title: str = ""
    nature: str = ""
    responsible: str = ""
    unit: int | None = None
    unit_reason: str = ""
    unit_settled: bool = False
    due_on: str = ""
    due_basis: str = ""


@dataclass(kw_only=True)
class ShortcomingPiece(Piece):
    """What fell short; `number` as printed."""

    number: str = ""


@dataclass(kw_only=True)
class CausePiece(Piece):
    """Why; `shortcoming` is the key of the one it explains, `by_position` whether only their order says so."""

    shortcoming: int | None = None
    by_position: bool = False


@dataclass(kw_only=True)
class FigurePiece(Piece):
    """A number of the report; `value` as decimal digits, `numerator` and `denominator` keys of figures."""

    label: str = ""
    value: str = "0"
    unit: str = ""
    approximate: bool = False
    numerator: int | None = None
    denominator: int | None = None


@dataclass(kw_only=True)
class Proposal:
    """A link from the task of a clause up to a measure (key of its clause) or to a shortcoming.

    `terms` are the words that both share; `state` is "proposed", "confirmed" or "dismissed".
    """

    key: int
    clause: int
    target: int
    strength: str
    terms: list[str]
    state: str = "proposed"


@dataclass(kw_only=True)
class Head:
    """What the report says of itself; dates are ISO or ""."""

    title: str = ""
    issuer: str = ""
    year: int | None = None
    published_on: str = ""
    signed_on: str = ""
    source: str = ""


@dataclass(kw_only=True)
class Draft:
    """Everything understood of a text; `settled` holds the choices made at unsure places by their names."""

    text: str
    head: Head = field(default_factory=Head)
    parts: list[PartPiece] = field(default_factory=list)
    sections: list[SectionPiece] = field(default_factory=list)
    clauses: list[ClausePiece] = field(default_factory=list)
    shortcomings: list[ShortcomingPiece] = field(default_factory=list)
    causes: list[CausePiece] = field(default_factory=list)
    figures: list[FigurePiece] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    settled: dict[str, str] = field(default_factory=dict)
    next_key: int = 1

    # ---------- Reading the draft ----------

    def words(self, piece: Piece) -> str:
        return self.text[piece.start : piece.end]

    def part_of(self, piece: Piece) -> PartPiece | None:
        return next((part for part in self.parts if part.start <= piece.start < part.end), None)

    def section_of(self, piece: Piece) -> SectionPiece | None:
        return next((section for section in self.sections if section.start <= piece.start < section.end), None)

    def inside(self, pieces: list[Any], outer: Piece) -> list[Any]:
        """The pieces that begin inside `outer`, in order."""
        return [piece for piece in pieces if outer.start <= piece.start < outer.end]

    def parts_of_kind(self, kind: str) -> list[PartPiece]:
        return [part for part in self.parts if part.kind == kind]

    def areas(self) -> Iterator[tuple[SectionPiece, list[ClausePiece]]]:
        """The items of the arrangements with their commitments, in order."""
        for part in self.parts_of_kind("arrangements"):
            for section in self.inside(self.sections, part):
                yield section, self.inside(self.clauses, section)

    def body_start(self, section: SectionPiece) -> int:
        """Where the words behind the number and heading of an item begin."""
        return heading_end(self.text, section.start, section.end, section.number, section.heading)

    def new_key(self) -> int:
        self.next_key += 1
        return self.next_key - 1

    # ---------- Between two corrections ----------

    def to_dict(self) -> dict[str, Any]:
        """Plain data without the text, which is kept beside it."""
        values = dataclasses.asdict(self)
        del values["text"]
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any], text: str) -> Self:
        lists: dict[str, Any] = {name: [kind(**row) for row in values[name]] for name, kind in _LISTS.items()}
        others: dict[str, Any] = {name: values[name] for name in ("warnings", "settled", "next_key")}
        return cls(text=text, head=Head(**values["head"]), **lists, **others)


_LISTS: dict[str, type[Any]] = {
    "parts": PartPiece,
    "sections": SectionPiece,
    "clauses": ClausePiece,
    "shortcomings": ShortcomingPiece,
    "causes": CausePiece,
    "figures": FigurePiece,
    "proposals": Proposal,
}


# ---------- From the reader, and back into its shape ----------


def begin(report: ParsedReport) -> Draft:
    """The draft of a report just read."""
    draft = Draft(text=report.text, head=_head(report))
    for part in report.parts:
        draft.parts.append(
            PartPiece(
                key=draft.new_key(),
                start=part.start,
                end=part.end,
                kind=part.kind,
                number=part.number or "",
                heading=part.heading or "",
            )
        )
        for section in part.sections:
            add_section(draft, section)
    add_weaknesses(draft, report.shortcomings, report.causes)
    _add_figures(draft, report.figures)
    draft.warnings = [warning.to_dict() for warning in report.warnings]
    return draft


def _head(report: ParsedReport) -> Head:
    days = {
        name: day.isoformat() if day else ""
        for name, day in (("published_on", report.published_on), ("signed_on", report.signed_on))
    }
    return Head(
        title=report.title or "", issuer=report.issuer or "", year=report.year, source=report.source or "", **days
    )


def add_section(draft: Draft, section: Section) -> SectionPiece:
    """Put an item with its clauses behind those that are there."""
    row = SectionPiece(
        key=draft.new_key(),
        start=section.start,
        end=section.end,
        number=section.number or "",
        heading=section.heading or "",
        loose=section.loose,
    )
    draft.sections.append(row)
    add_clauses(draft, section.clauses)
    return row


def add_clauses(draft: Draft, clauses: tuple[Clause, ...]) -> None:
    for clause in clauses:
        goal = clause.nature == "goal"
        draft.clauses.append(
            ClausePiece(
                key=draft.new_key(),
                start=clause.start,
                end=clause.end,
                kind=clause.kind,
                role="goal" if goal else "task",
                nature="" if goal else clause.nature or "",
                responsible=clause.responsible or "",
            )
        )


def add_weaknesses(draft: Draft, shortcomings: tuple[Shortcoming, ...], causes: tuple[Cause, ...]) -> None:
    rows = [
        ShortcomingPiece(key=draft.new_key(), start=row.start, end=row.end, number=row.number or "")
        for row in shortcomings
    ]
    draft.shortcomings += rows
    for cause in causes:
        paired = None if cause.shortcoming is None else rows[cause.shortcoming]
        # A cause inside the words of its item belongs to it; one that stands behind them all is paired by place.
        last = max((row.end for row in rows), default=0)
        draft.causes.append(
            CausePiece(
                key=draft.new_key(),
                start=cause.start,
                end=cause.end,
                shortcoming=paired.key if paired else None,
                by_position=paired is not None and len(rows) > 1 and cause.start >= last,
            )
        )


def _add_figures(draft: Draft, figures: tuple[Figure, ...]) -> None:
    rows = [
        FigurePiece(
            key=draft.new_key(),
            start=figure.start,
            end=figure.end,
            label=figure.label or "",
            value=str(figure.value),
            unit=figure.unit or "",
            approximate=figure.approximate,
        )
        for figure in figures
    ]
    for row, figure in zip(rows, figures, strict=True):
        row.numerator = None if figure.numerator is None else rows[figure.numerator].key
        row.denominator = None if figure.denominator is None else rows[figure.denominator].key
    draft.figures = rows


def to_report(draft: Draft) -> ParsedReport:
    """The corrected report in the shape that the reader gives."""
    head = draft.head
    shortcomings = {row.key: place for place, row in enumerate(draft.shortcomings)}
    figures = {row.key: place for place, row in enumerate(draft.figures)}
    return ParsedReport(
        title=head.title or None,
        issuer=head.issuer or None,
        year=head.year,
        published_on=_day(head.published_on),
        signed_on=_day(head.signed_on),
        source=head.source or None,
        text=draft.text,
        parts=tuple(_part(draft, part) for part in draft.parts),
        figures=tuple(_figure(draft, figure, figures) for figure in draft.figures),
        shortcomings=tuple(
            Shortcoming(number=row.number or None, text=draft.words(row), start=row.start, end=row.end)
            for row in draft.shortcomings
        ),
        causes=tuple(
            Cause(
                text=draft.words(row),
                start=row.start,
                end=row.end,
                shortcoming=shortcomings.get(row.shortcoming) if row.shortcoming else None,
            )
            for row in draft.causes
        ),
    )


def _day(words: str) -> date | None:
    return date.fromisoformat(words) if words else None


def _part(draft: Draft, part: PartPiece) -> Part:
    return Part(
        kind=part.kind,
        number=part.number or None,
        heading=part.heading or None,
        start=part.start,
        end=part.end,
        sections=tuple(_section(draft, section) for section in draft.inside(draft.sections, part)),
    )


def _section(draft: Draft, section: SectionPiece) -> Section:
    clauses = tuple(
        Clause(kind=clause.kind, text=draft.words(clause), start=clause.start, end=clause.end)
        for clause in draft.inside(draft.clauses, section)
    )
    return Section(
        number=section.number or None,
        heading=section.heading or None,
        start=section.start,
        end=section.end,
        clauses=clauses,
        loose=section.loose,
    )


def _figure(draft: Draft, figure: FigurePiece, places: dict[int, int]) -> Figure:
    return Figure(
        quote=draft.words(figure),
        label=figure.label or None,
        value=Decimal(figure.value),
        unit=figure.unit or None,
        approximate=figure.approximate,
        numerator=places.get(figure.numerator) if figure.numerator else None,
        denominator=places.get(figure.denominator) if figure.denominator else None,
        start=figure.start,
        end=figure.end,
    )
