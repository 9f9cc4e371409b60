"""The gate: each move works for the right person, is refused with a sentence, and leaves one line of history."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from tracker import clock
from tracker.enums import EventKind, Light, Status
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted, SecrecyMark, Stale
from tracker.models import Milestone, Task, TaskEvent
from tracker.services import requests, task_lights, tasks


def fresh(task):
    return Task.objects.get(pk=task.pk)


def last(task):
    return TaskEvent.objects.filter(task=task).latest("sequence")


class TestConfirm:
    def test_gives_the_task_what_it_needs_and_starts_its_life(self, world):
        task = fresh(world.confirmed())
        assert (task.status, task.lead_unit, task.owner) == (Status.NOT_STARTED, world.bureau, world.staff)
        assert task.confirmed_by == world.admin
        assert task.confirmed_on == datetime.date(2025, 6, 16)
        assert last(task).changes["status"] == ["unconfirmed", "not_started"]

    @pytest.mark.parametrize("missing", ["due_on", "due_basis", "criteria", "nature"])
    def test_names_what_is_missing(self, world, missing):
        with pytest.raises(InvalidInput) as refused:
            world.confirmed(**{missing: None if missing == "due_on" else ""})
        assert refused.value.field == missing
        assert fresh(world.task).status == Status.UNCONFIRMED

    def test_refuses_an_owner_of_another_unit(self, world):
        with pytest.raises(InvalidInput) as refused:
            world.confirmed(owner=world.second_staff)
        assert refused.value.field == "owner"

    def test_refuses_a_unit_of_another_government(self, world):
        with pytest.raises(InvalidInput):
            world.confirmed(unit=world.foreign_bureau)

    def test_refuses_a_due_date_in_the_past(self, world):
        with pytest.raises(InvalidInput) as refused:
            world.confirmed(due_on=datetime.date(2025, 6, 15))
        assert refused.value.field == "due_on"

    @pytest.mark.parametrize("due_on", [datetime.date(2027, 1, 1), datetime.date.max])
    def test_refuses_a_due_date_more_than_a_year_after_the_plan(self, world, due_on):
        for act in (world.confirmed, lambda **values: tasks.edit(world.task.pk, by=world.admin, **values)):
            with pytest.raises(InvalidInput) as refused:
                act(due_on=due_on)
            assert refused.value.field == "due_on"
        assert world.confirmed(due_on=datetime.date(2026, 12, 31)).status == Status.NOT_STARTED

    def test_takes_a_due_date_today(self, world):
        assert world.confirmed(due_on=datetime.date(2025, 6, 16)).status == Status.NOT_STARTED

    def test_starts_today_when_nothing_else_is_said_and_is_not_late(self, world):
        task = world.confirmed(starts_on=None)
        assert task.starts_on == clock.today()
        assert task_lights.light_of(fresh(task)) == Light.GREEN

    def test_a_contributor_may_not(self, world):
        with pytest.raises(NotPermitted):
            tasks.confirm(world.task.pk, by=world.staff)


class TestReport:
    def test_moves_to_in_progress_and_keeps_the_words(self, world):
        task = fresh(world.started(progress=40))
        assert (task.status, task.progress, task.last_report_on) == (
            Status.IN_PROGRESS,
            40,
            datetime.date(2025, 6, 16),
        )
        assert last(task).summary == "已开展两期培训"

    @pytest.mark.parametrize("progress", [-1, 101])
    def test_refuses_a_progress_outside_its_range(self, world, progress):
        task = world.confirmed()
        with pytest.raises(InvalidInput, match=str(progress)):
            tasks.report(task.pk, by=world.staff, progress=progress, summary="x")

    def test_refuses_blank_words(self, world):
        task = world.confirmed()
        with pytest.raises(InvalidInput) as refused:
            tasks.report(task.pk, by=world.staff, progress=5, summary="  \n ")
        assert refused.value.field == "summary"

    def test_marks_a_milestone_as_met(self, world):
        task = world.confirmed()
        step = {"title": "第一期", "due_on": datetime.date(2025, 7, 1), "share": 50}
        tasks.set_milestones(task.pk, by=world.admin, steps=[step])
        milestone = Milestone.objects.get(task=task)
        tasks.report(task.pk, by=world.staff, progress=50, summary="x", milestones_met=[milestone.pk])
        milestone.refresh_from_db()
        assert milestone.met_on == datetime.date(2025, 6, 16)
        assert last(task).changes["milestones"][1][0]["met_on"] == "2025-06-16"

    def test_refuses_a_milestone_of_another_task_and_writes_nothing(self, world):
        task, other = world.confirmed(), world.confirmed(world.tasks[1])
        tasks.set_milestones(
            other.pk, by=world.admin, steps=[{"title": "x", "due_on": datetime.date(2025, 7, 1), "share": None}]
        )
        foreign = Milestone.objects.get(task=other)
        with pytest.raises(InvalidInput):
            tasks.report(task.pk, by=world.staff, progress=5, summary="x", milestones_met=[foreign.pk])
        assert fresh(task).progress == 0

    def test_a_stale_version_is_refused_and_shows_what_is_there_now(self, world):
        task = world.started(progress=50)
        with pytest.raises(Stale) as refused:
            tasks.report(task.pk, by=world.head, progress=60, summary="y", version=task.version - 1)
        assert refused.value.current["progress"] == 50
        assert refused.value.current["summary"] == "已开展两期培训"
        assert fresh(task).progress == 50

    def test_another_unit_may_not(self, world):
        task = world.confirmed()
        with pytest.raises(NotPermitted, match=world.bureau.short_name):
            tasks.report(task.pk, by=world.second_staff, progress=5, summary="x")


class TestNoChange:
    def test_keeps_progress_and_counts_as_a_report(self, world):
        task = world.started(progress=50)
        with clock.at(clock.now() + datetime.timedelta(days=3)):
            tasks.report_no_change(task.pk, by=world.staff)
        task = fresh(task)
        assert (task.progress, task.last_report_on) == (50, datetime.date(2025, 6, 19))

    def test_is_not_possible_before_the_first_report(self, world):
        with pytest.raises(MoveRefused):
            tasks.report_no_change(world.confirmed().pk, by=world.staff)

    def test_asks_for_a_line_on_a_yellow_task(self, world):
        task = world.started(progress=30)
        assert task_lights.light_of(task) == Light.YELLOW
        with pytest.raises(InvalidInput) as refused:
            tasks.report_no_change(task.pk, by=world.staff)
        assert refused.value.field == "reason"
        tasks.report_no_change(task.pk, by=world.staff, reason="等接口")
        assert last(task).reason == "等接口"


class TestToTheClose:
    def test_the_contributor_needs_evidence_to_submit(self, world):
        task = world.started()
        with pytest.raises(MoveRefused):
            tasks.submit(task.pk, by=world.staff, summary="完成")

    def test_the_heads_own_submission_goes_straight_to_review(self, world):
        task = world.started()
        world.proof(task)
        assert tasks.submit(task.pk, by=world.head, summary="完成").status == Status.UNDER_REVIEW

    def test_from_submission_to_close_out(self, world):
        task = fresh(world.completed())
        assert (task.status, task.progress, task.completed_on) == (
            Status.COMPLETED,
            100,
            datetime.date(2025, 6, 16),
        )
        kinds = [event.kind for event in TaskEvent.objects.filter(task=task).order_by("sequence")]
        assert kinds == [
            EventKind.CREATE,
            EventKind.CONFIRM,
            EventKind.REPORT,
            EventKind.EVIDENCE_ADD,
            EventKind.SUBMIT,
            EventKind.SIGN,
            EventKind.EVIDENCE_JUDGE,
            EventKind.APPROVE,
        ]

    def test_is_not_closed_while_evidence_is_not_accepted(self, world):
        task = world.under_review()
        with pytest.raises(MoveRefused, match="1"):
            tasks.approve(task.pk, by=world.reviewer)

    def test_the_reviewer_of_the_lead_unit_does_not_close_it(self, world):
        task = world.under_review()
        world.accept_all(task)
        colleague = world.person("colleague", "reviewer", world.bureau)
        with pytest.raises(NotPermitted, match=world.bureau.short_name):
            tasks.approve(task.pk, by=colleague)

    def test_a_returned_task_is_marked_until_it_is_submitted_again(self, world):
        task = tasks.send_back(world.under_review().pk, by=world.reviewer, reason="缺考试名单")
        assert (task.status, task.returned, task.submitted_by) == (Status.IN_PROGRESS, True, None)
        assert task_lights.light_of(fresh(task)) in (Light.YELLOW, Light.RED)
        assert tasks.report(task.pk, by=world.staff, progress=60, summary="补了名单").returned is True
        assert tasks.submit(task.pk, by=world.staff, summary="补齐了").returned is False

    def test_the_head_returns_before_signing(self, world):
        task = world.submitted()
        assert tasks.send_back(task.pk, by=world.head, reason="先核数").returned is True

    def test_the_reviewer_does_not_return_what_the_head_has_not_signed(self, world):
        with pytest.raises(MoveRefused):
            tasks.send_back(world.submitted().pk, by=world.reviewer, reason="x")

    def test_a_return_says_what_is_missing(self, world):
        with pytest.raises(InvalidInput):
            tasks.send_back(world.under_review().pk, by=world.reviewer, reason=" ")

    def test_the_unit_withdraws_its_submission(self, world):
        task = tasks.withdraw(world.under_review().pk, by=world.staff, reason="发现数据有误")
        assert (task.status, task.returned) == (Status.IN_PROGRESS, False)

    def test_a_completed_task_is_reopened_with_a_reason(self, world):
        task = tasks.reopen(world.completed().pk, by=world.reviewer, reason="抽查不符")
        assert (task.status, task.completed_on) == (Status.IN_PROGRESS, None)


class TestCancel:
    def test_needs_an_approved_request(self, world):
        with pytest.raises(MoveRefused):
            tasks.cancel(world.started().pk, by=world.admin)

    def test_names_the_basis_in_history(self, world):
        task = world.started()
        asked = requests.ask(task.pk, by=world.staff, kind="cancellation", reason="机构改革")
        requests.decide(
            asked.pk, by=world.admin, approved=True, approving_body="区政府常务会", basis_document="纪要〔2025〕3号"
        )
        cancelled = tasks.cancel(task.pk, by=world.admin)
        assert cancelled.status == Status.CANCELLED
        assert "纪要〔2025〕3号" in last(task).detail


class TestEdit:
    def test_an_unconfirmed_task_is_edited_freely(self, world):
        task = tasks.edit(world.task.pk, by=world.admin, lead_unit=world.bureau, due_on=world.plan.ends_on)
        assert (task.lead_unit, task.due_on) == (world.bureau, world.plan.ends_on)

    @pytest.mark.parametrize("field", ["lead_unit", "due_on", "criteria", "nature", "due_basis"])
    def test_a_confirmed_promise_changes_only_by_request(self, world, field):
        task = world.confirmed()
        values = {
            "lead_unit": world.second,
            "due_on": datetime.date(2025, 11, 30),
            "criteria": "少一点",
            "nature": "one_off",
            "due_basis": "电话",
        }
        with pytest.raises(MoveRefused) as refused:
            tasks.edit(task.pk, by=world.admin, **{field: values[field]})
        assert refused.value.field == field

    def test_the_owner_of_a_confirmed_task_is_replaced_within_the_unit(self, world):
        task = tasks.edit(world.confirmed().pk, by=world.admin, owner=world.head)
        assert task.owner == world.head
        with pytest.raises(InvalidInput):
            tasks.edit(task.pk, by=world.admin, owner=world.second_staff)

    def test_nothing_changed_leaves_no_line(self, world):
        task = world.confirmed()
        before = TaskEvent.objects.count()
        tasks.edit(task.pk, by=world.admin, title=task.title)
        assert TaskEvent.objects.count() == before

    def test_a_stale_edit_is_refused(self, world):
        task = world.confirmed()
        tasks.edit(task.pk, by=world.admin, title="甲", version=task.version)
        with pytest.raises(Stale):
            tasks.edit(task.pk, by=world.reviewer, title="乙", version=task.version)
        assert fresh(task).title == "甲"

    def test_the_gated_fields_are_not_editable(self, world):
        with pytest.raises(InvalidInput):
            tasks.edit(world.task.pk, by=world.admin, status="completed")


class TestGuards:
    def test_saving_a_status_is_refused(self, world):
        task = fresh(world.task)
        task.status = Status.COMPLETED
        with pytest.raises(PermissionError):
            task.save()

    @pytest.mark.parametrize("values", [{"status": "completed"}, {"progress": 9}, {"version": 1}, {"returned": True}])
    def test_a_bulk_write_of_gated_fields_is_refused(self, world, values):
        with pytest.raises(PermissionError):
            Task.objects.filter(pk=world.task.pk).update(**values)

    def test_a_confirmed_task_is_never_deleted(self, world):
        task = fresh(world.confirmed())
        with pytest.raises(PermissionError):
            task.delete()

    @pytest.mark.parametrize(
        "values",
        [
            {"status": "completed"},
            {"status": "cancelled"},
            {"status": "in_progress"},
            {"status": "nonsense"},
            {"progress": 101},
            {"completed_on": datetime.date(2025, 1, 1)},
            {"raised_light": "red"},
            {"raised_light": "green", "raised_reason": "x"},
        ],
    )
    def test_the_database_refuses_what_must_not_be(self, world, values):
        with pytest.raises(IntegrityError), transaction.atomic():
            Task.objects.filter(pk=world.task.pk).update_past_guard(**values)


DAY = datetime.date
STEPS = [
    {"title": "第一期", "due_on": DAY(2025, 8, 1), "share": 30},
    {"title": "第二期", "due_on": DAY(2025, 10, 1), "share": None},
]


def steps_of(task):
    return list(Milestone.objects.filter(task=task).values_list("title", "due_on", "share"))


class TestMilestonesAtConfirmation:
    def test_are_stored_with_it_in_one_line_of_history(self, world):
        lines = TaskEvent.objects.filter(task=world.task).count()
        task = fresh(world.confirmed(milestones=STEPS))
        assert steps_of(task) == [("第一期", DAY(2025, 8, 1), 30), ("第二期", DAY(2025, 10, 1), None)]
        assert task.milestone_count == 2
        assert TaskEvent.objects.filter(task=task).count() == lines + 1
        assert [step["title"] for step in last(task).changes["milestones"][1]] == ["第一期", "第二期"]
        assert last(task).kind == EventKind.CONFIRM

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"due_on": DAY(2026, 1, 1)}, "due_on"),
            ({"due_on": DAY(2024, 12, 31)}, "due_on"),
            ({"due_on": None}, "due_on"),
            ({"share": 20}, "share"),
            ({"share": 101}, "share"),
            ({"title": ""}, "title"),
            ({"title": "长" * 201}, "title"),
        ],
    )
    def test_one_that_does_not_fit_is_named_and_nothing_is_confirmed(self, world, wrong, field):
        with pytest.raises(InvalidInput) as refused:
            world.confirmed(milestones=[STEPS[0], {**STEPS[1], **wrong}])
        assert refused.value.field == f"milestones_1_{field}"
        assert (fresh(world.task).status, steps_of(world.task)) == (Status.UNCONFIRMED, [])

    def test_a_secrecy_mark_in_one_is_refused(self, world):
        with pytest.raises(SecrecyMark):
            world.confirmed(milestones=[{**STEPS[0], "title": "机密"}])
        assert steps_of(world.task) == []

    def test_those_set_before_stay_when_none_are_given(self, world):
        tasks.set_milestones(world.task.pk, by=world.admin, steps=STEPS)
        assert fresh(world.confirmed()).milestone_count == 2
        assert len(steps_of(world.task)) == 2

    def test_a_confirmation_that_is_refused_keeps_no_milestone(self, world):
        with pytest.raises(InvalidInput):
            world.confirmed(criteria="", milestones=STEPS)
        assert steps_of(world.task) == []


class TestMilestones:
    @pytest.mark.parametrize("who", ["staff", "head", "leader", "auditor", "viewer", "foreign_admin"])
    def test_are_set_by_reviewers_and_administrators_alone(self, world, who):
        task = world.confirmed()
        with pytest.raises(NotPermitted):
            tasks.set_milestones(task.pk, by=getattr(world, who), steps=STEPS)
        assert tasks.set_milestones(task.pk, by=world.reviewer, steps=STEPS).milestone_count == 2

    def test_a_closed_task_keeps_those_it_has(self, world):
        with pytest.raises(MoveRefused):
            tasks.set_milestones(world.completed().pk, by=world.admin, steps=STEPS)

    def test_a_stale_page_sets_none(self, world):
        task = world.started()
        with pytest.raises(Stale):
            tasks.set_milestones(task.pk, by=world.admin, steps=STEPS, version=task.version - 1)
        assert steps_of(task) == []

    def test_shares_must_rise_with_the_dates(self, world):
        task = world.confirmed()
        steps = [
            {"title": "a", "due_on": datetime.date(2025, 3, 1), "share": 50},
            {"title": "b", "due_on": datetime.date(2025, 6, 1), "share": 40},
        ]
        with pytest.raises(InvalidInput):
            tasks.set_milestones(task.pk, by=world.admin, steps=steps)
        assert not Milestone.objects.exists()

    def test_a_met_milestone_is_not_dropped(self, world):
        task = world.confirmed()
        met = {"title": "a", "due_on": datetime.date(2025, 3, 1), "share": 50, "met_on": datetime.date(2025, 3, 1)}
        tasks.set_milestones(task.pk, by=world.admin, steps=[met])
        with pytest.raises(InvalidInput):
            tasks.set_milestones(task.pk, by=world.admin, steps=[])


class TestRaisedLight:
    def test_a_reviewer_raises_and_takes_back(self, world):
        task = world.started(progress=50)
        assert task_lights.light_of(task) == Light.GREEN
        raised = tasks.raise_light(task.pk, by=world.reviewer, light="red", reason="现场不符")
        assert task_lights.light_of(raised) == Light.RED
        assert (
            task_lights.light_of(tasks.raise_light(task.pk, by=world.reviewer, light="", reason="已改")) == Light.GREEN
        )

    def test_never_lower(self, world):
        task = world.started(progress=30)
        with pytest.raises(InvalidInput):
            tasks.raise_light(task.pk, by=world.reviewer, light="blue", reason="x")

    def test_a_contributor_may_not(self, world):
        with pytest.raises(NotPermitted):
            tasks.raise_light(world.started().pk, by=world.staff, light="red", reason="x")


class TestContribute:
    def test_a_supporting_unit_adds_words_and_moves_nothing(self, world):
        task = world.started(supporting_units=[world.second])
        after = tasks.contribute(task.pk, by=world.second_staff, summary="提供场地")
        assert (after.status, after.progress) == (Status.IN_PROGRESS, 50)
        assert last(task).summary == "提供场地"

    def test_another_unit_may_not(self, world):
        with pytest.raises(NotPermitted):
            tasks.contribute(world.started().pk, by=world.second_staff, summary="x")


def test_a_closed_plan_takes_no_move(world):
    task = world.started()
    task.plan.state = "closed"
    task.plan.save()
    with pytest.raises(MoveRefused):
        tasks.report(task.pk, by=world.staff, progress=60, summary="x")
