"""The frozen picture of a review: written once as text with every label in it, read without any other row."""

import datetime
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from django.db.models import Max
from django.utils import translation

from reports.models import Decision, Review
from tracker import clock, lights, wording
from tracker.enums import Disclosure, EventKind, Light, Nature, Status, Verdict
from tracker.models import EvidenceUse, MeasureLink, Plan, ShortcomingLink, Task, TaskEvent
from tracker.presenters.as_of import Past, frozen
from tracker.services import history

FORMAT = 1
LANGUAGE = "zh-hans"
REPORTS = (EventKind.REPORT, EventKind.NO_CHANGE, EventKind.SUBMIT)


class FrozenTask(msgspec.Struct):
    """One task as it stood: `state` as history keeps it, `labels` the words of then, all in Chinese."""

    id: int
    light: str
    reason: str
    scheduled: int | None
    state: msgspec.Raw
    labels: dict[str, str]
    report: dict[str, str] | None
    evidence: list[dict[str, str]]
    internal_evidence: int
    links: list[dict[str, str]]
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


_read = msgspec.json.Decoder(Picture).decode


def read(text: str) -> Picture:
    """The picture in `text`. Raises msgspec.DecodeError for what is none."""
    return _read(text)


def digest_of(text: str, previous: str) -> str:
    """SHA-256 (hex) over the digest of the version before and the text."""
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def freeze(review: Review) -> tuple[str, int]:
    """Canonical JSON of the plan as it stands now, and the number of its tasks; a fixed number of statements."""
    with translation.override(LANGUAGE):
        tasks = _tasks(review, clock.today())
        totals = dict.fromkeys(Light.values, 0)
        for task in tasks:
            totals[task["light"]] += 1
        content = {
            "format": FORMAT,
            "review": _head(review),
            "plan": _plan(review.plan),
            "totals": totals,
            "tasks": tasks,
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


def _tasks(review: Review, on: datetime.date) -> list[dict[str, Any]]:
    plan = review.plan
    related = [*history.LABELLED_FIELDS]
    found = Task.objects.filter(plan=plan).with_light(plan, on).select_related(*related)
    reports, evidence, links = _reports(plan), _evidence(plan), _links(plan)
    agenda = {item.task_id: item.reasons for item in review.items.all()}
    frozen_tasks = []
    for task in found.prefetch_related("supporting_units", "milestones").by_place():
        task.plan = plan
        open_items, internal = evidence.get(task.pk, ([], 0))
        frozen_tasks.append(
            {
                "id": task.pk,
                "light": lights.LIGHT_OF[task.light_reason].value,
                "reason": task.light_reason,
                "scheduled": task.scheduled,
                "state": history.state_of(task),
                "labels": _labels(task, on),
                "report": reports.get(task.pk),
                "evidence": open_items,
                "internal_evidence": internal,
                "links": links.get(task.pk, []),
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
    lines = TaskEvent.objects.filter(task__plan=plan, kind__in=REPORTS).signed()
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


def _evidence(plan: Plan) -> dict[int, tuple[list[dict[str, str]], int]]:
    """{task: (what everyone may see of its evidence, how many items are internal)}."""
    uses = EvidenceUse.objects.filter(task__plan=plan).exclude(verdict=Verdict.WITHDRAWN).select_related("evidence")
    shown: dict[int, list[dict[str, str]]] = defaultdict(list)
    hidden: dict[int, int] = defaultdict(int)
    for use in uses.order_by("evidence__number"):
        if use.evidence.disclosure == Disclosure.INTERNAL:
            hidden[use.task_id] += 1
        else:
            shown[use.task_id].append(_item(use))
    return {task: (shown.get(task, []), hidden.get(task, 0)) for task in {*shown, *hidden}}


def _item(use: EvidenceUse) -> dict[str, str]:
    return {
        "number": use.evidence.number,
        "title": use.evidence.title,
        "document_number": use.evidence.document_number,
        "claim": use.claim,
        "verdict": use.verdict,
        "verdict_label": str(use.get_verdict_display()),
    }


def _links(plan: Plan) -> dict[int, list[dict[str, str]]]:
    """{task: the measures and shortcomings that it is linked to, in their own words}."""
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    measures = MeasureLink.objects.standing().filter(task__plan=plan).select_related("measure__section")
    shortcomings = ShortcomingLink.objects.standing().filter(task__plan=plan).select_related("shortcoming")
    for row in measures:
        found[row.task_id].append(_link("measure", row.measure.section.number, row.measure.text, row))
    for link in shortcomings:
        found[link.task_id].append(_link("shortcoming", str(link.shortcoming.number), link.shortcoming.text, link))
    return found


def _link(what: str, number: str, words: str, link: Any) -> dict[str, str]:
    return {"what": what, "number": number, "words": words, "strength": link.strength, "state": link.state}


def lights_of(picture: Picture | None) -> Mapping[int, str]:
    """{task: light} of a picture."""
    return {task.id: task.light for task in picture.tasks} if picture else {}
