"""Ledgers made for the tests: real ones by the library, hostile ones by hand."""

import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import openpyxl  # type: ignore[import-untyped]

HEAD = ("序号", "类别", "重点任务", "牵头单位", "完成时限", "进度")
ROW = ("1.1", "制度建设", "修订规程", "区司法局", "2025-11-30", "40%")


def csv_of(*rows: Sequence[Any], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    lines = [delimiter.join(str(cell) for cell in row) for row in rows]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def xlsx_of(*rows: Sequence[Any], change: Callable[[Any], None] | None = None) -> bytes:
    """A workbook with one sheet; `change` is called with the workbook before it is saved."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    if change:
        change(book)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def repacked(content: bytes, changed: dict[str, bytes | None], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The same archive with parts exchanged, added, or left out (None)."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(stream, "w", method) as new:
        parts: dict[str, bytes | None] = {name: old.read(name) for name in old.namelist()}
        for name, part in (parts | changed).items():
            if part is not None:
                new.writestr(name, part)
    return stream.getvalue()


def with_sheet(inner: str, head: str = "") -> bytes:
    """A workbook whose only worksheet is this XML inside its root; `head` stands before the root."""
    sheet = f'<?xml version="1.0"?>{head}<worksheet xmlns="{MAIN}">{inner}</worksheet>'
    return repacked(xlsx_of(HEAD, ROW), {"xl/worksheets/sheet1.xml": sheet.encode()})


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
