"""The published report read without a fault, and any other text without an error."""

import dataclasses
import json
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tracker.reading import Clause, ParsedReport, Part, Spans, parse, reread

COMMITMENTS = [
    [
        ("one_off", "开展“十四五”终期法治政府建设评估"),
        ("one_off", "“十五五”规划前期研究"),
        ("one_off", "推进《西城区推进法治政府建设率先突破两年行动计划(2024-2025)》各项任务完成"),
    ],
    [
        ("continuous", "持续完善重点领域体制机制"),
        ("continuous", "继续推进权力清单动态调整"),
        ("continuous", "更大力度依法深化全面预算绩效管理"),
        ("one_off", "开展财会监督专项行动"),
        ("continuous", "持续增强审计监督能力水平"),
        ("continuous", "拓展审计监督广度、深度"),
        ("continuous", "突出做好建议提案依法高效办理"),
    ],
    [
        ("continuous", "继续深化西城区行政执法监督分析平台建设"),
        ("continuous", "开展行政执法常态化监督"),
        ("continuous", "抓好专项监督"),
        ("continuous", "强化涉企监督"),
        ("goal", "实现监管执法“无事不扰”又“无处不在”"),
    ],
    [
        ("continuous", "运用法治思维和法治方式保障经济发展"),
        ("continuous", "破解历史遗留问题"),
        ("continuous", "推进集成化审批改革"),
        ("continuous", "强化重点领域信息公开"),
        ("continuous", "大力推进“高效办成一件事”"),
        ("continuous", "拓宽电子终端覆盖面"),
        ("goal", "为不同用户群体提供贴心的政务服务"),
    ],
    [
        ("continuous", "持续推进行政复议标准化建设"),
        ("continuous", "持续全面推进信访工作法治化"),
        ("continuous", "全力做好我区多元矛盾纠纷解决“一件事”工作"),
        ("goal", "实现全区调解员培训体系梯度升级"),
        ("continuous", "加强行政应诉工作"),
        ("continuous", "进一步深化府院联动"),
    ],
    [
        ("one_off", "做好首批“全国守法普法示范区”创建迎检"),
        ("one_off", "第十批“全国民主法治示范社区”创建工作"),
        ("continuous", "进一步完善我区公共法律服务体系建设"),
        ("continuous", "提升社区公共法律服务质量和标准"),
        ("continuous", "统筹区域法律服务资源"),
        ("one_off", "成立金融街涉外法律服务中心"),
    ],
]
FIGURES: list[list[tuple[float, str]]] = [
    [],
    [(84, "项")],
    [(295, "件次"), (7, "件"), (5, "件"), (13, "件"), (1, "次"), (24509, "条"), (14, "件")],
    [(51, "批次"), (3168, "户"), (100, "%"), (5, "次"), (96.76, "%")],
    [(2559, "条")],
    [
        (2769, "件"),
        (1197, "件"),
        (43.2, "%"),
        (2777, "件"),
        (2270, "件"),
        (44, "件"),
        (584, "件"),
        (484, "件"),
        (5, "次"),
        (7493, "件"),
        (6702, "件"),
        (89.4, "%"),
    ],
    [(381, "件"), (255, "件"), (36, "个"), (109, "条")],
    [],
    [(15, "个")],
    [(7000, "人次"), (105, "名"), (35.2, "%"), (33, "家"), (142, "名")],
]


def part(report: ParsedReport, kind: str) -> Part:
    [found] = [part for part in report.parts if part.kind == kind]
    return found


def test_the_head(real: ParsedReport) -> None:
    data = real.to_dict()
    assert {name: data[name] for name in ("title", "issuer", "year", "published_on", "signed_on", "source")} == {
        "title": "北京市西城区人民政府2024年法治政府建设年度情况报告",
        "issuer": "北京市西城区人民政府",
        "year": 2024,
        "published_on": "2025-03-28",
        "signed_on": None,
        "source": "北京市西城区人民政府",
    }


