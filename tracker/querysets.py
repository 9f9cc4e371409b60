"""Reads live here, and every one starts from `visible_to(user)`.

Who sees what: people see the plans of their own government and, read-only, of governments below their unit;
other governments' rows do not exist for them. Evidence marked internal is for the units of the task,
reviewers, leaders, administrators and auditors.
"""

import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.auth.models import UserManager
from django.db import models
from django.db.models import (
    Aggregate,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, JSONObject, Substr
from django.db.models.lookups import Exact

from tracker import lights
from tracker.compiled import compiled, standing_of
from tracker.enums import (
    OPEN_NOTICES,
    OPEN_STATUSES,
    STANDING_VERDICTS,
    UNANSWERED_NOTICES,
    ContributionState,
    DemandState,
    Disclosure,
    EventKind,
    LinkState,
    NoticeState,
    PlanState,
    RequestKind,
    RequestState,
    Role,
    Status,
)

if TYPE_CHECKING:
    from tracker.models import Plan, User

# Fields that only the gate in services.tasks writes.
GATED_FIELDS = (
    "status",
    "progress",
    "returned",
    "submitted_by_id",
    "confirmed_by_id",
    "confirmed_on",
    "last_report_on",
    "completed_on",
    "cancelled_on",
    "raised_light",
    "raised_reason",
    "milestone_count",
)
OVERSIGHT_ROLES = (Role.REVIEWER, Role.LEADER, Role.ADMINISTRATOR, Role.AUDITOR)


def government_visible(user: "User", prefix: str) -> Q:
    """Condition on a path to a government (a Unit): the user's own, or one below the user's unit.

    A user without a unit sees no government at all.
    """
    if not user.is_active or user.unit is None:
        return Q(pk__in=[])
    own = Q(**{prefix: user.unit.government_id})
    below = Q(**{f"{prefix}__path__startswith": user.unit.path})
    return own | below


def oversees(user: "User", prefix: str, roles: tuple[str, ...] = OVERSIGHT_ROLES) -> Q:
    """Condition on a path to a government: one whose inner matters this person sees by role.

    That is the person's own; to a unit above, a government shows what everyone signed in there sees.
    """
    if user.role not in roles or user.unit is None:
        return Q(pk__in=[])
    return Q(**{prefix: user.unit.government_id})


class UnitQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        """Units of one's own government and of those below one's unit.

        A superuser, who sets an installation up, sees all.
        """
        if user.is_superuser and user.is_active:
            return self.all()
        if not user.is_active or user.unit is None:
            return self.none()
        return self.filter(Q(government_id=user.unit.government_id) | Q(path__startswith=user.unit.path))

    def active(self) -> Self:
        return self.filter(is_active=True)


class UserQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        """People of the units that `user` sees."""
        if user.is_superuser and user.is_active:
            return self.all()
        if not user.is_active or user.unit is None:
            return self.none()
        return self.filter(Q(unit__government_id=user.unit.government_id) | Q(unit__path__startswith=user.unit.path))


class PeopleManager(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's manager of accounts with our reads."""


def hidden_plans(user: "User") -> tuple[str, ...]:
    """States of plans that this person does not see: drafts only show to those who set plans up."""
    if user.role in (Role.ADMINISTRATOR, Role.REVIEWER, Role.AUDITOR):
        return (PlanState.DISCARDED,)
    return (PlanState.DISCARDED, PlanState.DRAFT)


class AnnualReportQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        return self.filter(government_visible(user, "government"), is_current=True)


class ReportImportQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        """Imports of one's own government, for its administrators and auditors."""
        if user.role not in (Role.ADMINISTRATOR, Role.AUDITOR) or not user.is_active or user.unit is None:
            return self.none()
        return self.filter(government=user.unit.government_id)


class ReportCorrectionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        """Corrections of reports of one's own government, for its administrators and auditors."""
        if user.role not in (Role.ADMINISTRATOR, Role.AUDITOR) or not user.is_active or user.unit is None:
            return self.none()
        return self.filter(report__government=user.unit.government_id)


class LedgerImportQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        """Imports into plans of one's own government, for its administrators and auditors."""
        if user.role not in (Role.ADMINISTRATOR, Role.AUDITOR) or not user.is_active or user.unit is None:
            return self.none()
        return self.filter(plan__government=user.unit.government_id)


class SourceQuerySet(models.QuerySet[Any]):
    """Pieces of a report; `report_path` of each model leads to its report."""

    def visible_to(self, user: "User") -> Self:
        return self.filter(government_visible(user, f"{self._report_path()}__government"))

    def of_report(self, report: Any) -> Self:
        return self.filter(**{self._report_path(): report})

    def _report_path(self) -> str:
        names = {field.name for field in self.model._meta.get_fields()}
        if "report" in names:
            return "report"
        return "part__report" if "part" in names else "section__part__report"


class PlanQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        """Plans of the user's own government and of those below; drafts only for those who set plans up."""
        return self.filter(government_visible(user, "government")).exclude(state__in=hidden_plans(user))

    def current_first(self) -> Self:
        """The newest active plan first, then the rest by year."""
        return self.order_by(
            Case(When(state=PlanState.ACTIVE, then=0), default=1, output_field=IntegerField()), "-year"
        )


class WorkAreaQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        return self.filter(government_visible(user, "plan__government"))


class PlanPartQuerySet(models.QuerySet[Any]):
    """Rows that hang on a plan."""

    def visible_to(self, user: "User") -> Self:
        seen = self.filter(government_visible(user, "plan__government"))
        return seen.exclude(plan__state__in=hidden_plans(user))


class DayNumber(Func):
    """A date as a running day number, so that differences are whole days on both databases."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(
            compiler, connection, template="CAST(julianday(%(expressions)s) + 0.5 AS INTEGER)", **context
        )

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(
            compiler, connection, template="((%(expressions)s)::date - DATE '1970-01-01' + 2440588)", **context
        )


class JsonList(Aggregate):
    """All values of a group as one JSON list, on both databases."""

    output_field = models.JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_AGG", **context)


def day_number(day: datetime.date) -> int:
    """`DayNumber` of a date in Python: the Julian day that begins at its noon."""
    return day.toordinal() + 1721425


PLACE = JSONObject(pk="pk", code="code", start="start", end="end")
LONGEST_SENTENCE = 400
NOTICE = JSONObject(
    pk="pk", year="plan__year", serial="serial", level="level", state="state", demand="demand", limit_on="limit_on"
)
DEMAND = JSONObject(pk="pk", kind="kind", words="words", wanted_by="wanted_by")
CARRY = JSONObject(kind="kind", reason="reason", words="words", into="into", into_code="into__code")
PREDECESSOR = JSONObject(
    pk="predecessor", code="predecessor__code", title="predecessor__title", year="predecessor__plan__year"
)
SUCCESSOR = JSONObject(pk="task", code="task__code", title="task__title", year="task__plan__year")
TELLING = JSONObject(section="measure__section", plan="measure__section__part__report__plan", words="measure__text")


class TaskQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        seen = self.filter(government_visible(user, "plan__government"))
        return seen.exclude(plan__state__in=hidden_plans(user))

    def of_plan(self, plan: "Plan") -> Self:
        return self.filter(plan=plan)

    def open(self) -> Self:
        return self.filter(status__in=OPEN_STATUSES)

    def dated(self) -> Self:
        """Tasks whose progress is measured against a schedule: with start and due date, and not cancelled."""
        return self.filter(starts_on__isnull=False, due_on__isnull=False).exclude(status=Status.CANCELLED)

    def with_light(self, plan: "Plan", on: datetime.date) -> Self:
        """Annotate `scheduled` (points or None), `behind`, `milestone_missed` and `light_reason` as of `on`.

        For tasks of one plan, whose thresholds apply. `lights.LIGHT_OF[task.light_reason]` is the light.
        """
        at = plan.thresholds(on)
        facts = compiled(self, ("light", at), lambda tasks: tasks.annotate_light(at))
        return self.filter(plan=plan).annotate(**facts)

    def annotate_light(self, at: lights.Thresholds) -> Self:
        """The facts and the rule as expressions; `with_light` uses them compiled."""
        milestones = self.model._meta.get_field("milestones").related_model.objects
        missed = milestones.filter(task=OuterRef("pk"), met_on__isnull=True, due_on__lt=at.on)
        return (
            self.annotate(
                scheduled=_scheduled(milestones, at.on),
                milestone_missed=Case(
                    When(milestone_count=0, then=Value(False)),
                    default=Exists(missed),
                    output_field=models.BooleanField(),
                ),
            )
            .annotate(behind=lights.behind_expression())
            .annotate(light_reason=lights.reason_case(at))
        )

    def filter_light(self, light: str) -> Self:
        """Keep the tasks of one light; after `with_light`."""
        return self.filter(light_reason__in=lights.reasons_of(light))

    def count_by_light(self) -> dict[str, int]:
        """{light: number of tasks}, every light named; after `with_light`."""
        rows = self.order_by().values_list("light_reason").annotate(number=Count("pk"))
        counts = {str(light): 0 for light in lights.LIGHT_ORDER}
        for reason, number in rows:
            counts[str(lights.LIGHT_OF[reason])] += number
        return counts

    def with_people(self) -> Self:
        """Fetch area, lead unit and owner in the same query."""
        return self.select_related("area", "lead_unit", "owner", "proposed_lead_unit")

    def with_support_of(self, user: "User") -> Self:
        """Annotate `supported`: whether the unit of `user` supports the task."""
        through = self.model._meta.get_field("supporting_units").remote_field.through.objects
        return self.annotate(supported=Exists(through.filter(task=OuterRef("pk"), unit=user.unit_id)))

    def with_surroundings(self, user: "User") -> Self:
        """Annotate what the page of a task tells beside the task's own columns, in the same query.

        `paragraph` (the work area's words in the report), `report_title`, `neighbours` (list of {pk, code, start,
        end} of the tasks whose words stand near), `place_before` and `place_after` (of the tasks beside it),
        `head_name` (of the lead unit), `closer_name` (unit whose reviewers may close), `asked_kind` and `asked_at`
        (of an open request that `user` may see), `draft_saved_at` (of `user`'s own draft),
        `cancellation_approved`, `has_open_notice`, `notice_open` (NOTICE or None) and `demands_open` (list of DEMAND
        or None), both as far as `user` may see them, `settled_as` (CARRY or None), and over the confirmed successions
        between years `came_from` (list of PREDECESSOR), `went_to` (of SUCCESSOR) and `told_by` (of TELLING), or None.
        """
        words = {
            "paragraph": Substr("plan__report__text", F("area__start") + 1, F("area__end") - F("area__start")),
            "report_title": F("plan__report__title"),
        }
        key = ("surroundings", user.pk, *standing_of(user))
        beside = compiled(self, key, lambda tasks: tasks._annotate_surroundings(user))
        return self.annotate(**words).annotate(**beside)

    def _annotate_surroundings(self, user: "User") -> Self:
        """All of the surroundings that are subqueries; over the tables of task, plan and area, joined once each."""
        own = self.model._meta
        requests = own.get_field("requests").related_model.objects.filter(task=OuterRef("pk"))
        asked = requests.visible_to(user).filter(state=RequestState.OPEN)
        approved = requests.filter(kind=RequestKind.CANCELLATION, state=RequestState.APPROVED)
        drafts = own.get_field("drafts").related_model.objects.filter(task=OuterRef("pk"), by=user)
        people = own.get_field("owner").related_model.objects.filter(is_active=True)
        people = people.order_by("unit__order", "pk")
        heads = people.filter(unit=OuterRef("lead_unit"), role=Role.UNIT_HEAD)
        notices = own.get_field("notices").related_model.objects.filter(task=OuterRef("pk")).open()
        demands = own.get_field("demands").related_model.objects.filter(task=OuterRef("pk")).open()
        demanded = demands.visible_to(user).order_by().values("task").annotate(rows=JsonList(DEMAND)).values("rows")
        closers = people.filter(unit__government=OuterRef("plan__government"), role=Role.REVIEWER)
        settled = own.get_field("carry_over").related_model.objects.filter(task=OuterRef("pk"))
        years = own.get_field("successions").related_model.objects.confirmed_for(user)
        after = years.filter(predecessor=OuterRef("pk")).order_by().values("predecessor")
        before = years.filter(task=OuterRef("pk")).order_by().values("task")
        return self.annotate(
            settled_as=Subquery(settled.values(row=CARRY)[:1]),
            came_from=Subquery(before.annotate(rows=JsonList(PREDECESSOR)).values("rows")),
            went_to=Subquery(after.filter(task__isnull=False).annotate(rows=JsonList(SUCCESSOR)).values("rows")),
            told_by=Subquery(after.filter(measure__isnull=False).annotate(rows=JsonList(TELLING)).values("rows")),
            neighbours=Subquery(self._places_near()),
            place_before=Subquery(self._place_beside(forward=False)),
            place_after=Subquery(self._place_beside(forward=True)),
            head_name=Subquery(heads.values("display_name")[:1]),
            closer_name=Subquery(closers.exclude(unit=OuterRef("lead_unit")).values("unit__short_name")[:1]),
            asked_kind=Subquery(asked.values("kind")[:1]),
            asked_at=Subquery(asked.values("asked_at")[:1]),
            draft_saved_at=Subquery(drafts.values("saved_at")[:1]),
            cancellation_approved=Exists(approved),
            has_open_notice=Exists(notices),
            notice_open=Subquery(notices.visible_to(user).values(row=NOTICE)[:1]),
            demands_open=Subquery(demanded),
        )

    def _places_near(self) -> Any:
        """Places of the tasks whose words stand close enough to share a sentence, as one list."""
        near = self.model.objects.filter(
            area=OuterRef("area"),
            start__lt=OuterRef("end") + LONGEST_SENTENCE,
            end__gt=OuterRef("start") - LONGEST_SENTENCE,
        )
        return near.order_by().values("area").annotate(places=JsonList(PLACE)).values("places")

    def _place_beside(self, forward: bool) -> Any:
        """The place of the task before or after this one in the order of the report."""
        side, order = ("gt", "") if forward else ("lt", "-")
        same = Q(area=OuterRef("area"), **{f"serial__{side}": OuterRef("serial")})
        other = Q(**{f"area__number__{side}": OuterRef("area__number")})
        beside = self.model.objects.filter(same | other, plan=OuterRef("plan"))
        return beside.order_by(f"{order}area__number", f"{order}serial").values(place=PLACE)[:1]

    def without_evidence(self, on: datetime.date) -> Self:
        """Tasks for which nothing that counts on the day `on` is given."""
        uses = self.model._meta.get_field("evidence_uses").related_model.objects
        return self.exclude(Exists(uses.standing(on).filter(task=OuterRef("pk"))))

    def by_place(self) -> Self:
        """In the order of the report."""
        return self.order_by("area__number", "serial")

    def update(self, **values: Any) -> int:
        """Refuse to write gated fields past the gate. Raises PermissionError."""
        self._refuse_gated(values)
        return super().update(**values)

    def bulk_update(self, objs: Any, fields: Any, batch_size: int | None = None) -> int:
        self._refuse_gated(fields)
        return super().bulk_update(objs, fields, batch_size)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        raise PermissionError("tasks are created one by one by services.plans")

    def gate_update(self, version: int, **values: Any) -> int:
        """`UPDATE … WHERE version`: the number of rows written, 0 when the row moved on. For the gate alone."""
        return super().filter(version=version).update_past_guard(version=version + 1, **values)

    def update_past_guard(self, **values: Any) -> int:
        return super().update(**values)

    def _refuse_gated(self, names: Any) -> None:
        gated = set(names) & {*GATED_FIELDS, *(name.removesuffix("_id") for name in GATED_FIELDS), "version"}
        if gated:
            raise PermissionError(f"{', '.join(sorted(gated))} of a task is written by services.tasks alone")


def _scheduled(milestones: Any, on: datetime.date) -> Case:
    """Scheduled points on the day `on` as SQL: the twin of `lights.scheduled_points`."""
    inside = milestones.filter(
        task=OuterRef("pk"),
        share__isnull=False,
        due_on__gt=OuterRef("starts_on"),
        due_on__lt=OuterRef("due_on"),
    )
    before = inside.filter(due_on__lte=on).order_by("-due_on", "-share")
    after = inside.filter(due_on__gt=on).order_by("due_on", "share")
    bent = _interpolated(
        Coalesce(Subquery(before.values("due_on")[:1]), F("starts_on")),
        Coalesce(Subquery(before.values("share")[:1]), Value(0)),
        Coalesce(Subquery(after.values("due_on")[:1]), F("due_on")),
        Coalesce(Subquery(after.values("share")[:1]), Value(100)),
        on,
    )
    straight = _interpolated(F("starts_on"), Value(0), F("due_on"), Value(100), on)
    return Case(
        When(Q(starts_on__isnull=True) | Q(due_on__isnull=True), then=Value(None)),
        When(starts_on__gte=on, then=Value(0)),
        When(due_on__lte=on, then=Value(100)),
        When(milestone_count=0, then=straight),
        default=bent,
        output_field=IntegerField(),
    )


def _interpolated(from_day: Any, from_share: Any, to_day: Any, to_share: Any, on: datetime.date) -> Any:
    span = DayNumber(to_day) - DayNumber(from_day)
    rise = (to_share - from_share) * (Value(day_number(on)) - DayNumber(from_day))
    return from_share + (Value(2) * rise + span) / (Value(2) * span)


class TaskPartQuerySet(models.QuerySet[Any]):
    """Rows that hang on a task."""

    def visible_to(self, user: "User") -> Self:
        seen = self.filter(government_visible(user, "task__plan__government"))
        return seen.exclude(task__plan__state__in=hidden_plans(user))

    def standing(self) -> Self:
        """Links that nobody has dismissed."""
        return self.exclude(state=LinkState.DISMISSED)


class SuccessionQuerySet(TaskPartQuerySet):
    """Rows that join two years; seen by who sees the plan of the earlier one."""

    def visible_to(self, user: "User") -> Self:
        seen = self.filter(government_visible(user, "predecessor__plan__government"))
        return seen.exclude(predecessor__plan__state__in=hidden_plans(user))

    def confirmed_for(self, user: "User") -> Self:
        """Those that count, as far as this person sees the plans at both ends."""
        hidden = hidden_plans(user)
        seen = self.visible_to(user).filter(state=LinkState.CONFIRMED)
        seen = seen.filter(Q(measure__isnull=True) | Q(measure__section__part__report__plan__isnull=False))
        return seen.exclude(Q(task__isnull=False) & Q(task__plan__state__in=hidden)).exclude(
            Q(measure__isnull=False) & Q(measure__section__part__report__plan__state__in=hidden)
        )


# How many versions back an item is known to replace another; each costs a join.
VERSIONS_BACK = 4


def versions_before(prefix: str, item: Any) -> Q:
    """Condition on evidence items, at a path: one that replaces `item`, or a version that replaces it, and so on."""
    found = Q()
    for steps in range(1, VERSIONS_BACK + 1):
        found |= Q(**{prefix + "__".join(["replaces"] * steps): item})
    return found


class EvidenceQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        """Evidence of visible plans; internal items for the task's units and for those who oversee."""
        seen = self.filter(government_visible(user, "plan__government"))
        opened = Q(pk__in=self._open_to(user).values("pk"))
        return seen.filter(oversees(user, "plan__government") | opened)

    def newer_than(self, item: Any) -> Self:
        """The later versions of an item (its key, or an OuterRef to one), the newest first; VERSIONS_BACK at most."""
        return self.filter(versions_before("", item)).order_by("-deposited_at", "-pk")

    def _open_to(self, user: "User") -> Self:
        uses = self.model._meta.get_field("uses").related_model.objects
        of_unit = uses.filter(evidence=OuterRef("pk")).filter(
            Q(task__lead_unit=user.unit_id) | Q(task__supporting_units=user.unit_id)
        )
        return self.model.objects.filter(~Q(disclosure=Disclosure.INTERNAL) | Q(unit=user.unit_id) | Exists(of_unit))


class MarkSeen(models.QuerySet[Any]):
    """Rows that are all read, while some are not to be shown to everyone."""

    def mark_seen(self, user: "User") -> Self:
        """Annotate `seen`: whether `user` may see the row."""
        key = ("seen", self.model._meta.db_table, *standing_of(user))
        return self.annotate(**compiled(self, key, lambda rows: rows._annotate_seen(user)))

    def _annotate_seen(self, user: "User") -> Self:
        own = self.model.objects.visible_to(user).filter(pk=OuterRef("pk"))
        return self.annotate(seen=Exists(own))


class JobRunQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        """Jobs run for the whole installation; its administrators see them."""
        if user.is_active and (user.is_superuser or user.role == Role.ADMINISTRATOR):
            return self.all()
        return self.none()


# Conditions on evidence items, in step with `AddressCheck.health`.
DEAD_ADDRESS = Q(address_check__dead_since__isnull=False)
CHANGED_ADDRESS = Q(address_check__changed_at__isnull=False, address_check__failed_since__isnull=True)


class AddressCheckQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        """Looks at the addresses of items that `user` may see."""
        evidence = self.model._meta.get_field("evidence").related_model.objects
        return self.filter(evidence__in=evidence.visible_to(user))


class AddressTurnQuerySet(AddressCheckQuerySet):
    """Turns of the addresses of items; append-only."""

    def update(self, **values: Any) -> int:
        raise PermissionError("turns of an address are append-only")

    def delete(self) -> Any:
        raise PermissionError("turns of an address are append-only")


def expired(on: datetime.date, prefix: str = "") -> Q:
    """Condition on evidence items, at a path: their time had run out before `on`. As `Evidence.expired`."""
    return Q(**{f"{prefix}valid_until__isnull": False, f"{prefix}valid_until__lt": on})


class EvidenceUseQuerySet(MarkSeen):
    def visible_to(self, user: "User") -> Self:
        evidence = self.model._meta.get_field("evidence").related_model.objects
        return self.filter(evidence__in=evidence.visible_to(user))

    def standing(self, on: datetime.date) -> Self:
        """Uses that count on the day `on`: not withdrawn, rejected, expired, or replaced on their task."""
        return self.current().filter(~expired(on, "evidence__"), verdict__in=STANDING_VERDICTS)

    def current(self) -> Self:
        """Without the uses whose item is replaced on the same task by a newer version."""
        return self.filter(~Exists(self._replacing()))

    def mark_replaced(self) -> Self:
        """Annotate `replaced_here`: the number of the newer version that stands in its place on the task, or None.

        A version that was rejected or taken back there replaces nothing.
        """
        return self.annotate(**compiled(self, ("replaced_here",), lambda rows: rows._annotate_replaced()))

    def mark_newer(self, user: "User") -> Self:
        """Annotate `newer`: {pk, number} of the newest version that `user` sees, wherever it is used, or None."""
        key = ("newer_version", *standing_of(user))
        return self.annotate(**compiled(self, key, lambda rows: rows._annotate_newer(user)))

    def _replacing(self) -> Self:
        newer = self.model.objects.filter(versions_before("evidence__", OuterRef("evidence")))
        return newer.filter(task=OuterRef("task"), verdict__in=STANDING_VERDICTS)

    def _annotate_replaced(self) -> Self:
        newest = self._replacing().order_by("-evidence__deposited_at", "-evidence")
        return self.annotate(replaced_here=Subquery(newest.values("evidence__number")[:1]))

    def _annotate_newer(self, user: "User") -> Self:
        items = self.model._meta.get_field("evidence").related_model.objects
        newest = items.visible_to(user).newer_than(OuterRef("evidence"))
        return self.annotate(newer=Subquery(newest.values(version=JSONObject(pk="pk", number="number"))[:1]))


class TaskEventQuerySet(MarkSeen):
    def visible_to(self, user: "User") -> Self:
        """Lines of visible tasks.

        A submission that the unit's head has not signed, and its return or withdrawal before that, is for the lead
        unit and administrators; reviewers' internal remarks are for reviewers, administrators and auditors.
        """
        government = "task__plan__government"
        seen = self.filter(government_visible(user, government))
        within = oversees(user, government, (Role.ADMINISTRATOR,)) | Q(task__lead_unit=user.unit_id)
        seen = seen.exclude(~within & self._before_sign_off())
        aside = self._of_hidden_evidence(user) | self._of_others_requests(user)
        seen = seen.exclude(~oversees(user, government) & aside)
        remarks = oversees(user, government, (Role.REVIEWER, Role.ADMINISTRATOR, Role.AUDITOR))
        seen = seen.exclude(~remarks & Q(internal=True))
        return seen.exclude(task__plan__state__in=hidden_plans(user))

    def signed(self) -> Self:
        """Without submissions that the unit's head has not signed: what the unit stands by."""
        return self.exclude(self._before_sign_off())

    def _before_sign_off(self) -> Q:
        """Submissions that the unit's head did not sign, and what was said while they waited.

        Whether one was signed is told by the next line that ends the waiting.
        """
        after = self.model.objects.filter(
            task=OuterRef("task"),
            sequence__gt=OuterRef("sequence"),
            from_status=Status.AWAITING_SIGN_OFF,
            kind__in=[EventKind.SIGN, EventKind.RETURN, EventKind.WITHDRAW],
        )
        end = Coalesce(Subquery(after.order_by("sequence").values("kind")[:1]), Value(""))
        unsigned = Q(kind=EventKind.SUBMIT, to_status=Status.AWAITING_SIGN_OFF) & ~Q(Exact(end, EventKind.SIGN.value))
        among_themselves = Q(kind__in=[EventKind.RETURN, EventKind.WITHDRAW], from_status=Status.AWAITING_SIGN_OFF)
        return unsigned | among_themselves

    def _of_hidden_evidence(self, user: "User") -> Q:
        """Lines that name an evidence item which `user` may not see."""
        task = self.model._meta.get_field("task").related_model
        use = task._meta.get_field("evidence_uses").related_model
        evidence = use._meta.get_field("evidence").related_model.objects
        hidden = (
            evidence.filter(uses__task=OuterRef("task"))
            .exclude(pk__in=evidence.visible_to(user).values("pk"))
            .annotate(line=ExpressionWrapper(OuterRef("detail"), output_field=models.TextField()))
        )
        return Q(kind__in=[EventKind.EVIDENCE_ADD, EventKind.EVIDENCE_JUDGE]) & Q(
            Exists(hidden.filter(line__contains=F("number")))
        )

    def _of_others_requests(self, user: "User") -> Q:
        """Requests, demands, notices, and decisions that changed nothing, on tasks of other units."""
        task = self.model._meta.get_field("task").related_model
        own = task.objects.filter(Q(lead_unit=user.unit_id) | Q(supporting_units=user.unit_id))
        among_units = [EventKind.REQUEST, EventKind.DEMAND, EventKind.NOTICE]
        request = Q(kind__in=among_units) | Q(kind=EventKind.DECIDE, changes={})
        return request & ~Q(task__in=own.values("pk"))

    def update(self, **values: Any) -> int:
        raise PermissionError("history is append-only")

    def delete(self) -> Any:
        raise PermissionError("history is append-only")


class AmongUnitsQuerySet(models.QuerySet[Any]):
    """What passes between the units of a task and those who oversee; `task_path` leads to the task."""

    task_path = "task"

    def visible_to(self, user: "User") -> Self:
        """For the units of the task and those who oversee."""
        government = f"{self.task_path}__plan__government"
        seen = self.filter(government_visible(user, government))
        seen = seen.exclude(**{f"{self.task_path}__plan__state__in": hidden_plans(user)})
        return seen.filter(oversees(user, government) | self._of_own_tasks(user) | self._sent_to(user))

    def _of_own_tasks(self, user: "User") -> Q:
        task: Any = apps.get_model("tracker", "Task")
        supported = task.objects.filter(supporting_units=user.unit_id).values("pk")
        return Q(**{f"{self.task_path}__lead_unit": user.unit_id}) | Q(**{f"{self.task_path}__in": supported})

    def _sent_to(self, user: "User") -> Q:
        """Rows that name the unit they were sent to: it sees them also after the task has moved on."""
        return Q(pk__in=[])


class ChangeRequestQuerySet(AmongUnitsQuerySet):
    pass


class DemandQuerySet(AmongUnitsQuerySet):
    def _sent_to(self, user: "User") -> Q:
        return Q(unit=user.unit_id)

    def open(self) -> Self:
        return self.filter(state=DemandState.OPEN)


class NoticeQuerySet(AmongUnitsQuerySet):
    def _sent_to(self, user: "User") -> Q:
        return Q(unit=user.unit_id)

    def open(self) -> Self:
        """Notices that still ask something of somebody."""
        return self.filter(state__in=OPEN_NOTICES)

    def waiting_for(self, user: "User", plan: "Plan", on: datetime.date) -> Self:
        """Notices of a plan that this person is to do something about.

        Staff of the unit it was sent to acknowledge and reply; reviewers of other units and leaders judge replies, and
        raise the level of what ran out by the day `on` without one that holds.
        """
        writes = user.unit is not None and user.unit.government_id == plan.government_id
        if not writes or plan.state == PlanState.CLOSED:
            return self.none()
        if user.role in (Role.CONTRIBUTOR, Role.UNIT_HEAD):
            return self.filter(plan=plan, unit=user.unit_id, state__in=UNANSWERED_NOTICES)
        if user.role not in (Role.REVIEWER, Role.LEADER):
            return self.none()
        judged = Q(state=NoticeState.REPLIED)
        if user.role == Role.REVIEWER:
            judged &= ~Q(unit=user.unit_id)
        return self.filter(judged | Q(state__in=UNANSWERED_NOTICES, limit_on__lt=on), plan=plan)


class ContributionRequestQuerySet(TaskPartQuerySet):
    def waiting_for(self, user: "User", plan: "Plan") -> Self:
        """What is asked of this person's unit in a plan and can be answered now, as `check_contribute` allows it."""
        writes = user.unit is not None and user.unit.government_id == plan.government_id
        if not writes or plan.state == PlanState.CLOSED or user.role not in (Role.CONTRIBUTOR, Role.UNIT_HEAD):
            return self.none()
        task: Any = apps.get_model("tracker", "Task")
        supported = task.objects.filter(supporting_units=user.unit_id, status__in=lights.REPORTING_STATUSES)
        answerable = supported.exclude(lead_unit=user.unit_id).values("pk")
        return self.filter(task__plan=plan, task__in=answerable, unit=user.unit_id, state=ContributionState.ASKED)


class NoticeReplyQuerySet(AmongUnitsQuerySet):
    task_path = "notice__task"

    def _sent_to(self, user: "User") -> Q:
        return Q(notice__unit=user.unit_id)


class OwnQuerySet(models.QuerySet[Any]):
    """What belongs to one person."""

    def visible_to(self, user: "User") -> Self:
        """A person's own rows; those of everyone they see for administrators."""
        if user.role != Role.ADMINISTRATOR and not user.is_superuser:
            return self.filter(person=user)
        people: Any = self.model._meta.get_field("person").related_model
        return self.filter(person__in=people.objects.visible_to(user))


# Tasks that were returned and not resubmitted.
RETURNED = Q(status=Status.IN_PROGRESS, returned=True)


def unreported(since: datetime.date, *, started_by: datetime.date) -> Q:
    """Condition on tasks: running since `started_by` at the latest, without a report since the day `since`."""
    silent = Q(last_report_on__isnull=True) | Q(last_report_on__lt=since)
    return Q(status__in=lights.REPORTING_STATUSES, returned=False, starts_on__lte=started_by) & silent


def waiting_conditions(user: "User", plan: "Plan", on: datetime.date) -> dict[str, Q]:
    """What waits for this person among a plan's tasks, as conditions by group, in the order of the home page.

    "returned" and "report" for the lead unit's staff, "sign" for its head, "review" and "confirm" for reviewers
    ("confirm" for administrators too). Used alike by the home page, the counts in the navigation and reminders.
    """
    own = Q(plan=plan, lead_unit=user.unit_id)
    writes = user.unit is not None and user.unit.government_id == plan.government_id
    if not writes or plan.state == PlanState.CLOSED:
        return {}
    groups: dict[str, Q] = {}
    if user.role in (Role.CONTRIBUTOR, Role.UNIT_HEAD):
        groups["returned"] = own & RETURNED
        groups["report"] = own & unreported(plan.period_start(on), started_by=on)
    if user.role == Role.UNIT_HEAD:
        groups["sign"] = own & Q(status=Status.AWAITING_SIGN_OFF)
    if user.role == Role.REVIEWER:
        groups["review"] = Q(plan=plan, status=Status.UNDER_REVIEW) & ~Q(lead_unit=user.unit_id)
    if user.role in (Role.REVIEWER, Role.ADMINISTRATOR):
        groups["confirm"] = Q(plan=plan, status=Status.UNCONFIRMED)
    return groups


def demanded_conditions(user: "User", plan: "Plan", on: datetime.date, waiting: dict[str, Q]) -> dict[str, Q]:
    """What else waits for this person among a plan's tasks, beside the groups `waiting`, by group.

    "notice" for tasks with a supervision notice that waits for the person, whatever else the task waits for;
    "demand" for the lead unit's staff: open demands, whatever the status, on tasks of no other group;
    "contribution" for what other lead units ask of the unit's staff: one task has one open request to a unit at most.
    """
    task: Any = apps.get_model("tracker", "Task")
    notice = task._meta.get_field("notices").related_model.objects
    demand = task._meta.get_field("demands").related_model.objects
    asked = task._meta.get_field("contribution_requests").related_model.objects
    groups: dict[str, Q] = {}
    if user.role in (Role.CONTRIBUTOR, Role.UNIT_HEAD, Role.REVIEWER, Role.LEADER):
        groups["notice"] = Q(Exists(notice.waiting_for(user, plan, on).filter(task=OuterRef("pk"))))
    if {"returned", "report"} <= set(waiting):
        open_ones = demand.open().filter(task=OuterRef("pk"), unit=user.unit_id)
        own = Q(plan=plan, lead_unit=user.unit_id)
        groups["demand"] = own & Q(Exists(open_ones)) & ~reduce(or_, waiting.values())
        groups["contribution"] = Q(pk__in=asked.visible_to(user).waiting_for(user, plan).values("task"))
    return groups
