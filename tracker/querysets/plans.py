"""Plans and what hangs on them."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import (
    Case,
    IntegerField,
    When,
)

from tracker.enums import (
    PlanState,
)

if TYPE_CHECKING:
    from tracker.models import User
from tracker.querysets.visibility import government_visible, hidden_plans


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
