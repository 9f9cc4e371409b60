"""The calendar of a plan: what each date is called, and one month as a grid of weeks from Monday to Sunday."""

import calendar
import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reports.enums import DateKind
from reports.services.calendar import Entry
from tracker import wording
from tracker.enums import DemandState, Status
from tracker.models import Milestone, Plan, Task

# So many stand in a day at once; more fold; the rest is for the ledger.
AT_ONCE = 5
FOLDED = 60
WEEKS = calendar.Calendar(firstweekday=calendar.MONDAY)


@dataclass(frozen=True)
class Words:
    """How a date is said: what it is about, what kind of date, how it stands, and where it leads."""

    about: str
    kind: str
    standing: str
    url: str


def words(entry: Entry, today: datetime.date) -> Words:
    """The words of one date, as of `today`."""
    row, kind = entry.row, str(entry.kind.label)
    if entry.kind == DateKind.CUTOFF:
        about = _("Reports for %(month)s close") % {"month": wording.month(entry.on)}
        return Words(about, kind, "", reverse("home", args=[entry.plan.pk]))
    if entry.kind == DateKind.REVIEW:
        return Words(str(row), kind, row.get_state_display(), row.get_absolute_url())
    if entry.kind == DateKind.DUE:
        done = str(row.get_status_display()) if row.status == Status.COMPLETED else ""
        return Words(str(row), kind, done, row.get_absolute_url())
    if entry.kind == DateKind.NOTICE:
        return Words(f"{row.number} {row.task}", kind, row.get_state_display(), row.get_absolute_url())
    url = row.task.get_absolute_url()
    if entry.kind == DateKind.MILESTONE:
        return Words(f"{row.task.code} {row.title}", kind, _milestone_standing(row, today), url)
    answered = str(row.get_state_display()) if row.state == DemandState.ANSWERED else ""
    return Words(str(row.task), kind, answered, url)


def _milestone_standing(milestone: Milestone, today: datetime.date) -> str:
    if milestone.met_on is not None:
        return _("met")
    if milestone.task.status == Status.COMPLETED:
        return str(milestone.task.get_status_display())
    return _("missed") if milestone.due_on < today else _("still to be met")


def month_page(entries: Iterable[Entry], plan: Plan, month: datetime.date, today: datetime.date) -> dict[str, Any]:
    """The weeks of the month with what each day holds."""
    by_day: dict[datetime.date, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_day[entry.on].append(entry)
    weeks = WEEKS.monthdatescalendar(month.year, month.month)
    return {
        "weeks": [[_day(day, by_day.get(day, []), plan, month, today) for day in week] for week in weeks],
        "weekdays": weekdays(),
        "title": month_words(month),
        "empty": not by_day,
    }


def _day(
    day: datetime.date, entries: Sequence[Entry], plan: Plan, month: datetime.date, today: datetime.date
) -> dict[str, Any]:
    items = [_item(entry, today) for entry in entries[:FOLDED]]
    first, last = reverse("ledger", args=[plan.pk]), day.isoformat()
    return {
        "iso": last,
        "number": day.day,
        "words": f"{wording.month_day(day)} {weekdays()[day.weekday()]}",
        "inside": day.month == month.month,
        "today": day == today,
        "items": items[:AT_ONCE],
        "folded": items[AT_ONCE:],
        "folded_count": len(entries) - AT_ONCE,
        "ledger_url": f"{first}?due_from={last}&due_to={last}" if len(entries) > FOLDED else "",
    }


def _item(entry: Entry, today: datetime.date) -> dict[str, Any]:
    said = words(entry, today)
    light = _light(entry.row, entry.plan, today) if entry.kind == DateKind.DUE else None
    return {
        "value": entry.kind.value,
        "about": said.about,
        "kind": said.kind,
        "standing": "" if light else said.standing,
        "open": entry.kind == DateKind.MILESTONE and entry.row.met_on is None and entry.on < today,
        "url": "" if entry.kind == DateKind.CUTOFF else said.url,
        "light": light,
    }


def _light(task: Task, plan: Plan, today: datetime.date) -> wording.ShownLight:
    task.plan = plan
    return wording.shown_light(task, today)


def weekdays() -> list[str]:
    """周一 to 周日."""
    return [
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
        pgettext("weekday", "Sun"),
    ]


def month_words(month: datetime.date) -> str:
    """2025年9月."""
    return date_format(month, pgettext("date format", "F Y"))
