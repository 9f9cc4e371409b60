"""What becomes of open tasks at the end of the year, and the closing of the plan."""

import datetime

import pytest
from django.urls import reverse

from tests.tracker.conftest import SHANGHAI
from tests.worlds import REPORT
from tracker import clock, permissions, wording
from tracker.enums import EventKind, PlanState
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted, Refusal, SecrecyMark, Stale
from tracker.models import (
    AddressCheck,
    CarryOver,
    Demand,
    Plan,
    Shortcoming,
    Succession,
    SupervisionNotice,
    Task,
    TaskEvent,
)
from tracker.querysets import waiting_conditions
from tracker.services import (
    contributions,
    demands,
    evidence,
    history,
    indicators,
    ledger_imports,
    link_checks,
    notices,
    plans,
    reminders,
    report_corrections,
    requests,
    rollover,
    successions,
    tasks,
    trace,
)
from tracker.spreadsheets import Row, Sheet

SHEET = Sheet((Row(2, {"code": "1.1", "title": "改名"}),), {"code": "序号"}, (), (), "台账", ())
SETTERS = ["admin", "reviewer", "reviewer_office"]
OTHERS = [
    *("leader", "auditor", "viewer", "staff", "head", "second_staff", "second_head"),
    *("foreign_admin", "foreign_staff", "city_leader"),
]


@pytest.fixture
def desk(world):
    """Four tasks: the first in progress, the others unconfirmed."""
    world.open_task = world.started()
    return world


def decide(desk, task=None, who="reviewer", **changed):
    given = {"by": getattr(desk, who), "kind": "carried", "reason": "明年继续推进"}
    return rollover.decide((task or desk.open_task).pk, **given | changed)


def settle_all(desk, **changed):
    keys = Task.objects.open().filter(plan=desk.plan).values_list("pk", flat=True)
    given = {"by": desk.admin, "kind": "carried", "reason": "明年继续推进"}
    return rollover.decide_many(desk.plan, keys, **given | changed)


def last_line():
    return TaskEvent.objects.latest("sequence")


# ---------- One task ----------


@pytest.mark.parametrize("who", SETTERS)
def test_administrators_and_reviewers_say_what_becomes_of_a_task(desk, who):
    row = decide(desk, who=who)
    assert (row.kind, row.reason, row.by) == ("carried", "明年继续推进", getattr(desk, who))


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_does(desk, who):
    with pytest.raises(NotPermitted):
        decide(desk, who=who)
    assert not CarryOver.objects.exists()


def test_a_carried_task_stands_with_the_words_of_the_report_unless_others_are_given(desk):
    assert decide(desk).words == desk.open_task.quote
    assert decide(desk, words=" 健全全员培训机制 ").words == "健全全员培训机制"


@pytest.mark.parametrize("kind", ["finished", "dropped"])
def test_the_others_have_no_words_for_next_year(desk, kind):
    assert decide(desk, kind=kind, words="健全全员培训机制").words == ""


def test_what_is_said_anew_replaces_what_was_said_before_and_its_history_keeps_both(desk):
    decide(desk)
    row = decide(desk, who="admin", kind="dropped", reason="职能划转")
    assert CarryOver.objects.get() == row
    assert [(old.kind, old.history_user) for old in row.history.order_by("history_id")] == [
        ("carried", desk.reviewer),
        ("dropped", desk.admin),
    ]


def test_it_stands_in_the_history_and_changes_nothing_of_the_task(desk):
    before = Task.objects.values().get(pk=desk.open_task.pk)
    decide(desk, words="健全全员培训机制")
    line = last_line()
    assert (line.kind, line.reason, line.changes) == (EventKind.CARRY, "明年继续推进", {"carry": [None, "carried"]})
    assert "健全全员培训机制" in line.detail
    assert Task.objects.values().get(pk=desk.open_task.pk) == before
    assert history.verify()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "postponed"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"reason": "　 "}, "reason"),
        ({"reason": "长" * 501}, "reason"),
        ({"words": "长" * 1001}, "words"),
        ({"kind": "absorbed"}, "into"),
    ],
)
def test_what_is_missing_or_too_long_is_named(desk, given, field):
    with pytest.raises(InvalidInput) as refusal:
        decide(desk, **given)
    assert refusal.value.field == field
    assert not CarryOver.objects.exists()


