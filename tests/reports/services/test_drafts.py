"""What people change of the draft, and how it stays when the data move on."""

import datetime

import pytest

from reports.models import DraftEdit
from reports.services import drafts, duties
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


def seen(world, key):
    return row_of(world, key).fingerprint


def rewrite(world, key, text, by=None, **values):
    drafts.rewrite(world.plan, by=by or world.reviewer, key=key, text=text, seen=seen(world, key), **values)


def include(world, key, included, by=None):
    drafts.include(world.plan, by=by or world.reviewer, key=key, included=included, seen=seen(world, key))


def give_cause(world, key, cause, by=None):
    drafts.give_cause(world.plan, by=by or world.reviewer, key=key, cause=cause, seen=seen(world, key))


def heading_of(world, key):
    found = drafts.drafted(world.plan, by=world.reviewer)
    heads = [division.heading for part in found.parts for division in part.divisions if division.heading]
    return next(row for row in [found.title, *heads, *(part.heading for part in found.parts)] if row.key == key)


def remove(world, key):
    row = heading_of(world, key) if key.startswith("item:") else row_of(world, key)
    return drafts.remove(world.plan, by=world.reviewer, key=key, seen=row.fingerprint)


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
    assert refusal.value.current == {"text": "甲的文字。", "cause": "", "by": "人-reviewer"}
    assert row_of(told, told.first).text == "甲的文字。"


def test_left_out_and_taken_in_again(told):
    include(told, told.first, False)
    assert not row_of(told, told.first).included
    include(told, told.first, True)
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
    remove(told, item.key)
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
        drafts.include(told.plan, by=told.reviewer, key=key, included=True, seen="x")


def test_only_a_shortcoming_has_a_cause(told):
    with pytest.raises(InvalidInput):
        give_cause(told, told.first, "人手不足")
    weak = keys(told, "shortcomings")[0]
    give_cause(told, weak, "人手不足")
    assert row_of(told, weak).cause == "人手不足"


def test_a_task_of_another_plan_is_not_named(told):
    with pytest.raises(InvalidInput):
        drafts.add_sentence(told.plan, by=told.reviewer, item="measures:1", text="甲。", task=told.foreign_task.pk)


@pytest.mark.parametrize("who", ["staff", "head", "leader", "auditor", "viewer", "city_leader"])
def test_only_reviewers_and_administrators_write(told, who):
    with pytest.raises(NotPermitted):
        drafts.include(told.plan, by=getattr(told, who), key=told.first, included=False, seen=seen(told, told.first))


def test_the_draft_is_still_written_when_the_plan_is_closed(told):
    type(told.plan).objects.filter(pk=told.plan.pk).update(state="closed")
    told.plan.refresh_from_db()
    with on("2026-01-10"):
        include(told, told.first, False, by=told.admin)
    assert not row_of(told, told.first).included


def test_a_cause_a_place_and_a_removal_are_refused_when_somebody_else_was_first(told):
    weak = keys(told, "shortcomings")[0]
    own = drafts.add_sentence(told.plan, by=told.reviewer, item="measures:1", text="甲。").key
    before = {key: seen(told, key) for key in (weak, own)}
    give_cause(told, weak, "力量不够", by=told.admin)
    rewrite(told, own, "乙。", by=told.admin)
    for act in (
        lambda: drafts.give_cause(told.plan, by=told.reviewer, key=weak, cause="其他", seen=before[weak]),
        lambda: drafts.include(told.plan, by=told.reviewer, key=weak, included=True, seen=before[weak]),
        lambda: drafts.remove(told.plan, by=told.reviewer, key=own, seen=before[own]),
    ):
        with pytest.raises(Stale):
            act()
    assert (row_of(told, weak).cause, row_of(told, own).text) == ("力量不够", "乙。")


def test_what_somebody_left_out_is_not_rewritten_unseen(told):
    before = seen(told, told.first)
    include(told, told.first, False, by=told.admin)
    with pytest.raises(Stale):
        drafts.rewrite(told.plan, by=told.reviewer, key=told.first, text="甲。", seen=before)


def test_who_changed_a_piece_last_is_known_and_a_move_is_no_change_of_it(told):
    assert row_of(told, told.first).changed_by == ""
    rewrite(told, told.first, "甲的文字。", by=told.admin)
    drafts.move(told.plan, by=told.reviewer, key=told.second, up=True)
    assert (row_of(told, told.first).changed_by, row_of(told, told.second).changed_by) == ("人-admin", "")
    assert row_of(told, told.first).changed_at == clock.now()


def test_a_sentence_changes_places_with_the_next_that_stands(told):
    for text in ("甲。", "乙。"):
        drafts.add_sentence(told.plan, by=told.reviewer, item="measures:1", text=text)
    assert keys(told) == [told.first, told.second, "own:1", "own:2"]
    include(told, told.second, False)
    include(told, "own:1", False)
    drafts.move(told.plan, by=told.reviewer, key="own:2", up=True)
    assert keys(told) == ["own:2", told.second, "own:1", told.first]


