"""Annotations compiled to SQL once and reused: compiling a subquery costs more than running it.

What is compiled is the same for everybody with the same standing, or for everybody on one day; it is kept under
a key that holds all it depends on.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from django.db import connections, models

if TYPE_CHECKING:
    from tracker.models import User

Fact = tuple[str, tuple[Any, ...], Any]
KEPT = 512
_kept: dict[Any, dict[str, Fact]] = {}


class Compiled(models.Expression):
    """SQL over the columns of `tables` (and what it brings itself), compiled before.

    It names the tables, so a queryset that carries it must not become a subquery under another name.
    """

    def __init__(self, sql: str, params: tuple[Any, ...], output_field: Any, tables: frozenset[str]) -> None:
        super().__init__(output_field=output_field)
        self.sql, self.params, self.tables = sql, params, tables

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return self.sql, self.params

    def get_group_by_cols(self) -> list[Any]:
        return [self]

    def relabeled_clone(self, relabels: Any) -> Self:
        """Raises NotImplementedError where a table is to get another name: its own stands in the SQL."""
        if self.tables.intersection(relabels):
            raise NotImplementedError("a queryset with compiled annotations cannot be used as a subquery; use its keys")
        return self


def compiled(
    queryset: models.QuerySet[Any],
    key: tuple[Any, ...],
    build: Callable[[Any], models.QuerySet[Any]],
) -> dict[str, Compiled]:
    """{name: annotation} that `build` adds to an empty queryset of the model, ready for `queryset.annotate`.

    `key` must hold all that `build` depends on, a name of its own first. Where the annotations join other tables,
    `queryset` must join these too, each once, so that they go by their own names.
    """
    alias = queryset.db
    place = (connections[alias].vendor, *key)
    facts = _kept.get(place)
    if facts is None:
        if len(_kept) >= KEPT:
            _kept.clear()
        facts = _kept[place] = _compile(build(queryset.model.objects.using(alias)), alias)
    tables = frozenset((queryset.model._meta.db_table,))
    return {name: Compiled(*fact, tables) for name, fact in facts.items()}


def _compile(queryset: models.QuerySet[Any], alias: str) -> dict[str, Fact]:
    compiler = queryset.query.get_compiler(using=alias)
    facts = {}
    for name, expression in queryset.query.annotations.items():
        sql, params = compiler.compile(expression)
        facts[name] = (f"({sql})", tuple(params), expression.output_field)
    return facts


def standing_of(user: "User") -> tuple[Any, ...]:
    """All of a user that decides what may be seen: the part of a key for annotations that depend on it."""
    unit = user.unit
    place = (unit.pk, unit.path, unit.government_id) if unit else ()
    return (user.role, user.is_active, user.is_superuser, *place)
