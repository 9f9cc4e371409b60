"""The internal ledger as a workbook: a cover, then the 21 columns of practice, ready to print on A3.

The rows come in pieces, and of each cell only its number in the table of texts is kept, so that memory stays bounded
however many there are. Every cell is text: nothing in it is ever taken for a formula.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from reports.workbook import A3, AS_TEXT, FONT, Fact, fitting
from tracker.lights import LIGHT_OF
from tracker.models import Task
from tracker.presenters.ledger import CSV_HEADS, file_row

SHEET = "台账"
FROZEN = 4
# In half-width letters, in the order of the columns: short facts narrow, texts wide.
WIDTHS = (7, 16, 28, 36, 14, 12, 14, 12, 9, 24, 11, 18, 9, 13, 34, 26, 26, 16, 22, 11, 14)
LIGHT_COLUMN, EVIDENCE_COLUMN = CSV_HEADS.index("亮灯"), CSV_HEADS.index("佐证编号")
# Words and colours together: a light never stands alone.
LIGHT_COLOURS = {
    "red": ("#B0241B", "#FBECEA"),
    "yellow": ("#7A5200", "#FBF3DA"),
    "blue": ("#0B68B5", "#E7F1FA"),
    "green": ("#1B7440", "#E8F4EC"),
    "grey": ("#656A73", "#EDECE7"),
    "done": ("#3E4C60", "#EDF0F4"),
}


Pieces = Iterable[tuple[Sequence[Task], dict[int, dict[str, str]]]]


def write(
    stream: IO[bytes],
    heads: Sequence[str],
    pieces: Pieces,
    on: datetime.date,
    facts: Sequence[Fact],
    address: str,
) -> Iterator[int]:
    """Write the file into `stream`; yields the number of rows so far. `address` of a task with "{}" for its key.

    A file that is given up half-way is just dropped: what holds it writes nothing before its end.
    """
    book = xlsxwriter.Workbook(stream, AS_TEXT)
    formats = _formats(book)
    _cover(book, facts, formats)
    sheet = book.add_worksheet(SHEET)
    _set_up(sheet, heads)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, formats["head"])
    last = 0
    for tasks, extras in pieces:
        for row, task in enumerate(tasks, last + 1):
            _write(sheet, row, task, file_row(task, on, extras[task.pk]), formats, address)
        last += len(tasks)
        yield last
    sheet.autofilter(0, 0, max(last, 1), len(heads) - 1)
    sheet.activate()
    book.close()


def _formats(book: Any) -> dict[str, Any]:
    plain = {
        "font_name": FONT,
        "font_size": 10,
        "valign": "top",
        "text_wrap": True,
        "border": 1,
        "border_color": "#C6C3B9",
    }
    found = {
        "text": book.add_format(plain),
        "head": book.add_format({**plain, "bold": True, "bg_color": "#EDECE7", "align": "center", "valign": "vcenter"}),
        "link": book.add_format({**plain, "font_color": "#1D4E96", "underline": 1}),
        "title": book.add_format({"font_name": FONT, "font_size": 16, "bold": True}),
        "label": book.add_format({"font_name": FONT, "font_size": 11, "font_color": "#4A4E56", "valign": "top"}),
        "value": book.add_format(
            {"font_name": FONT, "font_size": 11, "text_wrap": True, "valign": "top", "align": "left"}
        ),
    }
    for light, (ink, ground) in LIGHT_COLOURS.items():
        found[light] = book.add_format(
            {**plain, "font_color": ink, "bg_color": ground, "bold": light in ("red", "yellow")}
        )
    return found


def _cover(book: Any, facts: Sequence[Fact], formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(_("About"))
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 60)
    sheet.set_paper(A3)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 1)
    sheet.write_string(0, 0, _("Ledger"), formats["title"])
    for row, (label, value) in enumerate(facts, 2):
        sheet.write_string(row, 0, label, formats["label"])
        if isinstance(value, int):
            sheet.write_number(row, 1, value, formats["value"])
        else:
            sheet.write_string(row, 1, value, formats["value"])


def _set_up(sheet: Any, heads: Sequence[str]) -> None:
    """Frozen head, widths, and A3 landscape, one page wide with the head on each."""
    for column, width in enumerate(WIDTHS[: len(heads)]):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, FROZEN)
    sheet.set_landscape()
    sheet.set_paper(A3)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&F&R&P / &N")


def _write(sheet: Any, row: int, task: Task, cells: Sequence[str], formats: dict[str, Any], address: str) -> None:
    text = formats["text"]
    for column, cell in enumerate(cells):
        if column == LIGHT_COLUMN:
            sheet.write_string(row, column, cell, formats[LIGHT_OF[task.light_reason].value])
        elif not cell:
            sheet.write_blank(row, column, None, text)
        elif column == EVIDENCE_COLUMN:
            sheet.write_url(row, column, address.format(task.pk), formats["link"], fitting(cell))
        else:
            sheet.write_string(row, column, fitting(cell), text)
