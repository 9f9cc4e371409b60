"""`verify_history` says what it found; `workflow_diagram` knows when the drawing is stale."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import QuerySet

from tests.unguarded import lifted
from tracker.enums import Move, Status
from tracker.management.commands.workflow_diagram import TARGET, document
from tracker.models import TaskEvent
from tracker.services import history


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


def test_a_whole_history_is_counted(world):
    world.completed()
    said = StringIO()
    call_command("verify_history", stdout=said)
    assert str(history.verify()) in said.getvalue()


def test_the_first_broken_line_is_named(world):
    world.completed()
    with lifted():
        QuerySet(TaskEvent).filter(sequence__in=[4, 6]).update(summary="x")
        with pytest.raises(CommandError, match="line 4 "):
            call_command("verify_history")


def test_the_drawing_shows_every_status_and_move_in_chinese():
    call_command("workflow_diagram", check=True)
    drawing = document()
    assert all(f"    {status.value} : " in drawing for status in Status)
    assert drawing.count("\n| ") == len(Move) + 1


def test_a_stale_drawing_is_refused(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError):
        call_command("workflow_diagram", check=True)
    (tmp_path / TARGET.parent).mkdir()
    call_command("workflow_diagram")
    call_command("workflow_diagram", check=True)
    (tmp_path / TARGET).write_text("x", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("workflow_diagram", check=True)
