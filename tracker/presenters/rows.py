"""A task as one row of a list: everything formatted, nothing left for the template to decide."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import wording
from tracker.models import Task


def address_of(task: Task) -> str:
    """The page of the task; of one restored from history, as of the same day."""
    past = getattr(task, "as_of", None)
    return reverse("task", args=[task.pk]) + (f"?as_of={past.isoformat()}" if past else "")


def lacks(task: Task) -> list[str]:
    """What of lead unit, owner and due date nobody has set, in a word each."""
    named = [
        (task.lead_unit_id, _("lead unit missing")),
        (task.owner_id, _("owner missing")),
        (task.due_on, _("due date missing")),
    ]
    return [words for value, words in named if value is None]


@dataclass(frozen=True)
class Row:
    """One task in a list; `bar` has integer points `progress` and `scheduled` (or None) and the light's value."""

    pk: int
    code: str
    title: str
    url: str
    light: wording.ShownLight
    bar: dict[str, Any]
    unit: str
    owner: str
    version: int
    extra: dict[str, Any] = field(default_factory=dict)


def task_row(task: Task, on: datetime.date, **extra: Any) -> Row:
    """The row of a task that carries the annotations of `with_light`."""
    light = wording.shown_light(task, on)
    return Row(
        pk=task.pk,
        code=task.code,
        title=task.title,
        url=address_of(task),
        light=light,
        bar={"progress": task.progress, "scheduled": task.scheduled, "light": light.value},
        unit=str(task.lead_unit or task.proposed_lead_unit or _("not yet set")),
        owner=str(task.owner or "—"),
        version=task.version,
        extra=extra,
    )
