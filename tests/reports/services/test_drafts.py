"""What people change of the draft, and how it stays when the data move on."""

import pytest

from reports.models import DraftEdit
from reports.services import drafts
from tests.reports.worlds import on
from tracker import clock
from tracker.exceptions import InvalidInput, NotPermitted, SecrecyMark, Stale
from tracker.models import CarryOver
from tracker.services import tasks


@pytest.fixture
def told(world):
    """Two tasks of the first area told in the first part."""
    for task in world.tasks[:2]:
        started = world.started(task)
        world.proof(started)
        world.accept_all(started)
    world.first, world.second = (f"task:{task.pk}" for task in world.tasks[:2])
    return world


def row_of(world, key):
    found = drafts.drafted(world.plan, by=world.reviewer)
    return next(row for row in found.sentences() if row.key == key)


def keys(world, item="measures:1"):
    found = drafts.drafted(world.plan, by=world.reviewer)
    return [row.key for part in found.parts for d in part.divisions if d.key == item for row in d.sentences]


def rewrite(world, key, text, by=None):
    seen = row_of(world, key).fingerprint
    drafts.rewrite(world.plan, by=by or world.reviewer, key=key, text=text, seen=seen)


def test_looking_at_a_draft_begins_none(told):
    row_of(told, told.first)
    assert not hasattr(type(told.plan).objects.get(pk=told.plan.pk), "annual_draft")


def test_rewritten_words_stand_and_say_so(told):
    rewrite(told, told.first, "全员培训开展两期。")
    row = row_of(told, told.first)
    assert (row.text, row.rewritten, row.moved) == ("全员培训开展两期。", True, False)


def test_when_the_data_move_on_the_words_stay_and_both_are_known(told):
    rewrite(told, told.first, "全员培训开展两期。")
    tasks.report(told.tasks[0].pk, by=told.staff, progress=80, summary="已开展三期培训")
    row = row_of(told, told.first)
    assert (row.text, row.moved) == ("全员培训开展两期。", True)
    assert (row.based_on, row.composed) == ("已开展两期培训。", "已开展三期培训。")


def test_what_nobody_touched_follows_the_data(told):
    tasks.report(told.tasks[0].pk, by=told.staff, progress=80, summary="已开展三期培训")
    assert row_of(told, told.first).text == "已开展三期培训。"


@pytest.mark.parametrize(("act", "text"), [("keep", "全员培训开展两期。"), ("follow", "已开展三期培训。")])
def test_what_moved_is_settled_by_keeping_or_following(told, act, text):
    rewrite(told, told.first, "全员培训开展两期。")
    tasks.report(told.tasks[0].pk, by=told.staff, progress=80, summary="已开展三期培训")
    getattr(drafts, act)(told.plan, by=told.reviewer, key=told.first, seen=row_of(told, told.first).fingerprint)
    row = row_of(told, told.first)
    assert (row.text, row.moved) == (text, False)


def test_the_words_of_the_data_typed_again_lift_the_change(told):
    rewrite(told, told.first, "全员培训开展两期。")
    rewrite(told, told.first, "已开展两期培训。")
    assert not row_of(told, told.first).rewritten
    assert not DraftEdit.objects.exists()


def test_the_second_of_two_editors_is_told_and_nothing_is_overwritten(told):
    seen = row_of(told, told.first).fingerprint
    drafts.rewrite(told.plan, by=told.reviewer, key=told.first, text="甲的文字。", seen=seen)
    with pytest.raises(Stale) as refusal:
        drafts.rewrite(told.plan, by=told.admin, key=told.first, text="乙的文字。", seen=seen)
    assert refusal.value.current == {"text": "甲的文字。"}
    assert row_of(told, told.first).text == "甲的文字。"


def test_left_out_and_taken_in_again(told):
    drafts.include(told.plan, by=told.reviewer, key=told.first, included=False)
    assert not row_of(told, told.first).included
    drafts.include(told.plan, by=told.reviewer, key=told.first, included=True)
    assert row_of(told, told.first).included


