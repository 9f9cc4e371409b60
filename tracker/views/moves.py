"""Moves of a task as plain forms, requests for a change, and raised lights."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tracker import permissions, wording
from tracker.enums import Move, RequestKind, RequestState
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted, Refusal, Stale
from tracker.forms import moves as forms
from tracker.models import ChangeRequest, Task, User
from tracker.presenters import moves as shown
from tracker.services import contributions, requests, task_lights, tasks
from tracker.views.base import person_of, shut, task_or_404


@dataclass(frozen=True)
class Act:
    """One thing to do with a task on a page of its own.

        `check` raises where it is not possible, `form` makes the form, `send` calls the service with what was
    typed, `done` is the line shown afterwards, or makes it of what the service gave back. `context` is what the page
    shows beside the form. Afterwards the page of what was made is opened when `opens` is set, else the task's.
    """

    check: Callable[[], None]
    form: Callable[..., forms.MoveForm]
    send: Callable[..., Any]
    done: Any
    context: dict[str, Any] = field(default_factory=dict)
    opens: bool = False


def _reason(name: str, label: Any, optional: bool = False) -> Callable[..., forms.MoveForm]:
    return partial(forms.ReasonForm, field=name, label=label, optional=optional)


# Move → (service, form, the line shown afterwards). Reporting has a page of its own.
MOVES: dict[str, tuple[Callable[..., Task], Callable[..., forms.MoveForm], Any]] = {
    Move.CONFIRM: (
        tasks.confirm,
        forms.ConfirmForm,
        gettext_lazy("%(code)s is confirmed. The lead unit can now report progress."),
    ),
    Move.SUBMIT: (
        tasks.submit,
        _reason("summary", gettext_lazy("What has been achieved, against the criteria")),
        gettext_lazy("%(code)s is submitted for close-out. Next: %(status)s."),
    ),
    Move.SIGN: (
        tasks.sign,
        forms.MoveForm,
        gettext_lazy("%(code)s is signed and goes to review."),
    ),
    Move.WITHDRAW: (
        tasks.withdraw,
        _reason("reason", gettext_lazy("Why the submission is withdrawn")),
        gettext_lazy("The submission of %(code)s is withdrawn. Progress can be reported again."),
    ),
    Move.RETURN: (
        tasks.send_back,
        _reason("reason", gettext_lazy("What is missing")),
        gettext_lazy("%(code)s goes back to the unit."),
    ),
    Move.APPROVE: (
        tasks.approve,
        _reason("remark", gettext_lazy("Remark"), optional=True),
        gettext_lazy("%(code)s is closed out."),
    ),
    Move.REOPEN: (
        tasks.reopen,
        _reason("reason", gettext_lazy("Why the task is reopened")),
        gettext_lazy("%(code)s is reopened. The lead unit reports progress again."),
    ),
    Move.CANCEL: (
        tasks.cancel,
        _reason("reason", gettext_lazy("Remark"), optional=True),
        gettext_lazy("%(code)s is cancelled."),
    ),
}


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, task: int, move: str) -> HttpResponse:
    """One move as a plain form: what will happen, what must be typed, or why it is not possible."""
    found, user = task_or_404(request, task, "proposed_lead_unit", "submitted_by"), person_of(request)
    if move == Move.REPORT:
        return redirect("report_progress", task=found.pk)
    if move not in MOVES:
        raise Http404
    send, form, done = MOVES[move]
    act = Act(
        check=partial(permissions.check_move, user, found, Move(move)),
        form=form,
        send=partial(send, found.pk, by=user),
        done=done,
        context=shown.move_page(found, user, Move(move)),
    )
    return answer(request, found, act)


@require_http_methods(["GET", "POST"])
def request_change(request: HttpRequest, task: int, kind: str) -> HttpResponse:
    """Ask for an extension, an adjustment or the cancellation of a task."""
    found, user = task_or_404(request, task, "proposed_lead_unit"), person_of(request)
    if kind not in RequestKind.values:
        raise Http404
    standing = ChangeRequest.objects.visible_to(user).filter(task=found, state=RequestState.OPEN)
    act = Act(
        check=partial(permissions.check_request_change, user, found, RequestKind(kind)),
        form=partial(forms.RequestForm, kind=RequestKind(kind)),
        send=partial(requests.ask, found.pk, by=user, kind=kind),
        done=_asked_line,
        context=shown.request_page(found, RequestKind(kind), standing.select_related("asked_by").first()),
    )
    return answer(request, found, act)


def _asked_line(asked: ChangeRequest) -> str:
    """With what it replaced, which may be another request than the one that the form named."""
    if asked.replaces is None:
        return _("Asked for %(code)s. It stays as it is until a decision is made.") % {"code": asked.task.code}
    words = _("Asked for %(code)s. %(replaced)s The task stays as it is until a decision is made.")
    return words % {"code": asked.task.code, "replaced": requests.replacing(asked)}


@require_http_methods(["GET", "POST"])
def withdraw_request(request: HttpRequest, change: int) -> HttpResponse:
    """Take back what was asked for before it is decided."""
    user = person_of(request)
    rows = ChangeRequest.objects.visible_to(user).select_related("asked_by")
    asked: ChangeRequest = get_object_or_404(rows, pk=change)
    asked.task = task_or_404(request, asked.task_id)
    act = Act(
        check=partial(permissions.check_withdraw_request, user, asked),
        form=_reason("reason", gettext_lazy("Why the request is withdrawn")),
        send=partial(requests.withdraw, asked.pk, by=user),
        done=gettext_lazy("The request of %(code)s is withdrawn. The task stays as it is."),
        context=shown.withdrawal_page(asked),
    )
    return answer(request, asked.task, act)


@require_http_methods(["GET", "POST"])
def raise_light(request: HttpRequest, task: int) -> HttpResponse:
    """A reviewer makes a task's light worse, with a reason, or takes that back."""
    found, user = task_or_404(request, task), person_of(request)
    worse = task_lights.lights_above(found)
    act = Act(
        check=partial(_check_light, user, found, bool(worse)),
        form=partial(forms.LightForm, worse=worse),
        send=partial(tasks.raise_light, found.pk, by=user),
        done=gettext_lazy("The light of %(code)s is changed."),
        context=shown.light_page(found),
    )
    return answer(request, found, act)


