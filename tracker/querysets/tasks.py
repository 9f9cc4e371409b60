"""Tasks with their lights, people and surroundings."""

import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, JSONObject, Substr

from tracker import lights
from tracker.compiled import compiled, standing_of
from tracker.enums import (
    OPEN_STATUSES,
    LinkState,
    PlanState,
    RequestKind,
    RequestState,
    Role,
    Status,
)

if TYPE_CHECKING:
    from tracker.models import Plan, User
from tracker.querysets.expressions import DayNumber, JsonList, day_number
from tracker.querysets.visibility import government_visible, hidden_plans

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

    def with_predecessors(self, user: "User") -> Self:
        """Annotate `came_from` alone: a list of PREDECESSOR over the confirmed successions, or None."""
        years = self.model._meta.get_field("successions").related_model.objects.confirmed_for(user)
        before = years.filter(task=OuterRef("pk")).order_by().values("task")
        return self.annotate(came_from=Subquery(before.annotate(rows=JsonList(PREDECESSOR)).values("rows")))

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
        """`UPDATE … WHERE version`: the number of rows written, 0 when the row moved on. For the gate alone.

        Nothing is written either once the plan is closed: who waited for the row's lock meanwhile read it as open.
        """
        rows = super().filter(version=version).exclude(plan__state=PlanState.CLOSED)
        return rows.update_past_guard(version=version + 1, **values)

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
