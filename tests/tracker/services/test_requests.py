"""Change requests: who asks, who decides, and that only a decision changes a promise."""

import datetime

import pytest
from django.utils import translation

from tracker import clock
from tracker.enums import EventKind, RequestState, Status
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted, SecrecyMark
from tracker.models import ChangeRequest, Task, TaskEvent
from tracker.services import requests, tasks

LATER = "2025-12-31"
BASIS = {"approving_body": "区政府常务会", "basis_document": "纪要3"}


@pytest.fixture
def case(world):
    """A task in progress, due on 30 September."""
    world.case = world.started(due_on=datetime.date(2025, 9, 30))
    return world


def ask(case, who="staff", kind="extension", reason="等待上级文件", **values):
    changes = values.pop("changes", {"due_on": LATER} if kind == "extension" else {})
    return requests.ask(case.case.pk, by=getattr(case, who), kind=kind, reason=reason, changes=changes, **values)


def decide(case, request, who="reviewer", approved=True, **values):
    given = {**BASIS, **values} if approved else values
    return requests.decide(request.pk, by=getattr(case, who), approved=approved, **given)


def fresh(case):
    return Task.objects.get(pk=case.case.pk)


@pytest.mark.parametrize("who", ["staff", "head", "admin"])
def test_the_lead_unit_and_administrators_ask(case, who):
    assert ask(case, who).state == RequestState.OPEN
    assert fresh(case).due_on == datetime.date(2025, 9, 30)


@pytest.mark.parametrize(
    "who", ["second_staff", "reviewer", "leader", "auditor", "viewer", "foreign_admin", "foreign_staff"]
)
def test_nobody_else_asks(case, who):
    with pytest.raises(NotPermitted):
        ask(case, who)
    assert not ChangeRequest.objects.exists()


@pytest.mark.parametrize("who", ["reviewer", "reviewer_office", "admin", "leader"])
def test_reviewers_and_administrators_decide(case, who):
    decide(case, ask(case), who)
    assert fresh(case).due_on == datetime.date(2025, 12, 31)


@pytest.mark.parametrize("who", ["head", "second_head", "auditor", "viewer", "foreign_admin", "city_leader"])
def test_nobody_else_decides(case, who):
    request = ask(case)
    with pytest.raises(NotPermitted):
        decide(case, request, who)
    assert fresh(case).due_on == datetime.date(2025, 9, 30)
    assert ChangeRequest.objects.get().state == RequestState.OPEN


def test_a_request_is_decided_once(case):
    request = ask(case)
    decide(case, request, approved=False, note="理由不足")
    with pytest.raises(MoveRefused):
        decide(case, request)
    assert fresh(case).due_on == datetime.date(2025, 9, 30)


def test_a_refusal_needs_words(case):
    request = ask(case)
    with pytest.raises(InvalidInput) as refused:
        decide(case, request, approved=False, note="  ")
    assert refused.value.field == "note"
    assert ChangeRequest.objects.get().state == RequestState.OPEN


@pytest.mark.parametrize("missing", ["approving_body", "basis_document"])
def test_an_approval_names_body_and_document(case, missing):
    request = ask(case)
    with pytest.raises(InvalidInput):
        decide(case, request, **{missing: " "})
    assert fresh(case).due_on == datetime.date(2025, 9, 30)


@pytest.mark.parametrize("due_on", ["2025-09-30", "2025-09-29", "2025-02-30", "", None])
def test_an_extension_needs_a_later_day(case, due_on):
    with pytest.raises(InvalidInput) as refused:
        ask(case, changes={"due_on": due_on})
    assert refused.value.field == "due_on"


@pytest.mark.parametrize(
    ("kind", "changes"), [("extension", {"due_on": LATER, "criteria": "x"}), ("adjustment", {"status": "completed"})]
)
def test_only_what_its_kind_may_change(case, kind, changes):
    with pytest.raises(InvalidInput):
        ask(case, kind=kind, changes=changes)


