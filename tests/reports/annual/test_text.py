"""How sentences are put."""

import pytest

from reports.annual.text import a_year_on, clause, quoted, sentence


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("已办复352件,全部办结", "已办复352件，全部办结。"),
        ("已办复。\n已回访", "已办复。已回访。"),
        ("如下：", "如下：。"),
        ("", ""),
    ],
)
def test_a_sentence_has_one_kind_of_punctuation_and_an_end(words, wanted):
    assert sentence(words) == wanted


@pytest.mark.parametrize("words", ["一是质量有待提高。", "质量有待提高；", "（一）质量有待提高", "1.质量有待提高"])
def test_a_clause_has_no_ordinal_and_no_end(words):
    assert clause(words) == "质量有待提高"


def test_years_move_on_and_names_of_other_years_stay():
    title = "2025年安排,2024年报告,2020-2023年规划"
    assert a_year_on(title, 2024) == "2026年安排，2025年报告，2020-2023年规划"


def test_quotation_marks_inside_become_single():
    assert quoted("推进“一件事”") == "“推进‘一件事’”"
