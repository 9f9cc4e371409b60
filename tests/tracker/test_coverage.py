"""Which words of the arrangements belong to no task, and how the past year is taken up."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker import coverage
from tracker.coverage import AnswerState, Coverage, ItemState
from tracker.enums import PartKind
from tracker.models import Section
from tracker.services import demonstration, imports

DATA = Path(imports.__file__).resolve().parents[1] / "data" / "xicheng_2025"
TEXT = "1.甲乙。开展培训和评估,办实事。"
START, END = TEXT.index("开"), len(TEXT)


def span(words):
    start = TEXT.index(words)
    return start, start + len(words)


def cover(*taken):
    return coverage.coverage(TEXT, START, END, [span(words) for words in taken])


def test_words_without_a_task_are_found():
    found = cover("开展培训和评估")
    assert (found.gaps, found.missing, found.percent) == ((span("办实事"),), 3, 70)


def test_a_lone_connective_between_two_tasks_promises_nothing():
    found = cover("开展培训", "评估", "办实事")
    assert (found.gaps, found.percent) == ((), 100)


def test_nothing_covered_is_nothing_per_cent():
    assert cover().percent == 0


def test_tasks_that_overlap_count_once():
    assert cover("开展培训和评估", "评估,办实事").percent == 100


def test_where_there_is_nothing_to_cover_no_share_is_made_up():
    assert coverage.Coverage().percent is None


@pytest.mark.parametrize("mark", ["，", "。", " ", "\n", "（", "“", "、", "-"])
def test_punctuation_and_blanks_are_not_words(mark):
    assert not coverage.is_word(mark)


def test_the_body_begins_after_number_and_heading():
    assert coverage.body_start(TEXT, 0, END, "1.", "甲乙") == START


def test_an_owner_in_brackets_is_no_arrangement_left_over():
    text = "开展评查。（责任单位：县司法局）公开结果。"
    end = text.index("。")
    found = coverage.coverage(text, 0, len(text), [(0, end)])
    assert [text[first:last] for first, last in found.gaps] == ["公开结果"]


@pytest.mark.parametrize(
    ("extents", "state"),
    [([], ItemState.GAP), (["sentence"], ItemState.PARTLY), (["sentence", "item"], ItemState.FOLLOWED)],
)
def test_the_state_of_an_item(extents, state):
    assert coverage.item_state(extents) == state


@pytest.mark.parametrize(
    ("strengths", "state"),
    [([], AnswerState.GAP), (["indirect"], AnswerState.WEAK), (["indirect", "direct"], AnswerState.ANSWERED)],
)
def test_the_state_of_a_shortcoming(strengths, state):
    assert coverage.answer_state(strengths) == state


# ---------- At the edges ----------

ITEM = "1.加强统筹。开展评估和前期研究,完成年度任务。"


def covered(text, *quotes, number="1.", heading="加强统筹"):
    start = coverage.body_start(text, 0, len(text), number, heading)
    return coverage.coverage(text, start, len(text), [(text.index(q), text.index(q) + len(q)) for q in quotes])


def gaps(text, *quotes):
    return [text[start:end] for start, end in covered(text, *quotes).gaps]


@pytest.mark.parametrize("connective", sorted(coverage.CONNECTIVES))
def test_every_connective_may_stand_alone_between_tasks(connective):
    text = f"开展评估,{connective}前期研究"
    assert covered(text, "开展评估", "前期研究").missing == 0


@pytest.mark.parametrize("text", ["开展评估和", "和开展评估", "开展评估和其他"])
def test_a_connective_that_joins_no_two_tasks_is_not_covered(text):
    assert covered(text, "开展评估").missing == len(text) - 4


def test_what_is_left_over_is_named_without_the_punctuation_around_it():
    assert gaps(ITEM, "开展评估") == ["和前期研究,完成年度任务"]
    assert gaps(ITEM, "开展评估", "完成年度任务") == ["和前期研究"]


def test_tasks_of_other_items_do_not_count():
    found = coverage.coverage("甲乙丙丁", 1, 3, [(0, 1), (3, 4)])
    assert (found.total, found.missing) == (2, 2)


def test_per_cent_is_cut_off_so_that_a_hundred_means_everything():
    assert Coverage(total=1000, missing=1).percent == 99
    assert Coverage(total=1000).percent == 100


def test_coverages_add_up():
    assert Coverage(3, 1, ((0, 1),)) + Coverage(2, 2, ((5, 7),)) == Coverage(5, 3, ((0, 1), (5, 7)))


TEXTS = st.text(alphabet="甲乙丙和与及并以,。“” \n1a", max_size=40)


@given(TEXTS, st.lists(st.tuples(st.integers(-3, 45), st.integers(0, 12)), max_size=6))
def test_what_is_missing_is_in_no_task_and_what_is_covered_in_one(text, starts):
    tasks = [(start, start + length) for start, length in starts]
    found = coverage.coverage(text, 0, len(text), tasks)
    taken = {place for start, end in tasks for place in range(max(start, 0), min(end, len(text)))}
    left = [place for start, end in found.gaps for place in range(start, end)]
    assert left == sorted(set(left))
    assert not taken & set(left)
    assert sum(coverage.is_word(text[place]) for place in left) == found.missing
    assert found.total - found.missing == sum(coverage.is_word(text[place]) for place in taken)
    assert all(coverage.is_word(text[start]) and coverage.is_word(text[end - 1]) for start, end in found.gaps)


@pytest.mark.parametrize(
    ("text", "number", "heading", "bold", "body"),
    [
        ("1.加强统筹。开展评估。", "1.", "加强统筹", 7, 7),
        ("（一）加强统筹\n　　开展评估。", "（一）", "加强统筹", 7, 7),
        ("2. 加强统筹：开展评估。", "2.", "加强统筹", 8, 8),
        ("加强统筹。开展评估。", "", "加强统筹", 5, 5),
        ("1.开展评估。", "1.", "", 0, 2),
        ("1.开展评估。", "1.", "别的标题", 0, 2),
        ("1.加强统筹。", "1.", "加强统筹", 7, 2),
        ("开展评估。", "", "", 0, 0),
    ],
)
def test_the_heading_is_bold_and_no_part_of_the_commitments(text, number, heading, bold, body):
    assert coverage.heading_end(text, 0, len(text), number, heading) == bold
    assert coverage.body_start(text, 0, len(text), number, heading) == body


def test_an_item_that_is_only_a_heading_is_taken_up_by_it():
    assert covered("1.加强统筹。") == Coverage(total=4, missing=4, gaps=((2, 6),))


def test_the_real_arrangements_are_covered_to_the_last_word(db):
    plan = demonstration.load(DATA).plan
    tasks = [(task.start, task.end) for task in plan.tasks.all()]
    text = plan.report.text
    found = Coverage()
    for row in Section.objects.filter(part__report=plan.report, part__kind=PartKind.ARRANGEMENTS):
        start = coverage.body_start(text, row.start, row.end, row.number, row.heading)
        found += coverage.coverage(text, start, row.end, tasks)
    assert (found.percent, found.missing, found.gaps) == (100, 0, ())
    assert found.total > 400
