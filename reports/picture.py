"""The frozen picture of a review: written once as text with every label in it, read without any other row."""

import datetime
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec
from django.db.models import Max
from django.utils import translation

from reports.enums import AgendaReason
from reports.models import Decision, Review
from tracker import clock, lights, wording
from tracker.enums import (
    Disclosure,
    EventKind,
    IndicatorDirection,
    Light,
    LinkExtent,
    LinkHealth,
    LinkState,
    Nature,
    Status,
    Strength,
    Verdict,
)
from tracker.models import Evidence, Plan, Task, TaskEvent, User
from tracker.presenters.as_of import Past, frozen, holdings
from tracker.presenters.hanging import Held
from tracker.services import history

FORMAT = 1
# What a unit says in a period, words or none.
SAYING = (EventKind.REPORT, EventKind.NO_CHANGE, EventKind.SUBMIT)
LANGUAGE = "zh-hans"
# Reasons that tell of requests, notices and evidence which only the units of the task and those who oversee see.
AMONG_UNITS = (AgendaReason.REQUEST, AgendaReason.NOTICE, AgendaReason.DEAD_EVIDENCE)
NOTHING: Held = {"links": [], "evidence": [], "indicators": []}


class FrozenTask(msgspec.Struct):
    """One task as it stood: `state` and `held` as history keeps them, `labels` the words of then, all in Chinese.

    `held` is without internal evidence, of which only the number is kept.
    """

    id: int
    light: str
    reason: str
    scheduled: int | None
    state: msgspec.Raw
    labels: dict[str, str]
    report: dict[str, str] | None
    held: dict[str, list[dict[str, Any]]]
    internal_evidence: int
    agenda: list[str]

    def past(self) -> Past:
        """The task as comparisons take it."""
        return frozen(self.id, bytes(self.state).decode(), self.reason, self.light)


class Picture(msgspec.Struct):
    """A whole picture; `review`, `plan` and `decisions` are plain values."""

    format: int
    review: dict[str, Any]
    plan: dict[str, Any]
    totals: dict[str, int]
    tasks: list[FrozenTask]
    decisions: list[dict[str, Any]]


class _Lit(msgspec.Struct):
    id: int
    light: str


class _Lights(msgspec.Struct):
    """A picture of which nothing but the lights is wanted: the rest is skipped, not read."""

    tasks: list[_Lit]


_read = msgspec.json.Decoder(Picture).decode
_read_lights = msgspec.json.Decoder(_Lights).decode


def read(text: str) -> Picture:
    """The picture in `text`. Raises msgspec.DecodeError for what is none."""
    return _read(text)


def digest_of(text: str, previous: str) -> str:
    """SHA-256 (hex) over the digest of the version before and the text."""
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def freeze(review: Review, by: User) -> tuple[str, int]:
    """Canonical JSON of the plan as it stands now, and the number of its tasks; a fixed number of statements."""
    with translation.override(LANGUAGE):
        tasks = _tasks(review, clock.today(), by)
        totals = dict.fromkeys(Light.values, 0)
        for task in tasks:
            totals[task["light"]] += 1
        content = {
            "format": FORMAT,
            "review": _head(review),
            "plan": _plan(review.plan),
            "totals": totals,
            "tasks": tasks,
            "legend": _legend(),
            "decisions": [decision_values(row) for row in _decisions(review)],
        }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")), len(tasks)


def _head(review: Review) -> dict[str, Any]:
    return {
        "title": review.name,
        "number": review.number,
        "kind": review.kind,
        "kind_label": str(review.get_kind_display()),
        "since": review.since.isoformat(),
        "until": review.until.isoformat(),
        "on": review.on.isoformat(),
        "chair": review.chair,
        "participants": review.participants,
        "notes": review.notes,
        "closed_by": str(review.closed_by),
        "closed_at": review.closed_at.isoformat() if review.closed_at else "",
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.pk,
        "title": plan.title,
        "year": plan.year,
        "government": plan.government.name,
        "report": plan.report.title,
        "red_points": plan.red_points,
        "yellow_points": plan.yellow_points,
        "near_days": plan.near_days,
    }


def _decisions(review: Review) -> Iterable[Decision]:
    rows = Decision.objects.filter(item__review=review)
    return rows.select_related("item__task", "by__unit", "notice__plan", "change").order_by("at", "pk")


