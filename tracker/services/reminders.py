"""Whom to remind of what on a day: read alike for the message of the day and for the home page.

The owner is reminded of what is owned, and heads of the unit where the owner has left it; heads of what is overdue
and of supervision notices; contributors of cut-offs, returns and demands, and heads where a unit has no contributor.
Nobody outside the unit that is to act, and no account that is not active, is reminded of anything.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import clock, wording
from tracker.enums import OPEN_STATUSES, EventKind, NoticeState, PlanState, Role, Status
from tracker.models import Demand, Plan, SupervisionNotice, Task, TaskEvent, User
from tracker.querysets import RETURNED, unreported
from tracker.services import occasions
from tracker.services.occasions import Kind, Occasion
from tracker.texts import enumeration

AT_WORK = (Status.NOT_STARTED, Status.IN_PROGRESS)
SUBMITTED = (Status.AWAITING_SIGN_OFF, Status.UNDER_REVIEW)
# A notice that was replied to waits for the reviewer, not for the unit.
WITH_THE_UNIT = (NoticeState.ISSUED, NoticeState.ACKNOWLEDGED, NoticeState.REFUSED)
READ = ("code", "title", "status", "due_on", "starts_on", "last_report_on", "returned", "lead_unit", "owner")
Place = tuple[int | None, str]


def due(plan: Plan, on: datetime.date, *, only: User | None = None) -> dict[int, list[Occasion]]:
    """{key of a person: what to remind them of on the day `on`}, the most urgent first; for `only` them if given.

    A constant number of statements. Plans that are not active remind nobody.
    """
    if plan.state != PlanState.ACTIVE or (only is not None and not _is_of(only, plan)):
        return {}
    gathered = _Gathered(plan, on, only)
    gathered.dates()
    gathered.cutoff()
    gathered.returns()
    gathered.notices()
    gathered.demands()
    return {person: sorted(found, key=lambda one: one.rank) for person, found in gathered.found.items()}


def due_for(user: User, plan: Plan, on: datetime.date) -> list[Occasion]:
    """What one person is to be reminded of: the list on the home page."""
    return due(plan, on, only=user).get(user.pk, [])


def _is_of(person: User, plan: Plan) -> bool:
    return person.is_active and person.unit is not None and person.unit.government_id == plan.government_id


class _Gathered:
    """What was found for each person, and whom what concerns."""

    def __init__(self, plan: Plan, on: datetime.date, only: User | None) -> None:
        self.plan, self.on, self.only = plan, on, only
        self.found: dict[int, list[Occasion]] = defaultdict(list)
        self.period = occasions.cutoff_of(plan, on)
        self.people = self._people()
        self.tasks = self._tasks()

    def _people(self) -> dict[Place, set[int]]:
        """{(unit, role): people}, and under the role "" all people of the unit."""
        people = User.objects.filter(is_active=True, unit__government=self.plan.government_id)
        if self.only is not None:
            people = people.filter(unit=self.only.unit_id)
        found: dict[Place, set[int]] = defaultdict(set)
        for pk, unit, role in people.order_by().values_list("pk", "unit_id", "role"):
            found[unit, role].add(pk)
            found[unit, ""].add(pk)
        return found

    def _tasks(self) -> list[Task]:
        near = Q(due_on__lte=self.on + occasions.DAY * max(occasions.DAYS_BEFORE), status__in=(*AT_WORK, *SUBMITTED))
        concern = near | RETURNED
        if self.period is not None:
            concern |= unreported(self.period.since, started_by=self.period.started_by)
        tasks = Task.objects.filter(concern, self._own("lead_unit"), plan=self.plan)
        return list(tasks.only(*READ).by_place())

    def _own(self, unit: str) -> Q:
        """Condition that keeps what can concern `only`: what their unit is to act on."""
        return Q() if self.only is None else Q(**{unit: self.only.unit_id})

    def heads(self, unit: int | None) -> set[int]:
        return self.people[unit, Role.UNIT_HEAD] or self.people[unit, Role.CONTRIBUTOR]

    def contributors(self, unit: int | None) -> set[int]:
        return self.people[unit, Role.CONTRIBUTOR] or self.people[unit, Role.UNIT_HEAD]

    def owner(self, task: Task, unit: int | None) -> set[int]:
        """The owner, if still in that unit."""
        return self.people[unit, ""].intersection([task.owner_id])

    def add(self, people: Iterable[int], kind: Kind, key: str, about: datetime.date, words: str, **place: Any) -> None:
        day = wording.month_day(about) if about.year == self.plan.year else wording.full_date(about)
        one = Occasion(kind=kind, key=key, about=about, date=day, words=words, **place)
        for person in people:
            self.found[person].append(one)

    def dates(self) -> None:
        """Due dates that come, for the owner of what is not submitted yet; those that passed, for the head too."""
        for task in self.tasks:
            if task.due_on is None or task.status not in (*AT_WORK, *SUBMITTED):
                continue
            before = occasions.days_before(task.due_on, self.on) if task.status in AT_WORK else None
            after = occasions.days_after(task.due_on, self.on)
            if before is not None:
                people = self.owner(task, task.lead_unit_id) or self.heads(task.lead_unit_id)
                key = f"due:{task.pk}:{task.due_on}:{before}"
                self.add(people, Kind.DUE, key, task.due_on, _("due"), **_place(task))
            elif after is not None:
                people = self.owner(task, task.lead_unit_id) | self.heads(task.lead_unit_id)
                key = f"overdue:{task.pk}:{task.due_on}:{after}"
                self.add(people, Kind.OVERDUE, key, task.due_on, _overdue_words(task), **_place(task))

    def cutoff(self) -> None:
        """One occasion a person, with all of the unit's tasks that have no report for the period."""
        period = self.period
        if period is None:
            return
        codes: dict[int, list[str]] = defaultdict(list)
        for task in self.tasks:
            if _silent(task, period):
                people = self.contributors(task.lead_unit_id) | self.owner(task, task.lead_unit_id)
                for person in people:
                    codes[person].append(task.code)
        key, path = f"cutoff:{self.plan.pk}:{period.day}", reverse("home", args=[self.plan.pk])
        for person, own in codes.items():
            self.add({person}, Kind.CUTOFF, key, period.day, period.words(enumeration(own)), path=path)

    def returns(self) -> None:
        """What was returned two days ago or earlier and not resubmitted."""
        returned = {task.pk: task for task in self.tasks if task.returned}
        if not returned:
            return
        lines = TaskEvent.objects.filter(self._own("task__lead_unit"), kind=EventKind.RETURN)
        lines = lines.filter(task__plan=self.plan, task__returned=True)
        rows = lines.order_by("sequence").values_list("task_id", "sequence", "on")
        last = {task: (sequence, on) for task, sequence, on in rows}
        for pk, (sequence, on) in last.items():
            if pk in returned and self.on >= on + occasions.RETURNED_FOR:
                task = returned[pk]
                people = self.contributors(task.lead_unit_id) | self.owner(task, task.lead_unit_id)
                key, words = f"returned:{pk}:{sequence}", _("returned, not resubmitted")
                self.add(people, Kind.RETURNED, key, on, words, **_place(task))

    def notices(self) -> None:
        """Supervision notices that the unit has not answered: when issued, at half time, at the limit and after."""
        rows = SupervisionNotice.objects.filter(self._own("unit"), plan=self.plan, state__in=WITH_THE_UNIT)
        for notice in rows.select_related("task").order_by("pk"):
            step = occasions.notice_step(clock.local_date(notice.issued_at), notice.limit_on, self.on)
            people = self.heads(notice.unit_id) | self.owner(notice.task, notice.unit_id)
            notice.plan = self.plan
            values = {"level": notice.get_level_display(), "number": notice.number}
            words = _("%(level)s %(number)s: %(what)s") % {**values, "what": occasions.notice_words(step)}
            key = f"notice:{notice.pk}:{notice.limit_on}:{step}"
            place = {**_place(notice.task), "path": reverse("notice", args=[notice.pk])}
            self.add(people, Kind.NOTICE, key, notice.limit_on, words, **place)

    def demands(self) -> None:
        """Reports that are asked for by a day: the day before, and when it has passed, then for the head too."""
        rows = Demand.objects.open().filter(self._own("unit"), task__plan=self.plan, wanted_by__isnull=False)
        rows = rows.filter(task__status__in=OPEN_STATUSES)
        for demand in rows.select_related("task").order_by("pk"):
            step = occasions.demand_step(demand.wanted_by, self.on)
            if step is None:
                continue
            people = self.contributors(demand.unit_id) | self.owner(demand.task, demand.unit_id)
            if step == "passed":
                people = people | self.heads(demand.unit_id)
            key = f"demand:{demand.pk}:{demand.wanted_by}:{step}"
            self.add(people, Kind.DEMAND, key, demand.wanted_by, occasions.demand_words(step), **_place(demand.task))


def _place(task: Task) -> dict[str, str]:
    return {"path": task.get_absolute_url(), "code": task.code, "title": task.title}


def _silent(task: Task, period: occasions.Cutoff) -> bool:
    """The twin of `querysets.unreported` on a fetched task."""
    if task.status not in AT_WORK or task.returned or task.starts_on is None or task.starts_on > period.started_by:
        return False
    return task.last_report_on is None or task.last_report_on < period.since


def _overdue_words(task: Task) -> str:
    if task.status in SUBMITTED:
        return _("past due; now %(status)s") % {"status": task.get_status_display()}
    return _("past due, still open")
