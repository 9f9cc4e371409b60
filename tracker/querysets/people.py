"""Units and people."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import UserManager
from django.db import models
from django.db.models import (
    Q,
)

if TYPE_CHECKING:
    from tracker.models import User


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
