"""Parts and items, in both styles of numbering and without numbering."""

import pytest

from tracker.reading.outline import Division, find_divisions, meaning
from tracker.reading.text import Source

FULL = """某市人民政府2030年法治政府建设年度报告
　　一、主要工作情况
　　（一）健全制度，规范程序
　　修订办法3件。召开会议。
　　（二）加强监督。办结建议12件。
　　二、存在问题
　　一是力量不足；二是培训不够。
　　三、主要负责人履行第一责任人职责情况
　　市长主持会议。
　　四、下一步工作计划
　　（一）修订办法。修订一件。
"""
ASCII = """  一、2030年主要举措和成效
  1.健全制度,规范程序。修订办法3件。召开会议。
  2、加强监督。办结建议12件。
  二、2031年主要工作安排
  1.修订办法。修订一件。
"""


def outline(text: str) -> list[Division]:
    return find_divisions(Source(text), len(text))


def shape(text: str) -> list[tuple[str, str | None, list[tuple[str | None, str | None]]]]:
    return [(part.kind, part.heading, [(item.number, item.heading) for item in part.items]) for part in outline(text)]


def test_full_width_numbering() -> None:
    assert shape(FULL) == [
        ("measures", "主要工作情况", [("（一）", "健全制度，规范程序"), ("（二）", "加强监督")]),
        ("shortcomings", "存在问题", []),
        ("leadership", "主要负责人履行第一责任人职责情况", [(None, None)]),
        ("arrangements", "下一步工作计划", [("（一）", "修订办法")]),
    ]


def test_ascii_numbering() -> None:
    assert shape(ASCII) == [
        ("measures", "2030年主要举措和成效", [("1.", "健全制度,规范程序"), ("2、", "加强监督")]),
        ("arrangements", "2031年主要工作安排", [("1.", "修订办法")]),
    ]


@pytest.mark.parametrize("text", [FULL, ASCII])
def test_the_whole_report_may_be_one_line(text: str) -> None:
    flat = text.replace("\n", " ").replace("　　", " ")
    assert [kind for kind, _heading, _items in shape(flat)] == [kind for kind, _heading, _items in shape(text)]
    assert shape(flat)[0][2] == shape(text)[0][2]


def test_parts_may_stand_in_another_order() -> None:
    text = "一、存在的不足\n一是甲。\n二、第一责任人履职情况\n乙。\n三、主要成效\n（一）丙。丁。\n四、下步打算\n戊。"
    assert [part.kind for part in outline(text)] == ["shortcomings", "leadership", "measures", "arrangements"]


def test_themed_headings_are_measures_until_the_arrangements() -> None:
    text = "一、坚持党的领导\n甲。\n二、优化营商环境\n乙。\n三、今后打算\n丙。\n四、致谢\n丁。"
    assert [part.kind for part in outline(text)] == ["measures", "measures", "arrangements", "other"]


def test_arrangements_without_a_heading_begin_with_the_next_steps() -> None:
    text = "一、主要成效\n（一）甲。乙。\n二、存在不足\n一是丙不足。下一步，将修订办法。完善机制。\n"
    parts = outline(text)
    assert [(part.kind, part.number) for part in parts] == [
        ("measures", "一、"),
        ("shortcomings", "二、"),
        ("arrangements", None),
    ]
    assert text[parts[2].start : parts[2].end] == "下一步，将修订办法。完善机制。"
    assert text[parts[1].start : parts[1].end].endswith("丙不足。")


def test_headings_without_numbers_are_short_lines() -> None:
    text = "2030年主要成效\n甲。\n存在的不足\n乙不足。\n下一步工作安排\n丙。"
    assert [part.heading for part in outline(text)] == ["存在的不足", "下一步工作安排"]


def test_parts_may_be_numbered_one_level_down() -> None:
    text = "（一）主要成效\n甲。\n（二）存在的问题\n乙。\n（三）下一步安排\n丙。"
    assert [part.kind for part in outline(text)] == ["measures", "shortcomings", "arrangements"]


def test_numbers_inside_words_open_nothing() -> None:
    text = "一、主要成效\n1.宣传。开展6.5环境日、12.4宪法日活动。12月组织“1.甲2.乙”活动，依据第三条（一）项。\n"
    assert [item.number for item in outline(text)[0].items] == ["1."]


def test_an_item_without_a_short_first_sentence_has_no_heading() -> None:
    sentence = "修订办法" * 20
    part = outline(f"一、主要成效\n1.{sentence}。")[0]
    assert part.items[0].heading is None
    assert part.items[0].body == part.items[0].start + 2


def test_ordinals_are_items_where_nothing_else_is_numbered() -> None:
    text = "一、下一步安排\n一是加强学习。学习办法。二是完善机制。修订办法。"
    assert [item.number for item in outline(text)[0].items] == ["一是", "二是"]


def test_paragraphs_are_items_where_nothing_is_numbered() -> None:
    text = "一、下一步安排\n  加强学习。\n  完善机制。\n"
    assert [text[item.start : item.end] for item in outline(text)[0].items] == ["加强学习。", "完善机制。"]


def test_spans_end_with_the_last_sentence() -> None:
    text = "一、主要成效\n1.甲。乙。\n\n分享:\n二、下一步安排\n1.丙。丁。  \n"
    parts = outline(text)
    assert [text[part.start : part.end] for part in parts] == [
        "一、主要成效\n1.甲。乙。",
        "二、下一步安排\n1.丙。丁。",
    ]
    assert [text[part.items[0].start : part.items[0].end] for part in parts] == ["1.甲。乙。", "1.丙。丁。"]


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("2030年推进法治政府建设主要举措和成效", "measures"),
        ("存在的问题及下一步打算", "shortcomings"),
        ("党政主要负责人履行推进法治建设第一责任人职责情况", "leadership"),
        ("2031年工作思路", "arrangements"),
        ("其他需要报告的情况", "other"),
        ("坚持党的领导", None),
    ],
)
def test_headings_tell_their_kind_by_meaning(heading: str, kind: str | None) -> None:
    assert meaning(heading) == kind


@pytest.mark.parametrize("words", ["下一步，将修订办法。", "2031年，将修订办法。"])
def test_a_heading_that_ran_into_its_text_ends_where_a_sentence_opens(words: str) -> None:
    text = f"一、主要成效\n（一）甲。乙。\n二、2031年工作安排{words}完善机制。"
    part = outline(text)[1]
    assert (part.heading, text[part.body : part.end]) == ("2031年工作安排", f"{words}完善机制。")
