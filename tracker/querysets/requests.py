"""What passes between units: requests, demands, notices and replies."""

import datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import (
    Q,
)

from tracker import lights
from tracker.enums import (
    OPEN_NOTICES,
    UNANSWERED_NOTICES,
    ContributionState,
    DemandState,
    NoticeState,
    PlanState,
    Role,
)

if TYPE_CHECKING:
    from tracker.models import Plan, User
from tracker.querysets.tasks import TaskPartQuerySet
from tracker.querysets.visibility import government_visible, hidden_plans, oversees


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
