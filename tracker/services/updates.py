"""One update, all of it or nothing: report, readings, evidence and, if wished, the submission."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
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
    milestones_met: Iterable[int] | Mapping[int, tasks.Met] = (),
    readings: Mapping[int, Decimal] | None = None,
    reading_notes: Mapping[int, str] | None = None,
    existing: Mapping[int, str] | None = None,
    new_evidence: Mapping[str, Any] | None = None,
    submit: bool = False,
    version: int | None = None,
) -> Task:
    """Report progress with everything that belongs to it.

    With `submit` the words stand on the submission alone, which others read once the unit's head has signed it.
    `readings` is {indicator id: value}, `reading_notes` what explains them by the same ids, `existing` the claims
    that evidence stored already is to prove, by its ids, `new_evidence` what `evidence.deposit` takes. Raises what
    the single services raise; then nothing is stored.
    """
    task = tasks.report(
        task_id,
        by=by,
        progress=progress,
        summary="" if submit else summary,
        problems="" if submit else problems,
        next_steps="" if submit else next_steps,
        with_submission=submit,
        milestones_met=milestones_met,
        version=version,
    )
    for indicator_id, value in (readings or {}).items():
        note = (reading_notes or {}).get(indicator_id, "")
        indicators.read(indicator_id, by=by, value=value, note=note, task_id=task_id)
    _prove(task_id, by, existing, new_evidence)
    if not submit:
        return task
    return tasks.submit(task_id, by=by, summary=summary, problems=problems, next_steps=next_steps)


@transaction.atomic
def contribute(
    task_id: int,
    *,
    by: User,
    summary: str,
    existing: Mapping[int, str] | None = None,
    new_evidence: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> Task:
    """What a supporting unit did, with its evidence; the status stays. Raises as `send`."""
    task = tasks.contribute(task_id, by=by, summary=summary, version=version)
    _prove(task_id, by, existing, new_evidence)
    return task


def _prove(task_id: int, by: User, existing: Mapping[int, str] | None, new_evidence: Mapping[str, Any] | None) -> None:
    for evidence_id, claim in (existing or {}).items():
        evidence.use(task_id, evidence_id, by=by, claim=claim)
    if new_evidence:
        evidence.deposit(task_id, by=by, **new_evidence)