def test_an_adjustment_says_what_changes(case):
    with pytest.raises(InvalidInput) as refused:
        ask(case, kind="adjustment")
    assert refused.value.field == "changes"


def test_the_owner_belongs_to_the_lead_unit_when_asked_and_when_decided(case):
    with pytest.raises(InvalidInput):
        ask(case, kind="adjustment", changes={"owner": case.second_staff.pk})
    request = ask(case, kind="adjustment", changes={"owner": case.head.pk})
    case.head.unit = case.second
    case.head.save()
    with pytest.raises(InvalidInput) as refused:
        decide(case, request)
    assert refused.value.field == "owner"
    assert fresh(case).owner == case.staff


def test_a_second_request_replaces_the_first(case):
    first, second = ask(case), ask(case, reason="另有安排")
    assert [ChangeRequest.objects.get(pk=row.pk).state for row in (first, second)] == ["replaced", "open"]
    with pytest.raises(MoveRefused):
        decide(case, first)


def test_an_approved_cancellation_lets_an_administrator_cancel(case):
    decide(case, ask(case, kind="cancellation"))
    assert tasks.cancel(case.case.pk, by=case.admin).status == Status.CANCELLED


def test_an_approved_cancellation_does_not_outlive_the_close_out(world):
    world.case = world.under_review()
    decide(world, ask(world, "head", kind="cancellation"), "reviewer_office")
    world.accept_all(world.case)
    tasks.approve(world.case.pk, by=world.reviewer)
    tasks.reopen(world.case.pk, by=world.reviewer, reason="复查发现遗漏")
    with pytest.raises(MoveRefused):
        tasks.cancel(world.case.pk, by=world.admin)
    assert fresh(world).status == Status.IN_PROGRESS


def test_an_extension_must_be_asked_before_the_due_date(case):
    due = datetime.datetime.combine(fresh(case).due_on, datetime.time(10), clock.now().tzinfo)
    with clock.at(due + datetime.timedelta(days=1)):
        with pytest.raises(MoveRefused, match="9月30日"), translation.override("zh-hans"):
            ask(case)
        assert ask(case, kind="adjustment", changes={"due_on": LATER}).state == RequestState.OPEN
    with clock.at(due):
        assert ask(case).state == RequestState.OPEN


@pytest.mark.parametrize("kind", ["extension", "adjustment"])
@pytest.mark.parametrize(("due_on", "taken"), [("2026-12-31", True), ("2027-01-01", False), ("9999-12-31", False)])
def test_a_due_date_lies_at_most_one_year_after_the_plan(case, kind, due_on, taken):
    if taken:
        assert decide(case, ask(case, kind=kind, changes={"due_on": due_on})).state == RequestState.APPROVED
        return
    with pytest.raises(InvalidInput, match="31 Dec 2026") as refused, translation.override("en"):
        ask(case, kind=kind, changes={"due_on": due_on})
    assert refused.value.field == "due_on"
    assert not ChangeRequest.objects.exists()


# ---------- What the history keeps of it ----------


@pytest.fixture
def english(settings):
    settings.LANGUAGE_CODE = "en"


def last_line(case):
    line = TaskEvent.objects.filter(task=case.case).latest("sequence")
    return (line.kind, line.detail.splitlines(), line.reason)


@pytest.mark.usefixtures("english")
def test_the_line_of_a_request_says_what_is_asked_and_why(case):
    ask(case, kind="adjustment", changes={"owner": case.head.pk, "criteria": "完成培训"}, progress_note="已办两期")
    asked = [
        "Adjustment",
        "owner: 人-staff → 人-head",
        "completion criteria: 完成培训 / 通过考试 → 完成培训",
        "Progress so far: 已办两期",
    ]
    assert last_line(case) == (EventKind.REQUEST, asked, "等待上级文件")


@pytest.mark.usefixtures("english")
def test_the_line_of_a_cancellation_needs_no_values(case):
    ask(case, kind="cancellation")
    assert last_line(case) == (EventKind.REQUEST, ["Cancellation"], "等待上级文件")


