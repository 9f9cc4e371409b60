"""The light rule: every boundary by hand, and the object and the database of one opinion on generated tasks."""

import datetime
import random
from typing import Any

import pytest

from tests.factories import build_task, set_plan, write_milestones, write_tasks
from tracker import lights
from tracker.enums import Light, ReportingPeriod, Status
from tracker.models import Plan, Task, WorkArea
from tracker.services.task_lights import reason_of, scheduled_of

MONTHLY, QUARTERLY = ReportingPeriod.MONTHLY, ReportingPeriod.QUARTERLY
RUNNING = [Status.NOT_STARTED, Status.IN_PROGRESS, Status.AWAITING_SIGN_OFF, Status.UNDER_REVIEW]


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.fixture
def area(world: Any) -> WorkArea:
    return world.plan.areas.order_by("number")[0]


@pytest.fixture
def written(world: Any, area: WorkArea) -> Any:
    """Store one task with these facts, and give its reason on a day when object and database agree on it."""

    def write(on: str, steps: list[dict[str, Any]] | None = None, **fields: Any) -> str:
        task = build_task(area, 90, unit=world.bureau, owner=world.staff, **fields)
        write_tasks([task])
        write_milestones(task, steps or [])
        return agreed(area.plan, day(on))[task.pk]

    return write


def agreed(plan: Plan, on: datetime.date) -> dict[int, str]:
    """{task: reason} of a plan, after looking that both ways of asking give the same reason and schedule."""
    by_query = {task.pk: task for task in Task.objects.with_light(plan, on)}
    found = {}
    for task in Task.objects.filter(plan=plan).select_related("plan").prefetch_related("milestones"):
        facts = f"on {on}: {vars(task)} {[vars(step) for step in task.milestones.all()]}"
        assert scheduled_of(task, on) == by_query[task.pk].scheduled, facts
        assert reason_of(task, on) == by_query[task.pk].light_reason, facts
        found[task.pk] = by_query[task.pk].light_reason
    return found


# From 1 January to 11 April 2025 are 100 days: one point a day.
HUNDRED = {"starts_on": day("2025-01-01"), "due_on": day("2025-04-11"), "last_report_on": day("2025-04-01")}


@pytest.mark.parametrize(
    ("on", "progress", "reason"),
    [
        ("2025-02-20", 50, "on_track"),
        ("2025-02-20", 41, "on_track"),
        ("2025-02-20", 40, "behind"),
        ("2025-02-20", 20, "behind"),
        ("2025-02-20", 19, "far_behind"),
        ("2025-02-20", 100, "on_track"),
    ],
)
def test_ten_points_behind_are_yellow_and_more_than_thirty_are_red(written, on, progress, reason):
    assert written(on, progress=progress, **HUNDRED) == reason


@pytest.mark.parametrize(
    ("on", "reason"),
    [
        ("2025-03-26", "on_track"),  # 16 days left
        ("2025-03-27", "near_due"),  # 15 days left
        ("2025-04-11", "near_due"),  # due today: not overdue
        ("2025-04-12", "overdue"),
    ],
)
def test_blue_from_fifteen_days_before_the_due_date_and_red_the_day_after_it(written, on, reason):
    assert written(on, progress=100, **HUNDRED) == reason


@pytest.mark.parametrize(
    ("on", "last_report_on", "reason"),
    [
        # Reports of the period from 26 March are due on 25 April.
        ("2025-04-25", None, "on_track"),
        ("2025-04-26", None, "report_missed"),
        ("2025-04-26", "2025-03-25", "report_missed"),
        ("2025-04-26", "2025-03-26", "on_track"),
        ("2025-04-26", "2025-04-25", "on_track"),
        # A late report, after the cut-off, makes it good.
        ("2025-04-27", "2025-04-26", "on_track"),
        ("2025-05-25", "2025-04-25", "on_track"),
        ("2025-05-26", "2025-04-25", "report_missed"),
    ],
)
def test_a_report_is_missed_from_the_day_after_the_cut_off(written, on, last_report_on, reason):
    reported = day(last_report_on) if last_report_on else None
    assert written(on, progress=100, starts_on=day("2025-03-20"), last_report_on=reported) == reason


def test_a_task_that_began_within_the_period_has_not_missed_it(written):
    assert written("2025-04-26", progress=100, starts_on=day("2025-03-27")) == "on_track"


@pytest.mark.parametrize("status", [Status.AWAITING_SIGN_OFF, Status.UNDER_REVIEW])
def test_a_submitted_task_misses_no_report(written, status):
    assert written("2025-06-26", progress=100, status=status) == "on_track"