def test_sentences_change_places_and_stop_at_the_ends(told):
    assert keys(told) == [told.first, told.second]
    drafts.move(told.plan, by=told.reviewer, key=told.second, up=True)
    assert keys(told) == [told.second, told.first]
    drafts.move(told.plan, by=told.reviewer, key=told.second, up=True)
    assert keys(told) == [told.second, told.first]


def test_items_change_places_too(told):
    drafts.move(told.plan, by=told.reviewer, key="item:measures:2", up=True)
    found = drafts.drafted(told.plan, by=told.reviewer).part("measures")
    assert [division.key for division in found.divisions] == ["measures:2", "measures:1"]


def test_a_sentence_of_ones_own_stands_on_the_evidence_of_the_task_it_names(told):
    task = told.tasks[0]
    words = {"item": "measures:1", "text": "还组织了9次观摩。"}
    added = drafts.add_sentence(told.plan, by=told.reviewer, task=task.pk, **words)
    row = row_of(told, added.key)
    assert (row.own, row.task.code, row.unproved) == (True, "1.1", ["9次"])
    assert keys(told)[-1] == added.key


def test_an_item_of_ones_own_takes_sentences_and_goes_with_them(told):
    item = drafts.add_item(told.plan, by=told.reviewer, kind="measures", heading="完善应急机制")
    key = item.key.removeprefix("item:")
    added = drafts.add_sentence(told.plan, by=told.reviewer, item=key, text="印发预案。")
    assert keys(told, key) == [added.key]
    drafts.remove(told.plan, by=told.reviewer, key=item.key)
    assert not DraftEdit.objects.exists()
    again = drafts.add_item(told.plan, by=told.reviewer, kind="measures", heading="完善应急机制")
    assert again.key != item.key


def test_words_for_what_the_data_no_longer_tell_are_kept_and_say_so(told):
    task = told.tasks[0]
    CarryOver.objects.create(task=task, kind="carried", reason="跨年", words="继续培训", by=told.admin, at=clock.now())
    rewrite(told, f"next:{task.pk}", "深入开展分级培训。")
    CarryOver.objects.filter(task=task).update(kind="dropped")
    row = row_of(told, f"next:{task.pk}")
    assert (row.gone, row.text, row.based_on) == (True, "深入开展分级培训。", "继续培训。")
    with pytest.raises(InvalidInput):
        drafts.follow(told.plan, by=told.reviewer, key=row.key, seen=row.fingerprint)


@pytest.mark.parametrize("text", ["", "  ", "［待核］", "字" * 2001])
def test_no_words_and_too_many_are_refused(told, text):
    with pytest.raises(InvalidInput):
        rewrite(told, told.first, text)


def test_a_mark_of_secrecy_is_refused(told):
    with pytest.raises(SecrecyMark):
        rewrite(told, told.first, "秘密★5年")


@pytest.mark.parametrize("key", ["task:0", "", "part:nothing", "own:1"])
def test_what_is_not_in_the_draft_is_refused(told, key):
    with pytest.raises(InvalidInput):
        drafts.include(told.plan, by=told.reviewer, key=key, included=True)


def test_only_a_shortcoming_has_a_cause(told):
    with pytest.raises(InvalidInput):
        drafts.give_cause(told.plan, by=told.reviewer, key=told.first, cause="人手不足")
    weak = keys(told, "shortcomings")[0]
    drafts.give_cause(told.plan, by=told.reviewer, key=weak, cause="人手不足")
    assert row_of(told, weak).cause == "人手不足"


def test_a_task_of_another_plan_is_not_named(told):
    with pytest.raises(InvalidInput):
        drafts.add_sentence(told.plan, by=told.reviewer, item="measures:1", text="甲。", task=told.foreign_task.pk)


@pytest.mark.parametrize("who", ["staff", "head", "leader", "auditor", "viewer", "city_leader"])
def test_only_reviewers_and_administrators_write(told, who):
    with pytest.raises(NotPermitted):
        drafts.include(told.plan, by=getattr(told, who), key=told.first, included=False)


def test_the_draft_is_still_written_when_the_plan_is_closed(told):
    type(told.plan).objects.filter(pk=told.plan.pk).update(state="closed")
    told.plan.refresh_from_db()
    with on("2026-01-10"):
        drafts.include(told.plan, by=told.admin, key=told.first, included=False)
    assert not row_of(told, told.first).included
