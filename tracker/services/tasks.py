"""The gate: the only place that writes a task's status, progress and what follows from them.

Every function is one transaction: lock the row, compare the version the person saw, check person and move
against the table, write with `UPDATE … WHERE version`, append the line of history. `version` is the version of
the task that the person had on the screen; None means "as it is now" (commands and bulk actions).

All raise NotPermitted, MoveRefused, InvalidInput or Stale, each with a sentence; nothing is written then.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tracker import clock, permissions, workflow
from tracker.enums import ContributionState, EventKind, Light, Move, RequestKind, RequestState, Role, Status
from tracker.exceptions import InvalidInput, MoveRefused, Stale
from tracker.models import Draft, Milestone, Task, TaskEvent, Unit, User
from tracker.services import history, supervision
from tracker.services.secrecy import refuse_marks
from tracker.services.task_lights import already_as_bad, light_of, lights_above
from tracker.services.task_values import (
    PROMISED,
    checked,
    refuse_dates,
    refuse_foreign,
    refuse_incomplete,
    refuse_late_due,
    refuse_meeting,
    refuse_promises,
    refuse_step,
    refuse_steps,
    required_text,
    same_steps,
)
from tracker.texts import clean, enumeration

# Lines that change nothing of the task itself and leave its version as it is.
BESIDE = (
    EventKind.CREATE,
    EventKind.EVIDENCE_ADD,
    EventKind.EVIDENCE_JUDGE,
    EventKind.LINK,
    EventKind.INDICATOR,
    EventKind.REMARK,
    EventKind.REQUEST,
    EventKind.ASK,
    EventKind.REVIEW,
    EventKind.DEMAND,
    EventKind.NOTICE,
    EventKind.CARRY,
)
STALE_FIELDS = ("status", "progress", "due_on", "lead_unit", "owner")


@dataclass(frozen=True)
class Met:
    """The day on which a milestone was met (None for today), and a word on how."""

    on: datetime.date | None = None
    words: str = ""


def locked(task_id: int, version: int | None) -> Task:
    """The task, locked until the transaction ends. Raises Stale when its version is no longer `version`.

    The plan is read once the lock is held: who waited while it was closed must not see it as it was before.
    """
    if connection.features.has_select_for_update:
        Task.objects.select_for_update(no_key=True).filter(pk=task_id).values_list("pk").first()
    task: Task = (
        # No key of the row changes: rows that merely name the task may be written meanwhile.
        Task.objects.select_for_update(of=("self",), no_key=True)
        .select_related("plan__government", "area", "lead_unit", "owner", "proposed_lead_unit")
        .select_related("submitted_by", "confirmed_by")
        .prefetch_related("supporting_units", "milestones")
        .get(pk=task_id)
    )
    if version is not None and version != task.version:
        raise _stale(task)
    return task


def _forget_milestones(task: Task) -> None:
    """The milestones fetched with the task are no longer those that are stored."""
    task._prefetched_objects_cache.pop("milestones", None)  # type: ignore[attr-defined]


def _stale(task: Task) -> Stale:
    latest = task.events.exclude(kind__in=BESIDE).order_by("-sequence").first()
    current = {name: getattr(task, name) for name in STALE_FIELDS}
    if latest is not None:
        current |= {name: getattr(latest, name) for name in ("summary", "problems", "next_steps", "at")}
        current |= {"by": latest.by_label, "kind": latest.get_kind_display(), "version": task.version}
    who = latest.by_label if latest else ""
    return Stale(
        _("%(who)s changed %(code)s after you opened it. What you typed is kept; choose and send again.")
        % {"who": who, "code": task.code},
        current,
    )


def _write(
    task: Task,
    kind: EventKind,
    *,
    by: User,
    fields: Mapping[str, Any],
    before: dict[str, Any] | None = None,
    **words: Any,
) -> TaskEvent:
    """Write `fields` and the line of history. The caller has locked the row and checked everything.

    `before` is `history.state_of` from before the act; given when the caller has changed rows beside the task.
    """
    refuse_marks({name: text for name, text in fields.items() if isinstance(text, str)}, by=by, task=task)
    before = before or history.state_of(task)
    for name, value in fields.items():
        setattr(task, name, value)
    if not Task.objects.filter(pk=task.pk).gate_update(task.version, **fields):
        raise _stale(task)
    task.version += 1
    if "lead_unit" in fields:
        supervision.pass_on(task)
    return history.append(task, kind, by=by, before=before, **words)


def _move(
    task: Task,
    move: Move,
    *,
    by: User,
    fields: Mapping[str, Any] | None = None,
    target: Status | None = None,
    **words: Any,
) -> TaskEvent:
    status = target or workflow.RULE_OF[move].target
    return _write(task, EventKind(move.value), by=by, fields={**(fields or {}), "status": status}, **words)


@transaction.atomic
def confirm(
    task_id: int,
    *,
    by: User,
    version: int | None = None,
    milestones: Sequence[Mapping[str, Any]] | None = None,
    **values: Any,
) -> Task:
    """明确: give the task everything it needs and start its life.

    `values` may hold any of EDITABLE; what is missing afterwards is refused by name. A planned start not given
    is today (a task is not late for the time before it was clear), or the plan's first day while that is to come.
    `milestones` are as `set_milestones` takes them; None leaves those that were set before.
    """
    task = locked(task_id, version)
    permissions.check_move(by, task, Move.CONFIRM)
    supporting = values.pop("supporting_units", None)
    fields = checked(task, values)
    merged = {name: fields.get(name, getattr(task, name)) for name in PROMISED}
    refuse_incomplete(merged)
    start = fields.get("starts_on", task.starts_on) or min(max(task.plan.starts_on, clock.today()), merged["due_on"])
    fields |= {"starts_on": start, "confirmed_by": by, "confirmed_on": clock.today(), "proposed_lead_unit": None}
    refuse_dates(start, merged["due_on"], task)
    before = history.state_of(task)
    if supporting is not None:
        _support(task, supporting)
    if milestones is not None:
        fields |= _lay_milestones(task, milestones, by=by, starts_on=start, due_on=merged["due_on"])
    _move(task, Move.CONFIRM, by=by, fields=fields, before=before)
    return task


def _support(task: Task, units: Iterable[Unit]) -> None:
    rows = list(units)
    for unit in rows:
        refuse_foreign(task, "supporting_units", unit)
        if unit.pk == task.lead_unit_id:
            raise InvalidInput(
                _("%(unit)s leads the task and cannot support it too.") % {"unit": unit}, field="supporting_units"
            )
    task.supporting_units.set(rows)


@transaction.atomic
def edit(task_id: int, *, by: User, version: int | None = None, **values: Any) -> Task:
    """Set fields in EDITABLE outside a move.

    What a confirmed task promises (PROMISED) changes only through an approved change request, but for the owner,
    whom the administrator may replace within the lead unit.
    """
    task = locked(task_id, version)
    permissions.check_set_up(by, task.plan)
    supporting = values.pop("supporting_units", None)
    fields = {name: value for name, value in checked(task, values).items() if getattr(task, name) != value}
    refuse_promises(task, fields)
    if task.status in (Status.COMPLETED, Status.CANCELLED) and (fields or supporting is not None):
        raise MoveRefused(_("The task is closed; reopen it before editing."))
    starts, due = fields.get("starts_on", task.starts_on), fields.get("due_on", task.due_on)
    if starts and due and due < starts:
        raise InvalidInput(
            _("The due date %(due)s lies before the planned start %(start)s.") % {"due": due, "start": starts},
            field="due_on",
        )
    if "due_on" in fields and due and due < clock.today():
        raise InvalidInput(_("The due date %(due)s has passed already.") % {"due": due}, field="due_on")
    if "due_on" in fields and due:
        refuse_late_due(due, task)
    before = history.state_of(task)
    if supporting is not None:
        _support(task, supporting)
    if not fields and history.state_of(task) == before:
        return task
    _write(task, EventKind.EDIT, by=by, fields=fields, before=before)
    return task


@transaction.atomic
def report(
    task_id: int,
    *,
    by: User,
    progress: int,
    summary: str,
    problems: str = "",
    next_steps: str = "",
    milestones_met: Iterable[int] | Mapping[int, Met] = (),
    version: int | None = None,
    with_submission: bool = False,
) -> Task:
    """填报: progress in points (0 to 100) and what was done.

    `milestones_met` are ids of milestones, each with its day and a word if it is a mapping; without a day, today.
    With `with_submission` a submission follows at once and carries the words: here there are none.
    """
    task = locked(task_id, version)
    permissions.check_move(by, task, Move.REPORT)
    if not 0 <= progress <= 100:
        raise InvalidInput(
            _("Enter a whole number from 0 to 100; it is “%(value)s”.") % {"value": progress}, field="progress"
        )
    text = "" if with_submission else required_text(summary, "summary", _("Say what has been done."))
    before = history.state_of(task)
    met = _meet(task, milestones_met, by=by)
    event = _move(
        task,
        Move.REPORT,
        by=by,
        before=before,
        fields={"progress": progress, "last_report_on": clock.today()},
        summary=text,
        problems=problems.strip(),
        next_steps=next_steps.strip(),
        detail=met,
    )
    supervision.answer(task, event)
    Draft.objects.filter(task=task, by=by).delete()
    return task


def _meet(task: Task, wanted: Iterable[int] | Mapping[int, Met], *, by: User) -> str:
    """Mark milestones as met and say which, in the words of the line of history."""
    said = dict(wanted) if isinstance(wanted, Mapping) else dict.fromkeys(wanted, Met())
    if not said:
        return ""
    found = list(Milestone.objects.filter(task=task, pk__in=said, met_on__isnull=True))
    if len(found) != len(said):
        raise InvalidInput(_("This milestone is not an open one of this task."), field="milestones_met")
    today, told = clock.today(), []
    for step in found:
        step.met_on, step.met_words = said[step.pk].on or today, clean(said[step.pk].words).strip()
        refuse_meeting(task, step, today)
        told.append(f"{step.title}（{step.met_words}）" if step.met_words else step.title)
    refuse_marks({"milestones_met": "\n".join(step.met_words for step in found)}, by=by, task=task)
    Milestone.objects.bulk_update(found, ["met_on", "met_words"])
    _forget_milestones(task)
    return _("Milestones met: %(titles)s") % {"titles": enumeration(told)}


@transaction.atomic
def report_no_change(task_id: int, *, by: User, reason: str = "", version: int | None = None) -> Task:
    """无变化: keeps the last progress. On a red or yellow task one line why is needed."""
    task = locked(task_id, version)
    permissions.check_no_change(by, task)
    if light_of(task) in (Light.RED, Light.YELLOW):
        reason = required_text(
            reason, "reason", _("The light is red or yellow: say in one line why nothing has changed.")
        )
    fields = {"last_report_on": clock.today()}
    event = _write(task, EventKind.NO_CHANGE, by=by, fields=fields, reason=reason.strip())
    supervision.answer(task, event)
    return task


@transaction.atomic
def submit(
    task_id: int, *, by: User, summary: str, problems: str = "", next_steps: str = "", version: int | None = None
) -> Task:
    """申请销号: to the unit head, or straight to review when the unit head submits."""
    task = locked(task_id, version)
    permissions.check_move(by, task, Move.SUBMIT)
    text = required_text(summary, "summary", _("Say against the criteria what has been achieved."))
    target = workflow.SUBMITTED_BY_HEAD if by.role == Role.UNIT_HEAD else None
    fields = {"submitted_by": by, "returned": False, "last_report_on": clock.today()}
    rest = {"problems": problems.strip(), "next_steps": next_steps.strip()}
    event = _move(task, Move.SUBMIT, by=by, fields=fields, target=target, summary=text, **rest)
    supervision.answer(task, event)
    return task


@transaction.atomic
def sign(task_id: int, *, by: User, version: int | None = None) -> Task:
    """单位确认: the head answers for the unit's submission."""
    task = locked(task_id, version)
    permissions.check_move(by, task, Move.SIGN)
    _move(task, Move.SIGN, by=by)
    return task