@pytest.mark.parametrize(
    ("on", "reason"),
    [("2025-06-25", "on_track"), ("2025-06-26", "report_missed"), ("2025-09-25", "report_missed")],
)
def test_quarterly_reports_are_due_in_the_last_month_of_the_quarter(written, area, on, reason):
    set_plan(area.plan, reporting_period=QUARTERLY)
    assert written(on, progress=100, starts_on=day("2025-03-26")) == reason


@pytest.mark.parametrize(
    ("on", "period", "cutoff_day", "last", "following"),
    [
        ("2025-04-25", MONTHLY, 25, "2025-03-25", "2025-04-25"),
        ("2025-04-26", MONTHLY, 25, "2025-04-25", "2025-05-25"),
        ("2024-02-29", MONTHLY, 31, "2024-01-31", "2024-02-29"),
        ("2024-03-01", MONTHLY, 30, "2024-02-29", "2024-03-30"),
        ("2025-03-01", MONTHLY, 31, "2025-02-28", "2025-03-31"),
        ("2025-12-31", MONTHLY, 31, "2025-11-30", "2025-12-31"),
        ("2026-01-01", MONTHLY, 31, "2025-12-31", "2026-01-31"),
        ("2026-01-01", MONTHLY, 25, "2025-12-25", "2026-01-25"),
        ("2026-01-01", QUARTERLY, 25, "2025-12-25", "2026-03-25"),
        ("2025-12-26", QUARTERLY, 25, "2025-12-25", "2026-03-25"),
        ("2025-12-25", QUARTERLY, 25, "2025-09-25", "2025-12-25"),
    ],
)
def test_cut_off_days(on, period, cutoff_day, last, following):
    assert lights.last_cutoff(day(on), period, cutoff_day) == day(last)
    assert lights.next_cutoff(day(on), period, cutoff_day) == day(following)


def test_the_plan_s_first_period_is_never_missed():
    assert lights.missed_since(day("2025-01-26"), MONTHLY, 25, day("2025-01-01")) is None
    assert lights.missed_since(day("2025-02-26"), MONTHLY, 25, day("2025-01-01")) == day("2025-01-26")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": Status.COMPLETED}, "completed"),
        ({"status": Status.CANCELLED}, "cancelled"),
        ({"status": Status.UNCONFIRMED}, "unconfirmed"),
        ({"status": Status.UNCONFIRMED, "due_on": None, "starts_on": None}, "unconfirmed"),
        ({"starts_on": day("2025-02-21")}, "starts_later"),
        ({"returned": True}, "returned"),
        ({"returned": True, "progress": 0}, "far_behind"),
        ({"raised_light": Light.RED, "raised_reason": "x"}, "raised_red"),
        ({"raised_light": Light.YELLOW, "raised_reason": "x"}, "raised_yellow"),
        ({"raised_light": Light.BLUE, "raised_reason": "x"}, "raised_blue"),
        ({"raised_light": Light.BLUE, "raised_reason": "x", "progress": 40}, "behind"),
        ({"raised_light": Light.BLUE, "raised_reason": "x", "due_on": day("2025-02-20")}, "near_due"),
    ],
)
def test_the_first_condition_that_holds_gives_the_reason(written, fields, reason):
    assert written("2025-02-20", **{"progress": 100, **HUNDRED, **fields}) == reason


def test_a_raised_light_is_never_milder_than_the_computed_one(written):
    assert written("2025-04-12", progress=100, raised_light=Light.BLUE, raised_reason="x", **HUNDRED) == "overdue"


@pytest.mark.parametrize(
    ("met_on", "due_on", "reason"),
    [
        (None, "2025-02-19", "milestone_missed"),
        (None, "2025-02-20", "on_track"),
        ("2025-02-20", "2025-02-19", "on_track"),
    ],
)
def test_a_milestone_is_missed_from_the_day_after_it(written, met_on, due_on, reason):
    step = {"due_on": day(due_on), "met_on": day(met_on) if met_on else None}
    assert written("2025-02-20", [step], progress=100, **HUNDRED) == reason


@pytest.mark.parametrize(
    ("on", "points"),
    [
        ("2024-12-31", 0),
        ("2025-01-01", 0),
        ("2025-01-21", 5),  # half way to the first step
        ("2025-02-10", 10),
        ("2025-03-12", 55),
        ("2025-04-10", 99),
        ("2025-04-11", 100),
        ("2025-05-01", 100),
    ],
)
def test_milestones_with_a_share_bend_the_schedule(on, points):
    steps = [(day("2025-02-10"), 10), (day("2024-12-01"), 90), (day("2025-06-01"), 20)]
    assert lights.scheduled_points(day(on), HUNDRED["starts_on"], HUNDRED["due_on"], steps) == points