@pytest.mark.parametrize("field", ["reason", "words"])
def test_a_mark_of_secrecy_is_refused(desk, field):
    with pytest.raises(SecrecyMark):
        decide(desk, **{field: "机密★10年"})
    assert not CarryOver.objects.exists()


def test_whoever_saw_another_version_is_told_so(desk):
    with pytest.raises(Stale):
        decide(desk, version=1)


def test_a_task_that_is_closed_needs_no_word(desk):
    done = desk.completed(desk.tasks[1])
    with pytest.raises(MoveRefused, match=r"1\.2"):
        decide(desk, done)


def test_a_draft_plan_is_not_rolled_over(world):
    with pytest.raises(MoveRefused):
        rollover.decide(world.next_tasks[0].pk, by=world.admin, kind="carried", reason="x")


# ---------- Absorbed ----------


def test_a_task_is_absorbed_by_another_of_the_plan(desk):
    row = decide(desk, kind="absorbed", into=desk.tasks[2].pk)
    assert (row.into, row.words) == (desk.tasks[2], "")
    assert "2.1" in last_line().detail


def test_it_is_not_absorbed_by_itself_by_nothing_or_by_a_task_of_another_plan(desk):
    for into in (desk.open_task.pk, None, 0, desk.foreign_task.pk):
        with pytest.raises(InvalidInput) as refusal:
            decide(desk, kind="absorbed", into=into)
        assert refusal.value.field == "into"


@pytest.mark.parametrize("fate", ["absorbed", "dropped"])
def test_one_that_does_not_go_on_itself_absorbs_nothing(desk, fate):
    decide(desk, desk.tasks[2], kind=fate, into=desk.tasks[3].pk)
    with pytest.raises(InvalidInput) as refusal:
        decide(desk, kind="absorbed", into=desk.tasks[2].pk)
    assert (refusal.value.field, "2.1" in str(refusal.value)) == ("into", True)


def test_nor_does_a_cancelled_one(desk):
    cancelled = cancel(desk, desk.tasks[2])
    with pytest.raises(InvalidInput) as refusal:
        decide(desk, kind="absorbed", into=cancelled.pk)
    assert refusal.value.field == "into"


def cancel(desk, task):
    asked = requests.ask(task.pk, by=desk.admin, kind="cancellation", reason="改革")
    requests.decide(
        asked.pk, by=desk.reviewer, approved=True, approving_body="区政府", basis_document="会纪〔2025〕3号"
    )
    return tasks.cancel(task.pk, by=desk.admin)


@pytest.mark.parametrize("fate", ["absorbed", "dropped"])
def test_one_that_absorbs_others_does_not_end_itself(desk, fate):
    """So no circle can come about either."""
    decide(desk, kind="absorbed", into=desk.tasks[2].pk)
    with pytest.raises(InvalidInput, match=r"1\.1"):
        decide(desk, desk.tasks[2], kind=fate, into=desk.open_task.pk)
    assert CarryOver.objects.count() == 1


# ---------- Several at once ----------


def test_the_same_is_said_of_several_at_once(desk):
    assert settle_all(desk) == rollover.Settled(new=4, replaced=0, skipped=0)
    rows = CarryOver.objects.order_by("task")
    assert [(row.task.code, row.words) for row in rows] == [(task.code, task.quote) for task in desk.tasks]


def test_several_are_settled_all_or_none(desk):
    """The last of them is closed: nothing is said of the first either, and no line is left."""
    done = desk.completed(desk.tasks[3])
    lines = TaskEvent.objects.count()
    with pytest.raises(MoveRefused, match=r"2\.2"):
        rollover.decide_many(desk.plan, [desk.open_task.pk, done.pk], by=desk.admin, kind="dropped", reason="x")
    assert (CarryOver.objects.count(), TaskEvent.objects.count()) == (0, lines)


def test_the_task_that_absorbs_is_not_among_those_absorbed(desk):
    keys = [task.pk for task in desk.tasks]
    with pytest.raises(InvalidInput):
        rollover.decide_many(desk.plan, keys, by=desk.admin, kind="absorbed", reason="x", into=keys[2])
    assert not CarryOver.objects.exists()


