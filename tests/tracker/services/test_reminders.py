"""Whom to remind of what, on each day: at home and in the message alike."""

import datetime

import pytest

from tests.worlds import REPORT
from tracker import clock
from tracker.enums import DemandKind, NoticeLevel, NoticeState, PlanState, ReminderChoice, Status
from tracker.models import Demand, SupervisionNotice, Task, User
from tracker.services import occasions, reminders, tasks

DUE = datetime.date(2025, 9, 30)
DAY = datetime.timedelta(days=1)


def at_noon(day):
    return clock.at(clock.start_of(day) + datetime.timedelta(hours=12))


def told(world, person, on):
    """Keys of what a person is reminded of on a day, without those of the cut-off."""
    found = reminders.due(world.plan, on).get(person.pk, [])
    return [one.key for one in found if one.kind != occasions.Kind.CUTOFF]


def everyone(world, on):
    """{name: kinds of what they are reminded of}."""
    names = dict(User.objects.values_list("pk", "username"))
    return {names[pk]: [one.kind.value for one in found] for pk, found in reminders.due(world.plan, on).items()}


def notice(world, task, *, limit, **values):
    given = {
        "plan": task.plan,
        "task": task,
        "serial": SupervisionNotice.objects.count() + 1,
        "level": NoticeLevel.BLUE,
        "demand": "立即整改",
        "limit_on": limit,
        "basis": "会议决定",
        "unit": task.lead_unit,
        "issued_by": world.reviewer,
        "issued_at": clock.now(),
    }
    return SupervisionNotice.objects.create(**{**given, **values})


def demand(world, task, wanted_by, **values):
    given = {"task": task, "unit": task.lead_unit, "kind": DemandKind.REPORT, "words": "请报进展"}
    given |= {"wanted_by": wanted_by, "asked_by": world.leader, "asked_at": clock.now()}
    return Demand.objects.create(**{**given, **values})


class TestDueDates:
    @pytest.mark.parametrize(
        ("left", "step"),
        [(31, None), (30, "30"), (29, "30"), (8, "30"), (7, "7"), (2, "7"), (1, "1"), (0, "1")],
    )
    def test_the_owner_is_reminded_30_7_and_1_days_before(self, world, left, step):
        task = world.started(due_on=DUE)
        expected = [f"due:{task.pk}:2025-09-30:{step}"] if step else []
        assert told(world, world.staff, DUE - left * DAY) == expected

    @pytest.mark.parametrize(
        ("late", "step"),
        [(1, 1), (6, 1), (7, 7), (29, 7), (30, 30), (59, 30), (60, 60), (89, 60), (90, 90), (365, 360)],
    )
    def test_owner_and_head_1_7_30_and_every_30_days_after(self, world, late, step):
        task = world.started(due_on=DUE)
        key = f"overdue:{task.pk}:2025-09-30:{step}"
        assert told(world, world.staff, DUE + late * DAY) == [key]
        assert told(world, world.head, DUE + late * DAY) == [key]

    def test_the_head_is_not_told_of_dates_that_come(self, world):
        world.started(due_on=DUE)
        assert told(world, world.head, DUE - DAY) == []

    def test_a_date_that_was_moved_is_a_thing_of_its_own(self, world):
        task = world.started(due_on=DUE)
        later = DUE + 60 * DAY
        Task.objects.filter(pk=task.pk).update(due_on=later)
        assert told(world, world.staff, DUE + DAY) == []
        assert told(world, world.staff, later - DAY) == [f"due:{task.pk}:{later}:1"]

    def test_what_is_submitted_is_only_told_when_it_is_late(self, world):
        task = world.under_review()
        Task.objects.filter(pk=task.pk).update(due_on=DUE)
        assert told(world, world.staff, DUE - DAY) == []
        found = reminders.due(world.plan, DUE + DAY)[world.staff.pk]
        assert [one.words for one in found] == ["已过完成时限，目前待审核"]

    @pytest.mark.parametrize("end", [Status.COMPLETED, Status.CANCELLED])
    def test_closed_tasks_are_not_told(self, world, end):
        task = world.completed()
        if end == Status.CANCELLED:
            Task.objects.filter(pk=task.pk).update_past_guard(
                status=end, completed_on=None, cancelled_on=datetime.date(2025, 6, 16)
            )
        Task.objects.filter(pk=task.pk).update(due_on=DUE)
        assert everyone(world, DUE + DAY) == {}

    def test_unconfirmed_tasks_are_not_told(self, world):
        Task.objects.filter(pk=world.task.pk).update(due_on=DUE)
        assert everyone(world, DUE + DAY) == {}

    def test_where_the_owner_is_gone_the_head_is_told_instead(self, world):
        task = world.started(due_on=DUE)
        User.objects.filter(pk=world.staff.pk).update(is_active=False)
        assert told(world, world.head, DUE - DAY) == [f"due:{task.pk}:2025-09-30:1"]
        assert told(world, world.staff, DUE - DAY) == []

    def test_an_owner_who_has_left_the_unit_is_not_told_either(self, world):
        task = world.started(due_on=DUE)
        User.objects.filter(pk=world.staff.pk).update(unit=world.second)
        assert told(world, world.head, DUE - DAY) == [f"due:{task.pk}:2025-09-30:1"]
        assert told(world, world.staff, DUE - DAY) == []


