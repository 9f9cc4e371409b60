"""How facts are put into words, once for pages and files: lights and their reasons, dates, punctuation."""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from tracker import dates, lights
from tracker.enums import CarryOverKind, DemandKind, Light, LinkState, Nature, NoticeState
from tracker.models import Plan, Task
from tracker.texts import enumeration

full_date, month_day, day_in_year = dates.full_date, dates.month_day, dates.day_in_year

DATES = ("starts_on", "due_on", "last_report_on", "completed_on", "cancelled_on")
HALF_TO_FULL = str.maketrans({",": "，", ":": "：", ";": "；", "(": "（", ")": "）", "?": "？", "!": "！"})
MARKS = re.compile("[,:;()?!]")


def in_chinese(label: Any) -> str:
    """A label as documents and files name it, which speak Chinese whatever the page does."""
    with override("zh-hans"):
        return str(label)


@dataclass(frozen=True)
class ShownLight:
    """A light as it is shown: `value` picks the shape, `label` its name, `reason` the few words beside it."""

    value: str
    label: str
    reason: str


def shown_light(task: Task, on: datetime.date) -> ShownLight:
    """The light of a task that carries `light_reason` and `scheduled` (see `TaskQuerySet.with_light`)."""
    light = lights.LIGHT_OF[task.light_reason]
    return ShownLight(light.value, str(light.label), short_reason(task, on))


def short_reason(task: Task, on: datetime.date) -> str:
    """The reason of the light in a few words: 落后12点, 超期15天, 剩11天, 正常."""
    on = task.plan.standing_on(on)
    behind = (task.scheduled or 0) - task.progress
    days = abs((task.due_on - on).days) if task.due_on else 0
    words = {
        "completed": lambda: date_in_year(task.completed_on, task),
        "cancelled": lambda: _("cancelled"),
        "unconfirmed": lambda: _("unconfirmed"),
        "no_due_date": lambda: _("no due date"),
        "starts_later": lambda: _("starts %(date)s") % {"date": date_in_year(task.starts_on, task)},
        "overdue": lambda: ngettext("%(days)d day overdue", "%(days)d days overdue", days) % {"days": days},
        "far_behind": lambda: _("%(points)d points behind") % {"points": behind},
        "behind": lambda: _("%(points)d points behind") % {"points": behind},
        "milestone_missed": lambda: _("milestone missed"),
        "returned": lambda: _("returned, not resubmitted"),
        "report_missed": lambda: _("report missed"),
        "near_due": lambda: ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days},
        "on_track": lambda: _("on track"),
    }
    if task.light_reason.startswith("raised_"):
        return _("raised by a reviewer")
    return words[task.light_reason]()


def long_reason(task: Task, plan: Plan, on: datetime.date) -> str:
    """The reason as a sentence with its numbers, for the head of the task page."""
    on = plan.standing_on(on)
    behind = (task.scheduled or 0) - task.progress
    values = {
        "scheduled": task.scheduled,
        "progress": task.progress,
        "points": behind,
        "yellow": plan.yellow_points,
        "red": plan.red_points,
        "near": plan.near_days,
        "due": date_in_year(task.due_on, task) if task.due_on else "",
        "cutoff": date_in_year(lights.last_cutoff(on, plan.reporting_period, plan.cutoff_day), task),
        "reason": task.raised_reason,
        "days": abs((task.due_on - on).days) if task.due_on else 0,
    }
    sentences = {
        "completed": _("Verified and closed out."),
        "cancelled": _("Cancelled on an approved request."),
        "unconfirmed": _("Owner, due date or criteria are not set yet; the report does not state them."),
        "no_due_date": _("No due date is set."),
        "starts_later": _("The planned start lies ahead."),
        "overdue": _("Due %(due)s, %(days)d days ago."),
        "far_behind": _(
            "%(points)d points behind: %(progress)d of %(scheduled)d. "
            "Red beyond %(red)d points, yellow from %(yellow)d."
        ),
        "behind": _(
            "%(points)d points behind: %(progress)d of %(scheduled)d. "
            "Yellow from %(yellow)d points, red beyond %(red)d."
        ),
        "milestone_missed": _("A milestone has passed and is not met."),
        "returned": _("Returned and not resubmitted."),
        "report_missed": _("No report for the period that was cut off on %(cutoff)s."),
        "near_due": _("Due %(due)s, %(days)d days left; blue within %(near)d days."),
        "on_track": _("On schedule: %(progress)d of %(scheduled)d."),
    }
    if task.light_reason.startswith("raised_"):
        return _("Raised by a reviewer: %(reason)s") % values
    return sentences[task.light_reason] % values


def light_label(value: str) -> str:
    return str(Light(value).label)


def date_in_year(day: datetime.date | None, task: Task) -> str:
    """3月28日 inside the plan's year, with the year outside it."""
    return dates.day_in_year(day, task.plan.year)


def month(day: datetime.date) -> str:
    """9月."""
    return date_format(day, pgettext("date format", "F"))


def moment(at: datetime.datetime) -> str:
    """3月28日 10:00, in the installation's time zone."""
    return date_format(timezone.localtime(at), pgettext("date format", "j M, H:i"))


def column_date(day: datetime.date | None, year: int) -> str:
    """09-30 inside the year, 2026-03-31 outside it; for table columns only."""
    if day is None:
        return "—"
    return day.strftime("%m-%d") if day.year == year else day.isoformat()


def act_of_supervision(changes: dict[str, Any]) -> str:
    """What was done about a notice or demanded of the unit, from the codes that a line of history keeps.

    Empty for other lines, and for those written before the codes were kept.
    """
    acts = {
        ("notice", NoticeState.ISSUED): _("sent a supervision notice"),
        ("notice", NoticeState.ACKNOWLEDGED): _("acknowledged the supervision notice"),
        ("notice", NoticeState.REPLIED): _("replied to the supervision notice"),
        ("notice", NoticeState.ACCEPTED): _("accepted the reply to the supervision notice"),
        ("notice", NoticeState.REFUSED): _("did not accept the reply to the supervision notice"),
        ("notice", NoticeState.ESCALATED): _("escalated the supervision notice"),
        ("notice", NoticeState.WITHDRAWN): _("withdrew the supervision notice"),
        ("demand", DemandKind.URGE): _("urged the lead unit"),
        ("demand", DemandKind.REPORT): _("asked the lead unit to report"),
    }
    kept = [(name, changes[name][1]) for name in ("notice", "demand") if name in changes]
    return acts.get(kept[0], "") if kept else ""


def act_of_roll_over(changes: dict[str, Any]) -> str:
    """What was said of the task for the roll-over, from the codes that a line of history keeps; "" for other lines."""
    acts = {
        ("carry", CarryOverKind.CARRIED): _("carried the task into next year's plan"),
        ("carry", CarryOverKind.FINISHED): _("called the task finished without a close-out"),
        ("carry", CarryOverKind.ABSORBED): _("let another task absorb it"),
        ("carry", CarryOverKind.DROPPED): _("did not pursue the task further"),
        ("carry", "undone"): _("took back what was settled for the roll-over"),
        ("succession", LinkState.CONFIRMED): _("confirmed the predecessor"),
        ("succession", LinkState.DISMISSED): _("dismissed the predecessor"),
        ("succession", LinkState.PROPOSED): _("made the predecessor a proposal again"),
    }
    kept = [(name, changes[name][1]) for name in ("carry", "succession") if name in changes]
    return acts.get(kept[0], "") if kept else ""


def full_width(text: str) -> str:
    """ASCII punctuation as full-width, one for one, so that offsets hold.

    A mark between two ASCII letters or digits (10:00, 1,986) stays.
    """
    return MARKS.sub(
        lambda mark: mark[0] if _inside_ascii(text, mark.start()) else mark[0].translate(HALF_TO_FULL), text
    )


def _inside_ascii(text: str, place: int) -> bool:
    around = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
    return len(around) == 2 and around.isascii() and around.isalnum()


def in_order(changes: dict[str, Any]) -> dict[str, Any]:
    """The changes in the order of the task's fields: not every database keeps the order of what is stored as JSON."""
    places = {field.name: place for place, field in enumerate(Task._meta.fields)}
    return dict(sorted(changes.items(), key=lambda item: places.get(item[0], len(places))))


def field_label(name: str) -> str:
    """What a field of the task is called on the screen."""
    if name == "milestones":
        return _("milestones")
    return str(Task._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def shown(name: str, value: Any) -> str:
    """A value of a task's field as history keeps it, in words; "not set" for nothing."""
    if value in (None, "", []):
        return _("not set")
    if isinstance(value, dict):
        return str(value.get("label") or value["title"])
    if isinstance(value, list):
        return enumeration(shown(name, item) for item in value)
    if name in DATES:
        return full_date(datetime.date.fromisoformat(value))
    if name == "nature":
        return str(Nature(value).label)
    return " / ".join(str(value).splitlines())


def change(name: str, before: Any, after: Any) -> str:
    """A field with its old and new value in a line."""
    words = {"field": field_label(name), "before": shown(name, before), "after": shown(name, after)}
    return _("%(field)s: %(before)s → %(after)s") % words