def test_several_need_at_least_one_and_all_of_this_plan(desk):
    for keys in ([], [desk.open_task.pk, desk.foreign_task.pk], [0]):
        with pytest.raises(InvalidInput) as refusal:
            rollover.decide_many(desk.plan, keys, by=desk.admin, kind="dropped", reason="x")
        assert refusal.value.field == "tasks"


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_settles_several(desk, who):
    with pytest.raises(NotPermitted):
        settle_all(desk, by=getattr(desk, who))


def test_what_was_settled_before_stays_when_several_are_settled(desk):
    decide(desk, kind="dropped", reason="职能划转")
    lines = TaskEvent.objects.filter(task=desk.open_task).count()
    assert settle_all(desk) == rollover.Settled(new=3, replaced=0, skipped=1)
    row = CarryOver.objects.get(task=desk.open_task)
    assert (row.kind, row.reason, row.by) == ("dropped", "职能划转", desk.reviewer)
    assert TaskEvent.objects.filter(task=desk.open_task).count() == lines


def test_it_is_replaced_knowingly_and_words_of_a_carried_task_stay_even_then(desk):
    decide(desk, words="健全全员培训机制")
    decide(desk, desk.tasks[1], kind="dropped", reason="职能划转")
    assert settle_all(desk, replace=True) == rollover.Settled(new=2, replaced=2, skipped=0)
    kept = dict(CarryOver.objects.values_list("task", "words"))
    assert kept[desk.open_task.pk] == "健全全员培训机制"
    assert kept[desk.tasks[1].pk] == desk.tasks[1].quote
    settle_all(desk, replace=True, kind="dropped")
    assert set(CarryOver.objects.values_list("words", flat=True)) == {""}


# ---------- Taken back ----------


def test_what_was_said_is_taken_back(desk):
    decide(desk)
    rollover.undo(desk.open_task.pk, by=desk.admin)
    assert not CarryOver.objects.exists()
    assert last_line().changes == {"carry": [None, "undone"]}
    with pytest.raises(MoveRefused, match=r"1\.1"):
        rollover.undo(desk.open_task.pk, by=desk.admin)


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_takes_it_back(desk, who):
    decide(desk)
    with pytest.raises(NotPermitted):
        rollover.undo(desk.open_task.pk, by=getattr(desk, who))


# ---------- What the rule proposes ----------


@pytest.mark.parametrize(
    ("nature", "progress", "due", "kind"),
    [
        ("continuous", 40, datetime.date(2025, 10, 1), "carried"),
        ("continuous", 100, datetime.date(2025, 10, 1), "carried"),
        ("phased", 100, datetime.date(2025, 10, 1), "finished"),
        ("phased", 100, datetime.date(2026, 3, 1), "finished"),
        ("one_off", 40, datetime.date(2026, 3, 1), "carried"),
        ("one_off", 40, datetime.date(2025, 12, 31), ""),
        ("", 0, None, ""),
    ],
)
def test_the_rule_proposes_and_stores_nothing(world, nature, progress, due, kind):
    task = Task(plan=world.plan, nature=nature, progress=progress, due_on=due)
    assert rollover.proposal_of(task, world.plan)[0] == kind
    assert not CarryOver.objects.exists()


def test_the_second_of_two_who_settle_a_task_is_told_and_nothing_is_replaced(desk):
    first = decide(desk, kind="carried", words="继续推进", seen="")
    with pytest.raises(Stale) as refusal:
        decide(desk, who="admin", kind="dropped", seen="")
    assert "人-reviewer" in str(refusal.value)
    assert CarryOver.objects.get(task=desk.open_task).kind == "carried"
    with pytest.raises(Stale):
        rollover.undo(desk.open_task.pk, by=desk.admin, seen="")
    assert decide(desk, who="admin", kind="dropped", seen=rollover.mark_of(first)).kind == "dropped"


# ---------- Closing ----------


