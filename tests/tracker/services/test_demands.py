"""Demands: who urges whom, what answers them, and what becomes of them when the task moves on."""

import datetime

import pytest

from tracker.enums import DemandState
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted, SecrecyMark
from tracker.models import Demand, Task, TaskEvent
from tracker.services import demands, requests, tasks

SOON = datetime.date(2025, 6, 20)
YESTERDAY = datetime.date(2025, 6, 15)


@pytest.fixture
def desk(world):
    """A task in progress, led by the bureau."""
    world.open_task = world.started()
    return world


def ask(desk, who="reviewer", **changed):
    given = {"by": getattr(desk, who), "kind": "urge", "words": "请加快进度"}
    return demands.ask(desk.open_task.pk, **given | changed)


def states():
    return list(Demand.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize("who", ["reviewer", "reviewer_office", "leader"])
def test_reviewers_and_leaders_demand(desk, who):
    demand = ask(desk, who)
    assert (demand.state, demand.unit, demand.asked_by) == ("open", desk.bureau, getattr(desk, who))


@pytest.mark.parametrize(
    "who",
    ["staff", "head", "second_staff", "admin", "auditor", "viewer", "foreign_admin", "foreign_staff", "city_leader"],
)
def test_nobody_else_does(desk, who):
    with pytest.raises(NotPermitted):
        ask(desk, who)
    assert not Demand.objects.exists()


def test_it_stands_in_the_history_and_leaves_the_version_as_it_is(desk):
    version = Task.objects.get(pk=desk.open_task.pk).version
    ask(desk, kind="report", wanted_by=SOON)
    line = TaskEvent.objects.latest("sequence")
    assert (line.kind, line.reason) == ("demand", "请加快进度")
    assert "区培训局" in line.detail and "6月20日" in line.detail
    assert Task.objects.get(pk=desk.open_task.pk).version == version


def test_a_second_of_the_same_kind_replaces_the_first_and_says_so(desk):
    ask(desk)
    first = TaskEvent.objects.latest("sequence").detail
    ask(desk, words="请立即加快进度")
    assert states() == ["replaced", "open"]
    assert TaskEvent.objects.latest("sequence").detail.startswith(first + "　")


def test_one_of_another_kind_stands_beside_it(desk):
    ask(desk)
    ask(desk, kind="report", wanted_by=SOON)
    assert states() == ["open", "open"]


@pytest.mark.parametrize("how", ["report", "no_change", "submit"])
def test_the_next_report_answers_all_of_them(desk, how):
    ask(desk)
    ask(desk, kind="report", wanted_by=SOON)
    desk.proof(desk.open_task)
    acts = {
        "report": lambda pk: tasks.report(pk, by=desk.staff, progress=60, summary="已开展三期"),
        "no_change": lambda pk: tasks.report_no_change(pk, by=desk.staff, reason="等教材"),
        "submit": lambda pk: tasks.submit(pk, by=desk.staff, summary="都已完成"),
    }
    acts[how](desk.open_task.pk)
    line = TaskEvent.objects.filter(kind=how).latest("sequence")
    assert [(row.state, row.answer) for row in Demand.objects.all()] == [("answered", line)] * 2


def test_a_contribution_of_a_supporting_unit_answers_nothing(desk):
    tasks.edit(desk.open_task.pk, by=desk.admin, supporting_units=[desk.second])
    ask(desk)
    tasks.contribute(desk.open_task.pk, by=desk.second_staff, summary="已提供")
    assert states() == ["open"]


def test_it_follows_the_task_to_its_new_lead_unit(desk):
    ask(desk)
    change = {"lead_unit": desk.second.pk, "owner": desk.second_staff.pk}
    asked = requests.ask(desk.open_task.pk, by=desk.staff, kind="adjustment", reason="职能划转", changes=change)
    requests.decide(asked.pk, by=desk.admin, approved=True, approving_body="区政府", basis_document="纪要3号")
    assert Demand.objects.get().unit == desk.second
    tasks.report(desk.open_task.pk, by=desk.second_staff, progress=60, summary="接手后推进")
    assert states() == ["answered"]


def test_it_ends_with_the_task(desk):
    task = desk.under_review(desk.tasks[1])
    desk.accept_all(task)
    demands.ask(task.pk, by=desk.leader, kind="urge", words="请尽快")
    tasks.approve(task.pk, by=desk.reviewer)
    assert states() == [DemandState.REPLACED]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "shout"}, "kind"),
        ({"words": " \n"}, "words"),
        ({"words": "长" * 501}, "words"),
        ({"kind": "report"}, "wanted_by"),
        ({"kind": "report", "wanted_by": YESTERDAY}, "wanted_by"),
        ({"wanted_by": YESTERDAY}, "wanted_by"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(desk, changed, field):
    with pytest.raises(InvalidInput) as refused:
        ask(desk, **changed)
    assert refused.value.field == field
    assert not Demand.objects.exists()


def test_a_secrecy_mark_is_refused(desk):
    with pytest.raises(SecrecyMark):
        ask(desk, words="绝密★1年 内容")


def test_nothing_is_demanded_for_a_closed_task_or_one_without_a_lead_unit(desk):
    with pytest.raises(MoveRefused):
        demands.ask(desk.tasks[2].pk, by=desk.reviewer, kind="urge", words="请加快")
    done = desk.completed(desk.tasks[1])
    with pytest.raises(MoveRefused):
        demands.ask(done.pk, by=desk.reviewer, kind="urge", words="请加快")