@transaction.atomic
def withdraw(task_id: int, *, by: User, reason: str, version: int | None = None) -> Task:
    """撤回: the lead unit takes its submission back."""
    task = locked(task_id, version)
    permissions.check_move(by, task, Move.WITHDRAW)
    text = required_text(reason, "reason", _("Say why the submission is withdrawn."))
    _move(task, Move.WITHDRAW, by=by, fields={"submitted_by": None}, reason=text)
    return task


@transaction.atomic
def send_back(task_id: int, *, by: User, reason: str, version: int | None = None) -> Task:
    """退回: by the head before signing or by the reviewer; the reason says what is missing."""
    task = locked(task_id, version)
    permissions.check_move(by, task, Move.RETURN)
    text = required_text(reason, "reason", _("Say what is missing."))
    _move(task, Move.RETURN, by=by, fields={"submitted_by": None, "returned": True}, reason=text)
    return task


@transaction.atomic
def approve(task_id: int, *, by: User, remark: str = "", version: int | None = None) -> Task:
    """销号: verified completion."""
    task = locked(task_id, version)
    permissions.check_move(by, task, Move.APPROVE)
    fields = {
        "completed_on": clock.today(),
        "progress": 100,
        "returned": False,
        "raised_light": "",
        "raised_reason": "",
    }
    _move(task, Move.APPROVE, by=by, fields=fields, reason=remark.strip())
    _close_requests(task)
    supervision.close(task, by=by)
    return task


