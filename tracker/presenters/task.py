"""The page of one task: everything read in few queries, and put into words."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker import clock, permissions, wording
from tracker.enums import Light, LinkExtent, LinkState, RequestKind, Status, Verdict
from tracker.models import (
    EvidenceUse,
    Indicator,
    MeasureLink,
    Milestone,
    ShortcomingLink,
    Task,
    TaskEvent,
    User,
)
from tracker.presenters.actions import actions_of
from tracker.presenters.rows import task_row
from tracker.presenters.source import neighbours_of, source_of
from tracker.presenters.timeline import timeline
from tracker.querysets import TaskQuerySet
from tracker.services import tasks, trace

LIFE = (
    Status.UNCONFIRMED,
    Status.NOT_STARTED,
    Status.IN_PROGRESS,
    Status.AWAITING_SIGN_OFF,
    Status.UNDER_REVIEW,
    Status.COMPLETED,
)
MILESTONE_SHAPES = {"met": Light.DONE, "missed": Light.YELLOW, "next": Light.BLUE, "later": Light.GREY}
VERDICT_TAGS = {Verdict.ACCEPTED: "tag--ok", Verdict.REJECTED: "tag--no"}
CHART_WIDTH, CHART_HEIGHT, CHART_MARGIN = 116, 22, 3


def readable(found: TaskQuerySet, user: User) -> TaskQuerySet:
    """The queryset with all that the page shows: eight queries, whatever the length of the history.

    Lines of history and uses of evidence are all read, since light and moves depend on them; `seen` marks
    those that `user` may see.
    """
    events = TaskEvent.objects.annotate(
        seen=Exists(TaskEvent.objects.visible_to(user).filter(pk=OuterRef("pk")))
    ).defer("previous_digest", "digest")
    uses = EvidenceUse.objects.annotate(
        seen=Exists(EvidenceUse.objects.visible_to(user).filter(pk=OuterRef("pk")))
    )
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
        Prefetch("evidence_uses", uses.select_related("evidence")),
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
    task.light_reason, task.scheduled = tasks.reason_of(task, on), tasks.scheduled_of(task, on)
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
        "reason": wording.long_reason(task, task.plan, on),
        "steps": steps_of(task, events),
        "source": source_of(task),
        "criteria": [line.strip() for line in task.criteria.splitlines() if line.strip()],
        "criteria_note": _set_note(task, events, "criteria"),
        "milestones": [_milestone(step, task, on) for step in task.milestones.all()],
        "indicators": list(_indicators(task)),
        "upstream": list(_upstream(task)),
        "can_settle": permissions.can_set_up(user, task.plan),
        "evidence": [_evidence(use) for use in task.evidence_uses.all() if _is_shown(use)],
        "evidence_url": _evidence_url(task, user),
        "timeline": timeline(task, events, show=show),
        "show": show,
        "progress_words": _progress_words(task),
        "actions": actions_of(task, user, row.light.value),
        "facts": list(_facts(task, user, events)),
        "draft": _draft_words(task, user),
        "asked": _asked_words(task),
    }


@dataclass(frozen=True)
class Step:
    """One dot of the line of status; `state` is "done", "current" or "ahead"."""

    label: str
    note: str
    state: str


def steps_of(task: Task, events: Sequence[TaskEvent]) -> list[Step]:
    """The six steps with the date each was reached, or who is next. A cancelled task ends where it was."""
    reached = {event.to_status: event.on for event in events if event.from_status != event.to_status}
    at = _position(task, events)
    steps = [_step(task, status, place - at, reached) for place, status in enumerate(LIFE)]
    if task.status != Status.CANCELLED:
        return steps
    cancelled = wording.date_in_year(task.cancelled_on, task)
    return [*steps[: at + 1], Step(str(Status.CANCELLED.label), cancelled, "current")]


def _position(task: Task, events: Sequence[TaskEvent]) -> int:
    if task.status != Status.CANCELLED:
        return LIFE.index(Status(task.status))
    last = next((event for event in reversed(events) if event.to_status == Status.CANCELLED), None)
    return LIFE.index(Status(last.from_status)) if last and last.from_status else 0


def _step(task: Task, status: Status, distance: int, reached: dict[str, datetime.date]) -> Step:
    date = wording.date_in_year(reached.get(status), task)
    if distance > 0:
        return Step(str(status.label), _who_is_next(task, status), "ahead")
    if distance < 0 or task.status == Status.CANCELLED:
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


def _milestone(step: Milestone, task: Task, on: datetime.date) -> dict[str, str]:
    """A row of the table; `state` is "met", "missed", "next" or "later"."""
    coming = [row for row in task.milestones.all() if row.met_on is None and row.due_on >= on]
    days = abs((step.due_on - on).days)
    if step.met_on is not None:
        state, words = "met", _met_words(step, task)
    elif step.due_on < on:
        state = "missed"
        words = ngettext("%(days)d day overdue", "%(days)d days overdue", days) % {"days": days}
    elif step == coming[0]:
        state, words = "next", ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    else:
        state, words = "later", _("to come")
    return {
        "title": step.title,
        "due": wording.date_in_year(step.due_on, task),
        "share": "" if step.share is None else f"{step.share}%",
        "state": state,
        "shape": MILESTONE_SHAPES[state],
        "words": words,
        "note": step.note,
    }


def _met_words(step: Milestone, task: Task) -> str:
    late = (step.met_on - step.due_on).days if step.met_on else 0
    words = {"date": wording.date_in_year(step.met_on, task), "days": late}
    if late <= 0:
        return _("met %(date)s") % words
    return ngettext("met %(date)s, %(days)d day late", "met %(date)s, %(days)d days late", late) % words


def number(value: Decimal | None) -> str:
    """1,986 or 43.2; empty for none."""
    return "" if value is None else f"{value.normalize():,f}"


def _indicators(task: Task) -> Iterator[dict[str, Any]]:
    for _pk, found in groupby(task.indicators.all(), key=lambda row: row.pk):
        rows = list(found)
        first, last = rows[0], rows[-1]
        readings = [(row.read_on, row.read_value) for row in rows if row.read_on is not None]
        yield {
            "name": first.name,
            "unit": first.unit,
            "quote": wording.full_width(first.figure.quote) if first.figure else "",
            "latest": number(last.read_value),
            "latest_on": wording.date_in_year(last.read_on, task),
            "baseline": number(first.baseline),
            "target": number(first.target) or first.get_direction_display(),
            "chart": chart_of(readings, first.target) if len(readings) > 1 else None,
        }


@dataclass(frozen=True)
class Chart:
    """A small line drawn by attributes: `points` of the polyline, its last point, and the target's height."""

    points: str
    last_x: str
    last_y: str
    target_y: str
    width: int = CHART_WIDTH
    height: int = CHART_HEIGHT


