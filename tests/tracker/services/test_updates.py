"""One update: everything that belongs to it, or nothing of it."""

import datetime
from decimal import Decimal

import pytest

from tracker import clock
from tracker.enums import EventKind, Status
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted, SecrecyMark, Stale
from tracker.models import Draft, Evidence, EvidenceUse, Milestone, Reading, Task, TaskEvent
from tracker.services import evidence, history, indicators, tasks, updates


def item(**changed):
    return {
        "kind": "notice",
        "title": "第三期通知",
        "dated_on": datetime.date(2025, 6, 1),
        "address": "https://www.example.gov.cn/3.html",
        "disclosure": "public",
        "not_classified": True,
        "claim": "第三期已办",
        **changed,
    }


@pytest.fixture
def case(world):
    """A task in progress with a milestone, an indicator, and an item of another task."""
    world.case = world.started()
    step = {"title": "第二期", "due_on": datetime.date(2025, 7, 1), "share": 60}
    world.case = tasks.set_milestones(world.case.pk, by=world.admin, steps=[step])
    world.step = Milestone.objects.get(task=world.case)
    world.indicator = indicators.add(world.case.pk, by=world.admin, name="人数", direction="up", unit="人")
    world.item = world.proof(world.started(world.tasks[1])).evidence
    return world


def everything(case, **changed):
    given = {
        "progress": 66,
        "summary": " 办了三期 ",
        "problems": "缺教室",
        "next_steps": "借教室",
        "milestones_met": [case.step.pk],
        "readings": {case.indicator.pk: Decimal("120.5")},
        "existing": {case.item.pk: "两期都已通知"},
        "new_evidence": item(),
        "submit": True,
        "version": case.case.version,
    }
    return updates.send(case.case.pk, by=case.staff, **{**given, **changed})


def stored(case):
    """All that an update can write."""
    return (
        list(Task.objects.order_by("pk").values_list("version", "status", "progress", "last_report_on")),
        TaskEvent.objects.count(),
        Evidence.objects.count(),
        EvidenceUse.objects.count(),
        Reading.objects.count(),
        list(Milestone.objects.values_list("met_on", flat=True)),
        Draft.objects.count(),
    )


def test_everything_is_stored_in_one_go(case):
    tasks.save_draft(case.case, by=case.staff, values={"summary": "办了"})
    task = everything(case)
    assert (task.status, task.progress) == (Status.AWAITING_SIGN_OFF, 66)
    case.step.refresh_from_db()
    assert case.step.met_on == clock.today()
    assert Reading.objects.get(indicator=case.indicator).value == Decimal("120.5")
    assert set(EvidenceUse.objects.filter(task=task).values_list("evidence__title", flat=True)) == {
        "培训通知",
        "第三期通知",
    }
    kinds = list(TaskEvent.objects.filter(task=task).order_by("sequence").values_list("kind", flat=True))[-5:]
    assert kinds == [
        EventKind.REPORT,
        EventKind.INDICATOR,
        EventKind.EVIDENCE_ADD,
        EventKind.EVIDENCE_ADD,
        EventKind.SUBMIT,
    ]
    assert not Draft.objects.exists()
    assert history.verify() == TaskEvent.objects.count()


@pytest.mark.parametrize(
    ("changed", "refusal", "field"),
    [
        ({"progress": 101}, InvalidInput, "progress"),
        ({"summary": " \n"}, InvalidInput, "summary"),
        ({"milestones_met": [10**6]}, InvalidInput, "milestones_met"),
        ({"readings": {10**6: Decimal(1)}}, InvalidInput, "readings"),
        ({"existing": {10**6: "两期"}}, InvalidInput, "existing"),
        ({"new_evidence": item(claim=" ")}, InvalidInput, "claim"),
        ({"new_evidence": item(claim="长" * 301)}, InvalidInput, "claim"),
        ({"new_evidence": item(not_classified=False)}, InvalidInput, "not_classified"),
        ({"new_evidence": item(address="", document_number="")}, InvalidInput, "address"),
        ({"new_evidence": item(address="ftp://example.gov.cn/x")}, InvalidInput, "address"),
        ({"new_evidence": item(dated_on=datetime.date(2025, 6, 17))}, InvalidInput, "dated_on"),
        ({"new_evidence": item(dated_on=None)}, InvalidInput, "dated_on"),
        ({"new_evidence": item(title="")}, InvalidInput, "title"),
        ({"new_evidence": item(kind="rumour")}, InvalidInput, "kind"),
        ({"new_evidence": item(number="2025-9-9-99")}, InvalidInput, None),
        ({"new_evidence": item(claim="绝密★")}, SecrecyMark, "claim"),
        ({"problems": "附件：\n机 密\n"}, SecrecyMark, "problems"),
        ({"existing": {}, "new_evidence": None}, MoveRefused, "evidence"),
        ({"version": 1}, Stale, None),
    ],
)
def test_one_part_that_fails_takes_all_the_others_back(case, changed, refusal, field):
    tasks.save_draft(case.case, by=case.staff, values={"summary": "办了"})
    before = stored(case)
    with pytest.raises(refusal) as refused:
        everything(case, **changed)
    assert refused.value.field == field
    assert stored(case) == before


@pytest.mark.parametrize("who", ["second_staff", "reviewer", "admin", "leader", "auditor", "viewer", "foreign_staff"])
def test_only_the_lead_unit_sends(case, who):
    before = stored(case)
    with pytest.raises(NotPermitted):
        updates.send(case.case.pk, by=getattr(case, who), progress=60, summary="办了")
    assert stored(case) == before


def test_an_indicator_of_another_task_of_the_same_unit_is_refused(case):
    other = indicators.add(case.tasks[1].pk, by=case.admin, name="人数", direction="up")
    before = stored(case)
    with pytest.raises(InvalidInput):
        everything(case, readings={other.pk: Decimal(5)})
    assert stored(case) == before


def test_the_heads_own_submission_goes_straight_to_review(case):
    task = updates.send(case.case.pk, by=case.head, progress=100, summary="全部办完", new_evidence=item(), submit=True)
    assert task.status == Status.UNDER_REVIEW


def test_a_contribution_comes_with_its_evidence_or_not_at_all(world):
    task = world.started(supporting_units=[world.second])
    before = stored(world)
    with pytest.raises(InvalidInput):
        updates.contribute(task.pk, by=world.second_staff, summary="提供场地", new_evidence=item(title=""))
    assert stored(world) == before
    updates.contribute(task.pk, by=world.second_staff, summary="提供场地", new_evidence=item())
    assert EvidenceUse.objects.get(task=task).evidence.unit == world.second
    assert Task.objects.get(pk=task.pk).progress == 50


def test_a_withdrawn_item_can_be_given_again_with_a_report(case):
    first = evidence.use(case.case.pk, case.item.pk, by=case.staff, claim="一期已通知")
    evidence.withdraw(first.pk, by=case.staff)
    everything(case, new_evidence=None)
    again = EvidenceUse.objects.get(task=case.case)
    assert (again.verdict, again.claim) == ("pending", "两期都已通知")


@pytest.mark.parametrize(
    ("claim", "refusal"), [("", InvalidInput), (" \n", InvalidInput), ("长" * 301, InvalidInput), ("机密", SecrecyMark)]
)
def test_each_use_names_the_claim(case, claim, refusal):
    before = stored(case)
    with pytest.raises(refusal) as refused:
        everything(case, existing={case.item.pk: claim})
    assert refused.value.field == f"claim_{case.item.pk}"
    assert stored(case) == before
