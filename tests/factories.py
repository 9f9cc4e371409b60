"""Rows written directly, past the gate: for tests of rules that must hold on any row, however it came about."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from tracker.enums import Nature, Status
from tracker.models import Milestone, Plan, Task, Unit, User, WorkArea

FIRST_DAY, LAST_DAY = datetime.date(2025, 1, 1), datetime.date(2025, 12, 31)


def build_task(area: WorkArea, serial: int, *, unit: Unit, owner: User, **fields: Any) -> Task:
    """An unsaved task in progress with everything a confirmed task has; `fields` replace what is named."""
    task = Task(
        plan=area.plan,
        area=area,
        serial=serial,
        code=f"{area.number}.{serial}",
        title=f"任务{serial}",
        quote=area.plan.report.text[area.start : area.end],
        start=area.start,
        end=area.end,
        nature=Nature.PHASED,
        lead_unit=unit,
        owner=owner,
        starts_on=FIRST_DAY,
        due_on=LAST_DAY,
        due_basis="分工会议纪要",
        criteria="完成",
        status=Status.IN_PROGRESS,
        confirmed_on=FIRST_DAY,
    )
    for name, value in fields.items():
        setattr(task, name, value)
    if task.status in (Status.AWAITING_SIGN_OFF, Status.UNDER_REVIEW):
        task.submitted_by = owner
    task.completed_on = task.due_on if task.status == Status.COMPLETED else None
    task.cancelled_on = LAST_DAY if task.status == Status.CANCELLED else None
    return task


def write_tasks(tasks: Iterable[Task]) -> list[Task]:
    """Store tasks as they are, whatever the gate would say."""
    return QuerySet(Task).bulk_create(tasks)


def write_milestones(task: Task, rows: Iterable[dict[str, Any]]) -> None:
    """Store milestones of a task, and their number on the task."""
    stored = [Milestone.objects.create(task=task, title=f"节点{place}", **row) for place, row in enumerate(rows, 1)]
    task.milestone_count = len(stored)
    Task.objects.filter(pk=task.pk).update_past_guard(milestone_count=len(stored))


def set_plan(plan: Plan, **fields: Any) -> Plan:
    """Change the settings of a plan directly."""
    Plan.objects.filter(pk=plan.pk).update(**fields)
    plan.refresh_from_db()
    return plan
