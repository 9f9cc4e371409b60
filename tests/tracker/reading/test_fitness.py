"""Texts that are no annual reports, and texts that might be none."""

import pytest
from hypothesis import given, settings

from tests.tracker.reading.generator import Known, reports
from tracker.reading import parse, unfit

WORK_REPORT = """政府工作报告
　　——2031年1月10日在甲市第三届人民代表大会第五次会议上
　　市长  某某
各位代表：
　　现在，我代表市人民政府向大会报告工作，请予审议。
　　一、2030年工作回顾
　　过去一年，全市生产总值增长5.5%。依法行政水平持续提升。
　　二、2031年工作安排
　　各位代表！做好今年工作意义重大。
　　（一）扩大有效投资。开工项目30个。
"""
NAVIGATION = "\n".join(
    ["首页", "政务公开", "法治政府建设", "年度报告", "工作计划", "下一步安排", "存在问题", "解读回应", "办事服务"]
    + [f"甲市某局203{place}年法治政府建设年度报告  203{place}-03-20" for place in range(9)]
    + ["尾页", "共3页"]
)
NEWS = """甲区公布法治政府建设“成绩单”
　　本报讯（记者 某某）日前，甲区人民政府公布2030年度法治政府建设情况报告。报告显示，全区办理行政复议案件84件，同比增长12%。
　　报告还提出，2031年将继续推进执法规范化建设。
"""
EXPLANATION = """【政策解读】关于《甲县2030年度法治政府建设工作总结》的政策解读
　　一、起草背景
　　县司法局起草了总结。
　　二、主要内容
　　第一部分是工作情况，第二部分是存在的问题。
"""
NEWS_WITH_PARTS = """甲区法治政府建设结硕果
　　本报讯（记者 某某）甲区依法行政水平不断提升。
　　一、制度更加健全
　　修订办法3件。
　　二、执法更加规范
　　评查案卷40卷。
"""
PLAN = """甲市人民政府办公室关于印发2031年法治政府建设工作要点的通知
各区人民政府，市政府各部门：
　　一、总体要求
　　坚持依法行政，持续推进法治政府建设各项工作。
　　二、重点任务
　　（一）健全制度。修订规程。
"""
OTHER = """甲市水务局2030年度节水工作情况报告
　　一、主要工作情况
　　（一）加强管理。检查企业30家。
　　二、下一步工作安排
　　（一）加强巡查。修订办法。
"""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("　\n\ufeff", "empty"),
        (WORK_REPORT, "work_report"),
        (WORK_REPORT.replace("政府工作报告\n", "", 1), "work_report"),
        (NAVIGATION, "navigation"),
        (EXPLANATION, "explanation"),
        (NEWS, "news"),
        (NEWS_WITH_PARTS, "news"),
        ("今天天气很好。", "no_parts"),
        (PLAN, None),
        (OTHER, None),
    ],
)
def test_what_a_text_is_instead(text: str, reason: str | None) -> None:
    assert unfit(parse(text)) == reason


def test_a_title_with_its_subject_is_no_work_report() -> None:
    text = WORK_REPORT.replace("政府工作报告", "甲市人民政府2030年法治政府工作报告", 1)
    assert unfit(parse(text)) is None


@pytest.mark.parametrize(("text", "code"), [(PLAN, "instruction"), (OTHER, "other_subject")])
def test_doubts_are_stated(text: str, code: str) -> None:
    assert code in [warning.code for warning in parse(text).warnings]


def test_the_published_report_is_fit(published: str) -> None:
    assert unfit(parse(published)) is None
    assert not {"instruction", "other_subject", "news"} & {warning.code for warning in parse(published).warnings}


@settings(max_examples=100, deadline=None)
@given(reports())
def test_reports_are_never_refused(known: Known) -> None:
    assert unfit(parse(known.text)) is None