def test_an_administrator_closes_the_plan_once_everything_is_settled(desk):
    settle_all(desk)
    assert rollover.close(desk.plan.pk, by=desk.admin).state == PlanState.CLOSED
    kept = Plan.objects.get(pk=desk.plan.pk).history.order_by("history_id").last()
    assert (kept.state, kept.history_user) == ("closed", desk.admin)


def test_a_closed_plan_stands_still_on_the_day_it_was_closed(desk):
    settle_all(desk)
    plan = rollover.close(desk.plan.pk, by=desk.admin)
    assert plan.closed_on == clock.today()
    then = list(Task.objects.with_light(plan, clock.today()).order_by("pk").values_list("light_reason", "scheduled"))
    later = clock.today() + datetime.timedelta(days=400)
    assert list(Task.objects.with_light(plan, later).order_by("pk").values_list("light_reason", "scheduled")) == then
    task = Task(plan=plan, due_on=clock.today() - datetime.timedelta(days=3), status="in_progress")
    task.light_reason, task.scheduled = "overdue", 100
    assert wording.short_reason(task, later) == "超期3天"
    again = rollover.reopen_plan(plan.pk, by=desk.admin, reason="补办手续")
    assert again.closed_on is None


def test_who_waited_while_the_plan_was_closed_writes_nothing(desk, monkeypatch):
    """The plan that was read before the wait for the lock still looks open."""
    task = desk.started(desk.tasks[3])
    lines = TaskEvent.objects.count()
    check = permissions.check_move

    def closed_meanwhile(*given):
        check(*given)
        Plan.objects.filter(pk=task.plan_id).update(state=PlanState.CLOSED)

    monkeypatch.setattr(permissions, "check_move", closed_meanwhile)
    with pytest.raises(Stale):
        tasks.report(task.pk, by=desk.staff, progress=70, summary="补报")
    assert TaskEvent.objects.count() == lines
    assert Task.objects.get(pk=task.pk).progress == 50


def test_what_hangs_on_the_plan_sees_it_as_it_is_and_not_as_it_was_read(desk):
    """A plan that was read before somebody closed it still looks open."""
    settle_all(desk)
    read = Plan.objects.select_related("government").get(pk=desk.plan.pk)
    rollover.close(desk.plan.pk, by=desk.admin)
    shortcoming = Shortcoming.objects.of_report(read.report_id).first()
    with pytest.raises(MoveRefused):
        trace.dispose(read, by=desk.admin, kind="dropped", reason="不再单列", shortcoming=shortcoming)
    read = Plan.objects.select_related("government").get(pk=desk.plan.pk)
    read.state = PlanState.ACTIVE
    with pytest.raises(MoveRefused):
        trace.judge(read, shortcoming, by=desk.admin, verdict="not_eased", grounds="未见改善")


@pytest.mark.parametrize("who", ["reviewer", *OTHERS])
def test_nobody_else_closes_it(desk, who):
    settle_all(desk)
    with pytest.raises(NotPermitted):
        rollover.close(desk.plan.pk, by=getattr(desk, who))
    assert Plan.objects.get(pk=desk.plan.pk).state == PlanState.ACTIVE


def refused(desk, *words):
    """Closing is refused in a sentence with these words, which the wizard shows beforehand, and changes nothing."""
    lines = TaskEvent.objects.count()
    with pytest.raises(MoveRefused) as refusal:
        rollover.close(desk.plan.pk, by=desk.admin)
    told = " ".join(one.words for one in rollover.obstacles(desk.plan))
    assert all(word in str(refusal.value) and word in told for word in words)
    assert (Plan.objects.get(pk=desk.plan.pk).state, TaskEvent.objects.count()) == (PlanState.ACTIVE, lines)
    assert all(one.url.startswith("/") for one in rollover.obstacles(desk.plan))


def test_it_is_refused_while_a_task_is_not_settled(desk):
    settle_all(desk)
    rollover.undo(desk.tasks[1].pk, by=desk.admin)
    rollover.undo(desk.tasks[3].pk, by=desk.admin)
    refused(desk, "1.2", "2.2")


def test_many_tasks_that_are_not_settled_are_counted_after_the_first(desk, monkeypatch, settings):
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(rollover, "NAMED", 2)
    refused(desk, "1.1, 1.2 and 2 more")


