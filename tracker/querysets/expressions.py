"""Database functions that both databases have under other names."""

import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import (
    Aggregate,
    Func,
    IntegerField,
)

if TYPE_CHECKING:
    pass


class DayNumber(Func):
    """A date as a running day number, so that differences are whole days on both databases."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(
            compiler, connection, template="CAST(julianday(%(expressions)s) + 0.5 AS INTEGER)", **context
        )

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(
            compiler, connection, template="((%(expressions)s)::date - DATE '1970-01-01' + 2440588)", **context
        )


class JsonList(Aggregate):
    """All values of a group as one JSON list, on both databases."""

    output_field = models.JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_AGG", **context)


def day_number(day: datetime.date) -> int:
    """`DayNumber` of a date in Python: the Julian day that begins at its noon."""
    return day.toordinal() + 1721425