class TestCutoff:
    """The world's cut-off is the 25th; its tasks began with the year."""

    def told(self, world, person, day):
        found = reminders.due(world.plan, datetime.date(2025, *day)).get(person.pk, [])
        return [(one.key, one.words) for one in found if one.kind == occasions.Kind.CUTOFF]

    @pytest.mark.parametrize(
        ("day", "cutoff", "words"),
        [
            ((7, 21), "2025-06-25", "6月填报已截止，未报：1.1、1.2"),
            ((7, 22), "2025-07-25", "7月填报即将截止，尚未报：1.1、1.2"),
            ((7, 25), "2025-07-25", "7月填报即将截止，尚未报：1.1、1.2"),
            ((7, 26), "2025-07-25", "7月填报已截止，未报：1.1、1.2"),
        ],
    )
    def test_three_days_ahead_and_until_the_next_one(self, world, day, cutoff, words):
        for task in world.tasks[:2]:
            world.confirmed(task)
        expected = [(f"cutoff:{world.plan.pk}:{cutoff}", words)]
        assert self.told(world, world.staff, day) == expected
        assert self.told(world, world.head, day) == []

    def test_only_for_what_is_not_reported(self, world):
        world.started(world.tasks[0])
        world.confirmed(world.tasks[1])
        found = self.told(world, world.staff, (6, 22))
        assert [words for _key, words in found] == ["6月填报即将截止，尚未报：1.2"]

    def test_a_report_that_makes_it_good_ends_it(self, world):
        task = world.confirmed()
        assert self.told(world, world.staff, (6, 27))
        with at_noon(datetime.date(2025, 6, 27)):
            tasks.report(task.pk, by=world.staff, progress=30, summary="补报")
        assert self.told(world, world.staff, (6, 27)) == []

    def test_what_began_within_a_period_missed_nothing_of_it(self, world):
        world.confirmed(starts_on=datetime.date(2025, 6, 10))
        assert self.told(world, world.staff, (6, 27)) == []
        assert self.told(world, world.staff, (6, 23))

    def test_it_names_what_the_home_page_asks_to_report(self, world, signed_in):
        from django.urls import reverse

        world.started(world.tasks[0])
        for task in world.tasks[1:3]:
            world.confirmed(task)
        with at_noon(datetime.date(2025, 6, 23)):
            answer = signed_in(world.staff).get(reverse("home", args=[world.plan.pk]))
        asked = [row.code for group in answer.context["groups"] if group["name"] == "report" for row in group["rows"]]
        assert self.told(world, world.staff, (6, 23))[0][1].endswith("、".join(asked))

    def test_where_a_unit_has_no_contributor_its_head_is_told(self, world):
        world.confirmed(owner=world.head)
        User.objects.filter(pk=world.staff.pk).update(is_active=False)
        assert self.told(world, world.head, (6, 23))

    def test_an_owner_who_is_head_is_told_of_what_is_owned(self, world):
        world.confirmed(world.tasks[0], owner=world.head)
        world.confirmed(world.tasks[1])
        assert [words for _key, words in self.told(world, world.head, (6, 23))] == ["6月填报即将截止，尚未报：1.1"]


