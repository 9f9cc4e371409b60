"""History and frozen pictures are append-only in the database itself.

Triggers refuse every change to the rows of the registered models, also by raw SQL:

- SQLite: UPDATE and DELETE; and an INSERT guard, because REPLACE deletes without firing the DELETE trigger.
- PostgreSQL: UPDATE, DELETE and TRUNCATE, ENABLE ALWAYS so that a session in replica role does not pass.

Remaking a table (which any later AlterField does on SQLite) drops its triggers silently, so they are created
again after every migration.
"""

from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import UniqueConstraint
from django.db.models.signals import post_migrate

MESSAGE = "history is append-only"
ACTIONS = ("update", "delete")
_labels: list[str] = []


def register(*labels: str) -> None:
    """Guard these models ("app.Model"), and create their triggers again after every migration."""
    _labels.extend(label for label in labels if label not in _labels)
    post_migrate.connect(_after_migration, dispatch_uid="tracker.appendonly")


def _after_migration(using: str, app_config: AppConfig, **kwargs: Any) -> None:
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    for model in _guarded_models():
        if model._meta.app_label == app_config.label and model._meta.db_table in tables:
            install(connection, model._meta.db_table)


def _guarded_models() -> list[Any]:
    return [apps.get_model(label) for label in _labels]


def guarded_tables() -> list[str]:
    """Database tables of the append-only models."""
    return [model._meta.db_table for model in _guarded_models()]


def _unique_columns(table: str) -> list[tuple[str, ...]]:
    """Sets of columns by which REPLACE finds the row that it would overwrite."""
    meta = next(model for model in _guarded_models() if model._meta.db_table == table)._meta
    alone = [(field.column,) for field in meta.concrete_fields if field.unique]
    constraints = [row for row in meta.constraints if isinstance(row, UniqueConstraint)]
    return alone + [tuple(meta.get_field(name).column for name in row.fields) for row in constraints]


def install(connection: BaseDatabaseWrapper, table: str) -> None:
    """Create the triggers of one table, replacing older ones."""
    statements = {"sqlite": _sqlite, "postgresql": _postgresql}[connection.vendor](table)
    with connection.cursor() as cursor:
        for statement in statements:
            # params=None keeps the driver from reading "%" in the function's body as a placeholder.
            cursor.execute(statement, None)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that should be there and are not (or, on PostgreSQL, are not always enabled)."""
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query, None)
        present = {row[0] for row in cursor.fetchall()}
    return [name for table in guarded_tables() for name in trigger_names(connection, table) if name not in present]


def trigger_names(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """The triggers that guard a table on this database."""
    last = {"sqlite": "replace", "postgresql": "truncate"}[connection.vendor]
    return [f"{table}_no_{action}" for action in (*ACTIONS, last)]


def _sqlite(table: str) -> list[str]:
    statements = []
    for action in ACTIONS:
        name = f"{table}_no_{action}"
        statements += [
            f'DROP TRIGGER IF EXISTS "{name}"',
            f'CREATE TRIGGER "{name}" BEFORE {action.upper()} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
        ]
    name = f"{table}_no_replace"
    same = " OR ".join(
        "(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in columns) + ")"
        for columns in _unique_columns(table)
    )
    statements += [
        f'DROP TRIGGER IF EXISTS "{name}"',
        f'CREATE TRIGGER "{name}" BEFORE INSERT ON "{table}" '
        f'WHEN EXISTS (SELECT 1 FROM "{table}" WHERE {same}) '
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    ]
    return statements


def _postgresql(table: str) -> list[str]:
    function = f"{table}_refuse_change"
    statements = [
        f'CREATE OR REPLACE FUNCTION "{function}"() RETURNS trigger LANGUAGE plpgsql AS '
        f"$body$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $body$"
    ]
    for action, level in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
        name = f"{table}_no_{action}"
        statements += [
            f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"',
            f'CREATE TRIGGER "{name}" BEFORE {action.upper()} ON "{table}" '
            f'FOR EACH {level} EXECUTE FUNCTION "{function}"()',
            f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{name}"',
        ]
    return statements
