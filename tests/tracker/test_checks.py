"""What the settings promise is read back from the database, and what is missing is named."""

import sqlite3
from typing import Any

import pytest
from django.db import connection, connections
from django.db.backends.sqlite3.base import DatabaseWrapper

from config.database import database_from, sqlite_has_safe_wal, sqlite_pragmas
from tests.unguarded import lifted
from tracker import appendonly, checks


@pytest.fixture
def on_disk(db: None, tmp_path: Any) -> Any:
    """A connection to an SQLite file with our settings, some of them replaced."""
    opened = []

    def connect(**options: Any) -> DatabaseWrapper:
        made = database_from("", tmp_path)
        made["OPTIONS"] |= options
        wrapper = DatabaseWrapper({**connections["default"].settings_dict, **made}, "checked")
        opened.append(wrapper)
        return wrapper

    yield connect
    for wrapper in opened:
        wrapper.close()


def found(wrapper: DatabaseWrapper) -> list[str]:
    return [str(message.msg) for message in checks._check_pragmas(wrapper)]


def test_our_own_settings_arrive_in_the_database(on_disk):
    assert found(on_disk()) == []


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"init_command": "PRAGMA journal_mode=memory; PRAGMA synchronous=EXTRA;"}, "journal_mode"),
        ({"init_command": "PRAGMA synchronous=NORMAL;"}, "synchronous is NORMAL"),
        ({"timeout": 5}, "busy_timeout is 5000"),
        ({"transaction_mode": "DEFERRED"}, "transaction_mode"),
    ],
)
def test_a_setting_that_did_not_arrive_is_named(on_disk, options, named):
    assert any(named in sentence for sentence in found(on_disk(**options)))


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
    ],
)
def test_wal_is_used_only_where_its_reset_is_mended(version, safe):
    assert sqlite_has_safe_wal(version) is safe
    journal = (
        {"journal_mode": "wal", "synchronous": "FULL"} if safe else {"journal_mode": "delete", "synchronous": "EXTRA"}
    )
    assert sqlite_pragmas(version) == journal


def test_the_settings_know_what_to_read_back(settings):
    assert sqlite_pragmas(sqlite3.sqlite_version_info) == settings.SQLITE_PRAGMAS


def test_a_database_with_all_triggers_is_in_order(db):
    assert checks.check_append_only(databases=["default"]) == []


def test_every_missing_trigger_is_named(db):
    names = [name for table in appendonly.guarded_tables() for name in appendonly.trigger_names(connection, table)]
    with lifted():
        messages = checks.check_append_only(databases=["default"])
    assert [message.id for message in messages] == ["tracker.E002"] * len(names)
    assert all(name in message.msg for name, message in zip(names, messages, strict=True))


def test_nothing_is_asked_of_a_database_that_is_not_checked():
    assert checks.check_append_only(databases=None) == checks.check_sqlite(databases=None) == []


@pytest.mark.parametrize(
    ("demonstration", "debug", "ids"),
    [(False, False, []), (True, True, []), (False, True, []), (True, False, ["tracker.W001"])],
)
def test_a_demonstration_outside_debug_is_pointed_out(settings, demonstration, debug, ids):
    settings.DEMONSTRATION, settings.DEBUG = demonstration, debug
    assert [message.id for message in checks.check_demonstration()] == ids
