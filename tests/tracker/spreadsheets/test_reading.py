"""Rows come out as a person sees them in the file."""

import datetime

import pytest

from tests.tracker.spreadsheets.files import HEAD, ROW, csv_of, xlsx_of
from tracker.spreadsheets import Sheet, read_sheet

VALUES = {
    "code": "1.1",
    "area": "制度建设",
    "title": "修订规程",
    "lead_unit": "区司法局",
    "due_on": "2025-11-30",
    "progress": "40%",
}


def values(sheet: Sheet) -> list[dict[str, str]]:
    return [row.values for row in sheet.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_files_in_every_usual_encoding_and_separation(encoding: str, delimiter: str) -> None:
    sheet = read_sheet("台账.csv", csv_of(HEAD, ROW, encoding=encoding, delimiter=delimiter))
    assert values(sheet) == [VALUES]
    assert (sheet.name, sheet.rows[0].number, sheet.unknown) == ("台账", 2, ())


def test_a_workbook() -> None:
    sheet = read_sheet("台账.xlsx", xlsx_of(HEAD, ROW))
    assert values(sheet) == [VALUES]
    assert sheet.columns == dict(zip(VALUES, HEAD, strict=True))


def test_the_content_tells_the_kind_and_not_the_name() -> None:
    assert values(read_sheet("a.csv", xlsx_of(HEAD, ROW))) == values(read_sheet("a.xlsx", csv_of(HEAD, ROW)))


def test_breaks_and_separators_inside_a_quoted_cell() -> None:
    content = '序号,重点任务,进展情况\r\n1.1,"修订,规程","第一期\r\n第二期 ""优"""\r\n'.encode()
    assert values(read_sheet("a.csv", content)) == [
        {"code": "1.1", "title": "修订,规程", "summary": '第一期\n第二期 "优"'}
    ]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("2025年11月30日", "2025-11-30"),
        ("2025.11.30", "2025-11-30"),
        ("2025/11/3", "2025-11-03"),
        ("２０２５年１１月３０日前", "2025-11-30"),
        ("20251130", "2025-11-30"),
        ("2025-11-30 00:00:00", "2025-11-30"),
        ("45991", "2025-11-30"),
        ("2025年2月30日", "2025年2月30日"),
        ("年底前", "年底前"),
        ("12345", "12345"),
        ("", ""),
    ],
)
def test_dates_as_people_type_them(typed: str, shown: str) -> None:
    sheet = read_sheet("a.csv", csv_of(HEAD, (*ROW[:4], typed, ROW[5])))
    assert sheet.rows[0].values["due_on"] == shown


def test_values_of_a_workbook_as_they_are_shown() -> None:
    def change(book):
        cells = book.active
        cells["E2"] = datetime.datetime(2025, 11, 30)
        cells["F2"], cells["F2"].number_format = 0.4, "0%"
        cells["A2"], cells["A2"].number_format = 1.1, "0.00"
        cells["C2"] = 2025.0

    row = read_sheet("a.xlsx", xlsx_of(HEAD, ROW, change=change)).rows[0].values
    assert (row["due_on"], row["progress"], row["code"], row["title"]) == ("2025-11-30", "40%", "1.10", "2025")


def test_days_counted_from_1904() -> None:
    def change(book):
        book.epoch = openpyxl_epoch()
        book.active["E2"] = 45991 - 1462

    assert read_sheet("a.xlsx", xlsx_of(HEAD, ROW, change=change)).rows[0].values["due_on"] == "2025-11-30"


def openpyxl_epoch() -> datetime.datetime:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904  # type: ignore[import-untyped]

    return CALENDAR_MAC_1904  # type: ignore[no-any-return]


def test_a_formula_without_a_stored_result_is_blank() -> None:
    sheet = read_sheet("a.xlsx", xlsx_of(HEAD, ("=1+1", *ROW[1:])))
    assert sheet.rows[0].values["code"] == ""


def test_title_lines_above_and_notes_below() -> None:
    sheet = read_sheet(
        "a.xlsx",
        xlsx_of(("某区2025年重点任务台账",), (), HEAD, ROW, (), ("截至2025年6月16日，人-admin，全部任务",)),
    )
    assert values(sheet) == [VALUES]
    assert sheet.rows[0].number == 4


def test_a_category_merged_over_its_rows_belongs_to_all_of_them() -> None:
    def change(book):
        book.active.merge_cells("B2:B3")

    second = ("1.2", "", *ROW[2:])
    sheet = read_sheet("a.xlsx", xlsx_of(HEAD, ROW, second, change=change))
    assert [row["area"] for row in values(sheet)] == ["制度建设", "制度建设"]


def test_a_head_of_two_lines() -> None:
    sheet = read_sheet(
        "a.xlsx",
        xlsx_of(
            ("序号", "任务", "", "责任", ""),
            ("", "类别", "重点任务", "牵头单位", "责任人"),
            ("1", "甲", "乙", "丙", "丁"),
        ),
    )
    assert values(sheet) == [{"code": "1", "area": "甲", "title": "乙", "lead_unit": "丙", "owner": "丁"}]


def test_the_head_printed_again_on_a_second_page_is_no_row() -> None:
    assert values(read_sheet("a.csv", csv_of(HEAD, ROW, HEAD, ROW))) == [VALUES, VALUES]


def test_columns_are_known_by_either_language() -> None:
    head = ("No.", "Work area", "Task title", "Lead unit", "Due date", "Progress")
    assert values(read_sheet("a.csv", csv_of(head, ROW))) == [VALUES]


@pytest.mark.parametrize("head", ["牵头/责任单位", "牵头单位\nLead unit", "牵头单位（盖章）", " 牵 头 单 位 "])
def test_a_head_with_two_names_or_notes(head: str) -> None:
    sheet = read_sheet("a.xlsx", xlsx_of((*HEAD[:3], head, *HEAD[4:]), ROW))
    assert values(sheet) == [VALUES]


def test_what_is_not_understood_is_named() -> None:
    sheet = read_sheet("a.csv", csv_of((*HEAD, "天气", "任务名称"), (*ROW, "晴", "另名")))
    assert (sheet.unknown, sheet.doubled) == (("天气",), ("任务名称",))
    assert values(sheet) == [VALUES]


def test_the_first_sheet_with_a_head_and_visible_ones_first() -> None:
    def change(book):
        book.active.sheet_state = "hidden"
        book.active.title = "旧"
        book.create_sheet("说明").append(["填表说明"])
        new = book.create_sheet("新")
        for row in (HEAD, ("2.1", *ROW[1:])):
            new.append(list(row))

    sheet = read_sheet("a.xlsx", xlsx_of(HEAD, ROW, change=change))
    assert (sheet.name, sheet.others) == ("新", ("旧", "说明"))
    assert sheet.rows[0].values["code"] == "2.1"


def test_what_nobody_sees_is_taken_off() -> None:
    row = ("'=1+1", "\u200b制度 ", "修订\u202e规程", "区司法局", "", "")
    read = read_sheet("a.csv", csv_of(HEAD, row)).rows[0].values
    assert (read["code"], read["area"], read["title"]) == ("=1+1", "制度", "修订规程")


def test_progress_is_told_and_may_stop_the_reading() -> None:
    told: list[int] = []
    read_sheet("a.csv", csv_of(HEAD, *[ROW] * 1_200), told.append)
    assert told == [500, 1_000, 1_200]

    def stop(_count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_sheet("a.csv", csv_of(HEAD, *[ROW] * 600), stop)