def test_an_item_changes_places_with_the_next_that_is_not_left_out(told):
    own = drafts.add_item(told.plan, by=told.reviewer, kind="measures", heading="完善应急机制").key
    key, before = "item:measures:2", heading_of(told, "item:measures:2").fingerprint
    drafts.include(told.plan, by=told.reviewer, key=key, included=False, seen=before)
    drafts.move(told.plan, by=told.reviewer, key=own, up=True)
    found = drafts.drafted(told.plan, by=told.reviewer).part("measures")
    assert [row.heading.key for row in found.divisions] == [own, key, "item:measures:1"]


def test_a_removed_sentence_comes_back_as_it_was(told):
    words = {"item": "measures:1", "text": "还组织了9次观摩。"}
    added = drafts.add_sentence(told.plan, by=told.admin, task=told.tasks[0].pk, **words)
    assert remove(told, added.key).text == "还组织了9次观摩。"
    drafts.restore(told.plan, by=told.reviewer, key=added.key)
    row = row_of(told, added.key)
    assert (row.text, row.task.code, row.changed_by) == ("还组织了9次观摩。", "1.1", "人-reviewer")


def test_a_removed_item_comes_back_with_the_sentences_that_went_with_it_only(told):
    item = drafts.add_item(told.plan, by=told.reviewer, kind="measures", heading="完善应急机制")
    key = item.key.removeprefix("item:")
    first, second = (
        drafts.add_sentence(told.plan, by=told.reviewer, item=key, text=text).key for text in ("甲。", "乙。")
    )
    remove(told, item.key)
    drafts.restore(told.plan, by=told.reviewer, key=item.key)
    assert keys(told, key) == [first, second]
    remove(told, first)
    remove(told, item.key)
    drafts.restore(told.plan, by=told.reviewer, key=item.key)
    assert keys(told, key) == [second]


def test_what_stands_or_never_stood_is_not_brought_back(told):
    own = drafts.add_sentence(told.plan, by=told.reviewer, item="measures:1", text="甲。").key
    for key in (own, "own:7", told.first, "", "item:measures:1"):
        with pytest.raises(InvalidInput):
            drafts.restore(told.plan, by=told.reviewer, key=key)


def test_a_sentence_does_not_come_back_into_an_item_that_has_gone(told):
    item = drafts.add_item(told.plan, by=told.reviewer, kind="measures", heading="完善应急机制")
    own = drafts.add_sentence(told.plan, by=told.reviewer, item=item.key.removeprefix("item:"), text="甲。").key
    remove(told, own)
    remove(told, item.key)
    with pytest.raises(InvalidInput):
        drafts.restore(told.plan, by=told.reviewer, key=own)
    assert not DraftEdit.objects.exists()


@pytest.mark.parametrize("key", ["title", "part:measures", "item:measures:1"])
def test_title_and_headings_hold_two_hundred_characters(told, key):
    before = heading_of(told, key).fingerprint
    with pytest.raises(InvalidInput, match="200"):
        drafts.rewrite(told.plan, by=told.reviewer, key=key, text="字" * 201, seen=before)
    drafts.rewrite(told.plan, by=told.reviewer, key=key, text="字" * 200, seen=before)
    assert heading_of(told, key).text == "字" * 200


def test_each_sort_of_words_is_asked_for_in_its_own_words(told):
    said = set()
    weak = keys(told, "shortcomings")[0]
    for act in (
        lambda: rewrite(told, told.first, " "),
        lambda: rewrite(told, "lead", " "),
        lambda: give_cause(told, weak, " "),
        lambda: drafts.rewrite(told.plan, by=told.reviewer, key="title", text="", seen=""),
        lambda: drafts.rewrite(told.plan, by=told.reviewer, key="part:measures", text="", seen=""),
        lambda: drafts.add_sentence(told.plan, by=told.reviewer, item="measures:1", text=""),
        lambda: drafts.add_sentence(told.plan, by=told.reviewer, item="shortcomings", text=""),
        lambda: drafts.add_item(told.plan, by=told.reviewer, kind="measures", heading=""),
    ):
        with pytest.raises(InvalidInput) as refusal:
            act()
        said.add(str(refusal.value))
    assert len(said) == 8


