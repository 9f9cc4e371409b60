"""What a report is read into. Every span is [start, end) into `ParsedReport.text`."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

PartKind = Literal["measures", "shortcomings", "leadership", "arrangements", "other"]
ClauseKind = Literal["measure", "duty", "commitment"]
Nature = Literal["one_off", "continuous", "goal"]


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of the normalised text; never empty."""

    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Clause(Span):
    """A measure or duty (one sentence) or a commitment (one clause with a verb of its own).

    `text` are the words as they stand, without the closing mark. `nature` is set on commitments only; a goal
    is the aim of the clause before it. `responsible` is the owner named in brackets behind the words.
    """

    kind: ClauseKind
    text: str
    nature: Nature | None = None
    responsible: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "nature": self.nature,
            "responsible": self.responsible,
        }


@dataclass(frozen=True, kw_only=True)
class Section(Span):
    """A numbered item of a part, or a paragraph of a part that numbers nothing (number and heading None).

    A `loose` section holds the sentences that stand in the leadership part outside any item. It is no item
    of the report: the JSON lists its clauses directly under the part.
    """

    number: str | None
    heading: str | None
    clauses: tuple[Clause, ...] = ()
    loose: bool = False

    def to_dict(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "heading": self.heading,
            "start": self.start,
            "end": self.end,
            "clauses": [clause.to_dict() for clause in self.clauses],
        }


@dataclass(frozen=True, kw_only=True)
class Part(Span):
    """A main division of the report; `number` as printed (“一、”), None where the text gives none."""

    kind: PartKind
    number: str | None
    heading: str | None
    sections: tuple[Section, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """`sections` are the items; `clauses` are the sentences outside any item, in order."""
        return {
            "kind": self.kind,
            "number": self.number,
            "heading": self.heading,
            "start": self.start,
            "end": self.end,
            "sections": [section.to_dict() for section in self.sections if not section.loose],
            "clauses": [clause.to_dict() for section in self.sections if section.loose for clause in section.clauses],
        }


@dataclass(frozen=True, kw_only=True)
class Figure(Span):
    """A result in Arabic digits: `quote` are the words, `value` is in `unit` with 万 and 亿 multiplied out.

    `numerator` and `denominator` are places in `ParsedReport.figures`. A percentage keeps its own scale
    (43.2 with unit “%”).
    """

    quote: str
    label: str | None
    value: Decimal
    unit: str | None
    approximate: bool = False
    numerator: int | None = None
    denominator: int | None = None

    def to_dict(self) -> dict[str, Any]:
        whole = self.value == self.value.to_integral_value()
        return {
            "quote": self.quote,
            "label": self.label,
            "value": int(self.value) if whole else float(self.value),
            "unit": self.unit,
            "approximate": self.approximate,
            "start": self.start,
            "end": self.end,
            "numerator": self.numerator,
            "denominator": self.denominator,
        }


@dataclass(frozen=True, kw_only=True)
class Shortcoming(Span):
    """A weakness that the report admits; `number` as printed (“一是”)."""

    number: str | None
    text: str

    def to_dict(self) -> dict[str, Any]:
        return {"number": self.number, "text": self.text, "start": self.start, "end": self.end}


@dataclass(frozen=True, kw_only=True)
class Cause(Span):
    """A reason for a shortcoming; `shortcoming` is its place in `ParsedReport.shortcomings`, if known."""

    text: str
    shortcoming: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text, "start": self.start, "end": self.end, "shortcoming": self.shortcoming}


@dataclass(frozen=True, kw_only=True)
class Warning:
    """Something a person should look at. The span is None where the whole report is meant."""

    code: str
    message: str
    start: int | None = None
    end: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "start": self.start, "end": self.end}


@dataclass(frozen=True, kw_only=True)
class ParsedReport:
    """A report read. Unknown values are None or empty; nothing is guessed and nothing repaired."""

    title: str | None
    issuer: str | None
    year: int | None
    published_on: date | None
    signed_on: date | None
    source: str | None
    text: str
    parts: tuple[Part, ...] = ()
    figures: tuple[Figure, ...] = ()
    shortcomings: tuple[Shortcoming, ...] = ()
    causes: tuple[Cause, ...] = ()
    warnings: tuple[Warning, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as plain lists and dictionaries that `json` can write; dates are ISO."""
        return {
            "title": self.title,
            "issuer": self.issuer,
            "year": self.year,
            "published_on": self.published_on.isoformat() if self.published_on else None,
            "signed_on": self.signed_on.isoformat() if self.signed_on else None,
            "source": self.source,
            "text": self.text,
            "parts": [part.to_dict() for part in self.parts],
            "figures": [figure.to_dict() for figure in self.figures],
            "shortcomings": [shortcoming.to_dict() for shortcoming in self.shortcomings],
            "causes": [cause.to_dict() for cause in self.causes],
            "warnings": [warning.to_dict() for warning in self.warnings],
        }
