"""Shortcomings and causes."""

import pytest

from tracker.reading import parse


def read(body: str) -> tuple[list[tuple[str | None, str]], list[tuple[str, int | None]]]:
    report = parse(f"一、主要成效\n1.甲。乙。\n二、存在的不足及原因\n{body}\n三、下一步安排\n1.丙。丁。\n")
    rows = [*report.shortcomings, *report.causes]
    assert [row.text for row in rows] == [report.text[row.start : row.end] for row in rows]
    return (
        [(row.number, row.text) for row in report.shortcomings],
        [(cause.text, cause.shortcoming) for cause in report.causes],
    )


@pytest.mark.parametrize(("stop", "comma"), [("。", ","), ("；", "，"), (";", "，")])
def test_as_many_causes_as_shortcomings_pair_by_position(stop: str, comma: str) -> None:
    shortcomings, causes = read(f"一是学习不足{stop}二是培训不够。主要原因是重视不够{comma}投入有限。")
    assert shortcomings == [("一是", "学习不足"), ("二是", "培训不够")]
    assert causes == [("重视不够", 0), ("投入有限", 1)]


def test_a_lead_before_the_first_number_is_no_shortcoming() -> None:
    assert read("虽有成绩，仍有短板，一是学习不足，部分单位滞后；二是培训不够。") == (
        [("一是", "学习不足，部分单位滞后"), ("二是", "培训不够")],
        [],
    )


@pytest.mark.parametrize("lead", ["主要表现在：", "主要存在以下不足：", "问题如下："])
def test_a_list_behind_its_lead_holds_weaknesses_in_any_words(lead: str) -> None:
    assert read(f"虽有成绩，但仍有不足，{lead}执法人员偏少；宣传形式单一；监督不强。") == (
        [(None, "执法人员偏少"), (None, "宣传形式单一"), (None, "监督不强")],
        [],
    )


def test_numbered_causes() -> None:
    shortcomings, causes = read("一是学习不足。二是培训不够。主要原因：一是重视不够；二是投入有限。")
    assert [text for _number, text in shortcomings] == ["学习不足", "培训不够"]
    assert causes == [("重视不够", 0), ("投入有限", 1)]


def test_a_cause_inside_a_shortcoming_belongs_to_it() -> None:
    shortcomings, causes = read("一是学习不足，主要原因是重视不够；二是培训不够，原因在于投入有限。")
    assert [text for _number, text in shortcomings] == ["学习不足", "培训不够"]
    assert causes == [("重视不够", 0), ("投入有限", 1)]


def test_causes_of_another_number_stay_unpaired_and_are_flagged() -> None:
    _shortcomings, causes = read("一是学习不足。二是培训不够。主要原因是重视不够。")
    assert causes == [("重视不够", None)]
    report = parse("一、存在不足\n一是学习不足。二是培训不够。主要原因是重视不够。")
    assert "causes_unpaired" in [warning.code for warning in report.warnings]


def test_shortcomings_without_numbers() -> None:
    assert read("取得成绩的同时，仍存在以下问题：\n学习不足；培训有待加强。\n")[0] == [
        (None, "学习不足"),
        (None, "培训有待加强"),
    ]


def test_shortcomings_as_items() -> None:
    assert read("（一）学习不足。部分单位滞后。\n（二）培训不够。\n")[0] == [
        ("（一）", "学习不足"),
        ("（二）", "培训不够"),
    ]
