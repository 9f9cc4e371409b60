"""The one source of "now".

With DEMONSTRATION_DATE set the date stands still inside the plan year; the time of day still runs, so that
lines of history keep their order. The zone is TIME_ZONE: the UTC date differs from the Shanghai date for
480 minutes a day.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.utils import timezone

_frozen: ContextVar[datetime.datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime.datetime:
    """The current moment, aware, in whole microseconds."""
    frozen = _frozen.get()
    if frozen is not None:
        return frozen
    moment = timezone.now()
    day = settings.DEMONSTRATION_DATE
    if day is None:
        return moment
    local = timezone.localtime(moment)
    return local.replace(year=day.year, month=day.month, day=day.day)


def today() -> datetime.date:
    """The current date in the installation's time zone."""
    return timezone.localtime(now()).date()


def local_date(moment: datetime.datetime) -> datetime.date:
    """The date of an aware moment in the installation's time zone."""
    return timezone.localtime(moment).date()


def start_of(day: datetime.date) -> datetime.datetime:
    """The first moment of a day in the installation's time zone."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


@contextmanager
def at(moment: datetime.datetime) -> Iterator[None]:
    """Set the clock to `moment` (aware) inside the block: for the demonstration's past and for tests.

    Raises ValueError when `moment` has no time zone.
    """
    if timezone.is_naive(moment):
        raise ValueError("the clock needs a moment with a time zone")
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)
