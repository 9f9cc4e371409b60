"""What a person corrects: borders, kinds, roles, pairs; and what is refused without a change."""

import copy

import pytest

from tests.tracker.importing.conftest import words
from tracker.importing import corrections
from tracker.importing.corrections import CannotCorrect
from tracker.importing.draft import ClausePiece, Draft, Proposal, to_report


def clause(draft: Draft, opening: str) -> ClausePiece:
    return next(row for row in draft.clauses if draft.words(row).startswith(opening))


def test_a_clause_is_cut_at_a_place_or_before_typed_words(draft: Draft):
    row = clause(draft, "开展案卷质量评查")
    corrections.split(draft, clause(draft, "统筹普法资源").key, words="资源")
    assert "统筹普法" in words(draft) and "资源" in words(draft)
    corrections.split(draft, row.key, at=draft.text.index("质量评查"))
    assert "开展案卷" in words(draft) and "质量评查" in words(draft)


def test_typed_words_may_be_in_the_full_width_form_of_the_page(draft: Draft):
    text = "甲(乙)丙"
    row = ClausePiece(key=1, start=0, end=5, kind="commitment")
    small = Draft(text=text, clauses=[row], next_key=2)
    corrections.split(small, 1, words="（乙）")
    assert words(small) == ["甲", "(乙)丙"]


@pytest.mark.parametrize("typed", ["没有的词", "普法"])
def test_words_that_stand_nowhere_or_twice_cut_nothing(draft: Draft, typed: str):
    row, before = clause(draft, "加大案例普法"), copy.deepcopy(draft)
    corrections.join(before, clause(before, "丰富案例普法").key)
    joined = clause(before, "加大案例普法")
    kept = before.to_dict()
    with pytest.raises(CannotCorrect) as refused:
        corrections.split(before, joined.key, words=typed)
    assert refused.value.code == "no_such_place" and before.to_dict() == kept
    assert row.key == joined.key


def test_joining_takes_proposals_along_and_the_place_stays_word_for_word(draft: Draft):
    first, second = clause(draft, "统筹普法资源"), clause(draft, "开展法律明白人培训")
    target = next(row for row in draft.clauses if row.kind == "measure")
    draft.proposals.append(
        Proposal(key=draft.new_key(), clause=second.key, target=target.key, strength="direct", terms=["法律明白人"])
    )
    corrections.join(draft, second.key)
    assert draft.words(first) == "统筹普法资源，开展法律明白人培训"
    assert [row.clause for row in draft.proposals] == [first.key]


def test_joining_keeps_one_proposal_for_each_target(draft: Draft):
    first, second = clause(draft, "统筹普法资源"), clause(draft, "开展法律明白人培训")
    target = next(row for row in draft.clauses if row.kind == "measure")
    for row, state in ((first, "proposed"), (second, "confirmed")):
        draft.proposals.append(
            Proposal(
                key=draft.new_key(), clause=row.key, target=target.key, strength="direct", terms=["普法"], state=state
            )
        )
    corrections.join(draft, second.key)
    assert [(row.clause, row.state) for row in draft.proposals] == [(first.key, "confirmed")]


def test_the_first_of_an_item_has_nothing_before_it(draft: Draft):
    with pytest.raises(CannotCorrect) as refused:
        corrections.join(draft, clause(draft, "统筹普法资源").key)
    assert refused.value.code == "nothing_before"


def test_borders_move_inside_the_item_and_touch_no_neighbour(draft: Draft):
    row, other = clause(draft, "统筹普法资源"), clause(draft, "开展法律明白人培训")
    with pytest.raises(CannotCorrect) as refused:
        corrections.move(draft, row.key, row.start, other.end)
    assert refused.value.code == "overlaps"
    corrections.move(draft, row.key, row.start + 2, row.end)
    assert draft.words(row) == "普法资源"
    with pytest.raises(CannotCorrect) as refused:
        corrections.move(draft, row.key, 0, 5)
    assert refused.value.code == "no_such_place"


