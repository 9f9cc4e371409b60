"""The record of a closed review, from its frozen picture alone."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext as _

from reports import picture
from reports.enums import DecisionKind, ReviewKind
from reports.models import Review, ReviewPicture
from tracker import wording
from tracker.enums import Light, Status
from tracker.lights import LIGHT_ORDER
from tracker.presenters.as_of import Past


def page(review: Review, kept: ReviewPicture) -> dict[str, Any]:
    """The whole record. Names, titles and dates are those of then; today's rows are not asked."""
    shown = picture.read(kept.data)
    decisions: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for decision in shown.decisions:
        decisions[decision["task"]].append(_decision(decision))
    head = shown.review
    return {
        "review": review,
        "title": head["title"],
        "head": _head(shown, kept),
        "notes": head["notes"],
        "totals": [
            {"light": wording.ShownLight(light.value, str(light.label), ""), "number": shown.totals[light.value]}
            for light in LIGHT_ORDER
        ],
        "decided": [
            {"code": task.past().kept.code, "title": task.past().kept.title, "decisions": decisions[task.id]}
            for task in shown.tasks
            if task.id in decisions
        ],
        "tasks": shown.tasks,
        "kept": kept,
        "digest": kept.digest,
        "holds": picture.digest_of(kept.data, kept.previous_digest) == kept.digest,
        "before_url": _before_url(review),
        "json_url": f"{reverse('review_picture', args=[review.pk])}?version={kept.version}",
        "word_url": f"{reverse('record_document', args=[review.pk])}?version={kept.version}",
    }


def _before_url(review: Review) -> str:
    """The comparison with the closed review before this one, if there is one; one statement."""
    before = ReviewPicture.objects.before(review).values_list("review", flat=True).first()
    if before is None:
        return ""
    sides = f"?since_review=review-{before}&until_review=review-{review.pk}"
    return reverse("changes", args=[review.plan_id]) + sides


def versions(review: Review, shown: int) -> list[dict[str, Any]]:
    """All pictures of the review by version; one statement."""
    rows = review.pictures.order_by("version").values_list("version", "taken_at")
    return [
        {
            "number": version,
            "at": wording.moment(at),
            "url": f"{reverse('review_record', args=[review.pk])}?version={version}",
            "current": version == shown,
        }
        for version, at in rows
    ]


def _label(kind: type[TextChoices], value: str, frozen: str) -> str:
    """The word in the reader's language; that of then for a code that is not known any more."""
    return str(kind(value).label) if value in kind.values else frozen


def _date(text: str | None) -> str:
    return wording.full_date(datetime.date.fromisoformat(text)) if text else ""


def _head(shown: picture.Picture, kept: ReviewPicture) -> list[tuple[str, str]]:
    head = shown.review
    facts = [
        (_("Plan"), shown.plan["title"]),
        (_("Kind of review"), _label(ReviewKind, head["kind"], head["kind_label"])),
        (_("Date"), _date(head["on"])),
        (_("Period"), _("%(since)s to %(until)s") % {"since": _date(head["since"]), "until": _date(head["until"])}),
        (_("Chair"), head["chair"]),
        (_("Participants"), head["participants"]),
        (_("Closed"), f"{wording.moment(kept.taken_at)}　{head['closed_by']}"),
    ]
    return [(label, value) for label, value in facts if value]


def _decision(decision: dict[str, Any]) -> dict[str, str]:
    date = _date(decision["by_date"])
    return {
        "kind": _label(DecisionKind, decision["kind"], decision["kind_label"]),
        "words": decision["words"],
        "by_date": _("until %(date)s") % {"date": date} if date else "",
        "notice": decision["notice"],
        "basis": decision["basis"],
    }


def task_rows(tasks: Iterable[picture.FrozenTask]) -> list[dict[str, Any]]:
    """The rows of the plan as it stood."""
    return [_task(task) for task in tasks]


def _task(task: picture.FrozenTask) -> dict[str, Any]:
    past: Past = task.past()
    state = past.state
    return {
        "code": past.kept.code,
        "title": past.kept.title,
        "url": reverse("task", args=[task.id]),
        "unit": past.kept.lead_unit.label if past.kept.lead_unit else _("not yet set"),
        "owner": past.kept.owner.label if past.kept.owner else "",
        "due": _date(state["due_on"]),
        "status": _label(Status, past.kept.status, task.labels["status"]),
        "light": wording.ShownLight(task.light, str(Light(task.light).label), task.labels["light_words"]),
        "progress": past.kept.progress,
        "scheduled": "" if task.scheduled is None else str(task.scheduled),
        "report": _report(task.report),
    }


def _report(report: dict[str, str] | None) -> dict[str, str] | None:
    return {**report, "on": _date(report["on"])} if report else None
