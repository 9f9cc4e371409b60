"""Sign-in against the local accounts, fetching the person's unit in the same query."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from tracker.models import User


class UnitBackend(ModelBackend):
    def get_user(self, user_id: Any) -> User | None:
        """The active account with its unit, or None."""
        user = User.objects.select_related("unit__government").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