@pytest.mark.parametrize("text", ["。", "——", "\u200b\u202e", "★、"])
def test_marks_alone_are_no_words(told, text):
    with pytest.raises(InvalidInput):
        rewrite(told, told.first, text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("开展两期培训", "开展两期培训。"),
        ("开展两期培训！", "开展两期培训！"),
        ("他说：“开展两期。”", "他说：“开展两期。”"),
        ("开展两期培训（见附件）", "开展两期培训（见附件）。"),
        ("开展\n两期\r\n　　培训。", "开展两期培训。"),
        ("use of\nHTMX 2", "use of HTMX 2。"),
        ("开展\u202e两期\u200b培训。", "开展两期培训。"),
    ],
)
def test_words_of_the_body_are_tidied_and_closed(told, typed, kept):
    rewrite(told, told.first, typed)
    assert row_of(told, told.first).text == kept


def test_headings_shortcomings_and_causes_are_not_closed(told):
    weak = keys(told, "shortcomings")[0]
    rewrite(told, weak, "培训覆盖不足")
    give_cause(told, weak, "人手\n不足")
    before = heading_of(told, "item:measures:1").fingerprint
    drafts.rewrite(told.plan, by=told.reviewer, key="item:measures:1", text="强化培训", seen=before)
    row = row_of(told, weak)
    assert (row.text, row.cause, heading_of(told, "item:measures:1").text) == ("培训覆盖不足", "人手不足", "强化培训")


@pytest.mark.parametrize("text", ["秘\u200b密★5年", "甲。\n秘密\n乙。", "秘\n密★5年"])
def test_a_mark_of_secrecy_is_found_behind_what_cannot_be_seen(told, text):
    with pytest.raises(SecrecyMark):
        rewrite(told, told.first, text)


def test_the_task_that_a_sentence_of_ones_own_tells_of_can_be_changed(told):
    own = drafts.add_sentence(told.plan, by=told.reviewer, item="measures:1", text="甲。", task=told.tasks[0].pk).key
    rewrite(told, own, "乙。")
    assert row_of(told, own).task.code == "1.1"
    rewrite(told, own, "乙。", task=told.tasks[1].pk)
    assert row_of(told, own).task.code == "1.2"
    with pytest.raises(InvalidInput):
        rewrite(told, own, "乙。", task=told.foreign_task.pk)
    rewrite(told, own, "乙。", task=None)
    assert row_of(told, own).task is None


def test_what_the_data_tell_of_keeps_its_task(told):
    rewrite(told, told.first, "甲。", task=told.tasks[1].pk)
    assert row_of(told, told.first).task.code == "1.1"


def duty(world, day, words):
    values = {"kind": "meeting", "on": datetime.date(2025, 4, day), "leader": "区长", "words": words}
    return duties.add(world.plan, by=world.reviewer, **values)


def test_sentences_stay_with_the_leader_whatever_is_added_to_the_register(told):
    duty(told, 5, "主持召开常务会议")
    item = next(d.key for d in drafts.drafted(told.plan, by=told.reviewer).part("leadership").divisions)
    added = drafts.add_sentence(told.plan, by=told.reviewer, item=item, text="带头讲授法治课。")
    duty(told, 1, "主持召开法治委员会会议")
    (division,) = drafts.drafted(told.plan, by=told.reviewer).part("leadership").divisions
    assert division.heading.text == "区长"
    assert division.sentences[-1].key == added.key


def test_what_was_written_for_an_item_that_has_gone_is_kept_in_the_part(told):
    entry = duty(told, 5, "主持召开常务会议")
    item = next(d.key for d in drafts.drafted(told.plan, by=told.reviewer).part("leadership").divisions)
    added = drafts.add_sentence(told.plan, by=told.reviewer, item=item, text="带头讲授法治课。")
    rewrite(told, f"duty:{entry.pk}", "主持召开区政府常务会议。")
    duties.remove(entry.pk, by=told.reviewer)
    assert set(keys(told, item)) == {added.key, f"duty:{entry.pk}"}
    assert row_of(told, f"duty:{entry.pk}").gone


@pytest.mark.parametrize("key", ["title", "lead", "part:measures"])
def test_title_and_first_paragraph_are_never_left_out(told, key):
    found = drafts.drafted(told.plan, by=told.reviewer)
    rows = {row.key: row for row in (found.title, found.lead, *(part.heading for part in found.parts))}
    with pytest.raises(InvalidInput):
        drafts.include(told.plan, by=told.reviewer, key=key, included=False, seen=rows[key].fingerprint)


def test_items_count_among_what_people_may_add(told, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_OWN", 1)
    drafts.add_item(told.plan, by=told.reviewer, kind="measures", heading="完善应急机制")
    with pytest.raises(InvalidInput):
        drafts.add_item(told.plan, by=told.reviewer, kind="measures", heading="再加一条")


def test_the_history_says_who_removed_a_sentence(told):
    added = drafts.add_sentence(told.plan, by=told.reviewer, item="measures:1", text="还组织了观摩。")
    drafts.remove(told.plan, by=told.admin, key=added.key, seen=row_of(told, added.key).fingerprint)
    assert DraftEdit.history.latest("history_id").history_user == told.admin
