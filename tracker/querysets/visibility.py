"""Whose rows a person sees at all: the own government's, and of those below the own unit."""

from typing import TYPE_CHECKING

from django.db.models import (
    Q,
)

from tracker.enums import (
    PlanState,
    Role,
)

if TYPE_CHECKING:
    from tracker.models import User


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


def hidden_plans(user: "User") -> tuple[str, ...]:
    """States of plans that this person does not see: drafts only show to those who set plans up."""
    if user.role in (Role.ADMINISTRATOR, Role.REVIEWER, Role.AUDITOR):
        return (PlanState.DISCARDED,)
    return (PlanState.DISCARDED, PlanState.DRAFT)
