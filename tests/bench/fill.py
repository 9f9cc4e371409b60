"""A large plan for the benchmarks: the demonstration's tasks, repeated."""

from django.db import connection, models, transaction

from tracker.models import Milestone, Plan, Task, TaskEvent


@transaction.atomic
def repeat_tasks(plan: Plan, total: int) -> int:
    """Copy the plan's tasks (with their milestones) until there are `total`; returns how many there are.

    Written past the gate on purpose: it is the reading of many rows that is measured.
    """
    originals = list(Task.objects.filter(plan=plan).prefetch_related("milestones"))
    plain = models.QuerySet(Task)
    copies, steps = [], []
    serials = {task.area_id: 100 for task in originals}
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


def analyse() -> None:
    """Let the database know how large its tables are."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def lines_of_history() -> int:
    return int(TaskEvent.objects.count())