@transaction.atomic
def reopen(task_id: int, *, by: User, reason: str, version: int | None = None) -> Task:
    """重新打开."""
    task = locked(task_id, version)
    permissions.check_move(by, task, Move.REOPEN)
    text = required_text(reason, "reason", _("Say why the task is reopened."))
    _move(task, Move.REOPEN, by=by, fields={"completed_on": None, "submitted_by": None}, reason=text)
    return task


@transaction.atomic
def cancel(task_id: int, *, by: User, reason: str = "", version: int | None = None) -> Task:
    """取消: needs an approved cancellation request, whose basis the history line names."""
    task = locked(task_id, version)
    permissions.check_move(by, task, Move.CANCEL)
    request = task.requests.filter(kind="cancellation", state="approved").latest("decided_at")
    basis = _("Basis: %(body)s, %(document)s") % {"body": request.approving_body, "document": request.basis_document}
    _move(task, Move.CANCEL, by=by, fields={"cancelled_on": clock.today()}, reason=reason.strip(), detail=basis)
    _close_requests(task)
    supervision.close(task, by=by)
    return task


def _close_requests(task: Task) -> None:
    """What was asked for a task that is closed now is no longer to be decided, nor used when it is reopened."""
    asked = Q(state=RequestState.OPEN)
    if task.status == Status.COMPLETED:
        asked |= Q(kind=RequestKind.CANCELLATION, state=RequestState.APPROVED)
    task.requests.filter(asked).update(state=RequestState.REPLACED)