def chart_of(readings: Sequence[tuple[datetime.date, Decimal]], target: Decimal | None) -> Chart:
    """Readings by date; the target, where there is one, is inside the picture."""
    values = [float(value) for _on, value in readings]
    heights = values if target is None else [*values, float(target)]
    low, high = min(heights), max(heights)
    days = [(on - readings[0][0]).days for on, _value in readings]
    xs = [f"{_scaled(day, 0, days[-1], CHART_WIDTH):g}" for day in days]
    ys = [f"{CHART_HEIGHT - _scaled(value, low, high, CHART_HEIGHT):g}" for value in heights]
    return Chart(
        points=" ".join(f"{x},{y}" for x, y in zip(xs, ys, strict=False)),
        last_x=xs[-1],
        last_y=ys[len(xs) - 1],
        target_y=ys[-1] if target is not None else "",
    )


def _scaled(value: float, low: float, high: float, size: int) -> float:
    share = (value - low) / (high - low) if high > low else 0.5
    return round(CHART_MARGIN + share * (size - 2 * CHART_MARGIN), 1)


def _upstream(task: Task) -> Iterator[dict[str, Any]]:
    """What the task continues and answers, each with its state and, below shortcomings, the causes."""
    for link in task.measure_links.all():
        head = _("Continues measure %(number)s") % {"number": link.measure.section.number.rstrip(".、．")}
        extent = link.get_extent_display() if link.extent == LinkExtent.SENTENCE else ""
        yield _link_row(task, link, head, link.measure.text, "settle_measure_link", extent)
    for _pk, found in groupby(task.shortcoming_links.all(), key=lambda row: row.pk):
        rows = list(found)
        shortcoming = rows[0].shortcoming
        head = _("Answers shortcoming %(number)s") % {"number": shortcoming.number}
        yield _link_row(task, rows[0], head, shortcoming.text, "settle_shortcoming_link", "")
        yield from (_cause_row(row) for row in rows if row.cause_number is not None)


def _link_row(
    task: Task, link: MeasureLink | ShortcomingLink, head: str, words: str, view: str, extent: str
) -> dict[str, Any]:
    proposed, suspect = link.state == LinkState.PROPOSED, trace.is_suspect(link)
    kind = _("%(strength)s link") % {"strength": link.get_strength_display()}
    return {
        "head": head,
        "kind": "，".join(part for part in (kind, str(extent)) if part),
        "words": wording.full_width(words),
        "rationale": link.rationale,
        "proposed": proposed,
        "suspect": suspect,
        "to_settle": proposed or suspect,
        "who": "" if proposed else _("confirmed by %(who)s") % {"who": link.confirmed_by},
        "when": "" if proposed else wording.date_in_year(clock.local_date(link.confirmed_at), task),
        "confirm_label": _("It holds: %(link)s") % {"link": head},
        "dismiss_label": _("It does not hold: %(link)s") % {"link": head},
        "confirm_url": reverse(view, args=[link.pk, "confirm"]),
        "dismiss_url": reverse(view, args=[link.pk, "dismiss"]),
    }


def _cause_row(row: Any) -> dict[str, Any]:
    return {
        "head": _("Cause %(number)s") % {"number": row.cause_number},
        "kind": _("paired by position") if row.cause_by_position else "",
        "words": wording.full_width(row.cause_text),
        "proposed": row.cause_by_position,
    }


def _is_shown(use: EvidenceUse) -> bool:
    return bool(use.seen) and use.verdict != Verdict.WITHDRAWN


def _evidence(use: EvidenceUse) -> dict[str, Any]:
    item = use.evidence
    details = (item.document_number, item.get_kind_display(), item.issuer)
    return {
        "number": item.number,
        "title": item.title,
        "url": item.get_absolute_url(),
        "detail": "　".join(str(part) for part in details if part),
        "claim": use.claim,
        "dated": wording.full_date(item.dated_on),
        "disclosure": item.get_disclosure_display(),
        "tag": VERDICT_TAGS.get(Verdict(use.verdict), ""),
        "verdict_label": use.get_verdict_display(),
        "reason": use.reason if use.verdict == Verdict.REJECTED else "",
    }


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
    supporting = "、".join(str(unit) for unit in task.supporting_units.all())
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
    return _("You have an update that is not sent, kept on %(date)s.") % {
        "date": wording.moment(task.draft_saved_at)
    }


def _asked_words(task: Task) -> str:
    if not task.asked_kind:
        return ""
    return _("%(kind)s was asked for on %(date)s and awaits a decision.") % {
        "kind": RequestKind(task.asked_kind).label,
        "date": wording.moment(task.asked_at),
    }