def test_the_text_stays_as_published(real: ParsedReport, published: str) -> None:
    assert real.text == published


def test_the_parts(real: ParsedReport) -> None:
    assert [(part.kind, part.number, part.heading) for part in real.parts] == [
        ("measures", "一、", "2024年推进法治政府建设主要举措和成效"),
        ("shortcomings", "二、", "存在的不足及原因"),
        ("leadership", "三、", "党政主要负责人履行推进法治建设第一责任人职责情况"),
        ("arrangements", "四、", "2025年推进法治政府建设的主要工作安排"),
    ]


def test_the_measures(real: ParsedReport) -> None:
    sections = part(real, "measures").sections
    assert [(section.number, section.heading, len(section.clauses)) for section in sections] == [
        ("1.", "进一步完善法治政府建设顶层设计", 4),
        ("2.", "深入推进政府职能转变优化", 4),
        ("3.", "提升行政决策法治化水平", 5),
        ("4.", "深入推进严格规范公正文明执法", 7),
        ("5.", "持续优化法治化营商环境", 5),
        ("6.", "构建多元化矛盾纠纷化解机制", 6),
        ("7.", "持续强化对行政权力的监督", 4),
        ("8.", "完善突发事件应对制度机制", 4),
        ("9.", "立足区情,提升社会治理水平", 4),
        ("10.", "加强依法行政能力和人才队伍建设", 4),
    ]


def test_the_36_figures(real: ParsedReport) -> None:
    found = [
        [(float(figure.value), figure.unit) for figure in real.figures if section.start <= figure.start < section.end]
        for section in part(real, "measures").sections
    ]
    assert found == FIGURES
    assert len(real.figures) == 36


def test_the_approximate_figures(real: ParsedReport) -> None:
    assert [figure.quote for figure in real.figures if figure.approximate] == [
        "“扫码检查”绑定率、扫码率基本实现100%",
        "累计参训7000余人次",
    ]


def test_the_percentages_that_can_be_recomputed(real: ParsedReport) -> None:
    def quote(place: int | None) -> str | None:
        return None if place is None else real.figures[place].quote

    found = [
        (figure.quote[-5:], quote(figure.numerator), quote(figure.denominator))
        for figure in real.figures
        if figure.denominator is not None
    ]
    assert found == [
        ("43.2%", "成功1197件", "调解2769件"),
        ("89.4%", "成功6702件", "各街道、社区人民调解组织调解7493件"),
        ("35.2%", None, "全年共提拔和进一步使用干部105名"),
    ]


def test_the_shortcomings_and_their_causes(real: ParsedReport) -> None:
    assert [(row.number, row.text) for row in real.shortcomings] == [
        ("一是", "法治在区政府重要改革事项、重大决策等方面保障作用还有不足"),
        ("二是", "在优化法治化营商环境工作中企业满意度还有提升空间"),
        ("三是", "及时有效解决群众合理诉求质量和效率有待提高"),
    ]
    assert [(cause.shortcoming, cause.text) for cause in real.causes] == [
        (0, "未能充分发挥法治在排除改革阻力、巩固改革成果中的积极作用"),
        (1, "行政执法规范化水平还要不断提升"),
        (2, "依法分类处理信访诉求工作要求有待进一步落实"),
    ]


def test_the_duties_stand_in_no_item(real: ParsedReport) -> None:
    [section] = part(real, "leadership").sections
    assert (section.loose, section.number, section.heading) == (True, None, None)
    assert [(clause.kind, clause.text) for clause in section.clauses] == [
        ("duty", "区委主要领导主持召开2024年区委全面依法治区委员会相关会议,部署全年工作任务"),
        (
            "duty",
            (
                "发挥“头雁效应”,围绕西城区法治建设思路、工作举措和工作方向、重点等,撰写署名文章,"
                "在《法治日报》法治调研专刊头条刊登"
            ),
        ),
        (
            "duty",
            "区政府主要领导主持召开区政府常务会审议西城区依法行政专项工作数据监测报告、西城区行政执法数据分析报告",
        ),
        ("duty", "邀请知名专家教授围绕宪法、信访法治化等开展会前学法7次"),
        ("duty", "主持召开依法行政工作领导小组会议"),
    ]
    data = part(real, "leadership").to_dict()
    assert (data["sections"], len(data["clauses"])) == ([], 5)


