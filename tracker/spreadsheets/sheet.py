"""From lines of text to rows with canonical field names."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tracker.spreadsheets.dates import iso_date
from tracker.spreadsheets.errors import UnreadableSheet
from tracker.spreadsheets.heads import DATE_FIELDS
from tracker.spreadsheets.layout import Layout, Line, find_layout, known_fields
from tracker.spreadsheets.limits import HEAD_LINES, MOST_BLANK, MOST_CELL, MOST_LINES, MOST_ROWS

Progress = Callable[[int], None]
_TELL_EVERY = 500
_FOOT = ("截至", "as of")


@dataclass(frozen=True)
class Row:
    """One row of the ledger.

    `number` (int): the line in the sheet, counted from 1, as a spreadsheet program numbers it.
    `values`: canonical field to stripped text, for every field that has a column; "" for a blank cell.
    """

    number: int
    values: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """What was read. `columns`: canonical field to head as written; `unknown`: heads not understood; `doubled`:
    heads that mean a field which another column already gave; `name`: of the worksheet, or of the file without its
    ending; `others`: worksheets that were not read.
    """

    rows: tuple[Row, ...]
    columns: dict[str, str]
    unknown: tuple[str, ...]
    doubled: tuple[str, ...]
    name: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A worksheet or a text file before its head is known. `lines` can be walked once."""

    name: str
    lines: Iterator[Line]
    from_1904: bool = False


def first_sheet(tables: Iterable[Table], names: tuple[str, ...], progress: Progress | None) -> Sheet:
    """The first of the tables that has a head. `names`: of all worksheets, in their order.

    Raises UnreadableSheet: empty, no_head, doubled_head, too_many_rows, too_large (of a cell).
    """
    found: set[str] = set()
    blank = True
    for table in tables:
        top = list(itertools.islice(table.lines, HEAD_LINES + 1))
        layout = find_layout(top)
        if layout:
            body = (line for line in itertools.chain(top, table.lines) if line.number > layout.last_line)
            return _sheet(table, layout, body, names, progress)
        blank = blank and not any(any(line.cells) for line in top)
        found |= max((known_fields(line.cells) for line in top), key=len, default=set())
    raise UnreadableSheet("empty") if blank else no_head(found, names)


def no_head(found: set[str], names: tuple[str, ...]) -> UnreadableSheet:
    """The refusal of a file in which no line is a head."""
    return UnreadableSheet("no_head", lines=HEAD_LINES, found=tuple(sorted(found)), sheets=names)


def _sheet(
    table: Table, layout: Layout, body: Iterator[Line], names: tuple[str, ...], progress: Progress | None
) -> Sheet:
    lines = _filled(body, progress)
    if lines and _is_foot(lines[-1]):
        lines.pop()
    return Sheet(
        rows=tuple(_rows(lines, layout, table.from_1904)),
        columns={field: layout.heads[index] for field, index in layout.places.items()},
        unknown=layout.unknown,
        doubled=layout.doubled,
        name=table.name,
        others=tuple(name for name in names if name != table.name),
    )


def _filled(body: Iterator[Line], progress: Progress | None) -> list[Line]:
    """The lines that hold anything, up to the first long stretch that does not."""
    found: list[Line] = []
    blank = 0
    for line in body:
        filled = any(line.cells)
        blank = 0 if filled else blank + 1
        if blank >= MOST_BLANK:
            break
        if filled:
            found.append(line)
        _check_length(found, line.number)
        if progress and filled and len(found) % _TELL_EVERY == 0:
            progress(len(found))
    if progress:
        progress(len(found))
    return found


def _check_length(found: list[Line], number: int) -> None:
    # One more than the most: the foot of our own file is no row.
    if len(found) > MOST_ROWS + 1 or number > MOST_LINES or (len(found) > MOST_ROWS and not _is_foot(found[-1])):
        raise UnreadableSheet("too_many_rows", most=MOST_ROWS)


def _is_foot(line: Line) -> bool:
    """Whether the line is the last one of our own file: when, by whom and through which filter it was written."""
    told = [cell for cell in line.cells if cell]
    return len(told) == 1 and told[0].casefold().startswith(_FOOT)


def _rows(lines: list[Line], layout: Layout, from_1904: bool) -> Iterator[Row]:
    area = ""
    for line in lines:
        if tuple(line.cells) == layout.heads:
            continue  # printed again at the top of a page
        values = {field: _value(line, index, field, from_1904) for field, index in layout.places.items()}
        if "area" in values:
            # Printed ledgers write a category once, in a cell merged over all of its rows.
            area = values["area"] = values["area"] or area
        if any(values.values()):
            yield Row(line.number, values)


def _value(line: Line, index: int, field: str, from_1904: bool) -> str:
    text = line.cells[index] if index < len(line.cells) else ""
    if len(text) > MOST_CELL:
        facts = {"part": "cell", "most": MOST_CELL, "unit": "characters", "size": len(text)}
        raise UnreadableSheet("too_large", **facts, row=line.number, field=field)
    return iso_date(text, from_1904) if text and field in DATE_FIELDS else text
