"""How a plan stands on a day, today or past: its tasks, groups and indicators, as page and workbook show them."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import OuterRef, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _

from reports import progress
from reports.progress import Courses, Point, Tally
from tracker import clock, wording
from tracker.enums import IndicatorDirection, RequestState
from tracker.models import AnnualReport, ChangeRequest, Indicator, Plan, Reading, Task, User
from tracker.permissions import answers, check_decide_requests
from tracker.presenters import as_of
from tracker.presenters.past_text import past_text
from tracker.presenters.report_read import Text
from tracker.presenters.rows import address_of
from tracker.presenters.task_tables import number as plain_number

NO_UNIT = "none"
NARROW = ("quote", "criteria", "deliverable", "remarks", "due_basis", "accountable_leader")


@dataclass(frozen=True)
class Standing:
    """The tasks of a plan as they stood on the day `on` (`past` where it is not today), and the course of its year."""

    plan: Plan
    user: User
    on: datetime.date
    past: datetime.date | None
    tasks: Sequence[Task]
    courses: Courses
    text: Text = field(default_factory=lambda: Text(AnnualReport()))

    def ledger(self, **values: Any) -> str:
        """The address of the ledger that shows the tasks which fit `values`, as of the same day."""
        day = {"as_of": self.past.isoformat()} if self.past else {}
        query = urlencode({**values, **day})
        return reverse("ledger", args=[self.plan.pk]) + (f"?{query}" if query else "")

    @property
    def day(self) -> datetime.date:
        """The day whose lights and schedule are shown: a closed plan stands still."""
        return self.plan.standing_on(self.on)

    @property
    def points(self) -> list[Point]:
        return progress.curve(self.plan, progress.dated(self.tasks), self.courses, self.day)


def standing(plan: Plan, user: User, past: datetime.date | None, *, words: bool = True) -> Standing:
    """Read with two statements, for a past day three; without `words` of the report two."""
    on = past or clock.today()
    known = progress.courses(plan, user, on)
    if past is None:
        return Standing(plan, user, on, None, _tasks(plan, user, on), known, Text(AnnualReport(pk=plan.report_id)))
    text = past_text(plan, past) if words else Text(AnnualReport(pk=plan.report_id))
    tasks = as_of.restored(plan, past, user, text.places)
    known.shares = {task.pk: [(due, share) for due, share, _met in task.steps if share is not None] for task in tasks}
    return Standing(plan, user, on, past, tasks, known, text)


def _tasks(plan: Plan, user: User, on: datetime.date) -> list[Task]:
    """The visible tasks with their lights; with `asked` for whoever may decide requests."""
    rows: Any = Task.objects.visible_to(user).with_light(plan, on).select_related("area", "lead_unit").by_place()
    if answers(check_decide_requests, user, plan):
        rows = rows.annotate(asked=Subquery(_asked(user)))
    tasks = list(rows.defer(*NARROW))
    for task in tasks:
        task.plan = plan
    return tasks


def _asked(user: User) -> Any:
    """The open request on a task that somebody else asked for."""
    rows = ChangeRequest.objects.visible_to(user).filter(task=OuterRef("pk"), state=RequestState.OPEN)
    told = JSONObject(pk="pk", kind="kind", due_on=KT("changes__due_on__1"))
    return rows.exclude(asked_by=user).values(told=told)[:1]


def by_area(held: Standing) -> list[tuple[Any, str, Tally]]:
    """(value of the ledger's filter, name, tally) of each work area, in the order of the report."""
    titles = {task.area.number: task.area.title for task in held.tasks}
    counted = progress.tallies(held.tasks, lambda task: task.area.number)
    return [(number, titles[number], counted[number]) for number in sorted(counted)]


def by_unit(held: Standing) -> list[tuple[Any, str, Tally]]:
    """The same of each lead unit, in the order of the register; what has none comes last, and has no name."""
    names = {task.lead_unit_id: str(task.lead_unit) for task in held.tasks if task.lead_unit_id}
    counted = progress.tallies(held.tasks, lambda task: task.lead_unit_id)
    orders, last = held.courses.orders, max(held.courses.orders.values(), default=0) + 1
    keys = sorted(names, key=lambda unit: (orders.get(unit, last), unit))
    rows: list[tuple[Any, str, Tally]] = [(key, names[key], counted[key]) for key in keys]
    return [*rows, (NO_UNIT, "", counted[None])] if None in counted else rows


def named(task: Task) -> dict[str, str]:
    """A task as a row names it."""
    return {"code": task.code, "title": task.title, "url": address_of(task)}


def indicators(held: Standing, gone: dict[int, Any] | None) -> list[dict[str, Any]]:
    """Each indicator with baseline, latest reading and target as numbers or None; of today in one statement."""
    tasks = {task.pk: task for task in held.tasks}
    rows = _past_indicators(gone) if gone is not None else _indicators(held)
    found = []
    for key, row in rows:
        if key in tasks:
            row["met"] = met(row)
            row["met_words"] = _met_words(row["met"])
            row["direction"] = str(IndicatorDirection(row["direction"]).label)
            row["words"] = {name: _value(row[name]) for name in ("baseline", "value", "target")}
            row["read_on"] = wording.day_in_year(row["on"], held.plan.year)
            found.append({**row, **named(tasks[key]), "place": (tasks[key].area.number, tasks[key].serial)})
    return sorted(found, key=lambda row: row["place"])


def met(row: Mapping[str, Any]) -> bool | None:
    """Whether the latest reading meets the target; None where one of them is missing.

    A number that is to reach its target gets there from where it stood.
    """
    value, target, baseline, direction = (row[name] for name in ("value", "target", "baseline", "direction"))
    if value is None or target is None:
        return None
    from_above = direction == IndicatorDirection.REACH and baseline is not None and baseline > target
    return bool(value <= target if direction == IndicatorDirection.DOWN or from_above else value >= target)


def _met_words(reached: bool | None) -> str:
    """A word with a sign, so that it does not depend on a colour."""
    if reached is None:
        return ""
    sign, words = ("✓", _("Target met")) if reached else ("○", _("Target not met"))
    return f"{sign} {words}"


def _value(value: Decimal | None) -> str:
    return "—" if value is None else plain_number(value)


def _indicators(held: Standing) -> Iterable[tuple[int, dict[str, Any]]]:
    last = Reading.objects.filter(indicator=OuterRef("pk")).order_by("-on", "-pk")
    rows = Indicator.objects.visible_to(held.user).filter(task__plan=held.plan).order_by("pk")
    rows = rows.annotate(last_on=Subquery(last.values("on")[:1]), last=Subquery(last.values("value")[:1]))
    names = ("task_id", "name", "unit", "direction", "baseline", "target", "last_on", "last")
    for task, name, unit, direction, baseline, target, on, value in rows.values_list(*names):
        yield (
            task,
            {
                "name": name,
                "unit": unit,
                "direction": direction,
                "baseline": baseline,
                "target": target,
                "on": on,
                "value": value,
            },
        )


def _past_indicators(gone: Mapping[int, Any]) -> Iterable[tuple[int, dict[str, Any]]]:
    for task, hung in gone.items():
        for row in hung["indicators"]:
            on, value = row["readings"][-1] if row["readings"] else (None, None)
            numbers = {"baseline": row["baseline"], "target": row["target"], "value": value}
            yield (
                task,
                {
                    **{name: row[name] for name in ("name", "unit", "direction")},
                    **{name: None if text is None else Decimal(text) for name, text in numbers.items()},
                    "on": datetime.date.fromisoformat(on) if on else None,
                },
            )
