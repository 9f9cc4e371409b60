"""The plan as it stood at the end of a past day, from history alone."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from tracker import lights
from tracker.enums import Light
from tracker.models import Plan, Task, TaskEvent, Unit, User, WorkArea
from tracker.presenters.timeline import DATES, Snapshot

TEXTS = ("code", "title", "quote", "nature", "deliverable", "criteria", "accountable_leader", "due_basis", "remarks")
FACTS = ("status", "progress", "returned", "raised_light", "raised_reason")


@dataclass(frozen=True)
class Past:
    """A task as history kept it at the end of a day, with its light of that day; `build` makes what is shown."""

    pk: int
    place: tuple[int, int]
    state: dict[str, Any]
    reason: str
    light: str


def past_tasks(plan: Plan, day: datetime.date, user: User) -> list[Past]:
    """The visible tasks of the plan at the end of `day`, in the order of the report. One statement."""
    lines = TaskEvent.objects.filter(task__in=Task.objects.visible_to(user).of_plan(plan), on__lte=day)
    latest = lines.order_by().values("task").annotate(last=Max("sequence")).values("last")
    found = TaskEvent.objects.filter(sequence__in=latest).values_list("task_id", "state")
    return sorted((_past(plan, pk, state, day) for pk, state in found), key=lambda past: past.place)


def _past(plan: Plan, pk: int, state: dict[str, Any], day: datetime.date) -> Past:
    area, _dot, serial = state["code"].partition(".")
    reason = Snapshot.of(state).reason(day, plan)
    return Past(pk, (int(area), int(serial)), state, reason, lights.LIGHT_OF[reason].value)


def build(plan: Plan, past: Past, day: datetime.date) -> Task:
    """The task with all that history kept of it, carrying what `with_light` annotates; never saved.

    Names of units and people are those of that day.
    """
    state = past.state
    values = {name: state[name] for name in (*TEXTS, *FACTS)}
    values |= {name: datetime.date.fromisoformat(state[name]) if state[name] else None for name in DATES}
    task = Task(pk=past.pk, serial=past.place[1], **values)
    task.plan = plan
    task.area = WorkArea(pk=state["area"]["id"], number=past.place[0], title=state["area"]["label"].partition(" ")[2])
    task.lead_unit, task.proposed_lead_unit = _unit(state["lead_unit"]), _unit(state["proposed_lead_unit"])
    owner = state["owner"]
    task.owner = User(pk=owner["id"], display_name=owner["label"]) if owner else None
    task.light_reason, task.scheduled = past.reason, Snapshot.of(state).scheduled(day)
    return task


def _unit(kept: dict[str, Any] | None) -> Unit | None:
    return Unit(pk=kept["id"], name=kept["label"], short_name=kept["label"]) if kept else None


def fitting(rows: Iterable[Past], words: str) -> list[Past]:
    """Those in which every word stands: in number, title, unit or owner, as the ledger's search has it."""
    wanted = words.split()[:8]
    return [past for past in rows if all(_stands(past.state, word) for word in wanted)]


def _stands(state: dict[str, Any], word: str) -> bool:
    labels = [(state[name] or {}).get("label", "") for name in ("lead_unit", "owner")]
    return state["code"].startswith(word) or any(word in text for text in (state["title"], *labels))


def counts(rows: Iterable[Past]) -> dict[str, int]:
    """{light: number of tasks}, every light named."""
    found = dict.fromkeys(Light.values, 0)
    for past in rows:
        found[past.light] += 1
    return found
