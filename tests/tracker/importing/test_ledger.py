"""Rows of a ledger as the words of a plan."""

from tracker.importing.doubts import doubts, progress
from tracker.importing.draft import to_report
from tracker.importing.ledger import LedgerRow, from_rows

ROWS = [
    LedgerRow(2, "1.1", "制度建设", "修订规程", "修订行政执法工作规程。", "", "县司法局", "2026-06-30", "台账"),
    LedgerRow(3, "1.2", "制度建设", "开展案卷评查"),
    LedgerRow(4, "2.1", "普法宣传", "", "持续开展法治\n宣传", "continuous"),
    LedgerRow(5, "9", "制度建设", "建立联席会议制度", due_on="年底前"),
    LedgerRow(6),
]


def draft_of(rows=ROWS):
    return from_rows(rows, title="某县2026年重点任务台账", issuer="某县人民政府", year=2025, area="重点任务")


def test_rows_become_commitments_under_their_areas() -> None:
    draft = draft_of()
    assert [(section.heading, [draft.words(clause) for clause in clauses]) for section, clauses in draft.areas()] == [
        ("制度建设", ["修订行政执法工作规程", "开展案卷评查", "建立联席会议制度"]),
        ("普法宣传", ["持续开展法治 宣传"]),
    ]
    assert (draft.head.year, draft.head.issuer) == (2025, "某县人民政府")


def test_what_a_row_says_is_kept() -> None:
    first, second, *_others = draft_of().clauses
    assert (first.title, first.responsible, first.due_on, first.due_basis) == (
        "修订规程",
        "县司法局",
        "2026-06-30",
        "台账",
    )
    assert (second.title, second.due_on) == ("", "")
    assert [clause.nature for clause in draft_of().clauses] == ["one_off", "one_off", "continuous", "continuous"]


def test_doubtful_rows_are_named() -> None:
    messages = [warning["message"] for warning in draft_of().warnings]
    assert messages == ["第5行的完成时限“年底前”不是日期，没有采用。", "第5行的编号9将改为1.3。"]


def test_all_words_belong_to_tasks_and_the_draft_can_be_worked_on() -> None:
    draft = draft_of()
    assert progress(draft).percent == 100
    assert {doubt.code for doubt in doubts(draft)} <= {"warning", "no_verb"}
    again = type(draft).from_dict(draft.to_dict(), draft.text)
    assert again == draft
    report = to_report(draft)
    assert report.parts[0].kind == "arrangements"
    assert [section.number for section in report.parts[0].sections] == ["1.", "2."]


def test_rows_without_an_area_share_one() -> None:
    draft = draft_of([LedgerRow(2, title="修订规程"), LedgerRow(3, title="开展评查")])
    assert [section.heading for section in draft.sections] == ["重点任务"]
