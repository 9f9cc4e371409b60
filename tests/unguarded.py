"""The append-only triggers taken off for a moment, as only the database's owner could: for tests alone."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from tracker import appendonly


@contextmanager
def lifted() -> Iterator[None]:
    """Inside the block rows of history can be changed; afterwards the triggers are there again."""
    # PostgreSQL alters no table that waits for a deferred check.
    connection.check_constraints()
    with connection.cursor() as cursor:
        for table in appendonly.guarded_tables():
            on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
            for name in appendonly.trigger_names(connection, table):
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')
    try:
        yield
    finally:
        if not connection.needs_rollback:
            connection.check_constraints()
            for table in appendonly.guarded_tables():
                appendonly.install(connection, table)
