"""Supervision notices: every move by every role from every state, the rise of levels, numbers, and their end."""

import datetime

import pytest
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import override

from tests.unguarded import lifted
from tracker import clock, permissions, wording
from tracker.enums import NoticeLevel, NoticeState, Role
from tracker.exceptions import BrokenChain, InvalidInput, MoveRefused, NotPermitted, Refusal, SecrecyMark
from tracker.models import NoticeReply, SupervisionNotice, Task, TaskEvent
from tracker.services import demands, history, notices, requests, tasks

LIMIT = datetime.date(2025, 6, 20)
SHEET = {"demand": "请于期限内完成两期培训", "limit_on": LIMIT, "basis": "区政府常务会第12次会议"}
STAFF, HEAD, REVIEWER, LEADER = Role.CONTRIBUTOR, Role.UNIT_HEAD, Role.REVIEWER, Role.LEADER
BEFORE_REPLY = (NoticeState.ISSUED, NoticeState.ACKNOWLEDGED)
UNANSWERED = (*BEFORE_REPLY, NoticeState.REFUSED)
# (move, state, role, of the recipient unit?) that may be made, the limit having passed and the level being blue.
ALLOWED = {
    *(("acknowledge", NoticeState.ISSUED, role, 1) for role in (STAFF, HEAD)),
    *(("reply", state, role, 1) for state in UNANSWERED for role in (STAFF, HEAD)),
    *(("judge", NoticeState.REPLIED, role, own) for role, own in ((REVIEWER, 0), (LEADER, 0), (LEADER, 1))),
    *(("escalate", state, role, own) for state in UNANSWERED for role in (REVIEWER, LEADER) for own in (0, 1)),
    *(
        ("withdraw", state, role, own)
        for state in BEFORE_REPLY
        for role, own in ((REVIEWER, 0), (LEADER, 0), (LEADER, 1))
    ),
}
CHECKS = {
    "acknowledge": permissions.check_acknowledge,
    "reply": permissions.check_reply,
    "judge": permissions.check_judge_notice,
    "escalate": permissions.check_escalate,
    "withdraw": permissions.check_withdraw_notice,
}


@pytest.fixture
def desk(world):
    """A task in progress, led by the bureau."""
    world.open_task = world.started()
    return world


def issue(desk, who="reviewer", task=None, **changed):
    return notices.issue((task or desk.open_task).pk, by=getattr(desk, who), **SHEET | changed)


def replied(desk):
    notice = issue(desk)
    notices.reply(notice.pk, by=desk.staff, words="已完成一期")
    return fresh(notice)


def refused(desk):
    notice = replied(desk)
    notices.refuse(notice.pk, by=desk.leader, reason="缺第二期")
    return fresh(notice)


def fresh(notice):
    return SupervisionNotice.objects.select_related("plan__government", "unit", "task").get(pk=notice.pk)


def after_the_limit():
    return clock.at(clock.now() + datetime.timedelta(days=5))


def line():
    return TaskEvent.objects.latest("sequence")


class TestWhoMayDoWhat:
    @pytest.mark.parametrize("state", NoticeState)
    def test_every_move_from_every_state_by_every_role(self, desk, state):
        notice = fresh(issue(desk))
        notice.state = state
        found = set()
        people = [
            (role, own, desk.person(f"{role}-{own}", role, desk.bureau if own else desk.second))
            for role in Role
            for own in (0, 1)
        ]
        with after_the_limit():
            for role, own, user in people:
                for move, check in CHECKS.items():
                    try:
                        check(user, notice)
                    except Refusal as refusal:
                        assert str(refusal)
                    else:
                        found.add((move, state, role, own))
        assert found == {entry for entry in ALLOWED if entry[1] == state}

    def test_nobody_of_another_government_makes_any(self, desk):
        notice = fresh(issue(desk))
        for state in NoticeState:
            notice.state = state
            for role in Role:
                for unit in (desk.foreign_bureau, desk.city):
                    user = desk.person(f"{role}-{unit.code}-{state}", role, unit)
                    assert not any(permissions.answers(check, user, notice) for check in CHECKS.values())

    @pytest.mark.parametrize("who", ["reviewer", "reviewer_office", "leader"])
    def test_reviewers_and_leaders_issue(self, desk, who):
        notice = issue(desk, who)
        assert (notice.level, notice.state, notice.unit) == ("blue", "issued", desk.bureau)

    @pytest.mark.parametrize(
        "who", ["staff", "head", "second_staff", "admin", "auditor", "viewer", "foreign_admin", "city_leader"]
    )
    def test_nobody_else_issues(self, desk, who):
        with pytest.raises(NotPermitted):
            issue(desk, who)
        assert not SupervisionNotice.objects.exists()

    def test_who_sent_one_to_the_own_unit_takes_it_back_but_judges_no_reply(self, desk):
        colleague = desk.person("colleague", Role.REVIEWER, desk.bureau)
        notice = notices.issue(desk.open_task.pk, by=colleague, **SHEET)
        assert permissions.answers(permissions.check_withdraw_notice, colleague, fresh(notice))
        notices.reply(notice.pk, by=desk.staff, words="已完成")
        with pytest.raises(NotPermitted):
            notices.accept(notice.pk, by=colleague)


