"""The page of one task: everything read in few queries, and put into words."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import clock, permissions, wording
from tracker.enums import OPEN_STATUSES, EventKind, PlanState, RequestKind, Status
from tracker.models import (
    EvidenceUse,
    Indicator,
    MeasureLink,
    ShortcomingLink,
    Task,
    TaskEvent,
    User,
)
from tracker.presenters import notices, rollover
from tracker.presenters import task_tables as tables
from tracker.presenters.actions import actions_of
from tracker.presenters.rows import task_row
from tracker.presenters.source import neighbours_of, source_of
from tracker.presenters.timeline import timeline
from tracker.querysets import TaskQuerySet
from tracker.services import task_lights
from tracker.texts import enumeration

LIFE = (
    Status.UNCONFIRMED,
    Status.NOT_STARTED,
    Status.IN_PROGRESS,
    Status.AWAITING_SIGN_OFF,
    Status.UNDER_REVIEW,
    Status.COMPLETED,
)


def readable(found: TaskQuerySet, user: User) -> TaskQuerySet:
    """The queryset with all that the page shows: eight queries, whatever the length of the history.

    Lines of history and uses of evidence are all read, since light and moves depend on them; `seen` marks
    those that `user` may see.
    """
    events = TaskEvent.objects.mark_seen(user).defer("holdings", "previous_digest", "digest")
    uses = EvidenceUse.objects.mark_seen(user).mark_replaced().mark_newer(user)
    indicators = Indicator.objects.annotate(read_on=F("readings__on"), read_value=F("readings__value"))
    answered = ShortcomingLink.objects.standing().annotate(
        cause_number=F("shortcoming__causes__number"),
        cause_text=F("shortcoming__causes__text"),
        cause_by_position=F("shortcoming__causes__paired_by_position"),
    )
    continued = MeasureLink.objects.standing().select_related("measure__section", "confirmed_by")
    return found.with_surroundings(user).prefetch_related(
        "supporting_units",
        "milestones",
        Prefetch("events", events.order_by("sequence")),
        Prefetch("evidence_uses", uses.select_related("evidence__address_check")),
        Prefetch("indicators", indicators.select_related("figure").order_by("pk", "read_on")),
        Prefetch("measure_links", continued),
        Prefetch(
            "shortcoming_links",
            answered.select_related("shortcoming", "confirmed_by").order_by(
                "shortcoming__number", "pk", "cause_number"
            ),
        ),
    )


def present(task: Task, user: User, *, show: str = "") -> dict[str, Any]:
    """The context of the page for a task that was read with `readable`; `show` as in `timeline`."""
    on = clock.today()
    task.light_reason, task.scheduled = task_lights.reason_of(task, on), task_lights.scheduled_of(task, on)
    row = task_row(task, on)
    events: list[TaskEvent] = list(task.events.all())
    before, after = neighbours_of(task)
    return {
        "task": task,
        "row": row,
        "previous": before,
        "next": after,
        "area_url": f"{reverse('ledger', args=[task.plan_id])}?area={task.area.number}",
        "ledger_url": reverse("ledger", args=[task.plan_id]),
        "reason": _reason(task, on),
        "steps": steps_of(task, events),
        "source": source_of(task),
        "criteria": [line.strip() for line in task.criteria.splitlines() if line.strip()],
        "criteria_note": _set_note(task, events, "criteria"),
        "milestones": [tables.milestone(step, task, on) for step in task.milestones.all()],
        "indicators": list(tables.indicators(task)),
        "upstream": list(tables.upstream(task)),
        "can_settle": permissions.can_set_up(user, task.plan),
        "evidence": tables.evidence_rows(task, permissions.can_add_evidence(user, task)),
        "evidence_url": _evidence_url(task, user),
        "timeline": timeline(task, events, show=show),
        "show": show,
        "progress_words": _progress_words(task),
        "actions": actions_of(task, user, row.light.value),
        "facts": list(_facts(task, user, events)),
        "draft": _draft_words(task, user),
        "asked": _asked_words(task),
        "notice": notices.open_line(task, on),
        "demands": notices.open_demands(task, on),
        **rollover.task_lines(task),
        "demands_url": f"{reverse('notices', args=[task.plan_id])}?what=demands",
    }


def _reason(task: Task, on: datetime.date) -> str:
    """Why the light is what it is; of what a closed plan left open, that it stands as on that day."""
    reason = wording.long_reason(task, task.plan, on)
    if not _left_open(task):
        return reason
    day = wording.full_date(task.plan.closed_on)
    return _("When the plan was closed on %(date)s: %(reason)s") % {"date": day, "reason": reason}


def _left_open(task: Task) -> bool:
    """A task of a closed plan that was neither closed out nor cancelled: nobody goes on with it there."""
    return task.plan.state == PlanState.CLOSED and task.status in OPEN_STATUSES


@dataclass(frozen=True)
class Step:
    """One dot of the line of status; `state` is "done", "current" or "ahead"."""

    label: str
    note: str
    state: str


def steps_of(task: Task, events: Sequence[TaskEvent]) -> list[Step]:
    """The six steps with the date each was reached, or who is next.

    A cancelled task ends where it was, and so does one that its plan left open.
    """
    reached = {event.to_status: event.on for event in events if event.from_status != event.to_status}
    at = _position(task, events)
    steps = [_step(task, status, place - at, reached) for place, status in enumerate(LIFE)]
    if task.status == Status.CANCELLED:
        cancelled = wording.date_in_year(task.cancelled_on, task)
        return [*steps[: at + 1], Step(str(Status.CANCELLED.label), cancelled, "current")]
    if _left_open(task):
        closed = wording.date_in_year(task.plan.closed_on, task)
        return [*steps[: at + 1], Step(_("The plan is closed"), closed, "current")]
    return steps


def _position(task: Task, events: Sequence[TaskEvent]) -> int:
    if task.status != Status.CANCELLED:
        return LIFE.index(Status(task.status))
    last = next((event for event in reversed(events) if event.kind == EventKind.CANCEL), None)
    return LIFE.index(Status(last.from_status)) if last and last.from_status else 0


def _step(task: Task, status: Status, distance: int, reached: dict[str, datetime.date]) -> Step:
    date = wording.date_in_year(reached.get(status), task)
    if distance > 0:
        return Step(str(status.label), _who_is_next(task, status), "ahead")
    if distance < 0 or task.status == Status.CANCELLED or _left_open(task):
        return Step(str(status.label), date, "done")
    since = _("since %(date)s") % {"date": date} if date and status != Status.COMPLETED else date
    return Step(str(status.label), since, "current")


def _who_is_next(task: Task, status: Status) -> str:
    due = wording.date_in_year(task.due_on, task)
    names = {
        Status.AWAITING_SIGN_OFF: task.head_name,
        Status.UNDER_REVIEW: task.closer_name,
        Status.COMPLETED: _("by %(date)s") % {"date": due} if due else "",
    }
    return str(names.get(status) or "")


def _setting(events: Sequence[TaskEvent], name: str) -> TaskEvent | None:
    """The last line of history that set this field."""
    return next((event for event in reversed(events) if name in event.changes), None)


def _set_note(task: Task, events: Sequence[TaskEvent], name: str) -> str:
    event = _setting(events, name)
    if event is None:
        return ""
    words = {"who": event.by_label, "date": wording.date_in_year(event.on, task), "basis": task.due_basis}
    if event.detail:
        return _("set by %(who)s on %(date)s: %(detail)s") % {**words, "detail": event.detail}
    if task.due_basis:
        return _("set by %(who)s on %(date)s, basis: %(basis)s") % words
    return _("set by %(who)s on %(date)s") % words


def _evidence_url(task: Task, user: User) -> str:
    return reverse("evidence_new", args=[task.pk]) if permissions.can_add_evidence(user, task) else ""


def _progress_words(task: Task) -> str:
    if task.scheduled is None:
        return ""
    scheduled = _("scheduled %(points)d%%") % {"points": task.scheduled}
    behind = task.scheduled - task.progress
    if task.status in (Status.COMPLETED, Status.CANCELLED) or behind == 0:
        return scheduled
    words = _("%(points)d percentage points behind") if behind > 0 else _("%(points)d points ahead")
    return f"{scheduled}　{words % {'points': abs(behind)}}"


@dataclass(frozen=True)
class Fact:
    """A line of the facts; `state` is "", "missing" (to be set) or "proposed"."""

    label: str
    value: str
    note: str = ""
    state: str = ""


def _facts(task: Task, user: User, events: Sequence[TaskEvent]) -> Iterator[Fact]:
    lead = task.lead_unit or task.proposed_lead_unit
    proposed = "proposed" if task.status == Status.UNCONFIRMED else ""
    phone = permissions.answers(permissions.check_see_phone, user) and task.owner and task.owner.office_phone
    yield _fact(_("Lead unit"), str(lead or ""), state=proposed)
    supporting = enumeration(task.supporting_units.all())
    if supporting:
        yield Fact(_("Supporting units"), supporting, state=proposed)
    yield _fact(_("Accountable leader"), task.accountable_leader)
    yield _fact(_("Owner"), str(task.owner or ""), str(phone or ""))
    yield _fact(_("Nature"), task.get_nature_display(), state=proposed)
    if task.deliverable:
        yield Fact(_("Expected deliverable"), task.deliverable)
    yield _fact(_("Planned start"), wording.full_date(task.starts_on))
    yield _fact(_("Due date"), wording.full_date(task.due_on), _due_note(task, events))
    if task.remarks:
        yield Fact(_("Remarks"), task.remarks)


def _fact(label: str, value: str, note: str = "", state: str = "") -> Fact:
    return Fact(label, value, note, state) if value else Fact(label, _("not yet set"), note, "missing")


def _due_note(task: Task, events: Sequence[TaskEvent]) -> str:
    if task.due_on is None:
        return ""
    event = _setting(events, "due_on")
    if event is None:
        return _("Source: %(basis)s") % {"basis": task.due_basis}
    return _("Source: %(basis)s, entered by %(who)s on %(date)s") % {
        "basis": task.due_basis,
        "who": event.by_label,
        "date": wording.date_in_year(event.on, task),
    }


def _draft_words(task: Task, user: User) -> str:
    if task.draft_saved_at is None or not permissions.can_move(user, task, permissions.Move.REPORT):
        return ""
    return _("You have an update that is not sent, kept on %(date)s.") % {"date": wording.moment(task.draft_saved_at)}


def _asked_words(task: Task) -> str:
    if not task.asked_kind:
        return ""
    return _("%(kind)s was asked for on %(date)s and awaits a decision.") % {
        "kind": RequestKind(task.asked_kind).label,
        "date": wording.moment(task.asked_at),
    }
