"""The dates of plans as one person may see them, and the secret address under which a calendar fetches them."""

import datetime
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from reports.enums import DateKind
from reports.models import CalendarAddress, Review
from tracker import clock
from tracker.enums import DemandState, EventKind, NoticeState, PlanState, Status
from tracker.models import Demand, Milestone, Plan, SupervisionNotice, Task, TaskEvent, Unit, User
from tracker.querysets import TaskQuerySet

# Lines of history that may move a date of a task or of its milestones.
MOVING = (
    EventKind.CREATE,
    EventKind.CONFIRM,
    EventKind.REPORT,
    EventKind.EDIT,
    EventKind.DECIDE,
    EventKind.MILESTONE,
    EventKind.APPROVE,
    EventKind.REOPEN,
)
BYTES_OF_TOKEN = 32


@dataclass(frozen=True)
class Entry:
    """One date: `row` is the review, task, milestone, notice or demand behind it, None for a cut-off.

    `stamp` is the moment from which it stands as it does.
    """

    kind: DateKind
    on: datetime.date
    plan: Plan
    row: Any
    stamp: datetime.datetime


@dataclass(frozen=True)
class Span:
    """The days asked for, both included, and the unit whose tasks alone are meant; None asks for all."""

    since: datetime.date | None = None
    until: datetime.date | None = None
    unit: Unit | None = None

    def holds(self, name: str) -> Q:
        """Condition that the date `name` lies in the span."""
        inside = Q()
        if self.since is not None:
            inside &= Q(**{f"{name}__gte": self.since})
        if self.until is not None:
            inside &= Q(**{f"{name}__lte": self.until})
        return inside

    def of_unit(self, path: str) -> Q:
        """Condition on a path to a task: the unit leads or supports it. Reviews and cut-offs concern everyone."""
        if self.unit is None:
            return Q()
        supported = Task.objects.filter(supporting_units=self.unit).values("pk")
        return Q(**{f"{path}lead_unit": self.unit}) | Q(**{f"{path}pk__in": supported})


def entries(user: User, plans: Sequence[Plan], tasks: TaskQuerySet, span: Span) -> list[Entry]:
    """Everything dated in these plans that the person sees, by day and kind, in five statements.

    `tasks` are the tasks to draw due dates from, visible ones of these plans; they may carry their lights.
    """
    by_key = {plan.pk: plan for plan in plans}
    found: list[Entry] = []
    for plan in plans:
        found += [Entry(DateKind.CUTOFF, day, plan, None, _first_moment(plan)) for day in _cutoffs(plan, span)]
    for kind, rows in (
        (DateKind.REVIEW, _reviews(user, plans, span)),
        (DateKind.NOTICE, _notices(user, plans, span)),
        (DateKind.DEMAND, _demands(user, plans, span)),
        (DateKind.DUE, _due(tasks, span)),
        (DateKind.MILESTONE, _milestones(user, plans, span)),
    ):
        for row in rows:
            plan = by_key[row.of_plan]
            found.append(Entry(kind, row.day, plan, row, row.stamp or _first_moment(plan)))
    order = {kind: place for place, kind in enumerate(DateKind)}
    return sorted(found, key=lambda entry: (entry.on, order[entry.kind]))


def _first_moment(plan: Plan) -> datetime.datetime:
    return clock.start_of(plan.starts_on)


def _cutoffs(plan: Plan, span: Span) -> Iterator[datetime.date]:
    """The cut-off days of the plan year that lie in the span."""
    last = min(span.until or plan.ends_on, plan.ends_on)
    day = plan.cutoff(max(span.since or plan.starts_on, plan.starts_on))
    while day <= last:
        yield day
        day = plan.cutoff(day + datetime.timedelta(days=1))


def _reviews(user: User, plans: Sequence[Plan], span: Span) -> Any:
    rows = Review.objects.visible_to(user).filter(span.holds("on"), plan__in=plans).order_by("on", "number")
    stamp = Coalesce(F("closed_at"), F("opened_at"), F("prepared_at"))
    return rows.select_related("plan").annotate(day=F("on"), of_plan=F("plan"), stamp=stamp)


