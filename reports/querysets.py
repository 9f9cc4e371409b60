"""Reads of what is written from the plan; every one starts from `visible_to(user)`.

Agenda, notes and decisions of a review are for those who conduct it (reviewers, leaders, administrators) of the
plan's own government until it is closed; a closed one is for everyone who sees the plan.
"""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from reports.enums import ReviewState
from tracker.enums import Role
from tracker.querysets import government_visible, hidden_plans, oversees

if TYPE_CHECKING:
    from reports.models import Review
    from tracker.models import User

CONDUCTING_ROLES = (Role.REVIEWER, Role.LEADER, Role.ADMINISTRATOR)


class OfPlanQuerySet(models.QuerySet[Any]):
    """Rows that hang on a plan at `plan_path`, and are hidden while the review at the prefix `review_path` is open.

    With None for `review_path` no review hides them.
    """

    plan_path = "plan"
    review_path: str | None = ""

    def visible_to(self, user: "User") -> Self:
        government = f"{self.plan_path}__government"
        seen = self.filter(government_visible(user, government))
        seen = seen.exclude(**{f"{self.plan_path}__state__in": hidden_plans(user)})
        if self.review_path is None:
            return seen
        closed = Q(**{f"{self.review_path}state": ReviewState.CLOSED})
        return seen.filter(closed | oversees(user, government, CONDUCTING_ROLES))


class ReviewQuerySet(OfPlanQuerySet):
    pass


class ReviewItemQuerySet(OfPlanQuerySet):
    plan_path = "review__plan"
    review_path = "review__"


class DecisionQuerySet(OfPlanQuerySet):
    plan_path = "item__review__plan"
    review_path = "item__review__"


class ReviewPictureQuerySet(OfPlanQuerySet):
    """What was frozen once stays readable, also while its review is open again."""

    plan_path = "review__plan"
    review_path = None

    def before(self, review: "Review") -> Self:
        """Pictures of the reviews of the same plan before this one, the newest first."""
        found = self.filter(review__plan=review.plan_id, review__number__lt=review.number)
        return found.select_related("review").order_by("-review__number", "-version")

    def update(self, **values: Any) -> int:
        raise PermissionError("pictures of reviews are append-only")

    def delete(self) -> Any:
        raise PermissionError("pictures of reviews are append-only")


class LeaderDutyQuerySet(OfPlanQuerySet):
    review_path = None


class OfPlanOpenQuerySet(OfPlanQuerySet):
    """Rows that everyone who sees the plan sees."""

    review_path = None


class PublicEntryQuerySet(OfPlanOpenQuerySet):
    plan_path = "task__plan"


class DraftQuerySet(models.QuerySet[Any]):
    """The draft of the next report is for those who oversee the plan, until it is published as a report."""

    plan_path = "plan"

    def visible_to(self, user: "User") -> Self:
        seen = self.filter(oversees(user, f"{self.plan_path}__government"))
        return seen.exclude(**{f"{self.plan_path}__state__in": hidden_plans(user)})


class DraftEditQuerySet(DraftQuerySet):
    plan_path = "draft__plan"
