"""What a person may do with a task now, and what not and why: one filled button, outlined ones, a list."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker import clock, permissions, wording
from tracker.enums import DemandKind, Light, Move, RequestKind, Role, Status
from tracker.exceptions import Refusal
from tracker.models import Task, User
from tracker.presenters.review import refusal_sentence

# Moves that have a page of their own beside the plain form.
OWN_PAGES = {Move.REPORT: "report_progress", Move.SIGN: "sign_off", Move.APPROVE: "review"}


@dataclass(frozen=True)
class Action:
    """Something to do with a task. `refusal` says why it is not possible, `hint` what to know beforehand.

    With `sends` the button sends a form at once; `asks` is the label of the one line it needs then, if any.
    """

    name: str
    label: str
    url: str
    hint: str = ""
    refusal: str = ""
    sends: bool = False
    asks: str = ""


@dataclass(frozen=True)
class Actions:
    """The filled button (or None), the outlined ones, and all others; `note` is about the next cut-off, or the end."""

    primary: Action | None
    buttons: tuple[Action, ...]
    others: tuple[Action, ...]
    note: str


def actions_of(task: Task, user: User, light: str) -> Actions:
    """The actions on `task` as it stands for `user`; `light` is the value of its light.

    Where the plan takes nothing any more, that is the note, and there are none.
    """
    ended = _refusal(permissions.check_open_plan, task.plan)
    if ended:
        return Actions(None, (), (), ended)
    moves = {move: _move_action(task, user, move) for move in _listed_moves(task)}
    possible = {name: action for name, action in moves.items() if not action.refusal}
    primary = _primary(task, user, possible)
    buttons = [_no_change(task, user, light)] if Move.REPORT in possible else []
    buttons += [action for move, action in possible.items() if move != Move.CANCEL]
    others = [action for action in _requests(task, user) if action is not None]
    others += _demands(task, user)
    others += [action for move, action in moves.items() if action.refusal or move == Move.CANCEL]
    shown_buttons = tuple(action for action in buttons if not action.refusal and action != primary)
    refused = [action for action in buttons if action.refusal]
    return Actions(primary, shown_buttons, (*others, *refused), _cutoff_note(task) if Move.REPORT in possible else "")


def _listed_moves(task: Task) -> Iterator[Move]:
    """All moves but those that lie behind for good, or make sense only once the task is closed."""
    for move in Move:
        if move == Move.CONFIRM and task.status != Status.UNCONFIRMED:
            continue
        if move == Move.REOPEN and task.status != Status.COMPLETED:
            continue
        yield move


def _move_action(task: Task, user: User, move: Move) -> Action:
    url = reverse(OWN_PAGES[move], args=[task.pk]) if move in OWN_PAGES else _move_url(task, move)
    label, refusal = str(move.label), refusal_sentence(user, task, move)
    if move == Move.REPORT and not refusal:
        label = _("Report progress of %(month)s") % {"month": wording.month(task.plan.cutoff(clock.today()))}
    return Action(move.value, label, url, refusal=refusal)


def _move_url(task: Task, move: Move) -> str:
    return reverse("move", args=[task.pk, move.value])


def _primary(task: Task, user: User, possible: dict[Move, Action]) -> Action | None:
    """The next move of this person: the one filled button."""
    if task.status == Status.UNDER_REVIEW and user.role == Role.REVIEWER and Move.RETURN in possible:
        return Action("review", _("Review the claim"), reverse("review", args=[task.pk]))
    ready = task.status == Status.IN_PROGRESS and task.progress == 100
    order = (Move.CONFIRM, Move.SIGN, *((Move.SUBMIT,) if ready else ()), Move.REPORT)
    found = next((possible[move] for move in order if move in possible), None)
    return found or _contribution(task, user)


def _contribution(task: Task, user: User) -> Action | None:
    if user.unit_id == task.lead_unit_id or not permissions.answers(permissions.check_contribute, user, task):
        return None
    return Action("contribute", _("Add a contribution"), reverse("contribute", args=[task.pk]))


def _no_change(task: Task, user: User, light: str) -> Action:
    troubled = light in (Light.RED, Light.YELLOW)
    return Action(
        "no_change",
        _("No change"),
        reverse("no_change", args=[task.pk]),
        refusal=_refusal(permissions.check_no_change, user, task),
        sends=True,
        asks=_("Why has nothing changed?") if troubled else "",
    )


def _refusal(check: Callable[..., None], *args: Any) -> str:
    try:
        check(*args)
    except Refusal as refusal:
        return str(refusal)
    return ""


def _requests(task: Task, user: User) -> Iterator[Action | None]:
    due = wording.date_in_year(task.due_on, task)
    hints = {
        RequestKind.EXTENSION: _("to be asked for by %(date)s") % {"date": due} if due else "",
        RequestKind.ADJUSTMENT: _("due date, lead unit, owner, criteria, nature"),
        RequestKind.CANCELLATION: _("decided with a basis document"),
    }
    labels = {
        RequestKind.EXTENSION: _("Ask for an extension"),
        RequestKind.ADJUSTMENT: _("Ask for an adjustment"),
        RequestKind.CANCELLATION: _("Ask for cancellation"),
    }
    for kind in RequestKind:
        refusal = _refusal(permissions.check_request_change, user, task, kind)
        url = reverse("request_change", args=[task.pk, kind.value])
        yield Action(f"request_{kind.value}", labels[kind], url, hints[kind], refusal)
    if user.unit_id == task.lead_unit_id and user.role in permissions.STAFF:
        yield Action(
            "ask_contribution",
            _("Ask for a contribution"),
            reverse("ask_contribution", args=[task.pk]),
            _("of a supporting unit"),
            _refusal(permissions.check_ask_contribution, user, task),
        )
    if user.role in permissions.SETTERS:
        yield Action(
            "set_milestones",
            _("Set milestones"),
            reverse("set_milestones", args=[task.pk]),
            _("dated steps and the share due by each"),
            _refusal(permissions.check_set_milestones, user, task),
        )
    if user.role == Role.REVIEWER:
        yield Action(
            "raise_light",
            _("Raise the light"),
            reverse("raise_light", args=[task.pk]),
            _("a reviewer may raise it with a reason, never lower it"),
            _refusal(permissions.check_raise_light, user, task),
        )
        yield Action(
            "remark",
            _("Internal remark"),
            reverse("remark", args=[task.pk]),
            _("for reviewers, administrators and auditors"),
            _refusal(permissions.check_remark, user, task),
        )


def _demands(task: Task, user: User) -> Iterator[Action]:
    """What reviewers and leaders demand of the lead unit."""
    if user.role not in permissions.CONDUCTORS:
        return
    refusal = _refusal(permissions.check_demand, user, task)
    urge, report = (reverse("demand", args=[task.pk, kind.value]) for kind in DemandKind)
    yield Action("urge", _("Urge the unit"), urge, _("its next report answers"), refusal)
    yield Action("demand_report", _("Ask for a report"), report, _("by a date"), refusal)
    yield Action(
        "issue_notice",
        _("Issue a notice"),
        reverse("issue_notice", args=[task.pk]),
        _("a demand with a limit, to be replied to"),
        _refusal(permissions.check_issue_notice, user, task),
    )


def _cutoff_note(task: Task) -> str:
    on = clock.today()
    cutoff: datetime.date = task.plan.cutoff(on)
    days = (cutoff - on).days
    date = wording.date_in_year(cutoff, task)
    if days == 0:
        return _("Cut-off is today, %(date)s.") % {"date": date}
    return ngettext("Cut-off %(date)s, %(days)d day left.", "Cut-off %(date)s, %(days)d days left.", days) % {
        "date": date,
        "days": days,
    }
