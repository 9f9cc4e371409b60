"""Warnings."""

import pytest

from tracker.reading import parse

TITLE = "某市人民政府2030年法治政府建设年度报告\n"


def warned(text: str) -> list[tuple[str, str | None]]:
    report = parse(text)
    return [
        (warning.code, None if warning.start is None else report.text[warning.start : warning.end])
        for warning in report.warnings
    ]


def test_a_plain_report_has_no_warnings() -> None:
    assert warned(TITLE + "一、2030年主要成效\n1.甲。乙。\n二、2031年工作安排\n1.丙。丁。\n") == []


def test_one_document_with_two_names() -> None:
    text = (
        TITLE + "一、主要成效\n1.甲。落实《规划纲要(2030-2031年)》。\n二、工作安排\n1.乙。落实《规划纲要(2030-2031)》。"
    )
    assert warned(text) == [("name_spelled_differently", "《规划纲要(2030-2031)》")]


def test_arrangements_of_another_year() -> None:
    text = TITLE + "一、2030年主要成效\n1.甲。乙。\n二、2030年工作安排\n1.丙。丁。\n"
    assert warned(text) == [("arrangements_year", "2030年工作安排")]


def test_a_part_of_another_year() -> None:
    text = TITLE + "一、2029年主要成效\n1.甲。乙。\n二、2031年工作安排\n1.丙。丁。\n"
    assert warned(text) == [("part_year", "2029年主要成效")]


def test_numbers_that_stand_twice_or_leave_a_gap() -> None:
    text = TITLE + "一、主要成效\n1.甲。乙。\n1.丙。丁。\n4.戊。己。\n二、工作安排\n1.庚。辛。\n"
    assert warned(text) == [("number_repeated", "1."), ("number_skipped", "4.")]


@pytest.mark.parametrize(("rate", "codes"), [("50%", []), ("51%", ["ratio_mismatch"]), ("约51%", [])])
def test_a_percentage_that_does_not_follow(rate: str, codes: list[str]) -> None:
    text = TITLE + f"一、主要成效\n1.甲。调解100件，成功50件，成功率{rate}。\n二、工作安排\n1.乙。丙。\n"
    assert [code for code, _words in warned(text)] == codes


@pytest.mark.parametrize("rate", ["43.2%", "43.23%", "43%"])
def test_a_percentage_may_be_rounded_or_cut_off(rate: str) -> None:
    text = TITLE + f"一、主要成效\n1.甲。调解2769件成功1197件，成功率{rate}。\n二、工作安排\n1.乙。丙。\n"
    assert warned(text) == []


def test_a_date_before_the_year_is_over() -> None:
    text = TITLE + "2030-01-08\n一、主要成效\n1.甲。乙。\n二、工作安排\n1.丙。丁。\n"
    assert warned(text) == [("early_date", None)]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ["empty_text"]),
        (" \n\ufeff", ["empty_text"]),
        ("今天天气很好。", ["no_parts"]),
        (TITLE + "一、主要成效\n1.甲。乙。\n", ["no_arrangements"]),
        (TITLE + "一、工作安排\n1.甲。乙。\n", ["no_measures"]),
        ("一、主要成效\n1.甲。乙。\n二、工作安排\n1.丙。丁。\n", ["no_title", "no_year", "other_subject"]),
    ],
)
def test_what_is_missing(text: str, codes: list[str]) -> None:
    assert [code for code, _words in warned(text)] == codes


def measures(words: str) -> str:
    return f"{TITLE}一、主要成效\n1.甲。{words}\n二、工作安排\n1.丙。丁。\n"


@pytest.mark.parametrize(
    "words",
    [
        "负责人出庭应诉46宗（其中正职25宗，副职22宗）。",
        "出庭应诉46宗，其中正职47宗。",
        "办结80件，其中成功81件、失败2件。",
    ],
)
def test_parts_that_are_more_than_their_whole(words: str) -> None:
    assert [code for code, _words in warned(measures(words))] == ["parts_exceed_whole"]


def test_parts_with_all_others_that_are_less_than_their_whole() -> None:
    words = "清单共有36个事项，其中许可1项、检查21项、其他6项。"
    assert [code for code, _words in warned(measures(words))] == ["parts_below_whole"]
    assert warned(measures(words.replace("36", "28"))) == []


@pytest.mark.parametrize(
    "words",
    [
        "负责人出庭应诉46宗（其中正职25宗，副职21宗）。",
        "出庭应诉46宗，其中正职20宗。另有调解案件80宗。",
        "检查企业46家，其中整改120项。",
        "出庭应诉约46宗，其中正职47宗。",
        "办结80件。其中的81件来自去年。",
        "办结80件，其中成功60件，去年办结90件。",
    ],
)
def test_parts_that_may_belong_to_their_whole(words: str) -> None:
    assert warned(measures(words)) == []


def test_one_count_with_two_values() -> None:
    words = "受理行政复议申请2769件。乙。受理行政复议申请2796件。"
    assert warned(measures(words)) == [("figure_differs", "受理行政复议申请2796件")]


@pytest.mark.parametrize(
    "words",
    [
        "受理行政复议申请2769件。乙。受理行政复议申请2769件。",
        "受理行政复议申请2769件。乙。受理行政复议申请约2800件。",
        "受理行政复议申请2769件。乙。受理行政复议申请30次。",
        "上半年受理行政复议申请2769件。乙。下半年受理行政复议申请2796件。",
        "制发建议20份。乙。制发建议30份。",
    ],
)
def test_counts_that_need_not_agree(words: str) -> None:
    assert warned(measures(words)) == []


def test_a_share_of_more_than_everything() -> None:
    assert warned(measures("按期办结率达101%。")) == [("share_over_whole", "按期办结率达101%")]
    assert warned(measures("申请量同比增长300%。")) == []
