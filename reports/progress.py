"""How a plan stands on a day, in numbers alone: lights and statuses by group, and the course of the year."""

import datetime
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import CharField, F, IntegerField, Value
from django.db.models.functions import Cast

from tracker.enums import OPEN_STATUSES, Light, Status
from tracker.lights import LIGHT_OF, scheduled_points
from tracker.models import Milestone, Plan, Task, TaskEvent, Unit, User

DUE_SOON_DAYS = 30
LINE, STEP, UNIT = "line", "step", "unit"
Shares = Sequence[tuple[datetime.date, int]]


class Point(NamedTuple):
    """Mean points of the dated tasks on a day; `actual` is None for days to come."""

    on: datetime.date
    scheduled: int
    actual: int | None


@dataclass
class Courses:
    """What the course of the year is drawn from: {task: [(day, progress)]}, {task: shares of its milestones}.

    `orders` is {unit: its place in the register}.
    """

    lines: dict[int, list[tuple[datetime.date, int]]] = field(default_factory=lambda: defaultdict(list))
    shares: dict[int, list[tuple[datetime.date, int]]] = field(default_factory=lambda: defaultdict(list))
    orders: dict[int, int] = field(default_factory=dict)


def courses(plan: Plan, user: User, on: datetime.date) -> Courses:
    """Read with one statement: what history says of progress by the end of `on`, the milestones of today, the units."""
    tasks = Task.objects.visible_to(user).of_plan(plan).order_by()
    lines = TaskEvent.objects.filter(task__in=tasks.values("pk"), on__lte=on)
    steps = Milestone.objects.filter(task__in=tasks.values("pk"), share__isnull=False)
    units = Unit.objects.filter(government=plan.government_id)
    rows = _columns(lines, LINE, F("task_id"), F("on"), F("progress"), F("sequence")).union(
        _columns(steps, STEP, F("task_id"), F("due_on"), F("share"), F("pk")),
        # A unit's day means nothing; a column of a union has one type.
        _columns(units, UNIT, F("pk"), Value(on), F("order"), F("pk")),
        all=True,
    )
    found = Courses()
    for sort, key, day, number, _place in rows.order_by("place"):
        if sort == UNIT:
            found.orders[key] = number
        else:
            (found.lines if sort == LINE else found.shares)[key].append((day, number))
    return found


def _columns(rows: Any, sort: str, key: Any, day: Any, number: Any, place: Any) -> Any:
    named = {
        "sort": Value(sort, CharField()),
        "key": Cast(key, IntegerField()),
        "day": day,
        "number": Cast(number, IntegerField()),
        "place": Cast(place, IntegerField()),
    }
    return rows.order_by().annotate(**named).values_list(*named)


def dated(tasks: Iterable[Task]) -> list[Task]:
    """As `TaskQuerySet.dated`: the tasks whose progress is measured against a schedule."""
    return [task for task in tasks if task.starts_on and task.due_on and task.status != Status.CANCELLED]


def mean(total: int, number: int) -> int:
    """The mean of whole points, rounded half up; 0 of none."""
    return (2 * total + number) // (2 * number) if number else 0


def overall(tasks: Sequence[Task]) -> tuple[int, int]:
    """(actual, scheduled): the mean points of tasks that are `dated`."""
    number = len(tasks)
    actual = mean(sum(task.progress for task in tasks), number)
    return actual, mean(sum(task.scheduled or 0 for task in tasks), number)


def month_ends(plan: Plan) -> Iterator[datetime.date]:
    """The last day of each month of the plan; the last one ends with the plan."""
    day = plan.starts_on
    while day <= plan.ends_on:
        following = (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
        yield min(following - datetime.timedelta(days=1), plan.ends_on)
        day = following


def curve(plan: Plan, tasks: Sequence[Task], known: Courses, on: datetime.date) -> list[Point]:
    """The course of tasks that are `dated`, at the plan's start, at the end of each month, and on the day `on`.

    Progress is as history had it at the end of each day; the schedule is that of the day `on` all along, so that a
    moved date moves the whole line.
    """
    if not tasks:
        return []
    inside = min(max(on, plan.starts_on), plan.ends_on)
    days = sorted({plan.starts_on, *month_ends(plan), inside})
    actual = _reached(tasks, known.lines, days)
    number = len(tasks)
    points = []
    for place, day in enumerate(days):
        total = sum(_scheduled(task, known.shares.get(task.pk, ()), day) for task in tasks)
        points.append(Point(day, mean(total, number), mean(actual[place], number) if day <= on else None))
    return points


def _scheduled(task: Task, shares: Shares, day: datetime.date) -> int:
    return scheduled_points(day, task.starts_on, task.due_on, list(shares)) or 0


def _reached(
    tasks: Sequence[Task], lines: Mapping[int, Sequence[tuple[datetime.date, int]]], days: Sequence[datetime.date]
) -> list[int]:
    """The sum of the tasks' progress at the end of each of `days`, which are in order."""
    rises = [0] * (len(days) + 1)
    for task in tasks:
        before = 0
        for day, progress in lines.get(task.pk, ()):
            if progress != before:
                rises[bisect_left(days, day)] += progress - before
                before = progress
    sums, total = [], 0
    for rise in rises[: len(days)]:
        total += rise
        sums.append(total)
    return sums


@dataclass
class Tally:
    """The tasks of a group, counted by light and by status."""

    lights: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.lights.total()


def tallies(tasks: Iterable[Task], key: Callable[[Task], Hashable]) -> dict[Any, Tally]:
    """{key: its tally}."""
    found: dict[Any, Tally] = defaultdict(Tally)
    for task in tasks:
        tally = found[key(task)]
        tally.lights.update([light_of(task).value])
        tally.statuses.update([task.status])
    return dict(found)


def light_of(task: Task) -> Light:
    return LIGHT_OF[task.light_reason]


def due_soon(tasks: Iterable[Task], on: datetime.date) -> list[Task]:
    """The open tasks that are due from `on` until `due_until`, the next first."""
    found = [task for task in tasks if task.due_on and on <= task.due_on <= due_until(on)]
    return sorted(
        (task for task in found if task.status in OPEN_STATUSES),
        key=lambda task: (task.due_on, task.area.number, task.serial),
    )


def due_until(on: datetime.date) -> datetime.date:
    return on + datetime.timedelta(days=DUE_SOON_DAYS)
