"""Every way into a stored line of history is shut, on both databases, also after a table was remade."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from tracker import appendonly
from tracker.models import TaskEvent

TABLE = TaskEvent._meta.db_table
EVERYWHERE = [
    f"UPDATE {TABLE} SET summary = 'x'",
    f"UPDATE {TABLE} SET id = id",
    f"DELETE FROM {TABLE}",
    f"DELETE FROM {TABLE} WHERE sequence = 1",
]
COLUMNS = ", ".join(f'"{field.column}"' for field in TaskEvent._meta.concrete_fields)
RENUMBERED = COLUMNS.replace('"id",', '"id" + 1000,', 1)
SQLITE = [
    f"REPLACE INTO {TABLE} ({COLUMNS}) SELECT {COLUMNS} FROM {TABLE}",
    f"INSERT OR REPLACE INTO {TABLE} ({COLUMNS}) SELECT {RENUMBERED} FROM {TABLE}",
    f"INSERT INTO {TABLE} ({COLUMNS}) SELECT {COLUMNS} FROM {TABLE} WHERE true "
    "ON CONFLICT (sequence) DO UPDATE SET summary = 'x'",
    f"UPDATE OR REPLACE {TABLE} SET summary = 'x'",
]
POSTGRESQL = [
    f"TRUNCATE {TABLE} CASCADE",
    f"INSERT INTO {TABLE} ({COLUMNS}) SELECT {COLUMNS} FROM {TABLE} ON CONFLICT (id) DO UPDATE SET summary = 'x'",
    f"SET LOCAL session_replication_role = replica; DELETE FROM {TABLE}",
    f"SET LOCAL session_replication_role = replica; UPDATE {TABLE} SET summary = 'x'",
    f"SET LOCAL session_replication_role = replica; TRUNCATE {TABLE} CASCADE",
]


def attacks():
    return EVERYWHERE + (SQLITE if connection.vendor == "sqlite" else POSTGRESQL)


def assert_all_refused():
    connection.check_constraints()
    before = list(TaskEvent.objects.order_by("sequence").values_list("sequence", "digest"))
    assert before
    for attack in attacks():
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack, None)
    assert list(TaskEvent.objects.order_by("sequence").values_list("sequence", "digest")) == before


def test_every_attack_is_refused(world):
    world.completed()
    assert_all_refused()


def test_every_attack_is_refused_again_after_a_migration_that_remakes_the_table(world):
    world.completed()
    name = appendonly.trigger_names(connection, TABLE)[0]
    on = "" if connection.vendor == "sqlite" else f" ON {TABLE}"
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{on}")
    assert appendonly.missing(connection) == [name]
    call_command("migrate", "tracker", verbosity=0)
    assert appendonly.missing(connection) == []
    assert_all_refused()


def test_a_later_migration_of_the_table_leaves_it_guarded(transactional_db, world):
    """On SQLite such a migration remakes the table, and its triggers are gone without a word."""
    world.completed()
    before = TaskEvent._meta.get_field("unit_label")
    after = models.CharField(max_length=80, blank=True)
    after.set_attributes_from_name("unit_label")
    after.model = TaskEvent
    with connection.schema_editor() as editor:
        editor.alter_field(TaskEvent, before, after)
    assert bool(appendonly.missing(connection)) == (connection.vendor == "sqlite")
    call_command("migrate", "tracker", verbosity=0)
    assert_all_refused()
    with connection.schema_editor() as editor:
        editor.alter_field(TaskEvent, after, before)


def test_a_new_line_is_still_taken(world):
    world.started()
    assert TaskEvent.objects.count() > 1


@pytest.mark.parametrize("act", ["save", "delete"])
def test_the_model_refuses_too(world, act):
    world.started()
    with pytest.raises(PermissionError):
        getattr(TaskEvent.objects.first(), act)()


def test_the_queryset_refuses_too(world):
    world.started()
    with pytest.raises(PermissionError):
        TaskEvent.objects.update(summary="x")
    with pytest.raises(PermissionError):
        TaskEvent.objects.all().delete()