@pytest.mark.usefixtures("english")
def test_the_line_of_a_second_request_says_what_it_replaces(case):
    first = ask(case)
    assert first.replaces is None
    with clock.at(clock.now() + datetime.timedelta(days=3)):
        second = ask(case, kind="cancellation", reason="另有安排")
    assert second.replaces == first
    said = "It replaces the extension that was asked for on 16 Jun."
    assert last_line(case) == (EventKind.REQUEST, ["Cancellation", said], "另有安排")


@pytest.mark.usefixtures("english")
def test_the_line_of_a_refusal_says_what_was_asked_and_why_it_is_refused(case):
    decide(case, ask(case), approved=False, note="理由不足")
    told = ["Extension: Refused", "due date: 30 Sep 2025 → 31 Dec 2025"]
    assert last_line(case) == (EventKind.DECIDE, told, "理由不足")


@pytest.mark.usefixtures("english")
def test_the_line_of_an_approval_names_body_and_document_and_keeps_the_note_to_those_concerned(case):
    decide(case, ask(case), note="仅此一次")
    told = ["Extension: Approved", "Basis: 区政府常务会, 纪要3"]
    assert last_line(case) == (EventKind.DECIDE, told, "")
    line = TaskEvent.objects.filter(task=case.case).latest("sequence")
    assert line.changes == {"due_on": ["2025-09-30", "2025-12-31"]}


def test_others_read_only_the_decision_that_changed_something(case):
    def seen_by(who):
        lines = TaskEvent.objects.visible_to(getattr(case, who)).filter(task=case.case)
        return list(lines.filter(kind__in=["request", "decide"]).order_by("sequence").values_list("kind", flat=True))

    decide(case, ask(case), approved=False, note="理由不足")
    decide(case, ask(case))
    for who in ("staff", "head", "reviewer", "leader", "admin", "auditor"):
        assert seen_by(who) == ["request", "decide", "request", "decide"]
    for who in ("second_staff", "viewer", "city_leader"):
        assert seen_by(who) == ["decide"]


# ---------- Taken back ----------


def withdraw(case, request, who="staff", reason="已可按期完成"):
    return requests.withdraw(request.pk, by=getattr(case, who), reason=reason)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("who", ["staff", "head"])
def test_the_unit_takes_back_what_it_asked_for(case, who):
    request = ask(case)
    assert withdraw(case, request, who).state == RequestState.WITHDRAWN
    told = ["Withdrawn: Extension", "due date: 30 Sep 2025 → 31 Dec 2025"]
    assert last_line(case) == (EventKind.REQUEST, told, "已可按期完成")
    with pytest.raises(MoveRefused):
        decide(case, request)
    assert ask(case).replaces is None


def test_an_administrator_takes_back_only_what_they_asked_for(case):
    with pytest.raises(NotPermitted):
        withdraw(case, ask(case), "admin")
    assert withdraw(case, ask(case, "admin"), "admin").state == RequestState.WITHDRAWN


@pytest.mark.parametrize(
    "who", ["second_staff", "reviewer", "leader", "auditor", "viewer", "foreign_admin", "foreign_staff", "city_leader"]
)
def test_nobody_else_takes_it_back(case, who):
    request = ask(case)
    with pytest.raises(NotPermitted):
        withdraw(case, request, who)
    assert ChangeRequest.objects.get().state == RequestState.OPEN


def test_only_an_open_request_is_taken_back(case):
    request = ask(case)
    decide(case, request, approved=False, note="理由不足")
    with pytest.raises(MoveRefused):
        withdraw(case, request)


def test_taking_back_needs_words_without_a_secrecy_mark(case):
    request = ask(case)
    with pytest.raises(InvalidInput) as refused:
        withdraw(case, request, reason="  ")
    assert refused.value.field == "reason"
    with pytest.raises(SecrecyMark):
        withdraw(case, request, reason="机密★1年")
    assert ChangeRequest.objects.get().state == RequestState.OPEN