@require_http_methods(["GET", "POST"])
def remark(request: HttpRequest, task: int) -> HttpResponse:
    """A reviewer's word that the units do not read."""
    found, user = task_or_404(request, task), person_of(request)
    act = Act(
        check=partial(permissions.check_remark, user, found),
        form=_reason("reason", gettext_lazy("Remark")),
        send=partial(tasks.remark, found.pk, by=user),
        done=gettext_lazy("The remark on %(code)s is kept."),
        context=shown.remark_page(),
    )
    return answer(request, found, act)


@require_http_methods(["GET", "POST"])
def set_milestones(request: HttpRequest, task: int) -> HttpResponse:
    """The dated steps of a task, set or changed after its confirmation too."""
    found, user = task_or_404(request, task), person_of(request)
    act = Act(
        check=partial(permissions.check_set_milestones, user, found),
        form=forms.MilestonesForm,
        send=partial(tasks.set_milestones, found.pk, by=user),
        done=gettext_lazy("The milestones of %(code)s are set."),
        context=shown.milestones_page(found),
    )
    return answer(request, found, act)


@require_http_methods(["GET", "POST"])
def ask_contribution(request: HttpRequest, task: int) -> HttpResponse:
    """The lead unit asks a supporting unit for its part."""
    found, user = task_or_404(request, task), person_of(request)
    act = Act(
        check=partial(permissions.check_ask_contribution, user, found),
        form=forms.AskContributionForm,
        send=partial(contributions.ask, found.pk, by=user),
        done=gettext_lazy("The contribution to %(code)s is asked for; the unit finds it on its home page."),
        context=shown.ask_page(),
    )
    return answer(request, found, act)


def _check_light(user: User, task: Task, possible: bool) -> None:
    permissions.check_raise_light(user, task)
    if not possible and not task.raised_light:
        raise MoveRefused(task_lights.already_as_bad(task))


def answer(request: HttpRequest, task: Task, act: Act) -> HttpResponse:
    """The form, the sentence of refusal, or the way back to the task after it is done.

    A person who may not do this at all is refused before anything is read from the form. What else stands
    against it is left to the service when the form is sent, so that what was typed is kept.
    """
    try:
        act.check()
    except NotPermitted as refusal:
        return _refused(request, task, act, refusal, 403)
    except Refusal as refusal:
        if request.method != "POST":
            return _refused(request, task, act, refusal, 409)
    form = act.form(request.POST if request.method == "POST" else None, task=task)
    if request.method != "POST":
        return _page(request, task, act, form=form)
    return _sent(request, task, act, form)


def _sent(request: HttpRequest, task: Task, act: Act, form: forms.MoveForm) -> HttpResponse:
    if shut(task.plan, form):
        return _page(request, task, act, status=409, form=form)
    if not form.is_valid():
        return _page(request, task, act, status=400, form=form)
    try:
        changed = act.send(version=form.cleaned_data["version"], **form.values())
    except Stale as stale:
        conflict = shown.conflict_of(stale, task, forms.differences(form))
        form.reopen(stale.current.get("version", task.version))
        return _page(request, task, act, status=409, form=form, conflict=conflict)
    except Refusal as refusal:
        forms.show_refusal(form, refusal.field, str(refusal))
        return _page(request, task, act, status=400 if isinstance(refusal, InvalidInput) else 409, form=form)
    status = changed.get_status_display() if isinstance(changed, Task) else ""
    done = act.done(changed) if callable(act.done) else act.done % {"code": task.code, "status": status}
    messages.success(request, done)
    return redirect(changed if act.opens else task)


def _page(request: HttpRequest, task: Task, act: Act, status: int = 200, **context: Any) -> HttpResponse:
    back = {"url": task.get_absolute_url(), "label": _("Back to the task")}
    shared = {"task": task, "quote": wording.full_width(task.quote), "back": back, **act.context}
    return render(request, "tracker/task_move.html", {**shared, **context}, status=status)


def _refused(request: HttpRequest, task: Task, act: Act, refusal: Refusal, status: int) -> HttpResponse:
    return _page(request, task, act, status, sentence=str(refusal))