class TestIssuing:
    def test_it_is_numbered_on_in_the_plan_and_stands_in_the_history(self, desk):
        first = issue(desk)
        second = issue(desk, task=desk.started(desk.tasks[1]))
        assert [first.number, second.number] == ["督办〔2025〕1号", "督办〔2025〕2号"]
        assert (line().kind, line().reason) == ("notice", SHEET["demand"])
        for words in ("督办〔2025〕2号", "区培训局", "6月20日", SHEET["basis"]):
            assert words in line().detail

    def test_one_task_has_one_open_sheet(self, desk):
        issue(desk)
        with pytest.raises(MoveRefused):
            issue(desk)
        assert SupervisionNotice.objects.count() == 1

    def test_it_leaves_the_version_of_the_task_as_it_is(self, desk):
        version = Task.objects.get(pk=desk.open_task.pk).version
        issue(desk)
        assert Task.objects.get(pk=desk.open_task.pk).version == version

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"demand": " "}, "demand"),
            ({"demand": "长" * 1001}, "demand"),
            ({"limit_on": datetime.date(2025, 6, 15)}, "limit_on"),
            ({"limit_on": None}, "limit_on"),
            ({"basis": ""}, "basis"),
            ({"basis": "长" * 201}, "basis"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(self, desk, changed, field):
        with pytest.raises(InvalidInput) as said:
            issue(desk, **changed)
        assert said.value.field == field
        assert not SupervisionNotice.objects.exists()

    @pytest.mark.parametrize("field", ["demand", "basis"])
    def test_a_secrecy_mark_is_refused(self, desk, field):
        with pytest.raises(SecrecyMark):
            issue(desk, **{field: "机密★5年"})

    def test_not_for_a_closed_task(self, desk):
        done = desk.completed(desk.tasks[1])
        with pytest.raises(MoveRefused):
            issue(desk, task=done)


class TestAnswering:
    def test_it_is_acknowledged_once(self, desk):
        notice = issue(desk)
        notices.acknowledge(notice.pk, by=desk.head)
        assert (fresh(notice).state, fresh(notice).acknowledged_by) == ("acknowledged", desk.head)
        with pytest.raises(MoveRefused):
            notices.acknowledge(notice.pk, by=desk.staff)

    def test_a_reply_acknowledges_and_names_its_evidence(self, desk):
        use = desk.proof(desk.open_task)
        notice = issue(desk)
        answer = notices.reply(notice.pk, by=desk.staff, words=" 已完成 ", evidence=[use.pk])
        assert (answer.words, list(answer.evidence.all())) == ("已完成", [use])
        assert (fresh(notice).state, fresh(notice).acknowledged_by) == ("replied", desk.staff)
        assert (line().kind, line().reason) == ("notice", "已完成")

    def test_a_reply_keeps_who_acknowledged_before(self, desk):
        notice = issue(desk)
        notices.acknowledge(notice.pk, by=desk.head)
        notices.reply(notice.pk, by=desk.staff, words="已完成")
        assert fresh(notice).acknowledged_by == desk.head

    @pytest.mark.parametrize(
        ("words", "kind"), [(" ", InvalidInput), ("长" * 2001, InvalidInput), ("秘密★1年", SecrecyMark)]
    )
    def test_bad_words_are_not_kept(self, desk, words, kind):
        notice = issue(desk)
        with pytest.raises(kind):
            notices.reply(notice.pk, by=desk.staff, words=words)
        assert not NoticeReply.objects.exists() and fresh(notice).state == "issued"

    def test_evidence_of_another_task_or_taken_back_is_refused(self, desk):
        from tracker.services import evidence

        other = desk.proof(desk.started(desk.tasks[1]))
        taken = desk.proof(desk.open_task)
        evidence.withdraw(taken.pk, by=desk.staff)
        notice = issue(desk)
        for pk in (other.pk, taken.pk, 999_999):
            with pytest.raises(InvalidInput) as said:
                notices.reply(notice.pk, by=desk.staff, words="已完成", evidence=[pk])
            assert said.value.field == "evidence"

    def test_one_reply_waits_at_a_time(self, desk):
        notice = replied(desk)
        with pytest.raises(MoveRefused):
            notices.reply(notice.pk, by=desk.staff, words="再报")


class TestJudging:
    def test_accepted_it_ends(self, desk):
        notice = replied(desk)
        notices.accept(notice.pk, by=desk.reviewer, words="属实")
        answer = NoticeReply.objects.get()
        assert (answer.verdict, answer.reason, answer.judged_by) == ("accepted", "属实", desk.reviewer)
        assert fresh(notice).state == "accepted" and fresh(notice).closed_at == clock.now()

    def test_refused_the_unit_replies_again(self, desk):
        notice = refused(desk)
        assert (notice.state, line().reason) == ("refused", "缺第二期")
        notices.reply(notice.pk, by=desk.staff, words="第二期已办")
        notices.accept(notice.pk, by=desk.reviewer)
        assert list(NoticeReply.objects.values_list("verdict", flat=True)) == ["refused", "accepted"]

    def test_a_refusal_needs_its_reason(self, desk):
        notice = replied(desk)
        with pytest.raises(InvalidInput):
            notices.refuse(notice.pk, by=desk.reviewer, reason=" ")
        assert fresh(notice).state == "replied"

    def test_after_one_that_ended_another_can_be_issued(self, desk):
        notices.accept(replied(desk).pk, by=desk.reviewer)
        assert issue(desk).serial == 2


class TestEscalating:
    def raised(self, desk, notice, **changed):
        return notices.escalate(notice.pk, by=desk.leader, **SHEET | {"limit_on": datetime.date(2025, 7, 10)} | changed)

    def test_not_before_the_limit_has_passed(self, desk):
        notice = issue(desk)
        with clock.at(clock.now() + datetime.timedelta(days=4)), pytest.raises(MoveRefused):
            self.raised(desk, notice)
        with after_the_limit():
            higher = self.raised(desk, notice)
        assert (higher.level, higher.state, higher.previous_id, higher.serial) == ("orange", "issued", notice.pk, 2)
        assert (fresh(notice).state, fresh(notice).closed_at is not None) == ("escalated", True)
        assert "督办〔2025〕1号" in line().detail and "督办〔2025〕2号" in line().detail

    def test_at_once_when_the_reply_was_refused(self, desk):
        assert self.raised(desk, refused(desk)).level == "orange"

    def test_not_while_a_reply_waits(self, desk):
        notice = replied(desk)
        with after_the_limit(), pytest.raises(MoveRefused):
            self.raised(desk, notice)

    def test_blue_orange_red_and_no_further(self, desk):
        notice, levels = refused(desk), []
        for _round in range(2):
            notice = self.raised(desk, notice)
            levels.append(notice.level)
            notices.reply(notice.pk, by=desk.staff, words="再报")
            notices.refuse(notice.pk, by=desk.reviewer, reason="仍缺")
        assert levels == [NoticeLevel.ORANGE, NoticeLevel.RED]
        with pytest.raises(MoveRefused):
            self.raised(desk, notice)

    def test_one_that_was_escalated_is_not_escalated_again(self, desk):
        notice = refused(desk)
        self.raised(desk, notice)
        with pytest.raises(MoveRefused):
            self.raised(desk, notice)
        assert SupervisionNotice.objects.count() == 2

    @pytest.mark.parametrize(
        ("field", "value"), [("demand", ""), ("basis", " "), ("limit_on", datetime.date(2025, 6, 1))]
    )
    def test_what_is_wrong_leaves_the_lower_one_open(self, desk, field, value):
        notice = refused(desk)
        with pytest.raises(InvalidInput) as said:
            self.raised(desk, notice, **{field: value})
        assert (said.value.field, fresh(notice).state) == (field, "refused")


class TestWithdrawing:
    def test_with_a_reason_until_a_reply_came(self, desk):
        notice = issue(desk)
        with pytest.raises(InvalidInput):
            notices.withdraw(notice.pk, by=desk.reviewer, reason="")
        notices.withdraw(notice.pk, by=desk.reviewer, reason="发错单位")
        assert (fresh(notice).state, line().reason) == ("withdrawn", "发错单位")

    def test_not_after_a_reply(self, desk):
        with pytest.raises(MoveRefused):
            notices.withdraw(replied(desk).pk, by=desk.reviewer, reason="发错")


class TestTheEndOfTheTask:
    def test_close_out_accepts_a_reply_that_waits(self, desk):
        task = desk.under_review(desk.tasks[1])
        desk.accept_all(task)
        notice = issue(desk, task=task)
        notices.reply(notice.pk, by=desk.staff, words="已申请销号")
        tasks.approve(task.pk, by=desk.reviewer)
        assert (fresh(notice).state, NoticeReply.objects.get().verdict) == ("accepted", "accepted")
        assert [event.kind for event in TaskEvent.objects.order_by("-sequence")[:2]] == ["notice", "approve"]

    def test_close_out_ends_one_without_a_reply(self, desk):
        task = desk.under_review(desk.tasks[1])
        desk.accept_all(task)
        notice = issue(desk, task=task)
        tasks.approve(task.pk, by=desk.reviewer)
        assert fresh(notice).state == "withdrawn"
        assert tasks.reopen(task.pk, by=desk.reviewer, reason="考试作废")
        assert issue(desk, task=task).serial == 2

    def test_cancellation_ends_it_unjudged(self, desk):
        notice = replied(desk)
        asked = requests.ask(desk.open_task.pk, by=desk.staff, kind="cancellation", reason="职能划转")
        requests.decide(asked.pk, by=desk.admin, approved=True, approving_body="区政府", basis_document="纪要3号")
        tasks.cancel(desk.open_task.pk, by=desk.admin)
        assert (fresh(notice).state, NoticeReply.objects.get().verdict) == ("withdrawn", "pending")


def test_history_holds_through_all_of_it(desk):
    from tracker.services import history

    notice = refused(desk)
    notices.escalate(notice.pk, by=desk.leader, **SHEET)
    assert history.verify() == TaskEvent.objects.count()


class TestWhatHistoryTells:
    def told(self):
        with override("zh-hans"):
            events = TaskEvent.objects.filter(kind__in=["notice", "demand"]).order_by("sequence")
            return [wording.act_of_supervision(event.changes) for event in events]

    def test_each_act_by_its_name_whatever_language_it_was_done_in(self, desk):
        with override("en"):
            notice = refused(desk)
            with clock.at(clock.now() + datetime.timedelta(days=1)):
                upper = notices.escalate(notice.pk, by=desk.leader, **SHEET)
                notices.acknowledge(upper.pk, by=desk.staff)
                notices.withdraw(upper.pk, by=desk.reviewer, reason="已面谈")
        assert self.told() == [
            "发出督办单",
            "回复督办单",
            "未采信督办单的回复",
            "升级督办单",
            "签收督办单",
            "撤回督办单",
        ]

    def test_an_accepted_reply(self, desk):
        notices.accept(replied(desk).pk, by=desk.leader)
        assert self.told()[-1] == "采信督办单的回复"

    def test_urging_and_asking_to_report_are_told_apart(self, desk):
        demands.ask(desk.open_task.pk, by=desk.reviewer, kind="urge", words="请抓紧")
        demands.ask(desk.open_task.pk, by=desk.reviewer, kind="report", words="请报告", wanted_by=LIMIT)
        assert self.told() == ["催办", "要求报告"]

    def test_lines_without_a_code_keep_their_name(self):
        assert wording.act_of_supervision({"progress": [1, 2]}) == ""

    def test_the_chain_covers_the_code(self, desk):
        issue(desk)
        history.verify()
        with lifted():
            QuerySet(TaskEvent).filter(pk=line().pk).update(changes={"notice": [None, "withdrawn"]})
        with pytest.raises(BrokenChain):
            history.verify()

    def test_home_and_timeline_say_it(self, desk, signed_in):
        notices.acknowledge(issue(desk).pk, by=desk.head)
        home = signed_in(desk.viewer).get(reverse("home", args=[desk.plan.pk])).content.decode()
        sheet = signed_in(desk.staff).get(reverse("task", args=[desk.open_task.pk])).content.decode()
        assert "签收督办单" in sheet
        assert "签收督办单" in signed_in(desk.reviewer).get(reverse("home", args=[desk.plan.pk])).content.decode()
        assert "签收督办单" not in home