@transaction.atomic
def contribute(task_id: int, *, by: User, summary: str, version: int | None = None) -> Task:
    """A supporting unit adds what it did, which answers what was asked of it; the status stays."""
    task = locked(task_id, version)
    permissions.check_contribute(by, task)
    text = required_text(summary, "summary", _("Say what has been done."))
    event = _write(task, EventKind.CONTRIBUTE, by=by, fields={}, summary=text)
    asked = task.contribution_requests.filter(unit=by.unit, state=ContributionState.ASKED)
    asked.update(state=ContributionState.ANSWERED, answer=event)
    return task


@transaction.atomic
def raise_light(task_id: int, *, by: User, light: str, reason: str, version: int | None = None) -> Task:
    """A reviewer makes a light worse, with a reason; never better. An empty `light` takes the raise back."""
    task = locked(task_id, version)
    permissions.check_raise_light(by, task)
    text = required_text(reason, "reason", _("Say why the light is changed."))
    if light and light not in lights_above(task):
        raise InvalidInput(already_as_bad(task), field="light")
    fields = {"raised_light": light, "raised_reason": text if light else ""}
    _write(task, EventKind.RAISE_LIGHT, by=by, fields=fields, reason=text)
    return task


@transaction.atomic
def set_milestones(task_id: int, *, by: User, steps: Sequence[Mapping[str, Any]], version: int | None = None) -> Task:
    """Replace all milestones; `steps` are {title, due_on, share, met_on, met_words, note}.

    Shares must not fall from one date to the next, and a met milestone is not dropped. Raises InvalidInput with the
    field "milestones_<place in steps>_<name>". Steps that are those stored leave no line.
    """
    task = locked(task_id, version)
    permissions.check_set_milestones(by, task)
    if same_steps(steps, task.milestones.all()):
        return task
    before = history.state_of(task)
    fields = _lay_milestones(task, steps, by=by, starts_on=task.starts_on, due_on=task.due_on)
    _write(task, EventKind.MILESTONE, by=by, fields=fields, before=before)
    return task


