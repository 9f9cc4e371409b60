"""The chain of history: numbered without a gap, no fork, and every change of a stored line is found."""

import datetime
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from tests.unguarded import lifted
from tracker.enums import EventKind
from tracker.exceptions import BrokenChain
from tracker.models import Task, TaskEvent, User
from tracker.services import history


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


CHANGED: dict[str, Any] = {
    "sequence": 1_000,
    "task_id": None,  # another task of the plan
    "at": datetime.datetime(2025, 6, 16, 10, 0, 0, 1, tzinfo=ZoneInfo("Asia/Shanghai")),
    "on": datetime.date(2025, 6, 17),
    "by_id": None,  # another person
    "by_label": "人-staf",
    "unit_label": "",
    "kind": EventKind.NO_CHANGE,
    "from_status": "",
    "to_status": "completed",
    "progress": 51,
    "summary": "已开展三期培训",
    "problems": "x",
    "next_steps": "x",
    "reason": "x",
    "detail": "x",
    "internal": True,
    "changes": {},
    "state": {},
    "holdings": {"links": []},
    "previous_digest": "0" * 64,
    "digest": "0" * 64,
}


@pytest.fixture
def line(world: Any) -> TaskEvent:
    """A report in the middle of a chain."""
    task = world.started()
    world.proof(task)
    return TaskEvent.objects.get(kind=EventKind.REPORT)


def rewrite(line: TaskEvent, **values: Any) -> None:
    assert QuerySet(TaskEvent).filter(pk=line.pk).update(**values) == 1


def test_lines_are_numbered_and_each_names_the_digest_before_it(world):
    world.completed()
    lines = list(TaskEvent.objects.order_by("sequence"))
    assert [line.sequence for line in lines] == list(range(1, len(lines) + 1))
    assert [line.previous_digest for line in lines] == [history.FIRST_DIGEST, *(line.digest for line in lines[:-1])]
    assert history.verify() == len(lines) > 5


def test_an_empty_history_is_in_order(db):
    assert history.verify() == 0


def test_every_field_is_either_digested_or_the_row_s_own_key():
    stored = {field.attname for field in TaskEvent._meta.concrete_fields}
    assert {*history.DIGESTED_FIELDS, *history.DIGESTED_WHERE_KEPT, "at", "digest", "id"} == stored
    assert set(CHANGED) == stored - {"id"}


@pytest.mark.parametrize("field", sorted(CHANGED))
def test_a_change_of_any_field_is_found(world, line, field):
    instead = {"task_id": world.tasks[1].pk, "by_id": world.head.pk}
    with lifted():
        rewrite(line, **{field: instead.get(field, CHANGED[field])})
        with pytest.raises(BrokenChain, match=f"line {line.sequence} "):
            history.verify()


def test_a_hundred_changed_characters_are_found(world, line):
    chance = random.Random(1)
    texts = ("by_label", "unit_label", "to_status", "summary", "detail", "previous_digest", "digest")
    with lifted():
        for _round in range(100):
            victim = chance.choice(list(TaskEvent.objects.all()))
            field = chance.choice([name for name in texts if getattr(victim, name)])
            value = getattr(victim, field)
            place = chance.randrange(len(value))
            other = chr(ord(value[place]) ^ 1)
            with transaction.atomic():
                rewrite(victim, **{field: value[:place] + other + value[place + 1 :]})
                with pytest.raises(BrokenChain, match=f"line {victim.sequence} "):
                    history.verify()
                transaction.set_rollback(True)
    assert history.verify() == TaskEvent.objects.count()


def test_a_changed_line_with_a_fitting_digest_is_found_at_the_next_one(line):
    line.summary = "已开展三期培训"
    with lifted():
        rewrite(line, summary=line.summary, digest=history.digest_of(line))
        with pytest.raises(BrokenChain, match=f"line {line.sequence + 1} does not follow from line {line.sequence}"):
            history.verify()


def test_a_missing_line_is_found(line):
    with lifted():
        QuerySet(TaskEvent).filter(pk=line.pk).delete()
        with pytest.raises(BrokenChain, match=f"line {line.sequence} is missing"):
            history.verify()


def test_a_missing_first_line_is_found(line):
    with lifted():
        QuerySet(TaskEvent).filter(sequence=1).delete()
        with pytest.raises(BrokenChain, match="line 1 is missing"):
            history.verify()


def test_the_digest_of_given_words_never_changes():
    event = TaskEvent(
        sequence=7,
        task_id=3,
        at=datetime.datetime(2025, 6, 16, 2, 0, 0, 5, tzinfo=datetime.UTC),
        on=datetime.date(2025, 6, 16),
        by_id=2,
        by_label="张三",
        unit_label="区司法局",
        kind=EventKind.REPORT,
        from_status="not_started",
        to_status="in_progress",
        progress=40,
        summary="已开展“两期”培训",
        changes={"progress": [0, 40]},
        state={"title": "培训", "progress": 40},
        previous_digest=history.FIRST_DIGEST,
    )
    digest = history.digest_of(event)
    assert digest == "b726991487015ed202751df23f037cee3025bd8eae50d560d3176ee147c4602c"
    event.at = event.at.astimezone(ZoneInfo("Asia/Shanghai"))
    event.state = {"progress": 40, "title": "培训"}
    assert history.digest_of(event) == digest


def test_history_is_refused_outside_the_transaction_of_the_act(transactional_db, world):
    with pytest.raises(RuntimeError):
        history.append(world.task, EventKind.REPORT, by=world.staff)
    assert history.verify() == len(world.tasks)


def test_an_act_that_fails_leaves_no_line(world):
    task = world.task
    before = history.verify()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        history.append(task, EventKind.REPORT, by=world.staff)
        raise ZeroDivisionError
    assert history.verify() == before


def test_eight_writers_at_once_make_no_fork(transactional_db, world):
    task, person = world.task.pk, world.staff.pk
    before = history.verify()

    def write(_number: int) -> None:
        try:
            for _turn in range(25):
                with transaction.atomic():
                    row, by = Task.objects.get(pk=task), User.objects.get(pk=person)
                    history.append(row, EventKind.CONTRIBUTE, by=by)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert history.verify() == before + 200
