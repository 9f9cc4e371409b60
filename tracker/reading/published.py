"""The published words put back into a report that was read in simplified characters."""

import re
from collections.abc import Iterable
from dataclasses import replace

from tracker.reading.structure import Cause, Figure, ParsedReport, Part, Section, Shortcoming

_BROKEN = re.compile(r"\s*\n\s*")


class Published:
    """A published text beside the same text in simplified characters, place for place."""

    def __init__(self, text: str, read: str) -> None:
        self._text, self._read = text, read

    def report(self, report: ParsedReport) -> ParsedReport:
        """The report with all its words as published."""
        return replace(
            report,
            title=self._title(report.title),
            issuer=self._words(report.issuer, 0, len(self._text)),
            source=self._words(report.source, 0, len(self._text)),
            text=self._text,
            parts=tuple(self.part(part) for part in report.parts),
            figures=tuple(self._figure(figure) for figure in report.figures),
            shortcomings=tuple(self.shortcomings(report.shortcomings)),
            causes=tuple(self.causes(report.causes)),
        )

    def part(self, part: Part) -> Part:
        """The part with its headings, sections and clauses as published."""
        return replace(
            part,
            number=self._words(part.number, part.start, part.end),
            heading=self._words(part.heading, part.start, part.end),
            sections=tuple(self._section(section) for section in part.sections),
        )

    def shortcomings(self, rows: Iterable[Shortcoming]) -> list[Shortcoming]:
        return [replace(row, text=self._text[row.start : row.end]) for row in rows]

    def causes(self, rows: Iterable[Cause]) -> list[Cause]:
        return [replace(row, text=self._text[row.start : row.end]) for row in rows]

    def _section(self, section: Section) -> Section:
        clauses = tuple(
            replace(
                clause,
                text=self._text[clause.start : clause.end],
                responsible=self._words(clause.responsible, clause.end, section.end),
            )
            for clause in section.clauses
        )
        heading = self._words(section.heading, section.start, section.end)
        return replace(section, heading=heading, clauses=clauses)

    def _figure(self, figure: Figure) -> Figure:
        return replace(
            figure,
            quote=self._text[figure.start : figure.end],
            label=self._words(figure.label, figure.start, figure.end),
        )

    def _words(self, words: str | None, start: int, end: int) -> str | None:
        """What was published where these words were read; the words themselves where they are not one piece."""
        place = -1 if words is None else self._read.find(words, start, end)
        return words if words is None or place < 0 else self._text[place : place + len(words)]

    def _title(self, title: str | None) -> str | None:
        """A title may be broken over two lines."""
        if title is None:
            return None
        found = re.search(r"\s*".join(map(re.escape, title)), self._read)
        return _BROKEN.sub("", self._text[found.start() : found.end()]) if found else title
