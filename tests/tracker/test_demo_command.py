"""The demonstration made afresh: nothing of what was there stands in the way."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from tracker import appendonly
from tracker.models import Demand, Task, TaskEvent
from tracker.services import demands


@pytest.mark.django_db(transaction=True)
def test_a_reset_takes_down_what_newer_migrations_allow(world, settings, tmp_path):
    world.started()
    demands.ask(world.task.pk, by=world.reviewer, kind="urge", words="请报进展")
    settings.DEMONSTRATION = True
    with pytest.raises(CommandError):
        call_command("demo", tmp_path, reset=True, stdout=io.StringIO())
    assert not (TaskEvent.objects.exists() or Demand.objects.exists() or Task.objects.exists())
    assert appendonly.missing(connection) == []
