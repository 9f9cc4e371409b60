"""The overview as a workbook: numbers as numbers, with charts that Excel draws from them."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reports.progress import Point, Tally
from reports.workbook import Book, Cell, Fact
from tracker import wording
from tracker.enums import Light, Status
from tracker.lights import LIGHT_ORDER
from tracker.models import Task

# The fills of the lights; each bar has its name in the legend and its number in the table beside.
FILLS = {
    Light.RED: "#B0241B",
    Light.YELLOW: "#F2B705",
    Light.BLUE: "#0B68B5",
    Light.GREEN: "#1B7440",
    Light.GREY: "#C6C3B9",
    Light.DONE: "#3E4C60",
}
ACTUAL, SCHEDULED = "#1F3F73", "#656A73"
GRID = {"visible": True, "line": {"color": "#DFDDD6"}}
WIDE, HIGH, EACH = 720, 300, 26
Names = Sequence[tuple[str, Tally]]


@dataclass(frozen=True)
class Sheets:
    """What stands in it; `changes` are tasks with the name of the light that they had."""

    areas: Names
    units: Names
    points: Sequence[Point]
    changes: Sequence[tuple[str, Task]]
    due: Sequence[Task]
    gaps: Sequence[Sequence[str]]
    indicators: Sequence[dict[str, Any]]
    on: datetime.date


def workbook(sheets: Sheets, facts: Sequence[Fact]) -> bytes:
    """The file; `facts` stand on the cover."""
    with Book() as book:
        book.cover(_("About"), pgettext("page", "Overview"), facts)
        _groups(book, _("By work area"), _("Work area"), sheets.areas)
        _groups(book, _("By lead unit"), _("Lead unit"), sheets.units)
        _months(book, sheets.points)
        _changes(book, sheets)
        _due(book, sheets)
        book.table(_("Gaps"), [_("Place in the report"), _("What stands there"), _("Gap")], sheets.gaps)
        _indicators(book, sheets.indicators)
    return book.content()


def _groups(book: Book, name: str, head: str, rows: Names) -> None:
    """A table of lights and statuses, with the lights as stacked bars beside it."""
    heads = [head, *(str(light.label) for light in LIGHT_ORDER), _("All"), *(str(status.label) for status in Status)]
    cells: list[list[Cell]] = [
        [
            label,
            *(tally.lights[light.value] for light in LIGHT_ORDER),
            tally.total,
            *(tally.statuses[status.value] for status in Status),
        ]
        for label, tally in rows
    ]
    sheet = book.table(name, heads, cells)
    if not cells:
        return
    chart = book.book.add_chart({"type": "bar", "subtype": "stacked"})
    for column, light in enumerate(LIGHT_ORDER, 1):
        chart.add_series(
            {
                "name": [name, 0, column],
                "categories": [name, 1, 0, len(cells), 0],
                "values": [name, 1, column, len(cells), column],
                "fill": {"color": FILLS[light]},
                "gap": 60,
            }
        )
    chart.set_title({"name": name, "overlay": False})
    # Bars grow from below; the first row of the table belongs on top.
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"num_format": "0", "major_gridlines": GRID})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": WIDE, "height": max(HIGH, 120 + EACH * len(cells))})
    sheet.insert_chart(len(cells) + 2, 0, chart, {"description": name})


def _months(book: Book, points: Sequence[Point]) -> None:
    """Scheduled and actual progress as two lines over the days; days to come have no actual one."""
    name = _("By month")
    heads = [_("Date"), _("Scheduled, percent"), _("Actual, percent")]
    rows: list[list[Cell]] = [[row.on, row.scheduled, _number(row.actual)] for row in points]
    sheet = book.table(name, heads, rows)
    if not rows:
        return
    chart = book.book.add_chart({"type": "line"})
    for column, colour, dash in ((1, SCHEDULED, "dash"), (2, ACTUAL, "solid")):
        # The actual line ends with the last number: an empty text would be drawn as nought.
        last = len(rows) if column == 1 else sum(point.actual is not None for point in points)
        if last:
            chart.add_series(
                {
                    "name": [name, 0, column],
                    "categories": [name, 1, 0, len(rows), 0],
                    "values": [name, 1, column, last, column],
                    "line": {"color": colour, "width": 2.25, "dash_type": dash},
                }
            )
    chart.set_title({"name": _("Progress over the year")})
    # Over dates a part of a month takes a part of a month's width.
    chart.set_x_axis({"date_axis": True, "num_format": "yyyy-mm", "major_unit": 1, "major_unit_type": "months"})
    chart.set_y_axis({"min": 0, "max": 100, "major_unit": 25, "num_format": "0", "major_gridlines": GRID})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": WIDE, "height": HIGH})
    sheet.insert_chart(0, 4, chart, {"description": _("Progress over the year")})


def _indicators(book: Book, rows: Sequence[dict[str, Any]]) -> None:
    heads = [
        *(_("Number"), _("Task"), _("Indicator"), _("Unit of measure"), _("Direction")),
        *(_("Baseline"), _("Latest reading"), _("Read on"), _("Target"), _("Whether it is met")),
    ]
    cells = [
        [
            *(row["code"], row["title"], row["name"], row["unit"], row["direction"]),
            *(_number(row["baseline"]), _number(row["value"])),
            row["on"].isoformat() if row["on"] else "",
            _number(row["target"]),
            row["met_words"],
        ]
        for row in rows
    ]
    book.table(_("Indicators"), heads, cells, frozen=2)


def _number(value: Any) -> Cell:
    return "" if value is None else value


def _changes(book: Book, sheets: Sheets) -> None:
    heads = [_("Number"), _("Task"), _("Lead unit"), _("Light before"), _("Light now"), _("Reason of the light")]
    rows = [_change_row(old, task, sheets.on) for old, task in sheets.changes]
    book.table(_("Changes"), heads, rows, frozen=2)


def _change_row(old: str, task: Task, on: datetime.date) -> list[Cell]:
    light = wording.shown_light(task, on)
    return [task.code, task.title, str(task.lead_unit or ""), old, light.label, light.reason]


def _due(book: Book, sheets: Sheets) -> None:
    heads = [
        _("Due date"),
        _("Number"),
        _("Task"),
        _("Lead unit"),
        _("Light"),
        _("Actual, percent"),
        _("Scheduled, percent"),
    ]
    rows = [_due_row(task, sheets.on) for task in sheets.due]
    book.table(_("Falling due"), heads, rows, frozen=3)


def _due_row(task: Task, on: datetime.date) -> list[Cell]:
    light = wording.shown_light(task, on)
    return [
        task.due_on.isoformat() if task.due_on else "",
        task.code,
        task.title,
        str(task.lead_unit or ""),
        f"{light.label} {light.reason}",
        task.progress,
        "" if task.scheduled is None else task.scheduled,
    ]
