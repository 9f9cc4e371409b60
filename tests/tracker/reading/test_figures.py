"""Numbers, what they count, and the percentages that follow from them."""

from decimal import Decimal

import pytest

from tracker.reading.figures import counted_numbers, link_ratios, read_figures
from tracker.reading.structure import Figure, PartKind
from tracker.reading.text import Source


def read(text: str, kind: PartKind = "measures") -> list[Figure]:
    source = Source(text)
    figures = link_ratios(source, read_figures(source, 0, len(text), kind))
    assert [figure.quote for figure in figures] == [text[figure.start : figure.end] for figure in figures]
    return figures


def values(text: str, kind: PartKind = "measures") -> list[tuple[str, str | None]]:
    return [(str(figure.value), figure.unit) for figure in read(text, kind)]


@pytest.mark.parametrize(
    ("text", "label", "quote"),
    [
        ("全年共审核合同295件次。", "审核合同", "全年共审核合同295件次"),
        ("其中，动态调整84项职权事项。", "职权事项", "动态调整84项职权事项"),
        ("就14件文件草案向社会征求意见。", "文件草案", "就14件文件草案"),
        ("通过率达96.5%。", "通过率", "通过率达96.5%"),
        ("处罚机构（仅限医院）60户次，", "处罚机构（仅限医院）", "处罚机构（仅限医院）60户次"),
        ("“码上查”绑定率基本实现100%。", "“码上查”绑定率", "“码上查”绑定率基本实现100%"),
        ("全市99.8%的群众诉求得到解决。", "群众诉求", "全市99.8%的群众诉求"),
        ("60户。", None, "60户"),
        ("一是取消事项12项。", "取消事项", "取消事项12项"),
    ],
)
def test_a_figure_says_what_it_counts(text: str, label: str | None, quote: str) -> None:
    assert [(figure.label, figure.quote) for figure in read(text)] == [(label, quote)]


@pytest.mark.parametrize(
    ("text", "value", "unit", "approximate"),
    [
        ("培训7000余人次", "7000", "人次", True),
        ("抽检近480批次", "480", "批次", True),
        ("金额190万余元", "1900000", "元", True),
        ("金额100余万元", "1000000", "元", True),
        ("提供4.46万个岗位", "44600.00", "个", False),
        ("增长约３００％", "300", "%", True),
        ("审查超过600项", "600", "项", True),
        ("精简率达到70%以上", "70", "%", True),
        ("公开信息24,509条", "24509", "条", False),
        ("公开信息24，509条", "24509", "条", False),
        ("覆盖率基本实现100%", "100", "%", True),
    ],
)
def test_values_units_and_approximations(text: str, value: str, unit: str, approximate: bool) -> None:
    [figure] = read(text)
    assert (figure.value, figure.unit, figure.approximate) == (Decimal(value), unit, approximate)


def test_figures_that_run_together_are_read_one_by_one() -> None:
    assert values("检查102批458人次，调解20件成功10件，立案46宗（其中甲类25宗，乙类21宗）") == [
        ("102", "批"),
        ("458", "人次"),
        ("20", "件"),
        ("10", "件"),
        ("46", "宗"),
        ("25", "宗"),
        ("21", "宗"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2030年，12月组织",
        "（2030-2035年）",
        "文号〔2030〕150号",
        "“1+6+31+N”平台",
        "“500米服务圈”",
        "《关于10件实事的通知》",
        "服务热线12345个案",
        "公示不少于30日",
        "比例不低于50%",
        "第26次会议",
        "1次性办结",
        "联合10部门",
        "6.5环境日",
        "1+5个体系",
        "第八个五年规划",
        "123456789012345件",
    ],
)
def test_what_is_no_figure(text: str) -> None:
    assert read(text) == []


def test_what_the_year_before_had_is_no_figure_of_this_year_and_no_part_of_a_rate() -> None:
    text = "调解6284件（上年7493件），成功5712件(去年同期6702件)，成功率90.9%"
    assert values(text) == [("6284", "件"), ("5712", "件"), ("90.9", "%")]
    assert read(text)[2].denominator is not None


def test_counted_numbers_name_what_the_year_before_had_too() -> None:
    assert [number.value for number in counted_numbers("调解6284件（上年7493件）")] == [Decimal(6284), Decimal(7493)]


def test_arrangements_have_aims_and_no_figures() -> None:
    assert read("组织考试5次。", "arrangements") == []


def test_how_often_a_leader_acted_stays_with_the_duty() -> None:
    assert values("主持会议7次，清单共有36个事项。", "leadership") == [("36", "个")]


@pytest.mark.parametrize("comma", [",", "，", ""])
def test_a_rate_follows_from_the_act_it_names_and_the_count_before(comma: str) -> None:
    figures = read(f"甲类调解100件{comma}成功50件，成功率50%。乙类调解200件{comma}成功150件，成功率75%。")
    assert [(figure.numerator, figure.denominator) for figure in figures] == [
        (None, None),
        (None, None),
        (1, 0),
        (None, None),
        (None, None),
        (4, 3),
    ]


def test_a_share_follows_from_the_count_before_and_has_no_numerator() -> None:
    figures = read("提拔干部105名,其中具有法学背景的占35.2%。")
    assert (figures[1].numerator, figures[1].denominator) == (None, 0)


@pytest.mark.parametrize(
    "text",
    ["组织考试5次，通过率96%。", "调解100件。成功率50%。", "成功5件，成功率50%。", "受理10件，同比增长30%。"],
)
def test_a_percentage_without_its_counts_stands_alone(text: str) -> None:
    figure = read(text)[-1]
    assert (figure.unit, figure.numerator, figure.denominator) == ("%", None, None)
