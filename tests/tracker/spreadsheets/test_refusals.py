"""What is no ledger, is broken, or was made to do harm, is refused by name and within bounds."""

import io
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracker.documents.files import docx_of
from tests.tracker.spreadsheets.files import HEAD, ROW, csv_of, repacked, with_sheet, xlsx_of
from tracker.spreadsheets import UnreadableSheet, package, read_sheet, sheet

GOOD = xlsx_of(HEAD, ROW)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal(content: bytes, name: str = "a.xlsx") -> UnreadableSheet:
    with pytest.raises(UnreadableSheet) as refused:
        read_sheet(name, content)
    assert str(refused.value)
    return refused.value


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (xlsx_of(), "empty"),
        (OLE + b"\x00" * 600, "old_xls"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (docx_of("报告"), "not_a_spreadsheet"),
        (b"%PDF-1.7 ...", "not_a_spreadsheet"),
        (b"<html><table></table></html>", "not_a_spreadsheet"),
        (b"\x89PNG\r\n", "not_a_spreadsheet"),
        (b"PK\x03\x04 broken", "damaged"),
        (GOOD[: len(GOOD) // 2], "damaged"),
        (GOOD[:-30], "damaged"),
        (b"a,b\x00c", "not_a_spreadsheet"),
        (b"\xff\xff\xff\x81", "encoding"),
        (csv_of(("一", "二"), ("三", "四")), "no_head"),
        (xlsx_of(("一", "二"), ("三", "四")), "no_head"),
        (csv_of(("序号", "重点任务", "重点任务"), ("1", "甲", "乙")), "doubled_head"),
    ],
)
def test_each_by_its_name(content: bytes, code: str) -> None:
    assert refusal(content).code == code


def test_a_head_that_is_not_found_is_told_with_what_was() -> None:
    facts = refusal(csv_of(("牵头单位", "备注"), ("甲", "乙"))).facts
    assert facts["found"] == ("lead_unit", "remarks")


@pytest.mark.parametrize("rows", [3, 4])
def test_as_many_rows_as_are_read_and_not_one_more(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    monkeypatch.setattr(sheet, "MOST_ROWS", 3)
    content = csv_of(HEAD, *[ROW] * rows)
    if rows == 3:
        assert len(read_sheet("a.csv", content).rows) == 3
    else:
        assert refusal(content).code == "too_many_rows"


@pytest.mark.parametrize("length", [20, 21])
def test_as_long_a_cell_as_is_read_and_not_longer(monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    monkeypatch.setattr(sheet, "MOST_CELL", 20)
    content = csv_of(HEAD, ("1.1", "甲", "长" * length, "", "", ""))
    if length == 20:
        assert len(read_sheet("a.csv", content).rows[0].values["title"]) == 20
    else:
        facts = refusal(content).facts
        assert (facts["part"], facts["row"], facts["field"]) == ("cell", 2, "title")


def test_a_file_of_too_many_bytes() -> None:
    assert refusal(b"a" * (10 * 1024 * 1024 + 1)).code == "too_large"


def test_a_stray_cell_far_below_is_not_walked_to() -> None:
    def change(book: Any) -> None:
        book.active["A20000"] = "stray"

    assert len(read_sheet("a.xlsx", xlsx_of(HEAD, ROW, change=change)).rows) == 1


def test_a_protected_archive() -> None:
    content = bytearray(GOOD)
    # The flag of encryption in the directory entry of the first part.
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(content)).code == "encrypted"


@pytest.mark.parametrize(
    "content",
    [
        repacked(GOOD, {"xl/media/a.bin": b"\0" * 9_000_000}),
        repacked(GOOD, {f"xl/{number}.xml": b"<a/>" for number in range(5_001)}, zipfile.ZIP_STORED),
        with_sheet("<a>" * 101 + "</a>" * 101),
        with_sheet("<sheetData><row>" + "<c/>" * 65_537 + "</row></sheetData>"),
    ],
    ids=["dense", "parts", "depth", "wide"],
)
def test_bombs(content: bytes) -> None:
    assert refusal(content).code == "bomb"


NAMES = "<definedName name='n'>A1</definedName>" * 160_000
# Of random bytes, so that it is not for its density that it is refused.
WIDE = " ".join(f'a{number}="{number * 7919 % 100_003}"' for number in range(40_000))


@pytest.mark.parametrize("inner", [f"<definedNames>{NAMES}</definedNames>", f"<sheetData><row {WIDE}/></sheetData>"])
def test_what_would_be_kept_beside_the_rows_is_bounded(inner: str) -> None:
    content = with_sheet(inner)
    padding = bytes(number * number % 251 for number in range(200_000))
    assert refusal(repacked(content, {"xl/media/a.bin": padding}, zipfile.ZIP_STORED)).code == "bomb"


def test_a_drawing_may_name_its_type() -> None:
    drawing = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd"><svg/>'
    assert len(read_sheet("a.xlsx", repacked(GOOD, {"xl/media/image1.svg": drawing})).rows) == 1


def test_more_elements_than_a_ledger_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MOST_ELEMENTS", 1_000)
    rows = "<row><c/></row>" * 1_000
    assert refusal(with_sheet(f"<sheetData>{rows}</sheetData>")).code == "bomb"


ENTITIES = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("body", ["&b;", "&c;", ""])
def test_a_part_declares_no_entities(body: str) -> None:
    assert refusal(with_sheet(f"<sheetData>{body}</sheetData>", ENTITIES)).code in ("damaged", "bomb")


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize("content", [b"", b"<a", b"<a/>", b"\xff\xfe", None])
def test_broken_parts(part: str, content: bytes | None) -> None:
    try:
        read_sheet("a.xlsx", repacked(GOOD, {part: content}))
    except UnreadableSheet as refused:
        assert refused.code in ("damaged", "empty", "no_head", "not_a_spreadsheet")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", OLE, b"\xff\xfe", "序号,重点任务\n".encode()]))
def test_any_bytes_are_read_or_refused(tail: bytes, start: bytes) -> None:
    try:
        read_sheet("a", start + tail)
    except UnreadableSheet as refused:
        assert str(refused)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_workbook_with_changed_bytes_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _change in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_sheet("a.xlsx", bytes(content))
    except UnreadableSheet as refused:
        assert str(refused)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=6), max_size=6))
def test_any_cells_are_read_or_refused(rows: list[list[str]]) -> None:
    import csv

    stream = io.StringIO()
    csv.writer(stream).writerows([list(HEAD), *rows])
    try:
        read = read_sheet("a.csv", stream.getvalue().encode("utf-8", "surrogatepass"))
    except UnreadableSheet as refused:
        assert refused.code in ("no_head", "doubled_head", "damaged", "encoding", "not_a_spreadsheet")
    else:
        assert len(read.rows) <= len(rows) * 20
