"""Claim, sentence and evidence side by side, for the reviewer and for the unit head."""

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import clock, permissions, wording
from tracker.enums import EventKind, LinkHealth, Move, Verdict
from tracker.exceptions import Refusal
from tracker.models import Evidence, EvidenceUse, Task, TaskEvent, User
from tracker.presenters.task_tables import replaced_words, troubles

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def circled(place: int) -> str:
    """① for 1; plain digits past 20."""
    return CIRCLED[place - 1] if place <= len(CIRCLED) else f"({place})"


def claim_of(task: Task, user: User) -> TaskEvent | None:
    """The submission now waiting, as this person may see it."""
    submissions = TaskEvent.objects.visible_to(user).filter(task=task, kind=EventKind.SUBMIT)
    found: TaskEvent | None = submissions.order_by("-sequence").first()
    return found


def evidence_rows(task: Task, user: User) -> list[dict[str, Any]]:
    """The standing and judged items of the task, numbered in order, with what may be done with each."""
    uses = (
        EvidenceUse.objects.visible_to(user)
        .filter(task=task)
        .exclude(verdict=Verdict.WITHDRAWN)
        .mark_replaced()
        .select_related(
            "evidence__unit", "evidence__address_check", "judged_by", "task__plan__government", "task__lead_unit"
        )
        .order_by("evidence__number")
    )
    seen = {use.evidence.number for use in uses}
    return [_evidence_row(use, place, user, seen) for place, use in enumerate(uses, 1)]


def _evidence_row(use: EvidenceUse, place: int, user: User, seen: Collection[str]) -> dict[str, Any]:
    item = use.evidence
    facts = [
        item.document_number,
        item.get_kind_display(),
        wording.full_date(item.dated_on),
        item.get_disclosure_display(),
        item.place,
    ]
    return {
        "pk": use.pk,
        "mark": circled(place),
        "number": item.number,
        "title": item.title,
        "url": item.get_absolute_url(),
        "address": item.address,
        "facts": "　".join(str(fact) for fact in facts if fact),
        "claim": use.claim,
        "verdict": use.verdict,
        "verdict_label": use.get_verdict_display(),
        "reason": use.reason,
        "judged": _judged(use),
        "waits": use.verdict == Verdict.PENDING and not use.replaced_here,
        "version": replaced_words(use.replaced_here, seen),
        "troubles": troubles(item, clock.today()),
        "look_again_url": _look_again_url(item, user),
        "can_judge": permissions.can_judge(user, use),
        "judge_url": reverse("judge", args=[use.pk]),
    }


def _look_again_url(item: Evidence, user: User) -> str:
    """Where this person may look again at a page that has changed."""
    check = getattr(item, "address_check", None)
    changed = check is not None and check.health == LinkHealth.CHANGED
    if not changed or not permissions.answers(permissions.check_look_again, user, item):
        return ""
    return f"{item.get_absolute_url()}#again"


def _judged(use: EvidenceUse) -> str:
    if use.judged_at is None:
        return ""
    return _("%(who)s on %(date)s") % {"who": use.judged_by, "date": wording.moment(use.judged_at)}


def refusal_sentence(user: User, task: Task, move: Move) -> str:
    """Why this person may not make the move now, or an empty text."""
    try:
        permissions.check_move(user, task, move)
    except Refusal as refusal:
        return str(refusal)
    return ""


def source_of(task: Task) -> dict[str, Any]:
    """The sentence of the report around the task's words, cut in three: before, the words, after."""
    text = task.plan.report.text
    start, end = sentence_around(text, task.start, task.end)
    return {
        "before": wording.full_width(text[start : task.start]),
        "quote": wording.full_width(text[task.start : task.end]),
        "after": wording.full_width(text[task.end : end]),
        "place": _("Arrangement %(area)s, %(title)s") % {"area": task.area.number, "title": task.area.title},
        "url": f"{reverse('living_report', args=[task.plan_id])}#task-{task.code}",
    }


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Borders of the sentence that holds [start, end): from after the last 。 or line end to the next."""
    marks = "。\n"
    left = max(text.rfind(mark, 0, start) for mark in marks) + 1
    right = min(place for place in (*(text.find(mark, end) for mark in marks), len(text)) if place >= 0)
    right = min(right + 1, len(text)) if text[right : right + 1] == "。" else right
    return left + len(text[left:start]) - len(text[left:start].lstrip()), right


def upstream_rows(task: Task) -> list[dict[str, str]]:
    """What the task continues and answers: words, and which item they stand in."""
    measures = task.measure_links.standing().select_related("measure__section")
    shortcomings = task.shortcoming_links.standing().select_related("shortcoming")
    rows = [
        {
            "head": _("Continues measure %(number)s") % {"number": link.measure.section.number.rstrip(".、．")},
            "strength": str(link.get_strength_display()),
            "state": str(link.get_state_display()),
            "words": wording.full_width(link.measure.text),
        }
        for link in measures
    ]
    rows += [
        {
            "head": _("Answers shortcoming %(number)s") % {"number": link.shortcoming.number},
            "strength": str(link.get_strength_display()),
            "state": str(link.get_state_display()),
            "words": wording.full_width(link.shortcoming.text),
        }
        for link in shortcomings
    ]
    return rows


def due_sentence(task: Task) -> str:
    """Due date and how far from it the task is today."""
    if task.due_on is None:
        return ""
    days = (task.due_on - clock.today()).days
    date = wording.date_in_year(task.due_on, task)
    if days >= 0:
        return _("Due %(date)s, %(days)d days early") % {"date": date, "days": days}
    return _("Due %(date)s, %(days)d days late") % {"date": date, "days": -days}
