"""Which numbers stand on accepted evidence, and how the others are marked."""

import pytest

from reports.annual.proof import marked, marks, unmarked
from reports.annual.rows import Proof

PROOF = Proof(1, "2025-1-1-01", "统计表", "回收问卷1860份，评估指标42项")


def unproved(text, *proofs, known=()):
    return [text[m.start : m.end] for m in marks(text, proofs, known) if not m.stands_on]


def test_a_number_that_an_accepted_claim_names_is_proved():
    assert unproved("完成42项指标测评，回收问卷1860份。", PROOF) == []


def test_a_number_that_no_claim_names_is_not():
    assert unproved("回收问卷1861份。", PROOF) == ["1861份"]


def test_the_same_number_of_something_else_is_not_proved():
    assert unproved("培训1860人次。", PROOF) == ["1860人次"]


def test_without_evidence_nothing_is_proved():
    assert unproved("回收问卷1860份。") == ["1860份"]


def test_years_documents_and_quoted_names_are_no_numbers_to_prove():
    assert unproved("2025年9月5日印发〔2025〕3号，做好“一件事”，第2次会议。") == []


def test_grouped_digits_and_full_width_percent_are_the_same_number():
    claim = Proof(1, "2025-1-1-01", "表", "公开信息24509条，通过率96.7%")
    assert unproved("公开信息24,509条，通过率96.7％。", claim) == []


def test_what_the_report_before_says_is_known():
    assert unproved("审计建议84条（上年109条）。", PROOF, known=[("109条", "上年报告")]) == ["84条"]


def test_each_number_tells_what_it_stands_on():
    found = marks("指标42项，问卷9份。", [PROOF])
    assert [mark.stands_on for mark in found] == ["2025-1-1-01", ""]


def test_a_mark_stands_behind_the_number_and_its_unit():
    text = "指标42项，问卷9份，建议8条。"
    assert marked(text, marks(text, [PROOF])) == "指标42项，问卷9份［待核］，建议8条［待核］。"


@pytest.mark.parametrize(
    "words",
    ["三百余人次", "一千二百件", "百分之九十九", "10-20件", "3/4", "5成", "20000", "888"],
)
def test_numbers_in_other_forms_want_proof_too(words):
    assert unproved(f"培训数量达{words}，居全市前列。") == [words]


@pytest.mark.parametrize(
    "text",
    [
        "做好“一件事”工作。",
        "一是完善制度。",
        "第十批创建。",
        "“十五五”规划（2024-2025）。",
        "西政办发〔2017〕113号。",
        "一次办成。",
    ],
)
def test_names_ordinals_and_plans_are_none(text):
    assert unproved(text) == []


def test_a_number_in_another_form_is_proved_by_the_same_words():
    claim = Proof(1, "2025-1-1-01", "表", "培训三百余人次")
    assert unproved("培训三百余人次。", claim) == []


def test_the_same_number_behind_other_words_is_loose():
    claim = Proof(1, "2025-1-1-01", "表", "提出建议121条，被采纳112条")
    loose = {
        text[m.start : m.end] for text in ["被驳回112条，提出建议121条。"] for m in marks(text, [claim]) if m.loose
    }
    assert loose == {"112条"}


def test_marks_that_were_copied_along_are_no_words():
    assert unmarked("问卷9份［待核］，建议8条[待核]") == "问卷9份，建议8条"