class TestReturned:
    def test_after_two_days(self, world):
        task = tasks.send_back(world.under_review().pk, by=world.reviewer, reason="缺名单")
        line = task.events.get(kind="return")
        for days, expected in ((0, []), (1, []), (2, [f"returned:{task.pk}:{line.sequence}"])):
            assert told(world, world.staff, line.on + days * DAY) == expected
        assert everyone(world, line.on + 2 * DAY) == {"staff": ["returned"]}

    def test_not_when_resubmitted(self, world):
        task = tasks.send_back(world.under_review().pk, by=world.reviewer, reason="缺名单")
        tasks.submit(task.pk, by=world.staff, summary="已补名单")
        assert everyone(world, datetime.date(2025, 6, 20)) == {}

    def test_a_second_return_is_another_occasion(self, world):
        task = tasks.send_back(world.under_review().pk, by=world.reviewer, reason="缺名单")
        first = told(world, world.staff, datetime.date(2025, 6, 20))
        tasks.submit(task.pk, by=world.head, summary="已补名单")
        tasks.send_back(task.pk, by=world.reviewer, reason="名单不全")
        second = told(world, world.staff, datetime.date(2025, 6, 20))
        assert len(second) == 1
        assert first != second


class TestNotices:
    @pytest.mark.parametrize(
        ("days", "step", "words"),
        [
            (0, "issued", "已发出，请于当日前回复"),
            (4, "issued", "已发出，请于当日前回复"),
            (5, "half", "限期已过半"),
            (9, "half", "限期已过半"),
            (10, "limit", "限期已到"),
            (11, "1", "已过限期"),
            (17, "7", "已过限期"),
            (40, "30", "已过限期"),
        ],
    )
    def test_at_issue_at_half_time_at_the_limit_and_after(self, world, days, step, words):
        task, on = world.started(), clock.today()
        row = notice(world, task, limit=on + 10 * DAY)
        for person in (world.head, world.staff):
            found = [one for one in reminders.due(world.plan, on + days * DAY)[person.pk] if one.kind == "notice"]
            assert [one.key for one in found] == [f"notice:{row.pk}:{row.limit_on}:{step}"]
            assert [one.words for one in found] == [f"蓝色督办单 督办〔2025〕1号：{words}"]

    def test_a_limit_of_one_day_has_no_half_time(self):
        on = datetime.date(2025, 6, 16)
        assert occasions.notice_step(on, on + DAY, on) == "issued"
        assert occasions.notice_step(on, on + DAY, on + DAY) == "limit"

    @pytest.mark.parametrize("state", [NoticeState.REPLIED, NoticeState.ACCEPTED, NoticeState.WITHDRAWN])
    def test_what_the_unit_has_answered_is_not_told(self, world, state):
        ended = None if state == NoticeState.REPLIED else clock.now()
        notice(world, world.started(), limit=clock.today() + 10 * DAY, state=state, closed_at=ended)
        assert everyone(world, clock.today()) == {}

    def test_it_goes_to_the_unit_it_was_sent_to_and_to_no_owner_elsewhere(self, world):
        notice(world, world.started(), limit=clock.today() + 10 * DAY)
        User.objects.filter(pk=world.staff.pk).update(unit=world.second)
        assert everyone(world, clock.today()) == {"head": ["notice"]}


