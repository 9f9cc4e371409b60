"""Where the head of the ledger stands in the sheet, and which column holds which field."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from tracker.spreadsheets.errors import UnreadableSheet
from tracker.spreadsheets.heads import KEY_FIELDS, as_written, field_of, is_printed


class Line(NamedTuple):
    """A line of the sheet: its number, counted from 1, and the texts of its cells from the left."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Layout:
    """The head that was found. `places`: canonical field to index of its column, in the order of the columns."""

    last_line: int
    heads: tuple[str, ...]
    places: dict[str, int]
    unknown: tuple[str, ...]
    doubled: tuple[str, ...]


def known_fields(heads: Sequence[str]) -> set[str]:
    """The fields that the heads of one line mean."""
    return {field for head in heads if (field := field_of(head))}


def find_layout(lines: Sequence[Line]) -> Layout | None:
    """The line, or the two lines one below the other, with most known names; None if there is no head.

    Raises UnreadableSheet ("doubled_head") if a column's name stands there twice.
    """
    heads = [(line.number, line.cells) for line in lines]
    heads += [(below.number, both) for above, below in pairwise(lines) if (both := _joined(above, below))]
    # Of equals the first: one line before two, and the upper before the lower.
    number, best = max(heads, key=lambda head: len(known_fields(head[1])), default=(0, []))
    fields = known_fields(best)
    return _layout(number, best) if len(fields) > 1 and fields & KEY_FIELDS else None


def _joined(above: Line, below: Line) -> list[str] | None:
    """The head of two lines: names of groups above, names of their columns below, other cells merged downward."""
    width = max(len(above.cells), len(below.cells))
    upper, lower = (line.cells + [""] * (width - len(line.cells)) for line in (above, below))
    pairs = list(zip(upper, lower, strict=True))
    if not known_fields(lower) or any(low and field_of(up) and not field_of(low) for up, low in pairs):
        return None
    return [low or up for up, low in pairs]


def _layout(number: int, heads: list[str]) -> Layout:
    """Each field gets one column: the one with the printed name, else the leftmost."""
    columns: dict[str, list[int]] = {}
    for index, head in enumerate(heads):
        if field := field_of(head):
            columns.setdefault(field, []).append(index)
    chosen = {field: min(found, key=lambda index: not is_printed(heads[index])) for field, found in columns.items()}
    _refuse_twins(heads, chosen)
    doubled = [heads[index] for field, found in columns.items() for index in found if index != chosen[field]]
    unknown = [head for head in heads if head and not field_of(head)]
    places = dict(sorted(chosen.items(), key=lambda pair: pair[1]))
    return Layout(number, tuple(heads), places, tuple(unknown), tuple(doubled))


def _refuse_twins(heads: list[str], chosen: dict[str, int]) -> None:
    counts = Counter(as_written(head) for head in heads)
    twins = tuple(heads[index] for index in chosen.values() if counts[as_written(heads[index])] > 1)
    if twins:
        raise UnreadableSheet("doubled_head", heads=twins)
