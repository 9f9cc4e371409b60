"""Change requests: asked, decided, applied; nothing else changes what a confirmed task promises."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tracker import clock, permissions, wording
from tracker.enums import EventKind, Nature, RequestKind, RequestState, Status
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted
from tracker.models import ChangeRequest, Task, Unit, User
from tracker.services import task_values, tasks
from tracker.services.secrecy import refuse_marks

# What each kind may change, as stored values: dates as ISO text, units as ids.
CHANGEABLE: dict[str, tuple[str, ...]] = {
    RequestKind.EXTENSION: ("due_on",),
    RequestKind.ADJUSTMENT: ("due_on", "due_basis", "lead_unit", "owner", "criteria", "nature"),
    RequestKind.CANCELLATION: (),
}


@transaction.atomic
def ask(
    task_id: int,
    *,
    by: User,
    kind: str,
    reason: str,
    progress_note: str = "",
    changes: dict[str, Any] | None = None,
    version: int | None = None,
) -> ChangeRequest:
    """Ask for a change. `changes` is {field: new stored value}; an open request on the task is replaced.

    The row that is returned names the one that it `replaces`, or None; so does the line of history.
    """
    task = tasks.locked(task_id, version)
    if kind not in RequestKind.values:
        raise InvalidInput(_("This kind of request is not known."), field="kind")
    permissions.check_request_change(by, task, RequestKind(kind))
    if not reason.strip():
        raise InvalidInput(_("Give the reason."), field="reason")
    typed = {name: value for name, value in (changes or {}).items() if isinstance(value, str)}
    refuse_marks({"reason": reason, "progress_note": progress_note, **typed}, by=by, task=task)
    wanted = _wanted(task, kind, changes or {})
    standing = _replaced(task)
    request: ChangeRequest = ChangeRequest.objects.create(
        task=task,
        kind=kind,
        reason=reason.strip(),
        progress_note=progress_note.strip(),
        changes=wanted,
        asked_by=by,
        asked_at=clock.now(),
    )
    request.replaces = standing
    _note(request, by=by, head=request.get_kind_display())
    return request


def _replaced(task: Task) -> ChangeRequest | None:
    """The open request of the locked task, marked as replaced."""
    standing: ChangeRequest | None = ChangeRequest.objects.filter(task=task, state=RequestState.OPEN).first()
    if standing is not None:
        standing.state = RequestState.REPLACED
        standing.save(update_fields=["state"])
    return standing


def _note(request: ChangeRequest, *, by: User, head: str, reason: str | None = None) -> None:
    """A line of history: what is asked, old and new, what it replaces, and why."""
    lines = [head, *_asked(request)]
    if request.state == RequestState.OPEN and request.progress_note:
        lines.append(_("Progress so far: %(text)s") % {"text": request.progress_note})
    if request.replaces is not None:
        lines.append(replacing(request))
    words = request.reason if reason is None else reason
    tasks.note(request.task_id, EventKind.REQUEST, by=by, detail="\n".join(lines), reason=words)


def _asked(request: ChangeRequest) -> list[str]:
    """What is asked for: a line a field, with old and new value. Units and people are kept by key."""
    models: dict[str, type[Unit] | type[User]] = {"lead_unit": Unit, "owner": User}

    def labelled(name: str, value: Any) -> Any:
        row = models[name].objects.filter(pk=value).first() if name in models and value is not None else value
        return str(row) if isinstance(row, Unit | User) else row

    return [
        wording.change(name, labelled(name, old), labelled(name, new)) for name, (old, new) in request.changes.items()
    ]


def replacing(request: ChangeRequest) -> str:
    """What a request that was asked for just now replaces, in a sentence; "" for nothing."""
    if request.replaces is None:
        return ""
    sentences = {
        RequestKind.EXTENSION: _("It replaces the extension that was asked for on %(date)s."),
        RequestKind.ADJUSTMENT: _("It replaces the adjustment that was asked for on %(date)s."),
        RequestKind.CANCELLATION: _("It replaces the cancellation that was asked for on %(date)s."),
    }
    day = clock.local_date(request.replaces.asked_at)
    return sentences[RequestKind(request.replaces.kind)] % {"date": wording.date_in_year(day, request.task)}


@transaction.atomic
def withdraw(request_id: int, *, by: User, reason: str, version: int | None = None) -> ChangeRequest:
    """Take back what was asked for before it is decided. It changes nothing of the task, so no version counts."""
    request = _locked(request_id)
    permissions.check_withdraw_request(by, request)
    text = reason.strip()
    if not text:
        raise InvalidInput(_("Say why the request is withdrawn."), field="reason")
    refuse_marks({"reason": text}, by=by, task=request.task)
    request.state = RequestState.WITHDRAWN
    request.save(update_fields=["state"])
    _note(request, by=by, head=_("Withdrawn: %(item)s") % {"item": request.get_kind_display()}, reason=text)
    return request


def _locked(request_id: int) -> ChangeRequest:
    """The request with its task, the task locked first, as everywhere: two orders of locking would wait for each
    other for ever."""
    task = tasks.locked(ChangeRequest.objects.values_list("task_id", flat=True).get(pk=request_id), None)
    request: ChangeRequest = ChangeRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    request.task = task
    return request


@transaction.atomic
def ask_for_words(task_id: int, *, by: User, quote: str, reason: str) -> ChangeRequest:
    """Ask that a confirmed task stand on the words of a corrected text. For services.report_corrections only.

    Raises MoveRefused while another request on the task is open: none is replaced unseen.
    """
    task = tasks.locked(task_id, None)
    permissions.check_request_change(by, task, RequestKind.ADJUSTMENT)
    if ChangeRequest.objects.filter(task=task, state=RequestState.OPEN).exists():
        raise MoveRefused(_("%(code)s has a request that awaits its decision. Decide it first.") % {"code": task.code})
    refuse_marks({"quote": quote, "reason": reason}, by=by, task=task)
    request: ChangeRequest = ChangeRequest.objects.create(
        task=task,
        kind=RequestKind.ADJUSTMENT,
        reason=reason,
        changes={"quote": [task.quote, quote]},
        asked_by=by,
        asked_at=clock.now(),
    )
    _note(request, by=by, head=request.get_kind_display())
    return request


def _wanted(task: Task, kind: str, changes: dict[str, Any]) -> dict[str, list[Any]]:
    unknown = set(changes) - set(CHANGEABLE[kind])
    if unknown:
        raise InvalidInput(_("These fields cannot be edited: %(fields)s.") % {"fields": ", ".join(sorted(unknown))})
    if kind != RequestKind.CANCELLATION and not changes:
        raise InvalidInput(_("Say what is to change."), field="changes")
    if kind == RequestKind.EXTENSION:
        new = _date(changes["due_on"])
        if task.due_on is None or new <= task.due_on:
            raise InvalidInput(_("An extension needs a date after the present due date."), field="due_on")
    _refuse_unfit(task, _resolved(changes))
    return {name: [_stored(task, name), value] for name, value in changes.items()}


def _date(value: Any) -> datetime.date:
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise InvalidInput(_("“%(value)s” is not a date.") % {"value": value}, field="due_on") from error


def _stored(task: Task, name: str) -> Any:
    value = getattr(task, name)
    if isinstance(value, Unit | User):
        return value.pk
    return value.isoformat() if isinstance(value, datetime.date) else value


@transaction.atomic
def decide(
    request_id: int,
    *,
    by: User,
    approved: bool,
    note: str = "",
    approving_body: str = "",
    basis_document: str = "",
) -> ChangeRequest:
    """Approve (naming body and basis document; the change is applied at once) or refuse (with a note)."""
    request = _locked(request_id)
    task = request.task
    permissions.check_decide_request(by, task)
    if request.state != RequestState.OPEN:
        raise MoveRefused(_("This request is decided already."))
    if request.asked_by_id == by.pk:
        raise NotPermitted(_("You asked for this yourself; somebody else must decide it."))
    if approved and task.status in (Status.COMPLETED, Status.CANCELLED):
        raise MoveRefused(_("The task is closed; what was asked for it can only be refused."))
    if approved and not (approving_body.strip() and basis_document.strip()):
        raise InvalidInput(_("Name the approving body and the basis document."), field="basis_document")
    if not approved and not note.strip():
        raise InvalidInput(_("Say why the request is refused."), field="note")
    texts = {"note": note, "approving_body": approving_body, "basis_document": basis_document}
    refuse_marks(texts, by=by, task=task)
    fields = _resolved({name: new for name, (_old, new) in request.changes.items()}) if approved else {}
    _refuse_unfit(task, fields)
    request.state = RequestState.APPROVED if approved else RequestState.REFUSED
    request.decided_by, request.decided_at, request.decision_note = by, clock.now(), note.strip()
    request.approving_body, request.basis_document = approving_body.strip(), basis_document.strip()
    request.applied_at = clock.now() if approved and request.changes else None
    request.save()
    tasks.apply_change(task.pk, by=by, fields=fields, **_decision(request))
    return request


@transaction.atomic
def order(
    task_id: int,
    *,
    by: User,
    reason: str,
    changes: Mapping[str, Any],
    approving_body: str,
    basis_document: str,
    version: int | None = None,
) -> ChangeRequest:
    """A change that a meeting decides by itself: asked and approved in one act, on the meeting's own authority.

    `changes` as in `ask`; an open request on the task must be decided first. The four eyes are those of the meeting:
    its chair and participants stand in its record. For the services of progress reviews only.
    """
    task = tasks.locked(task_id, version)
    permissions.check_decide_request(by, task)
    if task.status in (Status.COMPLETED, Status.CANCELLED):
        raise MoveRefused(_("The task is closed; nothing can be requested for it."))
    if ChangeRequest.objects.filter(task=task, state=RequestState.OPEN).exists():
        raise MoveRefused(_("%(code)s has a request that awaits its decision. Decide it first.") % {"code": task.code})
    if not reason.strip():
        raise InvalidInput(_("Give the reason."), field="reason")
    typed = {name: value for name, value in changes.items() if isinstance(value, str)}
    refuse_marks({"reason": reason, **typed}, by=by, task=task)
    wanted = _wanted(task, RequestKind.ADJUSTMENT, dict(changes))
    now = clock.now()
    request = ChangeRequest.objects.create(
        task=task,
        kind=RequestKind.ADJUSTMENT,
        state=RequestState.APPROVED,
        reason=reason.strip(),
        changes=wanted,
        asked_by=by,
        asked_at=now,
        decided_by=by,
        decided_at=now,
        approving_body=approving_body,
        basis_document=basis_document,
        applied_at=now,
    )
    detail = f"{request.get_kind_display()}: {request.get_state_display()} {basis_document}"
    tasks.apply_change(task.pk, by=by, fields=_resolved(dict(changes)), detail=detail)
    return request


def _decision(request: ChangeRequest) -> dict[str, str]:
    """The words of the line of history. What is applied stands in the line by itself.

    A line that changed something is read by everyone; the note of an approval stays with the request, which is for
    those concerned.
    """
    head = f"{request.get_kind_display()}: {request.get_state_display()}"
    if request.state == RequestState.REFUSED:
        return {"detail": "\n".join([head, *_asked(request)]), "reason": request.decision_note}
    words = {"body": request.approving_body, "document": request.basis_document}
    return {"detail": f"{head}\n{_('Basis: %(body)s, %(document)s') % words}"}


def _refuse_unfit(task: Task, values: dict[str, Any]) -> None:
    """Raise InvalidInput for new values that the task cannot take as it stands now."""
    if "due_on" in values:
        task_values.refuse_dates(task.starts_on or values["due_on"], values["due_on"], task)
    for name in ("lead_unit", "owner"):
        task_values.refuse_foreign(task, name, values.get(name))
    if values.keys() & {"owner", "lead_unit"}:
        _refuse_owner_elsewhere(task, values)
    for name in ("due_basis", "criteria", "nature"):
        if name in values and not str(values[name] or "").strip():
            raise InvalidInput(_("A confirmed task cannot be without it."), field=name)
    if values.get("nature") and values["nature"] not in Nature.values:
        raise InvalidInput(_("This nature is not known."), field="nature")


def _refuse_owner_elsewhere(task: Task, fields: dict[str, Any]) -> None:
    owner, unit = fields.get("owner", task.owner), fields.get("lead_unit", task.lead_unit)
    if owner is not None and unit is not None and owner.unit_id != unit.pk:
        raise InvalidInput(
            _("%(owner)s does not belong to the lead unit, %(unit)s.") % {"owner": owner, "unit": unit}, field="owner"
        )


def _resolved(changes: dict[str, Any]) -> dict[str, Any]:
    """Stored values as the task takes them: dates, units, people. Raises InvalidInput where a row is gone."""
    values = dict(changes)
    if "due_on" in values:
        values["due_on"] = _date(values["due_on"])
    for name, model in (("lead_unit", Unit), ("owner", User)):
        if name in values:
            row = model.objects.filter(pk=values[name]).first()
            if row is None:
                raise InvalidInput(_("This row does not exist any more."), field=name)
            values[name] = row
    return values
