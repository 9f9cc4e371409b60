"""The draft, published and read back in, is the report that next year's plan is made from."""

import datetime

import pytest

from reports.documents.annual_report import report
from reports.services import drafts
from tests.reports.worlds import on
from tracker import clock
from tracker.documents import read_document
from tracker.models import CarryOver, Measure, Shortcoming, WorkArea
from tracker.reading import parse
from tracker.services import imports, plans, tasks, trace


def published(content):
    """What is on the website once somebody has taken off the marks of a draft."""
    text = read_document("年度报告.docx", content).text
    return text.replace("［待核］", "").replace("草稿\n", "", 1)


@pytest.fixture
def closed_year(world):
    world.completed(world.tasks[0])
    started = world.started(world.tasks[2])
    tasks.report(started.pk, by=world.staff, progress=60, summary="评查案卷388卷,整改39个")
    world.proof(started)
    world.accept_all(started)
    for shortcoming in Shortcoming.objects.of_report(world.report.pk):
        trace.judge(world.plan, shortcoming, by=world.reviewer, verdict="not_eased", grounds="仍需改进")
    for task, words in ((world.tasks[1], "建立分级考试制度"), (started, "深化案卷评查,公开评查结果")):
        given = {"kind": "carried", "reason": "跨年", "by": world.admin, "at": clock.now()}
        CarryOver.objects.create(task=task, words=words, **given)
    return world


def test_the_next_plan_has_the_areas_and_its_report_the_measures_of_this_one(closed_year):
    world = closed_year
    with on("2025-08-01"):
        draft = drafts.drafted(world.plan, by=world.reviewer)
        content = report(draft, issuer="甲区", on=clock.today(), by="人-reviewer")
    text = published(content)
    stored = imports.store_report(parse(text), government=world.district, year=2025, by=world.admin)
    next_plan = plans.create_plan(stored, by=world.admin, year=2026)
    assert next_plan.starts_on == datetime.date(2026, 1, 1)
    areas = WorkArea.objects.filter(plan=next_plan).order_by("number")
    assert [area.title for area in areas] == ["加强培训", "提升执法"]
    words = [text[area.start : area.end] for area in areas]
    assert "建立分级考试制度" in words[0]
    assert "深化案卷评查，公开评查结果" in words[1]
    measures = [measure.text for measure in Measure.objects.of_report(stored.pk)]
    assert measures == ["培训和考试都已完成", "评查案卷388卷，整改39个"]
    assert [row.text for row in Shortcoming.objects.of_report(stored.pk)] == ["培训覆盖还有不足", "执法质量有待提高"]
    assert [figure.quote for figure in stored.figures.all()] == ["评查案卷388卷", "整改39个"]
