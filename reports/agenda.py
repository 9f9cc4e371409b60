"""Why a task stands on the agenda of a progress review: found from the plan as it stands, by itself."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from reports.enums import AgendaReason
from tracker.enums import Light, RequestState, Status
from tracker.lights import LIGHT_OF
from tracker.models import (
    ChangeRequest,
    Demand,
    EvidenceUse,
    MeasureLink,
    Plan,
    ShortcomingLink,
    SupervisionNotice,
    Task,
)
from tracker.services.trace import digest_of

CLOSED = (Status.COMPLETED, Status.CANCELLED)


def reasons_of(plan: Plan, on: datetime.date, last_lights: Mapping[int, str]) -> dict[int, list[str]]:
    """{task: its reasons, in the order of AgendaReason} for the tasks that have any; eight statements.

    `last_lights` are {task: light} as the review before left them. What awaits a decision: a close-out that waits
    for its reviewer, and a demand whose date has passed without an answer.
    """
    rows: Any = Task.objects.filter(plan=plan).with_light(plan, on).order_by()
    tasks = list(rows.values_list("pk", "status", "owner", "due_on", "light_reason"))
    open_ones = {pk for pk, status, *_rest in tasks if status not in CLOSED}
    found: dict[str, set[int]] = defaultdict(set)
    for pk, status, owner, due_on, reason in tasks:
        for name in _of_itself(status, owner, due_on, LIGHT_OF[reason], last_lights.get(pk, "")):
            found[name].add(pk)
    found[AgendaReason.REQUEST] = _keys(ChangeRequest.objects.filter(task__plan=plan, state=RequestState.OPEN))
    overdue = Demand.objects.open().filter(task__plan=plan, wanted_by__lt=on)
    found[AgendaReason.AWAITING] |= _keys(overdue)
    found[AgendaReason.SUSPECT] = _suspect(plan)
    dead = EvidenceUse.objects.standing(on).filter(task__plan=plan, evidence__address_check__dead_since__isnull=False)
    found[AgendaReason.DEAD_EVIDENCE] = _keys(dead)
    found[AgendaReason.NOTICE] = _keys(SupervisionNotice.objects.open().filter(plan=plan))
    return _by_task(found, open_ones)


def _of_itself(status: str, owner: int | None, due_on: datetime.date | None, light: Light, last: str) -> Iterable[str]:
    if light == Light.RED:
        yield AgendaReason.RED
    if light == Light.YELLOW:
        yield AgendaReason.YELLOW
        if last == Light.YELLOW:
            yield AgendaReason.YELLOW_AGAIN
    if status == Status.UNDER_REVIEW:
        yield AgendaReason.AWAITING
    if status == Status.UNCONFIRMED:
        yield AgendaReason.UNCONFIRMED
    elif status not in CLOSED and (owner is None or due_on is None):
        yield AgendaReason.NO_OWNER


def _keys(rows: QuerySet[Any]) -> set[int]:
    return set(rows.order_by().values_list("task_id", flat=True))


def _suspect(plan: Plan) -> set[int]:
    """Tasks of which a link was made for words that read otherwise now."""
    measures = MeasureLink.objects.standing().filter(task__plan=plan)
    shortcomings = ShortcomingLink.objects.standing().filter(task__plan=plan)
    rows = [
        *measures.values_list("task_id", "upstream_digest", "measure__text"),
        *shortcomings.values_list("task_id", "upstream_digest", "shortcoming__text"),
    ]
    return {task for task, digest, words in rows if digest != digest_of(words)}


def _by_task(found: Mapping[str, set[int]], open_ones: set[int]) -> dict[int, list[str]]:
    reasons: dict[int, list[str]] = defaultdict(list)
    for reason in AgendaReason:
        for task in found.get(reason, ()):
            if task in open_ones:
                reasons[task].append(reason.value)
    return dict(reasons)
