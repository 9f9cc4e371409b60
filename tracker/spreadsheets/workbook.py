"""Workbooks (.xlsx): worksheets as tables of text."""

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openpyxl  # type: ignore[import-untyped]

from tracker.spreadsheets.cells import text_of
from tracker.spreadsheets.errors import UnreadableSheet
from tracker.spreadsheets.layout import Line
from tracker.spreadsheets.limits import MOST_COLUMNS, MOST_LINES
from tracker.spreadsheets.package import check_package
from tracker.spreadsheets.sheet import Table

# One workbook at a time: it bounds the memory of a process, and the filter of warnings belongs to the whole process.
_ALONE = threading.RLock()


@contextmanager
def opened(content: bytes) -> Iterator[Any]:
    """The workbook in the bytes, after it was checked; closed afterwards.

    Raises UnreadableSheet: damaged, encrypted, not_a_spreadsheet, bomb.
    """
    check_package(content)
    with _ALONE, warnings.catch_warnings():
        # The library warns of charts, extensions and checks that it leaves out; the ledger needs none of them.
        warnings.simplefilter("ignore")
        book = _loaded(content)
        try:
            yield book
        finally:
            book.close()


def _loaded(content: bytes) -> Any:
    try:
        return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # the library raises whatever a broken part leads to
        raise UnreadableSheet("damaged", reason=f"the workbook: {type(error).__name__}") from error


def tables(book: Any) -> Iterator[Table]:
    """The worksheets of an opened workbook, hidden ones last. Walking their lines raises UnreadableSheet: damaged."""
    sheets = sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
    for sheet in sheets:
        yield Table(sheet.title, _lines(sheet), book.epoch.year == 1904)


def names(book: Any) -> tuple[str, ...]:
    """The names of the worksheets, in their order."""
    return tuple(sheet.title for sheet in book.worksheets)


def _lines(sheet: Any) -> Iterator[Line]:
    """The lines up to the bounds, whatever size the sheet says it has; blank ones too."""
    bounds = {"min_row": 1, "max_row": MOST_LINES + 1, "min_col": 1, "max_col": MOST_COLUMNS}
    try:
        for number, cells in enumerate(sheet.iter_rows(**bounds), 1):
            yield Line(number, [_text(cell) for cell in cells])
    except Exception as error:  # the library raises whatever a broken part leads to
        raise UnreadableSheet("damaged", reason=f"the worksheet: {type(error).__name__}") from error


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    return text_of(value, cell.number_format if isinstance(value, int | float) else "General")
