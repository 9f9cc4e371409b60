"""Days on which no reminder is sent: weekdays by number, and dates or ranges of dates."""

import datetime

from django.core.exceptions import ImproperlyConfigured

Range = tuple[datetime.date, datetime.date]


def weekdays_from(raw: str) -> frozenset[int]:
    """Weekdays as 1 (Monday) to 7 (Sunday), by commas. Raises ImproperlyConfigured, also when no day is left."""
    names = [name.strip() for name in raw.split(",") if name.strip()]
    if any(name not in "1234567" or len(name) != 1 for name in names):
        raise ImproperlyConfigured(f"QUIET_WEEKDAYS must be weekdays from 1 (Monday) to 7 by commas, not {raw!r}.")
    days = frozenset(int(name) for name in names)
    if len(days) == 7:
        raise ImproperlyConfigured("QUIET_WEEKDAYS must leave at least one day of the week.")
    return days


def days_from(raw: str) -> tuple[Range, ...]:
    """Dates and ranges as (first, last): `2025-05-01,2025-10-01..2025-10-08`. Raises ImproperlyConfigured."""
    return tuple(_range(name.strip()) for name in raw.split(",") if name.strip())


def _range(name: str) -> Range:
    first, dots, last = name.partition("..")
    try:
        found = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last if dots else first)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"QUIET_DAYS must be dates or ranges such as 2025-10-01..2025-10-08, not {name!r}."
        ) from error
    if found[0] > found[1]:
        raise ImproperlyConfigured(f"QUIET_DAYS: the first day of {name!r} comes after its last.")
    return found