@pytest.mark.parametrize("kind", ["dropped", "finished"])
def test_it_is_refused_while_a_task_that_ends_is_carried_on_by_one_of_the_next_plan(desk, kind):
    settle_all(desk)
    successions.link(desk.next_plan, desk.tasks[2].pk, by=desk.admin, task_id=desk.next_tasks[0].pk)
    decide(desk, desk.tasks[2], kind=kind)
    refused(desk, "2.1")
    assert rollover.obstacles(desk.plan)[0].url == reverse("predecessors", args=[desk.next_plan.pk])
    for way_out in ("withdraw", "dismiss"):
        successions.settle(Succession.objects.get().pk, by=desk.admin, verdict=way_out)
        assert rollover.obstacles(desk.plan) == []


def test_a_measure_that_tells_of_an_ended_task_hinders_nothing(desk):
    settle_all(desk, kind="finished")
    measure = successions.measures_of(desk.next_plan).first()
    successions.link(desk.next_plan, desk.tasks[2].pk, by=desk.admin, measure_id=measure.pk)
    assert rollover.obstacles(desk.plan) == []


@pytest.mark.parametrize("stage", ["submitted", "under_review"])
def test_it_is_refused_while_a_submission_is_not_decided(world, stage):
    getattr(world, stage)()
    settle_all(world)
    refused(world, "1.1")


def test_it_is_refused_while_a_change_request_is_open(desk):
    requests.ask(desk.open_task.pk, by=desk.staff, kind="cancellation", reason="改革")
    settle_all(desk)
    refused(desk, "1.1")


def test_it_is_refused_while_the_reply_to_a_notice_waits(desk):
    notice = send(desk)
    notices.reply(notice.pk, by=desk.staff, words="已加快")
    settle_all(desk)
    refused(desk, "1.1")


def test_it_is_refused_where_the_absorbing_task_was_cancelled_since(desk):
    settle_all(desk)
    decide(desk, kind="absorbed", into=desk.tasks[2].pk)
    cancel(desk, desk.tasks[2])
    refused(desk, "1.1")


def test_what_other_apps_have_open_is_asked_for(desk, monkeypatch):
    settle_all(desk)
    waits = rollover.Obstacle("评审未结束", "/reviews/1/")
    monkeypatch.setattr(rollover, "ALSO_OPEN", [lambda plan: [waits] if plan == desk.plan else []])
    refused(desk, "评审未结束")


def send(desk):
    sheet = {"demand": "请加快", "limit_on": clock.today(), "basis": "常务会纪要3号"}
    return notices.issue(desk.open_task.pk, by=desk.reviewer, **sheet)


def test_closing_ends_what_nobody_can_answer_any_more_and_says_so_beforehand(world):
    task = world.started(supporting_units=[world.second])
    world.open_task = task
    send(world)
    demands.ask(task.pk, by=world.reviewer, kind="urge", words="请加快")
    contributions.ask(task.pk, by=world.staff, unit=world.second, words="请报数据")
    tasks.save_draft(task, by=world.staff, values={"summary": "未发"})
    settle_all(world)
    assert len(rollover.endings(world.plan)) == 4
    rollover.close(world.plan.pk, by=world.admin)
    assert SupervisionNotice.objects.get().state == "withdrawn"
    assert Demand.objects.get().state == "replaced"
    assert task.contribution_requests.get().state == "replaced"
    assert last_line().kind == EventKind.NOTICE
    assert history.verify()


def test_what_was_settled_for_a_task_that_was_closed_out_since_is_void(world):
    assert world.tasks
    settle_all(world)
    world.completed()
    rollover.close(world.plan.pk, by=world.admin)
    assert not CarryOver.objects.filter(task=world.task).exists()
    assert CarryOver.objects.count() == 3
    line = TaskEvent.objects.filter(task=world.task).latest("sequence")
    assert line.changes == {"carry": [None, "undone"]}


def test_a_plan_is_closed_once(desk):
    closed(desk)
    with pytest.raises(MoveRefused):
        rollover.close(desk.plan.pk, by=desk.admin)