def test_the_34_commitments(real: ParsedReport) -> None:
    sections = part(real, "arrangements").sections
    assert [[(clause.nature, clause.text) for clause in section.clauses] for section in sections] == COMMITMENTS
    assert {clause.responsible for section in sections for clause in section.clauses} == {None}


def test_the_only_warning_is_the_plan_with_two_names(real: ParsedReport) -> None:
    [warning] = real.warnings
    assert warning.code == "name_spelled_differently"
    assert real.text[warning.start : warning.end] == "《西城区推进法治政府建设率先突破两年行动计划(2024-2025)》"


@pytest.mark.parametrize("words", ["日期:", "分享:", "字号:", "您访问的链接", "已归档"])
def test_page_furniture_stands_outside_every_part(real: ParsedReport, words: str) -> None:
    place = real.text.index(words)
    assert not any(part.start <= place < part.end for part in real.parts)


def test_spans_end_with_the_last_sentence(real: ParsedReport) -> None:
    for part_ in real.parts:
        for row in (part_, *part_.sections):
            assert real.text[row.end - 1] == "。"
        assert all(real.text.startswith(section.number or "", section.start) for section in part_.sections)


def test_full_width_punctuation_reads_the_same(real: ParsedReport, published: str) -> None:
    wide = parse(published.translate(str.maketrans(",:()", "，：（）")))
    for kind in ("measures", "shortcomings", "leadership", "arrangements"):
        assert outline(part(wide, kind)) == outline(part(real, kind))
    assert [(f.value, f.unit, f.start) for f in wide.figures] == [(f.value, f.unit, f.start) for f in real.figures]
    assert [(row.start, row.end) for row in wide.causes] == [(row.start, row.end) for row in real.causes]


def outline(part: Part) -> list[tuple[int, int, list[tuple[int, int]]]]:
    return [
        (section.start, section.end, [(clause.start, clause.end) for clause in section.clauses])
        for section in part.sections
    ]


def test_the_json_names() -> None:
    data = parse("一、下一步安排\n1.甲。修订办法3件（责任处室：乙）。\n").to_dict()
    assert list(data) == [field.name for field in dataclasses.fields(ParsedReport)]
    [section] = data["parts"][0]["sections"]
    assert list(section) == ["number", "heading", "start", "end", "clauses"]
    assert section["clauses"] == [
        {
            "kind": "commitment",
            "text": "修订办法3件",
            "start": 12,
            "end": 18,
            "nature": "one_off",
            "responsible": "乙",
        }
    ]


PIECES = (
    "一、", "二、", "（一）", "(1)", "1.", "2、", "一是", "三是", "，", ",", "。", "；", "：", "\n", " ", "\u3000", "“", "”",
    "《", "》", "（", "）", "主要原因是", "存在不足", "下一步，", "主要成效", "工作安排", "第一责任人", "2030年", "12件",
    "成功率50%", "成功5件", "占35.2%", "余", "万元", "开展评估和研究", "实现", "为", "提供", "（责任处室：", "分享:", "已归档",
    "日期:2030-02-31", "特此报告。", "某市人民政府", "报告", "\ud800", "\x00", "\ufeff", "9" * 30,
)  # fmt: skip
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=300)
SHUFFLED = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANYTHING | SHUFFLED)
@example("")
@example("一、")
@example("\ud800\udfff")
@example("一、存在不足\n一是")
def test_any_text_is_read_and_every_span_fits(text: str) -> None:
    report = parse(text)
    json.dumps(report.to_dict(), ensure_ascii=False).encode()
    for row in (*report.shortcomings, *report.causes):
        assert row.start < row.end
        assert report.text[row.start : row.end] == row.text
    for figure in report.figures:
        assert report.text[figure.start : figure.end] == figure.quote
        for place in (figure.numerator, figure.denominator):
            assert place is None or 0 <= place < len(report.figures)
    assert all(row.start is None or row.start < (row.end or 0) for row in report.warnings)
    last = 0
    for part in report.parts:
        assert last <= part.start < part.end <= len(report.text)
        last = part.end
        for section in part.sections:
            assert part.start <= section.start < section.end <= part.end
            check_clauses(report, section.start, section.end, section.clauses)