def _due(tasks: TaskQuerySet, span: Span) -> Any:
    rows = tasks.exclude(status=Status.CANCELLED).filter(span.holds("due_on"), span.of_unit(""), due_on__isnull=False)
    facts = {"day": F("due_on"), "of_plan": F("plan"), "stamp": _last_move("pk")}
    return rows.annotate(**facts).order_by("area__number", "serial")


def _milestones(user: User, plans: Sequence[Plan], span: Span) -> Any:
    rows = Milestone.objects.visible_to(user).filter(span.holds("due_on"), span.of_unit("task__"), task__plan__in=plans)
    rows = rows.exclude(task__status=Status.CANCELLED).select_related("task")
    facts = {"day": F("due_on"), "of_plan": F("task__plan"), "stamp": _last_move("task")}
    return rows.annotate(**facts).order_by("task__area__number", "task__serial", "pk")


def _notices(user: User, plans: Sequence[Plan], span: Span) -> Any:
    """Limits that were not taken back and have not passed into a notice of the next level."""
    rows = SupervisionNotice.objects.visible_to(user).filter(span.holds("limit_on"), _sent(span), plan__in=plans)
    rows = rows.exclude(state__in=[NoticeState.WITHDRAWN, NoticeState.ESCALATED]).select_related("task", "plan")
    stamp = Coalesce(F("closed_at"), F("acknowledged_at"), F("issued_at"))
    return rows.annotate(day=F("limit_on"), of_plan=F("plan"), stamp=stamp).order_by("serial")


def _demands(user: User, plans: Sequence[Plan], span: Span) -> Any:
    rows = Demand.objects.visible_to(user).filter(span.holds("wanted_by"), _sent(span), task__plan__in=plans)
    rows = rows.filter(wanted_by__isnull=False).exclude(state=DemandState.REPLACED).select_related("task", "answer")
    stamp = Coalesce(F("answer__at"), F("asked_at"))
    return rows.annotate(day=F("wanted_by"), of_plan=F("task__plan"), stamp=stamp).order_by("asked_at", "pk")


def _sent(span: Span) -> Q:
    """Notices and demands of a unit: what was sent to it, also after the task has moved on."""
    return Q() if span.unit is None else span.of_unit("task__") | Q(unit=span.unit)


def _last_move(path: str) -> Subquery:
    """The moment of the last line of history that may have moved a date of the task."""
    lines = TaskEvent.objects.filter(task=OuterRef(path), kind__in=MOVING, internal=False)
    return Subquery(lines.order_by("-sequence").values("at")[:1])


def address_of(user: User) -> CalendarAddress | None:
    """The person's own address, if there is one."""
    found: CalendarAddress | None = CalendarAddress.objects.filter(person=user).first()
    return found


def person_behind(token: str) -> User | None:
    """Whose address this is, while the person is active. Who holds the address sees what the person sees now."""
    rows = CalendarAddress.objects.filter(token=token, person__is_active=True)
    found = rows.select_related("person__unit").first()
    return found.person if found is not None else None


@transaction.atomic
def new_address(*, by: User) -> CalendarAddress:
    """Make the person's address; one that was there before is dead from this moment."""
    values = {"token": secrets.token_urlsafe(BYTES_OF_TOKEN), "made_at": clock.now()}
    made, _fresh = CalendarAddress.objects.update_or_create(person=by, defaults=values)
    return made


@transaction.atomic
def take_back(*, by: User) -> bool:
    """Take the person's address back; False when there was none."""
    deleted, _rows = CalendarAddress.objects.filter(person=by).delete()
    return bool(deleted)


def feed(user: User, *, own: bool) -> list[Entry]:
    """All dates of the plans in use that the person sees; with `own` those of the person's unit alone."""
    plans = list(plans_in_use(user))
    tasks = Task.objects.visible_to(user).filter(plan__in=plans)
    return entries(user, plans, tasks, Span(unit=user.unit if own else None))


def plans_in_use(user: User) -> Any:
    found = Plan.objects.visible_to(user).filter(state=PlanState.ACTIVE)
    return found.select_related("government").order_by("government__order", "year", "pk")
