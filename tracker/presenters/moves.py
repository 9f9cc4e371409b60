"""What the page of a move shows beside its form: what will happen, and what somebody else did meanwhile."""

import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import clock, wording
from tracker.enums import Move, RequestKind, Role, Status
from tracker.exceptions import Stale
from tracker.models import ChangeRequest, Task, User
from tracker.presenters.timeline import arrow
from tracker.services import task_lights
from tracker.texts import enumeration
from tracker.workflow import RULE_OF, SUBMITTED_BY_HEAD

# Pages that show claim, source and evidence beside the same move.
SIDE_BY_SIDE = {Move.SIGN: "sign_off", Move.APPROVE: "review"}


def move_page(task: Task, user: User, move: Move) -> dict[str, Any]:
    """Heading, the status before and after, and what follows from the move."""
    target = RULE_OF[move].target
    if move == Move.SUBMIT and user.role == Role.UNIT_HEAD:
        target = SUBMITTED_BY_HEAD
    return {
        "heading": str(move.label),
        "change": arrow(task.get_status_display(), str(target.label)),
        "follows": _follows(task, move, target),
        "criteria": [line for line in task.criteria.splitlines() if line] if move == Move.SUBMIT else [],
        "side_by_side": reverse(SIDE_BY_SIDE[move], args=[task.pk]) if move in SIDE_BY_SIDE else "",
        "danger": move == Move.CANCEL,
    }


def _follows(task: Task, move: Move, target: Status) -> str:
    waits = {
        Status.AWAITING_SIGN_OFF: _("The head of the lead unit signs next. The unit can withdraw it."),
        Status.UNDER_REVIEW: _("A reviewer of another unit judges next. The unit can withdraw it."),
    }
    words = {
        Move.CONFIRM: _(
            "The lead unit can report from then on. Due date, lead unit, criteria and nature then change "
            "only through an approved change request."
        ),
        Move.WITHDRAW: _("The submission goes back to the unit; evidence and progress stay as they are."),
        Move.RETURN: _("The unit sees your words; the light stays yellow until it submits again."),
        Move.APPROVE: _("The task is closed; its progress counts as 100 points."),
        Move.REOPEN: _("The task is open again; its progress stays at %(progress)d points.")
        % {"progress": task.progress},
        Move.CANCEL: _("The task stays in the plan, shown as cancelled with the basis of the decision."),
    }
    return words.get(move) or waits.get(target, "")


def request_page(task: Task, kind: RequestKind, standing: ChangeRequest | None) -> dict[str, Any]:
    """Heading, what happens with the request, and the open request that it replaces."""
    headings = {
        RequestKind.EXTENSION: _("Ask for an extension"),
        RequestKind.ADJUSTMENT: _("Ask for an adjustment"),
        RequestKind.CANCELLATION: _("Ask for cancellation"),
    }
    return {
        "heading": headings[kind],
        "change": "",
        "follows": _("It is decided by an administrator, a reviewer or a leader, who names the basis document."),
        "standing": _standing(task, standing) if standing else None,
        "standing_title": _("An open request will be replaced"),
        "present_due": wording.full_date(task.due_on) if kind == RequestKind.EXTENSION else "",
    }


def withdrawal_page(request: ChangeRequest) -> dict[str, Any]:
    """Heading, what follows, and the request that is taken back."""
    return {
        "heading": _("Withdraw request"),
        "change": "",
        "follows": _("The task stays as it is. The request is no longer decided; it stays in the history."),
        "standing": _standing(request.task, request),
        "standing_title": _("The request that is withdrawn"),
    }


def _standing(task: Task, request: ChangeRequest) -> dict[str, Any]:
    return {
        "words": _("%(kind)s, asked for by %(who)s on %(date)s")
        % {
            "kind": request.get_kind_display(),
            "who": request.asked_by,
            "date": wording.date_in_year(clock.local_date(request.asked_at), task),
        },
        "reason": request.reason,
        "fields": enumeration(wording.field_label(name) for name in request.changes),
    }


def light_page(task: Task) -> dict[str, Any]:
    """Heading and the light as it is now."""
    on = clock.today()
    task.light_reason, task.scheduled = task_lights.reason_of(task, on), task_lights.scheduled_of(task, on)
    return {
        "heading": _("Raise the light"),
        "change": "",
        "light": wording.shown_light(task, on),
        "light_words": wording.long_reason(task, task.plan, on),
        "follows": _("Everyone sees the raised light with your name and reason; it can be taken back."),
    }


def remark_page() -> dict[str, Any]:
    """Heading of the page for an internal remark, and who reads it."""
    return {
        "heading": _("Internal remark"),
        "change": "",
        "follows": _("Reviewers, administrators and auditors of the government read it; the units do not."),
    }


def milestones_page(task: Task) -> dict[str, Any]:
    """Heading of the page for milestones, what follows, and those that are met and stay."""
    met = [step for step in task.milestones.all() if step.met_on is not None]
    words = _("%(title)s, met %(date)s")
    return {
        "heading": _("Set milestones"),
        "change": "",
        "follows": _("Scheduled progress and light follow them from now on; a row left empty is no milestone."),
        "present_due": wording.full_date(task.due_on),
        "met": [words % {"title": step.title, "date": wording.date_in_year(step.met_on, task)} for step in met],
    }


def ask_page() -> dict[str, Any]:
    """Heading of the page on which a contribution is asked for, and what follows."""
    return {
        "heading": _("Ask for a contribution"),
        "change": "",
        "follows": _(
            "The unit's next contribution answers it. You can take its words into your report with one click."
        ),
    }


def conflict_of(stale: Stale, task: Task, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Who did what after this person opened the page; `rows` are fields with both values."""
    current = stale.current
    return {
        "title": str(stale),
        "who": current.get("by", ""),
        "what": _("%(who)s: %(kind)s, %(date)s. The task is now “%(status)s”.")
        % {
            "who": current.get("by", ""),
            "kind": current.get("kind", ""),
            "date": wording.moment(current["at"]) if "at" in current else "",
            "status": Status(current["status"]).label,
        },
        "rows": [{**row, "theirs": _value(row["theirs"]), "mine": _value(row["mine"])} for row in rows],
    }


def _value(value: Any) -> str:
    if isinstance(value, datetime.date):
        return wording.full_date(value)
    return wording.shown("", value if value is None else str(value))
