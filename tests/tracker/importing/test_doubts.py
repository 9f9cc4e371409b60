"""Unsure places: which there are, what each choice does, and that a decided one stays decided."""

import pytest

from tests.tracker.importing.conftest import words
from tracker.importing import corrections, doubts
from tracker.importing.corrections import CannotCorrect
from tracker.importing.draft import Draft


def by_code(draft: Draft) -> dict[str, doubts.Doubt]:
    return {doubt.code: doubt for doubt in doubts.doubts(draft)}


def test_each_kind_of_unsure_place_is_found(draft: Draft):
    found = by_code(draft)
    assert {"causes", "goal", "shared_verb", "means", "elaboration"} <= set(found)
    assert found["elaboration"].facts["terms"] == ["案例普法"]


def test_suggestions_make_one_task_of_means_and_deed_and_of_an_elaboration(draft: Draft):
    assert doubts.settle_all(draft) >= 5
    found = words(draft)
    assert "统筹普法资源，开展法律明白人培训" in found and "加大案例普法，丰富案例普法形式" in found
    assert not [doubt for doubt in doubts.doubts(draft) if doubt.open]


@pytest.mark.parametrize(("code", "choice", "tasks"), [("means", "two", 7), ("means", "one", 6), ("goal", "task", 8)])
def test_a_choice_does_what_it_says(draft: Draft, code: str, choice: str, tasks: int):
    doubts.settle(draft, by_code(draft)[code].name, choice)
    assert sum(len(found) for _section, found in corrections.planned(draft)) == tasks


def test_common_causes_explain_every_shortcoming_and_can_be_decided_again(draft: Draft):
    name = by_code(draft)["causes"].name
    doubts.settle(draft, name, "common")
    assert [cause.shortcoming for cause in draft.causes] == [None, None]
    doubt = by_code(draft)["causes"]
    assert (doubt.chosen, doubt.open) == ("common", False)
    doubts.settle(draft, name, "pairs")
    assert [cause.shortcoming for cause in draft.causes] == [row.key for row in draft.shortcomings]


def test_words_without_a_task_are_unsure_until_somebody_decides(draft: Draft):
    row = next(clause for clause in draft.clauses if draft.words(clause).startswith("统筹普法"))
    corrections.drop(draft, row.key)
    assert doubts.progress(draft).percent is not None and doubts.progress(draft).percent < 100
    doubt = by_code(draft)["uncovered"]
    assert draft.text[doubt.start : doubt.end] == "统筹普法资源"
    doubts.settle(draft, doubt.name, "leave")
    assert not by_code(draft)["uncovered"].open


def test_an_owner_in_brackets_is_not_left_over(draft: Draft):
    assert doubts.progress(draft).percent == 100


def test_unknown_doubts_and_choices_are_refused(draft: Draft):
    for name, choice in (("no-such-1", "one"), (by_code(draft)["means"].name, "three")):
        with pytest.raises(CannotCorrect):
            doubts.settle(draft, name, choice)
