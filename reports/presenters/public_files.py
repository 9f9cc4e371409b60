"""The public ledger as files: five columns, only what passed disclosure review.

Who issued it as of when is told by the name of the file, and by the cover of the workbook: a CSV holds rows alone.
"""

import csv
import datetime
from collections.abc import Iterable, Sequence
from io import StringIO

from reports.documents.layout import official_date
from reports.workbook import Book
from tracker.models import Plan
from tracker.presenters.ledger import inert

HEADS = ("类别", "序号", "重点督办内容", "牵头单位", "全年完成情况")
SCOPE = "只含经公开审查的任务"


def facts(plan: Plan, on: datetime.date) -> list[tuple[str, str]]:
    return [
        ("发布机关", plan.government.name),
        ("计划", plan.title),
        ("截至", official_date(on)),
        ("范围", SCOPE),
        ("取整", "数字照公开审查通过的原文，未作取整"),
    ]


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with a byte order mark; no cell is a formula."""
    stream = StringIO()
    writer = csv.writer(stream)
    for row in [HEADS, *rows]:
        writer.writerow([inert(cell) for cell in row])
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def as_workbook(plan: Plan, rows: Iterable[Sequence[str]], on: datetime.date) -> bytes:
    with Book() as book:
        book.cover("说明", f"{plan.title}公开台账", facts(plan, on))
        book.table("公开台账", HEADS, list(rows), frozen=2)
    return book.content()


def name_of(plan: Plan, on: datetime.date, ending: str) -> str:
    return f"公开台账_{plan.government}_{plan.year}_{on.isoformat()}.{ending}"
