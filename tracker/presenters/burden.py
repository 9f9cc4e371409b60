"""What the units of a plan were asked for in each month: in the order of the units, never compared."""

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from tracker import clock, wording
from tracker.enums import EventKind, MessageState, Status
from tracker.models import ContributionRequest, Demand, Plan, ReminderMessage, SupervisionNotice, TaskEvent, Unit, User
from tracker.texts import enumeration

KINDS = ("contributions", "demands", "notices", "reminders", "returns")
DAY = datetime.timedelta(days=1)
Months = dict[datetime.date, Counter[str]]


@dataclass(frozen=True)
class Line:
    """One month: a number for each of KINDS, and their sum."""

    month: str
    numbers: list[int]
    total: int


@dataclass(frozen=True)
class Group:
    title: str
    lines: list[Line]


def table(plan: Plan, user: User, on: datetime.date) -> dict[str, Any]:
    """All units together for every month of the plan until `on`, then each unit with the months that brought it
    something, and the names of those that nothing was asked of."""
    found = _count(plan, user)
    units = list(Unit.objects.visible_to(user).filter(government=plan.government_id).order_by("order", "pk"))
    everything: Months = {month: Counter() for month in _months(plan, on)}
    for own in found.values():
        for month, numbers in own.items():
            everything.setdefault(month, Counter()).update(numbers)
    groups = [Group(_("All units"), _lines(everything))]
    groups += [Group(str(unit), _lines(found[unit.pk])) for unit in units if unit.pk in found]
    spared = [unit for unit in units if unit.pk not in found and unit.is_active and not unit.is_government]
    return {"groups": groups, "spared": enumeration(spared)}


def _months(plan: Plan, on: datetime.date) -> list[datetime.date]:
    """First days of the plan's months that have begun."""
    month, found = plan.starts_on.replace(day=1), []
    while month <= min(on, plan.ends_on):
        found.append(month)
        month = (month + 31 * DAY).replace(day=1)
    return found


def _lines(months: Months) -> list[Line]:
    return [
        Line(wording.month(month), [numbers[kind] for kind in KINDS], numbers.total())
        for month, numbers in sorted(months.items())
    ]


def _count(plan: Plan, user: User) -> dict[int, Months]:
    """{key of a unit: {first day of a month: {kind: number}}} within the days of the plan."""
    of_task = {"task__plan": plan}
    returned = {"kind": EventKind.RETURN, "from_status": Status.UNDER_REVIEW}
    sent = {"state": MessageState.SENT, "person__unit__government": plan.government_id}
    sources: dict[str, tuple[QuerySet[Any], str, str]] = {
        "contributions": (ContributionRequest.objects.visible_to(user).filter(**of_task), "unit", "asked_at"),
        "demands": (Demand.objects.visible_to(user).filter(**of_task), "unit", "asked_at"),
        "notices": (SupervisionNotice.objects.visible_to(user).filter(plan=plan), "unit", "issued_at"),
        "reminders": (ReminderMessage.objects.visible_to(user).filter(**sent), "person__unit", "sent_at"),
        "returns": (TaskEvent.objects.visible_to(user).filter(**of_task, **returned), "task__lead_unit", "at"),
    }
    first, end = clock.start_of(plan.starts_on), clock.start_of(plan.ends_on + DAY)
    found: dict[int, Months] = {}
    for kind, (rows, unit, at) in sources.items():
        inside = rows.filter(**{f"{at}__gte": first, f"{at}__lt": end}).order_by()
        counted = inside.annotate(month=TruncMonth(at)).values_list(unit, "month").annotate(number=Count("pk"))
        for pk, month, number in counted:
            found.setdefault(pk, {}).setdefault(clock.local_date(month), Counter())[kind] += number
    return found
