"""The one door of the reader: the text of an annual report in, its structure out."""

from dataclasses import dataclass, replace

from tracker.reading.characters import simplified
from tracker.reading.checks import find_warnings
from tracker.reading.clauses import read_clauses
from tracker.reading.figures import link_ratios, read_figures
from tracker.reading.head import find_tail, read_head
from tracker.reading.outline import Division, Item, find_divisions
from tracker.reading.published import Published
from tracker.reading.shortcomings import read_shortcomings
from tracker.reading.structure import (
    Cause,
    ClauseKind,
    Figure,
    ParsedReport,
    Part,
    PartKind,
    Section,
    Shortcoming,
)
from tracker.reading.text import Source, normalise

_CLAUSES: dict[PartKind, ClauseKind] = {
    "measures": "measure",
    "leadership": "duty",
    "arrangements": "commitment",
}


@dataclass(frozen=True)
class Spans:
    """Where a part stands (start, start of its words, end), and each of its items, with number and heading."""

    part: tuple[int, int, int]
    items: tuple[tuple[int, int, int, str | None, str | None], ...] = ()


def parse(text: str) -> ParsedReport:
    """Read a report. Takes any text, never raises, and needs time in proportion to its length.

    Offsets count characters of `ParsedReport.text`, the normalised text. What is not found is None or empty
    and, where it matters, named in `warnings`. `figures` are the results of the year: no aims of the
    arrangements, and no counts of a leader's acts (会前学法7次), which stay in the words of their duty.
    """
    published = normalise(text)
    read = simplified(published)
    report = _read(Source(read))
    if read != published:
        report = Published(published, read).report(report)
    return replace(report, warnings=find_warnings(report))


def _read(source: Source) -> ParsedReport:
    tail = find_tail(source)
    divisions = find_divisions(source, tail.end)
    head = read_head(source, divisions, tail)
    shortcomings, causes = _weaknesses(source, divisions)
    return ParsedReport(
        title=head.title,
        issuer=head.issuer,
        year=head.year,
        published_on=head.published_on,
        signed_on=tail.signed_on,
        source=head.source,
        text=source.text,
        parts=tuple(_part(source, division) for division in divisions),
        figures=_figures(source, divisions),
        shortcomings=shortcomings,
        causes=causes,
    )


def _part(source: Source, division: Division) -> Part:
    kind = _CLAUSES.get(division.kind)
    sections = tuple(
        Section(
            number=item.number,
            heading=item.heading,
            start=item.start,
            end=item.end,
            clauses=read_clauses(source, item.body, item.end, kind) if kind else (),
            loose=item.loose,
        )
        for item in division.items
    )
    return Part(
        kind=division.kind,
        number=division.number,
        heading=division.heading,
        start=division.start,
        end=division.end,
        sections=sections,
    )


def _figures(source: Source, divisions: list[Division]) -> tuple[Figure, ...]:
    found = [
        figure for division in divisions for figure in read_figures(source, division.body, division.end, division.kind)
    ]
    return tuple(link_ratios(source, found))


def _weaknesses(source: Source, divisions: list[Division]) -> tuple[tuple[Shortcoming, ...], tuple[Cause, ...]]:
    shortcomings: list[Shortcoming] = []
    causes: list[Cause] = []
    for division in divisions:
        if division.kind == "shortcomings":
            more, reasons = read_shortcomings(source, division)
            # Places are counted over the whole report, not over one part.
            shift = len(shortcomings)
            causes += [
                reason if reason.shortcoming is None else replace(reason, shortcoming=reason.shortcoming + shift)
                for reason in reasons
            ]
            shortcomings += more
    return tuple(shortcomings), tuple(causes)


def reread(
    text: str, kind: PartKind, number: str | None, heading: str | None, spans: Spans
) -> tuple[Part, tuple[Shortcoming, ...], tuple[Cause, ...]]:
    """Read one part of a normalised text again, as a part of another kind or with other borders of its items.

    `spans` says where the part starts, its words begin, and it ends, and the same of its items. Causes carry the
    place of their shortcoming among those of this part.
    """
    read = simplified(text)
    source, published = Source(read), Published(text, read)
    start, body, end = spans.part
    items = tuple(Item(number=row[3], heading=row[4], start=row[0], body=row[1], end=row[2]) for row in spans.items)
    division = Division(kind=kind, number=number, heading=heading, start=start, body=body, end=end, items=items)
    if kind in _CLAUSES and not items:
        loose = Item(number=None, heading=None, start=body, body=body, end=end, loose=kind == "leadership")
        division = replace(division, items=(loose,))
    weak, causes = read_shortcomings(source, division) if kind == "shortcomings" else ([], [])
    part = published.part(_part(source, division))
    return part, tuple(published.shortcomings(weak)), tuple(published.causes(causes))
