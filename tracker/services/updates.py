"""One update, all of it or nothing: report, readings, evidence and, if wished, the submission."""

from typing import Any

from django.db import transaction

from tracker.models import Task, User
from tracker.services import evidence, indicators, tasks


@transaction.atomic
def send(
    task_id: int,
    *,
    by: User,
    progress: int,
    summary: str,
    problems: str = "",
    next_steps: str = "",
    milestones_met: list[int] | None = None,
    readings: dict[int, Any] | None = None,
    existing: list[int] | None = None,
    new_evidence: dict[str, Any] | None = None,
    submit: bool = False,
    version: int | None = None,
) -> Task:
    """Report progress with everything that belongs to it.

    `readings` is {indicator id: value}, `existing` ids of evidence that is stored already, `new_evidence` what
    `evidence.deposit` takes. Raises what the single services raise; then nothing is stored.
    """
    task = tasks.report(
        task_id,
        by=by,
        progress=progress,
        summary=summary,
        problems=problems,
        next_steps=next_steps,
        milestones_met=milestones_met or (),
        version=version,
    )
    for indicator_id, value in (readings or {}).items():
        indicators.read(indicator_id, by=by, value=value, task_id=task_id)
    for evidence_id in existing or []:
        evidence.use(task_id, evidence_id, by=by)
    if new_evidence:
        evidence.deposit(task_id, by=by, **new_evidence)
    if submit:
        task = tasks.submit(task_id, by=by, summary=summary)
    return task