def closed(desk):
    settle_all(desk)
    rollover.close(desk.plan.pk, by=desk.admin)
    desk.plan.refresh_from_db()


# ---------- Opened again ----------


def test_an_administrator_opens_it_again_with_a_reason_that_is_kept(desk):
    closed(desk)
    rollover.reopen_plan(desk.plan.pk, by=desk.admin, reason="漏了一项")
    kept = Plan.objects.get(pk=desk.plan.pk).history.order_by("history_id").last()
    assert (kept.state, kept.history_change_reason, kept.history_user) == ("active", "漏了一项", desk.admin)
    assert tasks.report(desk.open_task.pk, by=desk.staff, progress=60, summary="补报").progress == 60


@pytest.mark.parametrize("reason", ["", " ", "长" * 101, "秘密★1年"])
def test_opening_it_again_needs_a_fit_reason(desk, reason):
    closed(desk)
    with pytest.raises(InvalidInput) as refusal:
        rollover.reopen_plan(desk.plan.pk, by=desk.admin, reason=reason)
    assert refusal.value.field == "reason"


@pytest.mark.parametrize("who", ["reviewer", *OTHERS])
def test_nobody_else_opens_it_again(desk, who):
    closed(desk)
    with pytest.raises(NotPermitted):
        rollover.reopen_plan(desk.plan.pk, by=getattr(desk, who), reason="漏了一项")


def test_a_plan_that_is_open_is_not_opened_again(desk):
    with pytest.raises(MoveRefused):
        rollover.reopen_plan(desk.plan.pk, by=desk.admin, reason="漏了一项")


@pytest.mark.parametrize("end", ["task", "measure"])
def test_it_stays_closed_once_the_next_plan_has_confirmed_successors(desk, end):
    closed(desk)
    row = successions.measures_of(desk.next_plan).first() if end == "measure" else desk.next_tasks[0]
    successions.link(desk.next_plan, desk.tasks[2].pk, by=desk.admin, **{f"{end}_id": row.pk})
    with pytest.raises(MoveRefused):
        rollover.reopen_plan(desk.plan.pk, by=desk.admin, reason="漏了一项")


def test_once_the_confirmations_are_withdrawn_it_is_opened_again(desk):
    closed(desk)
    row = successions.link(desk.next_plan, desk.tasks[2].pk, by=desk.admin, task_id=desk.next_tasks[0].pk)
    assert "1" in rollover.reopening_refusal(desk.plan)
    successions.settle(row.pk, by=desk.admin, verdict="withdraw")
    assert rollover.reopening_refusal(desk.plan) == ""
    assert rollover.reopen_plan(desk.plan.pk, by=desk.admin, reason="漏了一项").state == PlanState.ACTIVE


def test_every_closing_and_reopening_is_known_with_person_and_reason(desk):
    assert rollover.turns(desk.plan) == []
    closed(desk)
    rollover.reopen_plan(desk.plan.pk, by=desk.admin, reason="漏了一项")
    plans.configure(desk.plan.pk, by=desk.admin, near_days=20)
    closed(desk)
    told = [(turn.closed, turn.by, turn.reason) for turn in rollover.turns(desk.plan)]
    assert told == [(True, desk.admin, ""), (False, desk.admin, "漏了一项"), (True, desk.admin, "")]


def test_proposals_and_the_successors_of_a_discarded_plan_do_not_keep_it_closed(desk):
    closed(desk)
    Succession.objects.create(predecessor=desk.tasks[2], task=desk.next_tasks[0])
    successions.link(desk.next_plan, desk.tasks[2].pk, by=desk.admin, task_id=desk.next_tasks[1].pk)
    Plan.objects.filter(pk=desk.next_plan.pk).update(state=PlanState.DISCARDED)
    assert rollover.reopen_plan(desk.plan.pk, by=desk.admin, reason="漏了一项").state == PlanState.ACTIVE


# ---------- A closed plan ----------


