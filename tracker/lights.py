"""The light rule, once: for one object and as a query expression.

`RULES` is an ordered list of conditions, each a `Q` over the facts of a task; the first that holds gives the
reason, and the reason gives the light. `reason_for(facts)` evaluates the list on a mapping, `reason_case()`
turns the same list into SQL. The facts are named as the queryset annotates them:

status, due_on, starts_on, progress, returned, last_report_on    columns of the task
scheduled           int or None, the share in points that should be done today
milestone_missed    bool, an unmet milestone lies before today
raised_light        "" or the light that a reviewer raised it to

Practice: yellow 10 to 30 points behind and red beyond (Yinchuan 2025), red past due and blue near the limit
(Suqian 2025), a missed report that is made good turns yellow (Ouhai 2020). 15 days for blue is a choice.
"""

import calendar
import datetime
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce

from tracker.enums import Light, ReportingPeriod, Status

REPORTING_STATUSES = (Status.NOT_STARTED, Status.IN_PROGRESS)

LIGHT_OF: dict[str, Light] = {
    "completed": Light.DONE,
    "cancelled": Light.GREY,
    "unconfirmed": Light.GREY,
    "no_due_date": Light.GREY,
    "starts_later": Light.GREY,
    "overdue": Light.RED,
    "far_behind": Light.RED,
    "raised_red": Light.RED,
    "milestone_missed": Light.YELLOW,
    "behind": Light.YELLOW,
    "returned": Light.YELLOW,
    "report_missed": Light.YELLOW,
    "raised_yellow": Light.YELLOW,
    "near_due": Light.BLUE,
    "raised_blue": Light.BLUE,
    "on_track": Light.GREEN,
}
LIGHT_ORDER = (Light.RED, Light.YELLOW, Light.BLUE, Light.GREEN, Light.GREY, Light.DONE)


@dataclass(frozen=True)
class Thresholds:
    """What a plan sets for its lights, and the day on which they are read.

    `red_points` and `yellow_points` are percentage points, `near_days` days. `report_since` is the first day of
    the reporting period whose cut-off came last, or None when none has come yet.
    """

    on: datetime.date
    red_points: int
    yellow_points: int
    near_days: int
    report_since: datetime.date | None


@functools.lru_cache(maxsize=4096)
def last_cutoff(on: datetime.date, period: str, cutoff_day: int) -> datetime.date:
    """The latest cut-off day strictly before `on`: monthly, or in the last month of each quarter."""
    year, month = on.year, on.month
    while True:
        day = datetime.date(year, month, min(cutoff_day, calendar.monthrange(year, month)[1]))
        if day < on and (period == ReportingPeriod.MONTHLY or month % 3 == 0):
            return day
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)


def next_cutoff(on: datetime.date, period: str, cutoff_day: int) -> datetime.date:
    """The first cut-off day on or after `on`."""
    year, month = on.year, on.month
    while True:
        day = datetime.date(year, month, min(cutoff_day, calendar.monthrange(year, month)[1]))
        if day >= on and (period == ReportingPeriod.MONTHLY or month % 3 == 0):
            return day
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def period_start(on: datetime.date, period: str, cutoff_day: int) -> datetime.date:
    """First day of the reporting period that `on` lies in: the day after the last cut-off."""
    return last_cutoff(on, period, cutoff_day) + datetime.timedelta(days=1)


@functools.lru_cache(maxsize=4096)
def missed_since(on: datetime.date, period: str, cutoff_day: int, plan_starts: datetime.date) -> datetime.date | None:
    """First day of the last period that is over, or None while the plan is in its first period.

    A task that ran through that whole period and has no report since its first day has missed it; it stays
    missed until a report makes it good, also across the end of a month.
    """
    cutoff = last_cutoff(on, period, cutoff_day)
    start = period_start(cutoff, period, cutoff_day)
    return start if start >= plan_starts else None


@functools.lru_cache(maxsize=2048)
def rules(at: Thresholds) -> tuple[tuple[str, Q], ...]:
    """The rule as (reason, condition) in order; the last reason, "on_track", needs no condition."""
    near = at.on + datetime.timedelta(days=at.near_days)
    return (
        ("completed", Q(status=Status.COMPLETED)),
        ("cancelled", Q(status=Status.CANCELLED)),
        ("unconfirmed", Q(status=Status.UNCONFIRMED)),
        ("no_due_date", Q(due_on__isnull=True)),
        ("starts_later", Q(starts_on__gt=at.on)),
        ("overdue", Q(due_on__lt=at.on)),
        ("far_behind", Q(behind__gt=at.red_points)),
        ("raised_red", Q(raised_light=Light.RED)),
        ("milestone_missed", Q(milestone_missed=True)),
        ("behind", Q(behind__gte=at.yellow_points)),
        ("returned", Q(returned=True)),
        *_report_missed(at.report_since),
        ("raised_yellow", Q(raised_light=Light.YELLOW)),
        ("near_due", Q(due_on__lte=near)),
        ("raised_blue", Q(raised_light=Light.BLUE)),
    )