def test_a_part_is_read_again_as_another_kind(draft: Draft):
    part = draft.parts_of_kind("shortcomings")[0]
    corrections.set_kind(draft, part.key, "measures")
    assert not draft.shortcomings and not draft.causes
    assert "复议调解作用发挥不够" in words(draft, "measure")
    corrections.set_kind(draft, part.key, "shortcomings")
    assert [draft.words(row) for row in draft.shortcomings] == ["复议调解作用发挥不够", "普法形式不够丰富"]
    assert [draft.words(row) for row in draft.causes] == ["调解力量薄弱", "普法资源分散"]


def test_another_kind_keeps_the_items_of_the_part(draft: Draft):
    part = draft.parts_of_kind("arrangements")[0]
    numbers = [row.number for row in draft.inside(draft.sections, part)]
    corrections.set_kind(draft, part.key, "measures")
    assert [row.number for row in draft.inside(draft.sections, part)] == numbers
    assert not words(draft, "commitment")


def test_sections_are_cut_between_clauses_and_joined_again(draft: Draft):
    section = draft.inside(draft.sections, draft.parts_of_kind("arrangements")[0])[0]
    with pytest.raises(CannotCorrect) as refused:
        corrections.split(draft, section.key, at=clause(draft, "组建复议").start + 2)
    assert refused.value.code == "overlaps"
    corrections.split(draft, section.key, at=clause(draft, "开展案卷").start)
    assert len(draft.inside(draft.sections, draft.parts_of_kind("arrangements")[0])) == 3
    twin = draft.inside(draft.sections, draft.parts_of_kind("arrangements")[0])[1]
    corrections.join(draft, twin.key)
    assert len(draft.inside(draft.sections, draft.parts_of_kind("arrangements")[0])) == 2


def test_a_commitment_is_left_out_and_taken_back_others_lose_their_mark(draft: Draft):
    row = clause(draft, "统筹普法资源")
    corrections.drop(draft, row.key)
    assert row.role == "left" and row in draft.clauses
    corrections.set_role(draft, row.key, "task")
    weak = draft.shortcomings[0]
    corrections.drop(draft, weak.key)
    assert weak not in draft.shortcomings
    assert draft.causes[0].shortcoming is None


def test_goals_belong_to_the_task_before_them(draft: Draft):
    (_section, tasks), *_rest = corrections.planned(draft)
    assert draft.text[tasks[0].start : tasks[0].end] == "组建复议调解专家库，实现调解关口前移"
    first = clause(draft, "组建复议调解专家库")
    with pytest.raises(CannotCorrect):
        corrections.set_role(draft, first.key, "goal")


def test_what_shares_a_verb_is_titled_with_it(draft: Draft):
    tasks = [task for _section, found in corrections.planned(draft) for task in found]
    titles = [corrections.suggested_title(draft, task) for task in tasks]
    assert "开展规范化水平研究" in titles


def test_words_of_nobody_become_a_commitment(draft: Draft):
    row = clause(draft, "统筹普法资源")
    draft.clauses.remove(row)
    key = corrections.add(draft, row.start, row.end + 1)
    assert draft.words(corrections.find(draft, key)) == "统筹普法资源"
    with pytest.raises(CannotCorrect):
        corrections.add(draft, 0, 10)


def test_pairs_are_chosen(draft: Draft):
    cause = draft.causes[0]
    corrections.pair(draft, cause.key, draft.shortcomings[1].key)
    assert (cause.shortcoming, cause.by_position) == (draft.shortcomings[1].key, False)
    corrections.pair(draft, cause.key, None)
    assert cause.shortcoming is None
    with pytest.raises(CannotCorrect):
        corrections.pair(draft, cause.key, 9999)


def test_every_span_still_holds_its_words_after_many_corrections(draft: Draft):
    corrections.join(draft, clause(draft, "丰富案例普法").key)
    corrections.split(draft, clause(draft, "培养法律").key, words="300名")
    report = to_report(draft)
    for part in report.parts:
        for section in part.sections:
            for row in section.clauses:
                assert report.text[row.start : row.end] == row.text
                assert section.start <= row.start < row.end <= section.end