def doors(w):
    """{what is done: the act} for every service that writes into a plan, by who may do it while the plan is open."""
    pk, staff, admin, reviewer, head = w.open_task.pk, w.staff, w.admin, w.reviewer, w.head
    words = {"strength": "direct", "rationale": "同一事项"}
    limit = {"demand": "请加快", "limit_on": clock.today(), "basis": "纪要"}
    section, measure = w.link.measure.section, w.link.measure
    step = {"title": "节点", "due_on": w.plan.ends_on}
    corrected = REPORT.replace("40件", "42件")
    quote = {"serial": 3, "quote": "公开评查结果", "title": "公开", "start": w.report.text.index("公开评查结果")}
    return {
        "confirm": lambda: w.confirmed(w.tasks[1]),
        "report": lambda: tasks.report(pk, by=staff, progress=60, summary="补报"),
        "no change": lambda: tasks.report_no_change(pk, by=staff, reason="无"),
        "draft": lambda: tasks.save_draft(Task.objects.get(pk=pk), by=staff, values={"summary": "x"}),
        "submit": lambda: tasks.submit(pk, by=staff, summary="完成"),
        "sign": lambda: tasks.sign(pk, by=head),
        "withdraw": lambda: tasks.withdraw(pk, by=staff, reason="x"),
        "return": lambda: tasks.send_back(pk, by=reviewer, reason="x"),
        "approve": lambda: tasks.approve(pk, by=reviewer),
        "reopen": lambda: tasks.reopen(w.done.pk, by=reviewer, reason="x"),
        "cancel": lambda: tasks.cancel(pk, by=admin),
        "edit": lambda: tasks.edit(pk, by=admin, title="改名"),
        "remark": lambda: tasks.remark(pk, by=reviewer, reason="内部意见"),
        "raise a light": lambda: tasks.raise_light(pk, by=reviewer, light="red", reason="x"),
        "milestones": lambda: tasks.set_milestones(pk, by=admin, steps=[step]),
        "contribute": lambda: tasks.contribute(pk, by=w.second_staff, summary="x"),
        "ask for a contribution": lambda: contributions.ask(pk, by=staff, unit=w.second, words="x"),
        "deposit evidence": lambda: w.proof(w.open_task),
        "use evidence": lambda: evidence.use(pk, w.use.evidence_id, by=staff, claim="x"),
        "judge evidence": lambda: evidence.judge(w.use.pk, by=reviewer, authentic=True, timely=True, relevant=True),
        "withdraw evidence": lambda: evidence.withdraw(w.use.pk, by=staff),
        "take the newer version": lambda: evidence.take_newer(w.use.pk, by=staff),
        "indicator": lambda: indicators.add(pk, by=admin, name="新指标", direction="up"),
        "reading": lambda: indicators.read(w.indicator.pk, by=staff, value=3),
        "ask for a change": lambda: requests.ask(pk, by=staff, kind="cancellation", reason="x"),
        "order a change": lambda: requests.order(
            pk, by=reviewer, reason="x", changes={"criteria": "x"}, approving_body="会", basis_document="纪要"
        ),
        "decide a change": lambda: requests.decide(w.settled_request.pk, by=reviewer, approved=False, note="x"),
        "withdraw a change": lambda: requests.withdraw(w.settled_request.pk, by=staff, reason="x"),
        "urge": lambda: demands.ask(pk, by=reviewer, kind="urge", words="x"),
        "send a notice": lambda: notices.issue(pk, by=reviewer, **limit),
        "acknowledge": lambda: notices.acknowledge(w.notice.pk, by=staff),
        "reply": lambda: notices.reply(w.notice.pk, by=staff, words="x"),
        "accept a reply": lambda: notices.accept(w.notice.pk, by=reviewer),
        "refuse a reply": lambda: notices.refuse(w.notice.pk, by=reviewer, reason="x"),
        "escalate": lambda: notices.escalate(w.notice.pk, by=reviewer, **limit),
        "withdraw a notice": lambda: notices.withdraw(w.notice.pk, by=reviewer, reason="x"),
        "propose a link": lambda: trace.propose(w.open_task, measure, by=admin, **words),
        "link": lambda: trace.link(pk, measure, by=admin, **words),
        "edit a link": lambda: trace.edit(w.link, by=admin, **words),
        "confirm a link": lambda: trace.confirm(w.link, by=admin),
        "dismiss a link": lambda: trace.dismiss(w.link, by=admin),
        "settle links": lambda: trace.settle_all(w.plan, [f"measure-{w.link.pk}"], by=admin, verdict="confirm"),
        "dispose": lambda: trace.dispose(w.plan, by=admin, kind="dropped", reason="x", section=section),
        "judge a shortcoming": lambda: trace.judge(
            w.plan, w.shortcoming, by=admin, verdict="not_eased", grounds="尚未改善"
        ),
        "create a task": lambda: plans.create_task(w.tasks[2].area, by=admin, **quote),
        "configure": lambda: plans.configure(w.plan.pk, by=admin, near_days=20),
        "activate": lambda: plans.activate(w.plan, by=admin),
        "look at a page again": lambda: link_checks.look_again(w.use.evidence_id, by=w.reviewer_office, reason="x"),
        "correct the report": lambda: report_corrections.start(w.report, corrected, by=admin, reason="更正"),
        "put a correction in force": lambda: report_corrections.apply(w.correction.pk, by=admin),
        "write an imported ledger": lambda: ledger_imports.apply(w.ledger_import.pk, by=admin),
        "import a ledger": lambda: ledger_imports.start(w.plan, SHEET, by=admin, name="台账.csv"),
        "settle": lambda: rollover.decide(pk, by=admin, kind="dropped", reason="x"),
        "settle several": lambda: rollover.decide_many(w.plan, [pk], by=admin, kind="dropped", reason="x"),
        "take back": lambda: rollover.undo(pk, by=admin),
        "predecessors": lambda: successions.propose(w.plan, by=admin),
    }


