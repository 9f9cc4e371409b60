"""Reading a published annual report: pure text to structure, no Django, no input or output."""

from tracker.reading.body import read_body
from tracker.reading.figures import CountedNumber, counted_numbers
from tracker.reading.fitness import Unfit, unfit
from tracker.reading.report import Spans, parse, reread
from tracker.reading.structure import (
    Cause,
    Clause,
    Figure,
    ParsedReport,
    Part,
    Section,
    Shortcoming,
    Span,
    Warning,
)

__all__ = [
    "Cause",
    "Clause",
    "CountedNumber",
    "Figure",
    "ParsedReport",
    "Part",
    "Section",
    "Shortcoming",
    "Span",
    "Spans",
    "Unfit",
    "Warning",
    "counted_numbers",
    "parse",
    "read_body",
    "reread",
    "unfit",
]
