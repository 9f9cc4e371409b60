"""Database settings: SQLite as it comes, PostgreSQL by one address.

SQLite before 3.51.3 (3.50.7 and 3.44.6 carry the repair too) can corrupt a database in WAL mode when the
log is reset, so WAL is used from there on only; older libraries use a rollback journal with EXTRA
synchronisation. Both lost no acknowledged row in a power cut; Django's default (DELETE + FULL) did.
IMMEDIATE transactions are what keeps concurrent writers from failing with "database is locked".
"""

import sqlite3
from pathlib import Path
from typing import Any

import bootstrap
import environ

WAL_REPAIRED = (3, 51, 3)
WAL_REPAIRED_BRANCHES = ((3, 50, 7), (3, 44, 6))
BUSY_TIMEOUT_SECONDS = 30


def sqlite_has_safe_wal(version: tuple[int, int, int]) -> bool:
    """True when this SQLite library carries the repair of the WAL-reset bug."""
    return version >= WAL_REPAIRED or any(
        version[:2] == branch[:2] and version >= branch for branch in WAL_REPAIRED_BRANCHES
    )


def sqlite_pragmas(version: tuple[int, int, int]) -> dict[str, str]:
    """Journal mode and synchronisation level for this SQLite library, as `{"journal_mode": …, "synchronous": …}`."""
    if sqlite_has_safe_wal(version):
        return {"journal_mode": "wal", "synchronous": "FULL"}
    return {"journal_mode": "delete", "synchronous": "EXTRA"}


def sqlite_database(path: Path) -> dict[str, Any]:
    """Django's settings of an SQLite file; the test database is a file too, so that threads share it."""
    pragmas = sqlite_pragmas(sqlite3.sqlite_version_info)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": BUSY_TIMEOUT_SECONDS,
            "init_command": "".join(f"PRAGMA {name}={value};" for name, value in pragmas.items()),
        },
        "TEST": {"NAME": str(path.with_name("test.sqlite3"))},
    }


def database_from(address: str, folder: Path) -> dict[str, Any]:
    """The default database: `address` is a `postgres://` or `sqlite:///` address, or empty for the embedded file."""
    if not address:
        return sqlite_database(folder / "db.sqlite3")
    parsed: dict[str, Any] = environ.Env.db_url_config(address)
    if parsed["ENGINE"].endswith("sqlite3"):
        return sqlite_database(Path(parsed["NAME"]))
    parsed["CONN_MAX_AGE"] = 60
    parsed["CONN_HEALTH_CHECKS"] = True
    return parsed


def bootstrap_static() -> Path:
    """Folder of the Bootstrap files that the package carries."""
    return Path(bootstrap.__file__).parent if bootstrap.__file__ else Path(next(iter(bootstrap.__path__)))
