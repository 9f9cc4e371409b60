"""Compiled annotations say the same as those they were compiled from, for each person, and refuse to be renamed."""

import pytest
from django.db.models import Exists, OuterRef

from tests.worlds import World
from tracker.models import EvidenceUse, Task, TaskEvent
from tracker.querysets import TaskQuerySet

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [TaskEvent, EvidenceUse])
def test_seen_is_what_each_person_may_see(world: World, model: type[TaskEvent] | type[EvidenceUse]) -> None:
    world.submitted(world.task)
    world.proof(world.started(world.tasks[1], unit=world.second), disclosure="internal", by=world.second_staff)
    people = [world.admin, world.reviewer, world.staff, world.head, world.second_staff, world.viewer]
    answers = set()
    for person in people:
        seen = set(model.objects.mark_seen(person).filter(seen=True).values_list("pk", flat=True))
        assert seen == set(model.objects.visible_to(person).values_list("pk", flat=True))
        answers.add(frozenset(seen))
    assert len(answers) > 1


def test_surroundings_belong_to_the_person_who_asks(world: World) -> None:
    task = world.started(world.task)
    for person in (world.staff, world.head, world.staff):
        shown = Task.objects.with_surroundings(person).get(pk=task.pk)
        plain = TaskQuerySet(Task)._annotate_surroundings(person).get(pk=task.pk)
        names = ("neighbours", "place_before", "place_after", "head_name", "closer_name", "draft_saved_at")
        assert [getattr(shown, name) for name in names] == [getattr(plain, name) for name in names]
    assert shown.paragraph.startswith("1.")


def test_compiled_annotations_are_no_subquery(world: World) -> None:
    marked = TaskEvent.objects.mark_seen(world.staff)
    with pytest.raises(NotImplementedError, match="use its keys"):
        list(Task.objects.filter(Exists(marked.filter(task=OuterRef("pk"), seen=True))))
