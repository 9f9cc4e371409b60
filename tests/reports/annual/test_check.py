"""What the check lists before a draft is handed out."""

import pytest

from reports.annual.check import Want, findings
from reports.services import drafts
from tracker.models import EvidenceUse
from tracker.services import tasks


@pytest.fixture
def told(world):
    """A completed task, one that stands on accepted evidence with a number nobody proves, and two that nobody settled."""
    world.completed(world.tasks[0])
    started = world.started(world.tasks[2])
    tasks.report(started.pk, by=world.staff, progress=60, summary="评查案卷388卷")
    world.proof(started)
    world.accept_all(started)
    world.open_task = started
    return world


def found(world, want):
    draft = drafts.drafted(world.plan, by=world.reviewer)
    return [(finding.key, finding.words) for finding in findings(draft) if finding.want == want]


def change(world, act, key, **values):
    getattr(drafts, act)(world.plan, by=world.reviewer, key=key, seen=seen(world, key), **values)


def seen(world, key):
    draft = drafts.drafted(world.plan, by=world.reviewer)
    heads = [division.heading for part in draft.parts for division in part.divisions if division.heading]
    return next(row for row in (*draft.sentences(), *heads) if row.key == key).fingerprint


def test_numbers_without_evidence_are_named(told):
    assert found(told, Want.NUMBER) == [(f"task:{told.open_task.pk}", "388卷")]


def test_achievements_of_open_tasks_are_named(told):
    assert found(told, Want.OPEN) == [(f"task:{told.open_task.pk}", "评查案卷388卷。")]


def test_a_task_told_as_achievement_and_as_shortcoming_is_named(told):
    tasks.report(told.open_task.pk, by=told.staff, progress=5, summary="评查案卷388卷")
    assert found(told, Want.BOTH) == [(f"task:{told.open_task.pk}", "评查案卷388卷。")]
    assert found(told, Want.OPEN) == []


def test_what_a_person_wrote_with_other_words_before_a_proved_number_is_compared(told):
    EvidenceUse.objects.filter(task=told.open_task).update(claim="评查案卷388卷")
    key = f"task:{told.open_task.pk}"
    drafts.rewrite(told.plan, by=told.reviewer, key=key, text="整改案件388卷。", seen=seen(told, key))
    assert found(told, Want.COMPARE) == [(key, "388卷")]


def test_what_an_item_left_out_takes_along_is_no_longer_wanted(told):
    key = "item:measures:2"
    draft = drafts.drafted(told.plan, by=told.reviewer)
    heading = next(d.heading for d in draft.part("measures").divisions if d.key == "measures:2")
    assert heading.included
    change(told, "include", key, included=False)
    assert found(told, Want.NUMBER) == []
    assert found(told, Want.EMPTY_ITEM) == [("item:arrangements:1", "加强培训"), ("item:arrangements:2", "提升执法")]


def test_a_completed_task_that_is_left_out_is_named(told):
    change(told, "include", "item:measures:1", included=False)
    assert found(told, Want.LEFT_OUT) == [(f"task:{told.tasks[0].pk}", "培训和考试都已完成。")]


def test_parts_and_items_without_a_sentence_are_named(told):
    assert [key for key, _words in found(told, Want.EMPTY)] == [
        "part:shortcomings",
        "part:leadership",
        "part:arrangements",
    ]
    drafts.add_item(told.plan, by=told.reviewer, kind="measures", heading="完善应急机制")
    assert ("item:own:measures:1", "完善应急机制") in found(told, Want.EMPTY_ITEM)


def test_open_tasks_that_nobody_settled_are_named(told):
    assert len(found(told, Want.UNSETTLED)) == 3
