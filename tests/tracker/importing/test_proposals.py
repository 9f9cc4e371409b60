"""Proposals rest on shared words, are never made twice, and leave what a person has chosen."""

from tracker.importing import corrections, proposals
from tracker.importing.draft import Draft
from tracker.importing.proposals import KnownUnit
from tracker.importing.terms import shared_terms

UNITS = [
    KnownUnit(1, ("丙县司法局", "县司法局"), "行政复议、法治宣传、调解"),
    KnownUnit(2, ("丙县教育局", "县教育局"), "学校、教师"),
]


def test_shared_words_are_the_longest_that_both_hold_and_nothing_common():
    assert shared_terms("持续推进行政复议标准化建设", "行政复议案件120件") == ["复议"]
    assert shared_terms("推进工作建设", "推进工作建设") == []
    assert shared_terms("开展财会监督专项行动", "财会监督和审计监督") == ["财会监督"]


def test_links_name_the_words_they_rest_on(draft: Draft):
    assert proposals.propose_links(draft) > 0
    texts = {row.key: draft.words(row) for row in (*draft.clauses, *draft.shortcomings)}
    for row in draft.proposals:
        assert row.state == "proposed" and row.terms
        assert all(term in texts[row.target] for term in row.terms if row.target in {c.key for c in draft.clauses})
    pairs = {(texts[row.clause][:4], texts[row.target][:4]) for row in draft.proposals}
    assert ("开展法律", "培养法律") in pairs
    assert ("组建复议", "复议调解") in pairs


def test_proposing_again_adds_nothing_even_for_what_was_dismissed(draft: Draft):
    proposals.propose_links(draft)
    for row in draft.proposals:
        row.state = "dismissed"
    assert proposals.propose_links(draft) == 0


def test_the_unit_that_the_report_names_goes_before_remits(draft: Draft):
    proposals.propose_units(draft, UNITS)
    rows = {draft.words(row)[:4]: row for row in draft.clauses if row.kind == "commitment"}
    assert (rows["组建复议"].unit, rows["组建复议"].unit_reason) == (1, "named")
    assert rows["统筹普法"].unit is None


def test_remits_propose_by_shared_words(draft: Draft):
    for row in draft.clauses:
        row.responsible = ""
    proposals.propose_units(draft, UNITS)
    row = next(row for row in draft.clauses if draft.words(row).startswith("组建复议"))
    assert row.unit == 1 and "复议" in row.unit_reason and not row.unit_settled


def test_a_chosen_unit_stays(draft: Draft):
    task = corrections.planned(draft)[0][1][0].clause
    task.unit, task.unit_settled = 2, True
    proposals.propose_units(draft, UNITS)
    assert task.unit == 2


def test_a_name_in_brackets_may_be_short_or_the_first_of_several():
    assert proposals.unit_named("司法局", UNITS) == UNITS[0]
    assert proposals.unit_named("县教育局、县司法局", UNITS) == UNITS[1]
    assert proposals.unit_named("县水务局", UNITS) is None
    assert proposals.unit_named("", UNITS) is None