@pytest.fixture
def shut(world):
    """A closed plan in which everything hangs on one task that can hang on it."""
    world.open_task = world.started(supporting_units=[world.second])
    world.use = world.proof(world.open_task)
    world.done = world.completed(world.tasks[2])
    world.indicator = indicators.add(world.open_task.pk, by=world.admin, name="场次", direction="up")
    words = {"by": world.admin, "strength": "direct", "rationale": "同一事项"}
    world.shortcoming = world.report.parts.get(kind="shortcomings").shortcomings.first()
    measure = world.report.parts.get(kind="measures").sections.first().measures.first()
    world.link = trace.propose(world.open_task, measure, **words)
    world.settled_request = requests.ask(world.open_task.pk, by=world.staff, kind="cancellation", reason="改革")
    requests.withdraw(world.settled_request.pk, by=world.staff, reason="收回")
    world.notice = send(world)
    AddressCheck.objects.create(evidence=world.use.evidence, checked_at=clock.now(), outcome="alive")
    corrected = REPORT.replace("40件", "41件")
    world.correction = report_corrections.start(world.report, corrected, by=world.admin, reason="更正")
    world.ledger_import = ledger_imports.start(world.plan, SHEET, by=world.admin, name="台账.csv")
    closed(world)
    world.report.plan.refresh_from_db()
    for task in (world.open_task, *world.tasks):
        task.plan.refresh_from_db()
    return world


def test_nothing_is_written_into_a_closed_plan_by_any_service(shut):
    lines = TaskEvent.objects.count()
    rows = list(Task.objects.order_by("pk").values())
    for what, act in doors(shut).items():
        with pytest.raises(Refusal):
            act()
            pytest.fail(f"{what} was let in")
    assert TaskEvent.objects.count() == lines
    assert list(Task.objects.order_by("pk").values()) == rows


def test_every_one_of_them_says_that_the_plan_is_closed(shut, settings):
    settings.LANGUAGE_CODE = "en"
    told = {}
    for what, act in doors(shut).items():
        with pytest.raises(Refusal) as refusal:
            act()
        told[what] = str(refusal.value)
    assert {what for what, words in told.items() if "The plan is closed" not in words} == {"activate"}


def test_a_closed_plan_reminds_nobody_and_nothing_waits_in_it(shut):
    with clock.at(datetime.datetime(2025, 12, 24, 10, tzinfo=SHANGHAI)):
        assert reminders.due(shut.plan, clock.today()) == {}
        for who in ("admin", "reviewer", "staff", "head", "leader"):
            assert waiting_conditions(getattr(shut, who), shut.plan, clock.today()) == {}