class TestDemands:
    @pytest.mark.parametrize(
        ("days", "expected"),
        [(-2, {}), (-1, {"staff"}), (0, {"staff"}), (1, {"staff", "head"}), (40, {"staff", "head"})],
    )
    def test_the_day_before_and_when_it_has_passed(self, world, days, expected):
        row = demand(world, world.started(), datetime.date(2025, 6, 20))
        on = row.wanted_by + days * DAY
        step = "passed" if days > 0 else "before"
        for person in (world.staff, world.head):
            keys = [key for key in told(world, person, on) if key.startswith("demand")]
            assert keys == ([f"demand:{row.pk}:2025-06-20:{step}"] if person.username in expected else [])

    def test_without_a_day_or_answered_there_is_nothing(self, world):
        task = world.started()
        demand(world, task, None, kind=DemandKind.URGE)
        demand(world, task, clock.today(), state="answered", answer=task.events.last())
        assert everyone(world, clock.today() + DAY) == {}


class TestWho:
    def test_nobody_outside_the_government(self, world):
        task = world.started(due_on=DUE)
        notice(world, task, limit=DUE)
        demand(world, task, DUE)
        User.objects.filter(pk=world.staff.pk).update(unit=world.foreign_bureau)
        assert set(everyone(world, DUE + DAY)) == {"head"}
        moved = User.objects.get(pk=world.staff.pk)
        assert reminders.due_for(moved, world.plan, DUE + DAY) == []

    @pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.CLOSED, PlanState.DISCARDED])
    def test_nobody_of_a_plan_that_is_not_in_use(self, world, state):
        world.started(due_on=DUE)
        world.plan.state = state
        assert reminders.due(world.plan, DUE + DAY) == {}

    def test_everything_told_may_be_seen_by_whom_it_is_told(self, busy):
        for person, found in reminders.due(busy.plan, DUE + DAY).items():
            user = User.objects.get(pk=person)
            for one in found:
                kind, pk = one.key.split(":")[:2]
                model = {"notice": SupervisionNotice, "demand": Demand}.get(kind, Task)
                assert kind == "cutoff" or model.objects.visible_to(user).filter(pk=pk).exists(), one

    def test_one_person_is_told_the_same_as_among_all(self, busy):
        for days in (-40, -7, -1, 0, 1, 8, 45):
            everybody = reminders.due(busy.plan, DUE + days * DAY)
            for user in User.objects.select_related("unit"):
                assert reminders.due_for(user, busy.plan, DUE + days * DAY) == everybody.get(user.pk, []), user

    def test_words_of_the_unit_and_of_the_reviewers_are_never_in_it(self, busy):
        found = str(reminders.due(busy.plan, DUE + DAY))
        assert "canary" not in found
        assert REPORT[:20] not in found


@pytest.fixture
def busy(world):
    """Tasks of two units in every state that is told of, with canaries in every text that stays inside."""
    first = world.started(world.tasks[0], due_on=DUE)
    notice(world, first, limit=DUE, demand="canary", basis="canary")
    returned = world.started(world.tasks[1], due_on=DUE)
    world.proof(returned)
    tasks.submit(returned.pk, by=world.head, summary="canary")
    tasks.send_back(returned.pk, by=world.reviewer, reason="canary")
    demand(world, world.started(world.tasks[2], unit=world.second), DUE, words="canary")
    world.confirmed(world.tasks[3], unit=world.second, due_on=DUE)
    tasks.remark(first.pk, by=world.reviewer, reason="canary")
    return world


@pytest.mark.parametrize("number", [1, 3])
def test_finding_costs_the_same_for_one_task_and_for_three(world, number, django_assert_num_queries):
    for confirmed in world.tasks[:number]:
        world.proof(world.started(confirmed, due_on=DUE))
        tasks.submit(confirmed.pk, by=world.head, summary="完成")
        task = tasks.send_back(confirmed.pk, by=world.reviewer, reason="缺名单")
        notice(world, task, limit=DUE)
        demand(world, task, DUE)
    with django_assert_num_queries(5):
        assert len(reminders.due(world.plan, DUE + DAY)[world.staff.pk]) == 4 * number
    with django_assert_num_queries(5):
        assert len(reminders.due_for(world.staff, world.plan, DUE + DAY)) == 4 * number


def test_the_choice_is_kept_apart_from_what_is_due(world):
    world.started(due_on=DUE)
    User.objects.update(reminders=ReminderChoice.NONE)
    assert told(world, world.staff, DUE - DAY)
