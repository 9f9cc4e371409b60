"""The plan as it stood at the end of a past day, from history alone."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import Max

from tracker import lights
from tracker.enums import Light
from tracker.models import Plan, Task, TaskEvent, Unit, User, WorkArea
from tracker.presenters.timeline import DATES, Snapshot

TEXTS = ("code", "title", "quote", "nature", "deliverable", "criteria", "accountable_leader", "due_basis", "remarks")
FACTS = ("status", "progress", "returned", "raised_light", "raised_reason")


def tasks_as_of(plan: Plan, day: datetime.date, user: User) -> list[Task]:
    """The visible tasks of the plan with all that history kept of them at the end of `day`, in the order of the report.

    They carry what `with_light` annotates; names of units and people are those of that day. They are no rows of the
    database and are never saved. One statement.
    """
    lines = TaskEvent.objects.filter(task__in=Task.objects.visible_to(user).of_plan(plan), on__lte=day)
    latest = lines.order_by().values("task").annotate(last=Max("sequence")).values("last")
    found = TaskEvent.objects.filter(sequence__in=latest).values_list("task_id", "state")
    tasks = [_task(plan, pk, state, day) for pk, state in found]
    return sorted(tasks, key=lambda task: (task.area.number, task.serial))


def _task(plan: Plan, pk: int, state: dict[str, Any], day: datetime.date) -> Task:
    values = {name: state[name] for name in (*TEXTS, *FACTS)}
    values |= {name: datetime.date.fromisoformat(state[name]) if state[name] else None for name in DATES}
    number, serial = (int(part) for part in state["code"].split("."))
    task = Task(pk=pk, serial=serial, **values)
    task.plan = plan
    task.area = WorkArea(pk=state["area"]["id"], number=number, title=state["area"]["label"].partition(" ")[2])
    task.lead_unit, task.proposed_lead_unit = _unit(state["lead_unit"]), _unit(state["proposed_lead_unit"])
    owner = state["owner"]
    task.owner = User(pk=owner["id"], display_name=owner["label"]) if owner else None
    snapshot = Snapshot.of(state)
    task.light_reason, task.scheduled = snapshot.reason(day, plan), snapshot.scheduled(day)
    return task


def _unit(kept: dict[str, Any] | None) -> Unit | None:
    return Unit(pk=kept["id"], name=kept["label"], short_name=kept["label"]) if kept else None


def fitting(tasks: Iterable[Task], words: str) -> list[Task]:
    """The tasks in which every word stands: in number, title, unit or owner, as the ledger's search has it."""
    return [
        task
        for task in tasks
        if all(
            task.code.startswith(word) or any(word in str(part) for part in (task.title, task.lead_unit, task.owner))
            for word in words.split()[:8]
        )
    ]


def counts(tasks: Iterable[Task]) -> dict[str, int]:
    """{light: number of tasks}, every light named."""
    found = dict.fromkeys(Light.values, 0)
    for task in tasks:
        found[light_of(task)] += 1
    return found


def light_of(task: Task) -> str:
    return str(lights.LIGHT_OF[task.light_reason].value)
