"""History is append-only in the database itself.

Triggers refuse every change to the rows of the listed models, also by raw SQL:

- SQLite: UPDATE and DELETE; and an INSERT guard, because REPLACE deletes without firing the DELETE trigger.
- PostgreSQL: UPDATE, DELETE and TRUNCATE, ENABLE ALWAYS so that a session in replica role does not pass.

Remaking a table (which any later AlterField does on SQLite) drops its triggers silently, so they are created
again after every migration.
"""

from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate

APPEND_ONLY = ("tracker.TaskEvent",)
MESSAGE = "history is append-only"
ACTIONS = ("update", "delete")


def register() -> None:
    """Re-create the triggers after every migration."""
    post_migrate.connect(_after_migration, dispatch_uid="tracker.appendonly")


def _after_migration(using: str, app_config: AppConfig, **kwargs: Any) -> None:
    if app_config.name != __package__:
        return
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    for table in guarded_tables():
        if table in tables:
            install(connection, table)


def guarded_tables() -> list[str]:
    """Database tables of the append-only models."""
    return [apps.get_model(label)._meta.db_table for label in APPEND_ONLY]


def _unique_columns(table: str) -> list[str]:
    """Columns by which REPLACE finds the row that it would overwrite."""
    model = next(model for model in map(apps.get_model, APPEND_ONLY) if model._meta.db_table == table)
    return [field.column for field in model._meta.concrete_fields if field.unique]


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
    same = " OR ".join(f'"{column}" = NEW."{column}"' for column in _unique_columns(table))
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
