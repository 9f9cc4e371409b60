"""A large plan for the benchmarks: the demonstration's tasks, repeated."""

import datetime

from django.db import connection, models, transaction

from tracker import clock
from tracker.models import Milestone, Plan, Task, TaskEvent
from tracker.services import history


@transaction.atomic
def repeat_tasks(plan: Plan, total: int) -> int:
    """Copy the plan's tasks (with their milestones) until there are `total`; returns how many there are.

    Written past the gate on purpose: it is the reading of many rows that is measured.
    """
    originals = list(Task.objects.filter(plan=plan).prefetch_related("milestones"))
    plain = models.QuerySet(Task)
    copies, steps = [], []
    serials = dict.fromkeys((task.area_id for task in originals), 100)
    for task in originals:
        serials[task.area_id] = max(serials[task.area_id], task.serial)
    while len(originals) + len(copies) < total:
        source = originals[len(copies) % len(originals)]
        serials[source.area_id] += 1
        values = {field.attname: getattr(source, field.attname) for field in Task._meta.concrete_fields}
        serial = serials[source.area_id]
        values |= {"id": None, "serial": serial, "code": f"{source.code.split('.')[0]}.{serial}"}
        # Words of their own, beyond the text: in a real plan no two tasks share theirs.
        values |= {"start": source.start + serial * 10_000, "end": source.end + serial * 10_000}
        copies.append(Task(**values))
        steps.append(list(source.milestones.all()))
    stored = plain.bulk_create(copies, batch_size=500)
    Milestone.objects.bulk_create(
        [
            Milestone(task=task, title=step.title, due_on=step.due_on, share=step.share, met_on=step.met_on)
            for task, own in zip(stored, steps, strict=True)
            for step in own
        ],
        batch_size=500,
    )
    return len(originals) + len(stored)


def repeat_history(plan: Plan, each: int) -> int:
    """Give every copied task `each` lines of history, as if it had been reported on month by month; returns how many.

    The chain goes on from the last line; lines are told from one another by day, progress and words.
    """
    tail = TaskEvent.objects.order_by("-sequence").first()
    assert tail is not None
    names = [field.attname for field in TaskEvent._meta.concrete_fields]
    lines, sequence, previous = [], tail.sequence, tail.digest
    tasks = Task.objects.filter(plan=plan, events=None).select_related(*history.LABELLED_FIELDS)
    for task in tasks.prefetch_related("supporting_units", "milestones"):
        state = history.state_of(task)
        for number in range(each):
            sequence += 1
            day = plan.starts_on + datetime.timedelta(days=7 + 24 * number)
            values = {name: getattr(tail, name) for name in names}
            values |= {"id": None, "sequence": sequence, "task_id": task.pk, "on": day, "previous_digest": previous}
            values |= {"at": clock.start_of(day), "summary": f"第{number + 1}次填报", "holdings": {}}
            values["state"] = {**state, "progress": min(100, number * 8), "last_report_on": day.isoformat()}
            line = TaskEvent(**values)
            line.digest = previous = history.digest_of(line)
            lines.append(line)
    models.QuerySet(TaskEvent).bulk_create(lines, batch_size=500)
    return len(lines)


def analyse() -> None:
    """Let the database know how large its tables are."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def lines_of_history() -> int:
    return int(TaskEvent.objects.count())
