"""Excel files as people are handed them: frozen heads, widths that fit, and a word on what the file is.

Every cell that holds text is written as text, so that nothing in it is ever taken for a formula.
"""

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import BytesIO
from types import TracebackType
from typing import Any, Self

import xlsxwriter
from django.utils.translation import gettext as _

FONT = "宋体"
MOST_WIDTH, LEAST_WIDTH = 60, 8
LONGEST_CELL = 32_000
A3 = 8
Cell = str | int | Decimal | datetime.date
Fact = tuple[str, str | int]
DAY = "yyyy-mm-dd"
# Text stays text: no formula, no link, no number is made of it.
AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def rounding() -> tuple[str, str]:
    """What every cover says of the numbers of lights and schedules."""
    words = _("Scheduled progress is linear between two days, rounded half up to whole points.")
    return _("Rounding"), words


def fitting(text: str) -> str:
    """A text as a cell can hold it. What begins like the writer's own marks of rich text is kept from being it."""
    return (f" {text}" if text.startswith("<r>") else text)[:LONGEST_CELL]


def width_of(text: str) -> int:
    """The columns of a half-width letter that a text takes: a Chinese character takes two."""
    return max((sum(2 if ord(letter) > 0x2E80 else 1 for letter in line) for line in text.split("\n")), default=0)


class Book:
    """A workbook that is written once, from the first sheet to the last; `content()` after leaving the block."""

    def __init__(self) -> None:
        self._stream = BytesIO()
        self.book = xlsxwriter.Workbook(self._stream, {**AS_TEXT, "in_memory": True})
        plain = {"font_name": FONT, "font_size": 10, "valign": "top", "text_wrap": True}
        self.text = self.book.add_format(plain)
        self.head = self.book.add_format({**plain, "bold": True, "bottom": 1, "bg_color": "#EEF1F4"})
        self.title = self.book.add_format({**plain, "bold": True, "font_size": 14, "text_wrap": False})
        self.day = self.book.add_format({**plain, "num_format": DAY})
        self.count = self.book.add_format({**plain, "align": "left"})
        self.mark = self.book.add_format({**plain, "align": "center"})
        self.link = self.book.add_format({**plain, "font_color": "#1F4E9E", "underline": 1})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.book.close()

    def content(self) -> bytes:
        return self._stream.getvalue()

    def cover(self, name: str, title: str, facts: Iterable[Fact]) -> None:
        """The first sheet, one page: what the file is, as of when, by whom, from which filter."""
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(A3)
        sheet.fit_to_pages(1, 1)
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, MOST_WIDTH)
        sheet.write_string(0, 0, title, self.title)
        for row, (label, value) in enumerate(facts, start=2):
            sheet.write_string(row, 0, label, self.head)
            if isinstance(value, int):
                sheet.write_number(row, 1, value, self.count)
            else:
                sheet.write_string(row, 1, fitting(value), self.text)

    def table(self, name: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]], *, frozen: int = 1) -> Any:
        """A sheet with one head and filters on it; `frozen` columns stay on the left. Numbers and days stay such."""
        sheet = self.book.add_worksheet(name)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, self.head)
            widest = max([width_of(head), *(width_of(str(row[column])) for row in rows)])
            sheet.set_column(column, column, min(max(widest + 2, LEAST_WIDTH), MOST_WIDTH))
        for place, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, int | Decimal):
                    sheet.write_number(place, column, cell, self.text)
                elif isinstance(cell, datetime.date):
                    sheet.write_datetime(place, column, cell, self.day)
                else:
                    sheet.write_string(place, column, fitting(cell), self.text)
        sheet.freeze_panes(1, frozen)
        if heads:
            sheet.autofilter(0, 0, max(len(rows), 1), len(heads) - 1)
        sheet.set_landscape()
        sheet.set_paper(A3)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet
