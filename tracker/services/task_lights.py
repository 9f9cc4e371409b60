"""The light of one task as it stands, or as it would stand with other facts."""

import datetime
from typing import Any

from django.utils.translation import gettext as _

from tracker import clock, lights
from tracker.enums import Light
from tracker.models import Task


def light_of(task: Task) -> Light:
    """The light of one task today."""
    return lights.LIGHT_OF[reason_of(task, clock.today())]


def reason_of(task: Task, on: datetime.date, **changed: Any) -> str:
    """The light's reason for one object on the day `on`; `changed` replaces facts (a forecast)."""
    steps = list(task.milestones.all()) if task.milestone_count else []
    facts = {
        "status": task.status,
        "due_on": task.due_on,
        "starts_on": task.starts_on,
        "progress": task.progress,
        "returned": task.returned,
        "last_report_on": task.last_report_on,
        "raised_light": task.raised_light,
        "scheduled": scheduled_of(task, on),
        "milestone_missed": any(step.met_on is None and step.due_on < on for step in steps),
    }
    return lights.reason_for({**facts, **changed}, task.plan.thresholds(on))


def scheduled_of(task: Task, on: datetime.date) -> int | None:
    """Scheduled points of one object on the day `on`."""
    steps = task.milestones.all() if task.milestone_count else []
    shares = [(step.due_on, step.share) for step in steps if step.share is not None]
    return lights.scheduled_points(on, task.starts_on, task.due_on, shares)


def lights_above(task: Task) -> list[Light]:
    """The lights that a reviewer may raise the task's light to: worse than it is now, mildest first."""
    order = [Light.GREEN, Light.BLUE, Light.YELLOW, Light.RED]
    present = [lights.LIGHT_OF[reason_of(task, clock.today(), raised_light="")], task.raised_light]
    places = [order.index(Light(light)) for light in present if light in order]
    return order[max(places) + 1 :] if places and present[0] in order else []


def already_as_bad(task: Task) -> str:
    """Why a light cannot be raised, in a sentence."""
    computed = lights.LIGHT_OF[reason_of(task, clock.today(), raised_light="")]
    return _("A light can only be raised; the rule gives %(light)s already.") % {"light": computed.label}
