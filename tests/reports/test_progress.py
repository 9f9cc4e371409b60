"""The course of the year and the tallies, reckoned by hand."""

import datetime

import pytest

from reports import progress
from reports.presenters.standing import standing
from tests.reports.worlds import on
from tracker import clock
from tracker.services import requests, tasks


def points(world, past=None):
    return {point.on.isoformat(): point[1:] for point in standing(world.plan, world.viewer, past).points}


@pytest.fixture
def told(world):
    """Two dated tasks: one over the year with 60 of 100 due by 1 July, one over the first half alone."""
    with on("2025-02-10"):
        world.started(progress=10)
        step = {"title": "一期", "due_on": datetime.date(2025, 7, 1), "share": 60}
        tasks.set_milestones(world.task.pk, by=world.admin, steps=[step])
        world.started(world.tasks[1], progress=31, due_on=datetime.date(2025, 6, 30))
    with on("2025-03-20"):
        tasks.report(world.task.pk, by=world.staff, progress=30, summary="第二次")
    with on("2025-03-31"):
        tasks.report(world.task.pk, by=world.staff, progress=40, summary="第三次")
    with on("2025-05-10"):
        yield world


class TestTheCourse:
    def test_it_has_the_ends_of_the_months_the_first_day_and_the_day(self, told):
        found = points(told)
        assert list(found)[:3] == ["2025-01-01", "2025-01-31", "2025-02-28"]
        assert list(found)[5:7] == ["2025-05-10", "2025-05-31"]
        assert list(found)[-1] == "2025-12-31"
        assert len(found) == 14

    def test_progress_is_that_of_the_end_of_each_day(self, told):
        found = points(told)
        assert [found[day][1] for day in ("2025-01-31", "2025-02-28", "2025-03-31", "2025-05-10")] == [0, 21, 36, 36]

    def test_days_to_come_have_a_schedule_alone(self, told):
        assert points(told)["2025-12-31"] == (100, None)
        assert points(told)["2025-05-31"][1] is None

    def test_the_schedule_bends_at_the_shares_of_milestones(self, told):
        # 31 March: 89 of 181 days of 60 points, and 89 of 180 days of 100.
        assert points(told)["2025-03-31"][0] == progress.mean(30 + 49, 2)

    def test_it_ends_with_what_the_ledger_of_that_day_says(self, told):
        held = standing(told.plan, told.viewer, None)
        last = [point for point in held.points if point.actual is not None][-1]
        assert (last.actual, last.scheduled) == progress.overall(progress.dated(held.tasks))

    def test_a_past_day_has_the_course_it_had_then(self, told):
        with on("2025-03-25"):
            then = points(told)
        assert points(told, datetime.date(2025, 3, 25)) == then

    def test_what_was_cancelled_is_left_out(self, told):
        row = requests.ask(told.tasks[1].pk, by=told.admin, kind="cancellation", reason="机构改革")
        requests.decide(row.pk, by=told.reviewer, approved=True, approving_body="常务会", basis_document="纪要")
        tasks.cancel(told.tasks[1].pk, by=told.admin)
        assert points(told)["2025-02-28"][1] == 10

    def test_before_the_plan_and_after_its_end(self, told):
        with clock.at(clock.start_of(datetime.date(2026, 2, 1))):
            found = points(told)
            assert found["2025-12-31"][1] is not None
            assert len(found) == 13


@pytest.mark.parametrize(("total", "number", "expected"), [(0, 0, 0), (3, 2, 2), (1, 2, 1), (4, 3, 1), (5, 3, 2)])
def test_means_are_rounded_half_up(total, number, expected):
    assert progress.mean(total, number) == expected


def test_due_soon_are_the_open_tasks_of_thirty_days(world):
    for number, day in enumerate(("2025-06-16", "2025-07-16", "2025-07-17", "2025-06-16")):
        world.confirmed(world.tasks[number], due_on=datetime.date.fromisoformat(day))
    row = requests.ask(world.tasks[3].pk, by=world.admin, kind="cancellation", reason="机构改革")
    requests.decide(row.pk, by=world.reviewer, approved=True, approving_body="常务会", basis_document="纪要")
    tasks.cancel(world.tasks[3].pk, by=world.admin)
    held = standing(world.plan, world.viewer, None)
    assert [task.code for task in progress.due_soon(held.tasks, held.on)] == ["1.1", "1.2"]
