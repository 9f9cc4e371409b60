"""Many writers at once: nothing lost, nothing refused for being locked, one unbroken chain."""

import datetime
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.db import connection

from tests.worlds import World
from tracker import clock
from tracker.exceptions import MoveRefused, Stale
from tracker.models import Reminder, ReminderMessage, Task, TaskEvent
from tracker.services import history, notices, reminder_messages, tasks

WRITERS = 8
UPDATES = 200 if os.environ.get("FULL") else 6


@pytest.fixture
def busy(transactional_db, quick_passwords):
    """A world whose rows are really committed, on the real clock's day inside the plan year."""
    from tests.tracker.conftest import TODAY

    with clock.at(TODAY):
        world = World()
        for task in world.tasks:
            world.started(task)
    return world


def run(act):
    """Call `act(writer)` in as many threads as there are writers, each with a connection of its own."""
    from tests.tracker.conftest import TODAY

    def one(writer):
        try:
            with clock.at(TODAY):
                return act(writer)
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(one, range(WRITERS)))


def test_updates_of_different_tasks_are_all_kept_in_one_chain(busy):
    before = TaskEvent.objects.count()
    pks = [task.pk for task in busy.tasks]

    def act(writer):
        for _round in range(UPDATES):
            tasks.report(pks[writer % len(pks)], by=busy.staff, progress=60, summary=f"{writer}")

    run(act)
    assert TaskEvent.objects.count() - before == WRITERS * UPDATES
    assert history.verify() == TaskEvent.objects.count()
    versions = sum(Task.objects.values_list("version", flat=True))
    assert versions >= WRITERS * UPDATES


def test_of_writers_who_saw_the_same_version_exactly_one_wins(busy):
    task = Task.objects.get(pk=busy.task.pk)

    def act(writer):
        try:
            tasks.report(task.pk, by=busy.staff, progress=60 + writer, summary=f"{writer}", version=task.version)
        except Stale:
            return 0
        return 1

    assert sum(run(act)) == 1
    assert Task.objects.get(pk=task.pk).version == task.version + 1


def test_notices_issued_at_once_never_share_a_number(busy):
    sheet = {"demand": "请报进展", "limit_on": datetime.date(2025, 6, 20), "basis": "常务会"}
    pks = [task.pk for task in busy.tasks]

    def act(writer):
        if writer >= len(pks):
            return notices.issue(pks[writer - len(pks)], by=busy.leader, **sheet)
        return notices.issue(pks[writer], by=busy.reviewer, **sheet)

    def tried(writer):
        try:
            return act(writer).serial
        except MoveRefused:
            return None

    numbers = [number for number in run(tried) if number is not None]
    assert sorted(numbers) == list(range(1, len(pks) + 1))
    assert history.verify() == TaskEvent.objects.count()


def test_runs_of_reminders_at_once_write_to_everybody_and_to_nobody_twice(busy, monkeypatch):
    monkeypatch.setattr(reminder_messages, "AT_ONCE", 3)
    people = [
        busy.person(f"head-{number}", "unit_head", busy.bureau, email=f"{number}@tracker.example")
        for number in range(20)
    ]
    # Asked for yesterday: all heads of the unit are reminded of each task.
    Task.objects.update(due_on="2025-06-15")

    sent = run(lambda writer: reminder_messages.run(reminder_messages.waiting())["sent"])
    assert sum(sent) == len(people)
    assert sorted(message.to[0] for message in mail.outbox) == sorted(person.email for person in people)
    assert ReminderMessage.objects.filter(state="sent").count() == len(people)
    assert Reminder.objects.count() == len(people) * len(busy.tasks)
