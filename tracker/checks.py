"""System checks: what the settings promise is read back from the database that is really there."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connections

from tracker import appendonly


def register() -> None:
    """Make Django run the checks; those that ask the database run with `check --database default` and migrate."""
    checks.register(check_sqlite, checks.Tags.database)
    checks.register(check_append_only, checks.Tags.database)
    checks.register(check_demonstration)


def check_sqlite(databases: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Journal mode, synchronisation, timeout and transaction mode of every SQLite connection."""
    found: list[checks.CheckMessage] = []
    for alias in databases or []:
        connection: Any = connections[alias]
        if connection.vendor == "sqlite" and not connection.is_in_memory_db():
            found += _check_pragmas(connection)
    return found


SYNCHRONOUS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}
TIMEOUT_MILLISECONDS = 30_000


def _check_pragmas(connection: Any) -> list[checks.CheckMessage]:
    with connection.cursor() as cursor:
        values = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "busy_timeout")
        }
    wanted = settings.SQLITE_PRAGMAS
    wrong = []
    if values["journal_mode"] != wanted["journal_mode"]:
        wrong.append(f"journal_mode is {values['journal_mode']}, not {wanted['journal_mode']}")
    synchronous = SYNCHRONOUS[values["synchronous"]]
    if synchronous != wanted["synchronous"]:
        wrong.append(f"synchronous is {synchronous}, not {wanted['synchronous']}")
    if values["busy_timeout"] < TIMEOUT_MILLISECONDS:
        wrong.append(f"busy_timeout is {values['busy_timeout']} ms, not {TIMEOUT_MILLISECONDS}")
    if connection.settings_dict["OPTIONS"].get("transaction_mode") != "IMMEDIATE":
        wrong.append("transaction_mode is not IMMEDIATE")
    return [checks.Error(f"SQLite can lose or refuse writes: {words}.", id="tracker.E001") for words in wrong]


def check_append_only(databases: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """The triggers that keep history append-only are in the database."""
    found: list[checks.CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        tables = set(connection.introspection.table_names())
        if set(appendonly.guarded_tables()) <= tables:
            found += [
                checks.Error(f"The trigger {name} is missing; run migrate.", id="tracker.E002")
                for name in appendonly.missing(connection)
            ]
    return found


def check_demonstration(**kwargs: Any) -> list[checks.CheckMessage]:
    """A demonstration outside DEBUG was asked for; say so, because its accounts share one password."""
    if settings.DEMONSTRATION and not settings.DEBUG:
        return [checks.Warning("The demonstration is on outside DEBUG.", id="tracker.W001")]
    return []