def check_clauses(report: ParsedReport, start: int, end: int, clauses: tuple[Clause, ...]) -> None:
    for clause in clauses:
        assert start <= clause.start < clause.end <= end
        assert report.text[clause.start : clause.end] == clause.text
        start = clause.end


@pytest.mark.parametrize(
    "unit",
    [
        "一、甲\n",
        "（一）",
        "一是甲，",
        "成功1件成功率1%",
        "12件",
        "“",
        "（责任单位：",
        "分享:\n",
        "《甲乙丙丁 》",
        " ",
        "1",
    ],
)
def test_time_grows_with_the_length(unit: str) -> None:
    text = "一、情况\n1.甲。" + unit * (100_000 // len(unit)) + "\n二、工作安排\n1.乙。" + unit * (100_000 // len(unit))
    start = time.perf_counter()
    parse(text)
    # Quadratic work on a text of this size takes minutes.
    assert time.perf_counter() - start < 10


def test_a_megabyte_of_reports(published: str) -> None:
    start = time.perf_counter()
    report = parse(published * (1_000_000 // len(published)))
    assert time.perf_counter() - start < 10
    assert len(report.figures) == 36 * (1_000_000 // len(published))


@pytest.mark.parametrize("text", ["", "  \n", "今天天气很好，适合外出。", "Lorem ipsum 12 dolor."])
def test_other_texts_have_no_structure(text: str) -> None:
    report = parse(text)
    assert (report.title, report.issuer, report.year, report.published_on, report.source) == (None,) * 5
    assert (report.parts, report.figures, report.shortcomings, report.causes) == ((), (), (), ())
    assert len(report.warnings) == 1


TRADITIONAL = """丙縣司法局關於2030年度法治政府建設情況的報告
　　一、主要舉措和成效
　　（一）健全制度。辦理複議案件84件。
　　二、存在問題
　　一是執法力量不足；二是監督機制不夠完善。
　　三、下一步工作計劃
　　（一）修訂規程。開展案件評查（責任處室：法規處）。
"""


def test_traditional_characters_are_read_and_stay_as_published() -> None:
    report = parse(TRADITIONAL)
    assert report.text == TRADITIONAL
    assert (report.title, report.issuer) == ("丙縣司法局關於2030年度法治政府建設情況的報告", "丙縣司法局")
    assert [(part.kind, part.heading) for part in report.parts] == [
        ("measures", "主要舉措和成效"),
        ("shortcomings", "存在問題"),
        ("arrangements", "下一步工作計劃"),
    ]
    assert [(figure.label, figure.value, figure.unit) for figure in report.figures] == [("辦理複議案件", 84, "件")]
    assert [row.text for row in report.shortcomings] == ["執法力量不足", "監督機制不夠完善"]
    clause = report.parts[2].sections[0].clauses[-1]
    assert (clause.text, clause.responsible) == ("開展案件評查", "法規處")


def test_a_part_in_traditional_characters_is_read_again_as_published() -> None:
    start = TRADITIONAL.index("二、")
    body, end = TRADITIONAL.index("一是"), TRADITIONAL.index("三、")
    _part, shortcomings, _causes = reread(TRADITIONAL, "shortcomings", "二、", "存在問題", Spans((start, body, end)))
    assert [row.text for row in shortcomings] == ["執法力量不足", "監督機制不夠完善"]
