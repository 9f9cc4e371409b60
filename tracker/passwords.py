"""Passwords of three kinds of characters at least (等保 practice)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WANTED = 3


class CharacterKindsValidator:
    """At least three of: lower case, upper case, digits, other characters."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError when fewer kinds are used."""
        kinds = {
            "lower": any(mark.islower() for mark in password),
            "upper": any(mark.isupper() for mark in password),
            "digit": any(mark.isdigit() for mark in password),
            "other": any(not (mark.islower() or mark.isupper() or mark.isdigit()) for mark in password),
        }
        if sum(kinds.values()) < WANTED:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        return _("Use at least three of: lower case letters, upper case letters, digits, other characters.")
