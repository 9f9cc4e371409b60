"""What waits for a person, used alike by the home page, the counts in the navigation and reminders."""

import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import (
    Exists,
    OuterRef,
    Q,
)

from tracker import lights
from tracker.enums import (
    PlanState,
    Role,
    Status,
)

if TYPE_CHECKING:
    from tracker.models import Plan, User


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
