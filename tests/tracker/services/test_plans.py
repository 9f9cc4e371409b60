"""Plans and what they consist of: tasks over words, dates, milestones, indicators."""

import datetime

import pytest

from tests.worlds import YEAR_END, YEAR_START
from tracker.enums import PlanState, Status
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted
from tracker.models import Figure, Milestone, Plan, Task, WorkArea
from tracker.services import evidence, indicators, plans, tasks


@pytest.mark.parametrize("state", [PlanState.ACTIVE, PlanState.CLOSED, PlanState.DISCARDED])
def test_only_a_draft_is_activated(world, state):
    Plan.objects.filter(pk=world.plan.pk).update(state=state)
    with pytest.raises(MoveRefused):
        plans.activate(Plan.objects.get(pk=world.plan.pk), by=world.admin)
    assert Plan.objects.get(pk=world.plan.pk).state == state


@pytest.mark.parametrize("who", ["reviewer", "staff", "head", "leader", "auditor", "viewer", "foreign_admin"])
def test_plans_are_set_up_by_administrators_of_their_government(world, who):
    with pytest.raises(NotPermitted):
        plans.create_plan(world.report, by=getattr(world, who), year=2025, starts_on=YEAR_START, ends_on=YEAR_END)
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    ("headings", "report", "title"),
    [
        (["2026年工作安排"], "2025年报告", "2026年工作安排"),
        (["下一步工作安排"], "2025年报告", "甲区2026年工作安排"),
        ([], "2026年重点任务台账", "2026年重点任务台账"),
        (["2026年安排:"], "", "2026年安排"),
    ],
)
def test_a_plan_is_called_by_what_names_its_year(world, headings, report, title):
    assert plans.suggested_title(headings, report, world.district, 2026) == title


@pytest.mark.parametrize("ends_on", [datetime.date(2024, 12, 31), datetime.date(9999, 12, 31)])
def test_a_plan_ends_after_it_begins_and_not_years_later(world, ends_on):
    with pytest.raises(InvalidInput) as refused:
        plans.configure(world.plan.pk, by=world.admin, ends_on=ends_on)
    assert refused.value.field == "ends_on"


@pytest.mark.parametrize("quote", ["继续组织全员培训", "组织全员", "全员培训,完成年度"])
def test_no_two_tasks_stand_on_the_same_words(world, quote):
    assert world.tasks
    area = WorkArea.objects.get(plan=world.plan, number=1)
    start = world.report.text.index(quote, area.start)
    with pytest.raises(InvalidInput) as refused:
        plans.create_task(area, by=world.admin, serial=9, quote=quote, start=start, title="又一项")
    assert refused.value.field == "quote"
    assert Task.objects.filter(plan=world.plan).count() == 4


def test_a_task_stands_on_words_of_its_own_area(world):
    area = WorkArea.objects.get(plan=world.plan, number=1)
    text = world.report.text
    for quote, start in (("开展执法评查", text.index("开展执法评查")), ("加强培训", 0), ("", area.start)):
        with pytest.raises(InvalidInput):
            plans.create_task(area, by=world.admin, serial=1, quote=quote, start=start, title="甲")


@pytest.mark.parametrize(
    "dates",
    [
        {"starts_on": datetime.date(2025, 8, 1), "due_on": datetime.date(2025, 10, 31)},
        {"starts_on": datetime.date(2025, 12, 2), "due_on": datetime.date(2025, 12, 1)},
    ],
)
def test_dates_lie_in_order_and_not_before_the_plan(world, dates):
    assert world.task
    Plan.objects.update(starts_on=datetime.date(2025, 11, 1))
    with pytest.raises(InvalidInput) as refused:
        world.confirmed(**dates)
    assert refused.value.field == "due_on"


def test_a_milestone_is_due_with_its_task_at_the_latest(world):
    task = world.confirmed(due_on=datetime.date(2025, 9, 30))
    step = {"title": "第一期", "due_on": datetime.date(2025, 10, 1), "share": 50}
    with pytest.raises(InvalidInput):
        tasks.set_milestones(task.pk, by=world.admin, steps=[step])
    assert not Milestone.objects.exists()
    tasks.set_milestones(task.pk, by=world.admin, steps=[{**step, "due_on": datetime.date(2025, 9, 30)}])
    assert Milestone.objects.get().due_on == datetime.date(2025, 9, 30)


def test_an_indicator_takes_no_figure_of_another_report(world):
    assert world.task and world.foreign_task
    own, foreign = (Figure.objects.filter(report=row).first() for row in (world.report, world.foreign_task.plan.report))
    with pytest.raises(InvalidInput) as refused:
        indicators.add(world.task.pk, by=world.admin, name="审核文件", direction="up", figure=foreign)
    assert refused.value.field == "figure"
    added = indicators.add(world.task.pk, by=world.admin, name="审核文件", direction="up", figure=own)
    assert (added.baseline, added.unit) == (own.value, own.unit)


def test_whoever_submitted_does_not_close_out(world):
    """Somebody may change roles between the submission and the review."""
    task = world.under_review()
    evidence.judge(task.evidence_uses.get().pk, by=world.reviewer_office, authentic=True, timely=True, relevant=True)
    person = Task.objects.get(pk=task.pk).submitted_by
    person.role, person.unit = "reviewer", world.justice
    person.save()
    with pytest.raises(NotPermitted):
        tasks.approve(task.pk, by=person)
    assert Task.objects.get(pk=task.pk).status == Status.UNDER_REVIEW
    assert tasks.approve(task.pk, by=world.reviewer).status == Status.COMPLETED