def test_the_schedule_of_a_task_of_one_day():
    assert lights.scheduled_points(day("2025-02-10"), day("2025-02-10"), day("2025-02-10"), []) == 0
    assert lights.scheduled_points(day("2025-02-11"), day("2025-02-10"), day("2025-02-10"), []) == 100


def test_every_reason_has_a_light_and_every_light_a_reason():
    at = lights.Thresholds(day("2025-06-01"), 30, 10, 15, day("2025-04-26"))
    assert {reason for reason, _condition in lights.rules(at)} | {"on_track"} == set(lights.LIGHT_OF)
    assert set(lights.LIGHT_OF.values()) == set(lights.LIGHT_ORDER) == set(Light)


def test_counts_filter_and_order_follow_the_same_reasons(world, area):
    write_tasks(generated(world, area, random.Random(7), 60))
    on = day("2025-06-16")
    tasks = Task.objects.with_light(area.plan, on)
    expected = {str(light): 0 for light in lights.LIGHT_ORDER}
    for reason in agreed(area.plan, on).values():
        expected[str(lights.LIGHT_OF[reason])] += 1
    assert tasks.count_by_light() == expected
    assert {light: tasks.filter_light(light).count() for light in expected} == expected
    shown = [lights.LIGHT_OF[task.light_reason] for task in tasks.order_by(lights.light_rank_case(), "pk")]
    assert shown == sorted(shown, key=lights.LIGHT_ORDER.index)


@pytest.mark.parametrize("seed", range(4))
def test_object_and_database_agree_on_generated_tasks(world, area, seed):
    chance = random.Random(seed)
    tasks = write_tasks(generated(world, area, chance, 100))
    for task in chance.sample(tasks, 50):
        write_milestones(task, generated_steps(task, chance))
    days = [day("2025-06-16"), day("2024-02-29"), day("2025-12-31"), day("2026-01-01"), *some_days(chance, 4)]
    seen = set()
    for on in days:
        set_plan(
            area.plan,
            reporting_period=chance.choice([MONTHLY, QUARTERLY]),
            cutoff_day=chance.randint(1, 31),
            yellow_points=chance.randint(1, 30),
            red_points=chance.randint(30, 100),
            near_days=chance.randint(0, 60),
        )
        seen |= set(agreed(area.plan, on).values())
    assert len(seen) >= 10


def some_days(chance: random.Random, number: int) -> list[datetime.date]:
    return [day("2025-01-01") + datetime.timedelta(days=chance.randint(-30, 400)) for _ in range(number)]


def generated(world: Any, area: WorkArea, chance: random.Random, number: int) -> list[Task]:
    """Tasks with every field of the rule at random; every third without a start or a due date where it may be."""
    tasks = []
    for serial in range(100, 100 + number):
        starts_on, due_on = sorted(some_days(chance, 2))
        status = chance.choice([*Status, *RUNNING, *RUNNING])
        undated = status in (Status.UNCONFIRMED, Status.CANCELLED) and chance.random() < 0.3
        light = chance.choice(["", "", "", Light.RED, Light.YELLOW, Light.BLUE])
        fields = {
            "starts_on": None if undated else starts_on,
            "due_on": None if undated and chance.random() < 0.5 else due_on,
            "status": status,
            "progress": chance.choice([0, 100, chance.randint(0, 100)]),
            "returned": status == Status.IN_PROGRESS and chance.random() < 0.2,
            "last_report_on": chance.choice([None, *some_days(chance, 3)]),
            "raised_light": light,
            "raised_reason": "x" if light else "",
        }
        tasks.append(build_task(area, serial, unit=world.bureau, owner=world.staff, **fields))
    return tasks


def generated_steps(task: Task, chance: random.Random) -> list[dict[str, Any]]:
    """Up to four milestones around the task's days, some without a share; shares rise with the dates."""
    days = sorted(some_days(chance, chance.randint(0, 4)) + ([task.due_on] if task.due_on else []))
    shares = sorted(chance.randint(0, 100) for _ in days)
    return [
        {
            "due_on": due_on,
            "share": share if chance.random() < 0.7 else None,
            "met_on": due_on if chance.random() < 0.6 else None,
        }
        for due_on, share in zip(days, shares, strict=True)
    ]