def _report_missed(since: datetime.date | None) -> list[tuple[str, Q]]:
    if since is None:
        return []
    unreported = Q(last_report_on__isnull=True) | Q(last_report_on__lt=since)
    running = Q(status__in=REPORTING_STATUSES, starts_on__lte=since)
    return [("report_missed", running & unreported)]


def reason_case(at: Thresholds) -> Case:
    """The rule as an SQL expression giving the reason; needs the annotations `behind` and `milestone_missed`."""
    branches = [When(condition, then=Value(reason)) for reason, condition in rules(at)]
    return Case(*branches, default=Value("on_track"), output_field=CharField())


def behind_expression() -> Any:
    """Points behind schedule; 0 where no schedule is known, so that comparisons stay false there."""
    return Coalesce(F("scheduled"), F("progress"), output_field=IntegerField()) - F("progress")


def reasons_of(light: str) -> list[str]:
    """All reasons that give this light."""
    return [reason for reason, given in LIGHT_OF.items() if given == light]


def light_rank_case() -> Case:
    """Sort key over `light_reason`: red first, done last."""
    branches = [When(light_reason__in=reasons_of(light), then=Value(rank)) for rank, light in enumerate(LIGHT_ORDER)]
    return Case(*branches, default=Value(len(LIGHT_ORDER)), output_field=IntegerField())


def reason_for(facts: Mapping[str, Any], at: Thresholds) -> str:
    """The reason for one task, from the facts named in the module's docstring."""
    scheduled = facts["scheduled"]
    known = {**facts, "behind": 0 if scheduled is None else scheduled - facts["progress"]}
    for reason, condition in rules(at):
        if holds(condition, known):
            return reason
    return "on_track"


def holds(condition: Q, facts: Mapping[str, Any]) -> bool:
    """Evaluate a `Q` on plain values, with SQL's meaning of NULL: a comparison with None is false.

    Knows the lookups the rule uses: exact, lt, lte, gt, gte, in, isnull.
    """
    children: list[Any] = list(condition.children)
    results = [
        holds(child, facts) if isinstance(child, Q) else _lookup_holds(child[0], child[1], facts) for child in children
    ]
    found = any(results) if condition.connector == Q.OR else all(results)
    return not found if condition.negated else found


def _lookup_holds(path: str, wanted: Any, facts: Mapping[str, Any]) -> bool:
    name, _, lookup = path.partition("__")
    value = facts[name]
    if lookup == "isnull":
        return (value is None) == wanted
    if value is None:
        return False
    compare = {
        "": lambda: value == wanted,
        "in": lambda: value in wanted,
        "lt": lambda: value < wanted,
        "lte": lambda: value <= wanted,
        "gt": lambda: value > wanted,
        "gte": lambda: value >= wanted,
    }
    return bool(compare[lookup]())


def scheduled_points(
    on: datetime.date,
    starts_on: datetime.date | None,
    due_on: datetime.date | None,
    steps: list[tuple[datetime.date, int]],
) -> int | None:
    """Share in points (0 to 100) that should be done on `on`, rounded half up; None without both dates.

    Linear from start to due date; `steps` are (date, share) of milestones that have a share, and the line
    runs straight from one to the next.
    """
    if starts_on is None or due_on is None:
        return None
    if on <= starts_on:
        return 0
    if on >= due_on:
        return 100
    inside = [step for step in steps if starts_on < step[0] < due_on]
    before = max((step for step in inside if step[0] <= on), default=(starts_on, 0))
    after = min((step for step in inside if step[0] > on), default=(due_on, 100))
    return interpolate(before, after, on)


def interpolate(before: tuple[datetime.date, int], after: tuple[datetime.date, int], on: datetime.date) -> int:
    """Value at `on` on the straight line between two (date, share) points, rounded half up."""
    span = (after[0] - before[0]).days
    rise = (after[1] - before[1]) * (on - before[0]).days
    return before[1] + (2 * rise + span) // (2 * span)