def _lay_milestones(
    task: Task,
    steps: Sequence[Mapping[str, Any]],
    *,
    by: User,
    starts_on: datetime.date | None,
    due_on: datetime.date | None,
) -> dict[str, Any]:
    """Put `steps` in the place of the task's milestones; the fields of the task that follow from them."""
    rows = [Milestone(task=task, **step) for step in steps]
    for place, row in enumerate(rows):
        refuse_step(row, place, starts_on, due_on)
        refuse_marks(
            {f"milestones_{place}_{name}": getattr(row, name) for name in ("title", "met_words", "note")},
            by=by,
            task=task,
        )
    refuse_steps(task, rows)
    Milestone.objects.filter(task=task).delete()
    Milestone.objects.bulk_create(rows)
    _forget_milestones(task)
    return {"milestone_count": len(rows)}


@transaction.atomic
def note(
    task_id: int,
    kind: EventKind,
    *,
    by: User,
    detail: str,
    reason: str = "",
    internal: bool = False,
    codes: Mapping[str, str] | None = None,
) -> Task:
    """Append a line about an act that changed something beside the task (evidence, links, readings).

    For other services only, inside their transaction and after their own checks.
    """
    task = locked(task_id, None)
    words: dict[str, Any] = {"detail": detail, "reason": reason, "internal": internal}
    history.append(task, kind, by=by, before=history.state_of(task), codes=codes, **words)
    return task


@transaction.atomic
def remark(task_id: int, *, by: User, reason: str, version: int | None = None) -> Task:
    """A reviewer's word for reviewers, administrators and auditors only. It changes nothing, so no version counts."""
    task = locked(task_id, None)
    permissions.check_remark(by, task)
    text = required_text(reason, "reason", _("Write the remark."))
    history.append(task, EventKind.REMARK, by=by, before=history.state_of(task), reason=text, internal=True)
    return task


@transaction.atomic
def apply_change(task_id: int, *, by: User, fields: Mapping[str, Any], detail: str, reason: str = "") -> Task:
    """Write what an approved change request changes. For services.requests only, after its own checks."""
    task = locked(task_id, None)
    _write(task, EventKind.DECIDE, by=by, fields=fields, detail=detail, reason=reason)
    return task


@transaction.atomic
def restate(task_id: int, *, by: User, quote: str, detail: str) -> Task:
    """Put an unconfirmed task on the words of a corrected text. For services.report_corrections only.

    Raises MoveRefused for a confirmed one: its words change through a decided request.
    """
    task = locked(task_id, None)
    permissions.check_set_up(by, task.plan)
    if task.status != Status.UNCONFIRMED:
        raise MoveRefused(_("The task is confirmed: its words change only through an approved change request."))
    _write(task, EventKind.EDIT, by=by, fields={"quote": quote}, detail=detail)
    return task


def save_draft(task: Task, *, by: User, values: Mapping[str, Any]) -> Draft:
    """Keep an update that is not sent yet: {field: text, or list of texts}.

    Raises as `report` would for the wrong person or status, and SecrecyMark: a draft is kept too.
    """
    permissions.check_move(by, task, Move.REPORT)
    refuse_marks({name: text for name, text in values.items() if isinstance(text, str)}, by=by, task=task)
    draft, _created = Draft.objects.update_or_create(
        task=task, by=by, defaults={"values": dict(values), "saved_at": clock.now()}
    )
    return draft