def decision_values(row: Decision) -> dict[str, Any]:
    """A decision as plain values with labels."""
    return {
        "task": row.item.task_id,
        "code": row.item.task.code,
        "kind": row.kind,
        "kind_label": str(row.get_kind_display()),
        "words": row.words,
        "by_date": row.by_date.isoformat() if row.by_date else None,
        "by": str(row.by),
        "at": row.at.isoformat(),
        "notice": row.notice.number if row.notice else "",
        "basis": row.change.basis_document if row.change else "",
    }


def _tasks(review: Review, on: datetime.date, by: User) -> list[dict[str, Any]]:
    plan = review.plan
    related = [*history.LABELLED_FIELDS]
    found = Task.objects.filter(plan=plan).with_light(plan, on).select_related(*related)
    reports, (held, internal) = _reports(plan), _held(plan, by)
    agenda = {item.task_id: [name for name in item.reasons if name not in AMONG_UNITS] for item in review.items.all()}
    frozen_tasks = []
    for task in found.prefetch_related("supporting_units", "milestones").by_place():
        task.plan = plan
        frozen_tasks.append(
            {
                "id": task.pk,
                "light": lights.LIGHT_OF[task.light_reason].value,
                "reason": task.light_reason,
                "scheduled": task.scheduled,
                "state": history.state_of(task),
                "labels": _labels(task, on),
                "report": reports.get(task.pk),
                "held": held.get(task.pk, NOTHING),
                "internal_evidence": internal.get(task.pk, 0),
                "agenda": agenda.get(task.pk, []),
            }
        )
    return frozen_tasks


def _labels(task: Task, on: datetime.date) -> dict[str, str]:
    light = wording.shown_light(task, on)
    return {
        "status": str(Status(task.status).label),
        "light": light.label,
        "light_words": light.reason,
        "nature": str(Nature(task.nature).label) if task.nature else "",
    }


def _reports(plan: Plan) -> dict[int, dict[str, str]]:
    """{task: its latest report that the unit stands by}: an unsigned submission is nobody else's to read."""
    told = TaskEvent.objects.filter(task__plan=plan)
    lines = told.reports() | told.filter(kind=EventKind.NO_CHANGE)
    latest = lines.order_by().values("task").annotate(last=Max("sequence")).values("last")
    found = TaskEvent.objects.filter(sequence__in=latest)
    return {line.task_id: report_values(line) for line in found.defer("state", "changes", "holdings")}


def report_values(line: TaskEvent) -> dict[str, str]:
    """A report as plain values."""
    return {
        "on": line.on.isoformat(),
        "by": line.by_label,
        "kind": line.kind,
        "summary": line.summary,
        "problems": line.problems,
        "next_steps": line.next_steps,
    }


def _held(plan: Plan, by: User) -> tuple[dict[int, Held], dict[int, int]]:
    """({task: what everyone may see of what hangs on it}, {task: how many internal items of evidence it has})."""
    internal = internal_evidence(plan)
    found = holdings(plan, clock.today(), by)
    return without(found, internal), {
        task: sum(item["id"] in internal for item in held["evidence"]) for task, held in found.items()
    }


def internal_evidence(plan: Plan) -> set[int]:
    """Keys of the plan's items that are not for everyone."""
    return set(Evidence.objects.filter(plan=plan, disclosure=Disclosure.INTERNAL).values_list("pk", flat=True))


def without(found: Mapping[int, Held], items: Collection[int]) -> dict[int, Held]:
    """What hangs on tasks, but for these items of evidence."""
    return {
        task: {**held, "evidence": [item for item in held["evidence"] if item["id"] not in items]}
        for task, held in found.items()
    }


def _legend() -> dict[str, dict[str, str]]:
    """The words of the codes in the picture, as they were when it was taken."""
    kinds = (Status, Light, Nature, Verdict, LinkHealth, LinkState, Strength, LinkExtent, IndicatorDirection)
    return {kind.__name__: {str(value): str(label) for value, label in kind.choices} for kind in kinds}


def lights_of(picture: Picture) -> Mapping[int, str]:
    """{task: light} of a picture."""
    return {task.id: task.light for task in picture.tasks}


def lights_in(text: str) -> dict[int, str]:
    """{task: light} of the picture in `text`. Raises msgspec.DecodeError for what is none."""
    return {task.id: task.light for task in _read_lights(text).tasks}
