"""Which numbers stand on accepted evidence, and how the others are marked."""

from reports.annual.proof import marked, marks, unmarked
from reports.annual.rows import Proof

PROOF = Proof(1, "2025-1-1-01", "统计表", "回收问卷1860份，评估指标42项")


def unproved(text, *proofs, known=()):
    return [text[m.number.start : m.number.end] for m in marks(text, proofs, known) if not m.stands_on]


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


def test_marks_that_were_copied_along_are_no_words():
    assert unmarked("问卷9份［待核］，建议8条[待核]") == "问卷9份，建议8条"
