"""Links upward and dispositions: proposed, looked at, and suspect when the words have changed."""

import pytest

from tests.unguarded import lifted
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted
from tracker.models import Disposition, Measure, MeasureLink, Shortcoming
from tracker.services import trace


@pytest.fixture
def case(world):
    assert world.task and world.foreign_task
    world.measure = Measure.objects.filter(section__part__report=world.report).first()
    world.foreign_measure = Measure.objects.exclude(section__part__report=world.report).first()
    world.foreign_shortcoming = Shortcoming.objects.exclude(part__report=world.report).first()
    return world


def propose(case, upstream=None, who="admin", **values):
    given = {"strength": "direct", "rationale": "同一工作", **values}
    return trace.propose(case.task, upstream or case.measure, by=getattr(case, who), **given)


@pytest.mark.parametrize("upstream", ["foreign_measure", "foreign_shortcoming"])
def test_words_of_another_report_are_refused(case, upstream):
    with pytest.raises(InvalidInput):
        propose(case, getattr(case, upstream))


@pytest.mark.parametrize("who", ["staff", "head", "leader", "auditor", "viewer", "foreign_admin"])
def test_links_are_for_reviewers_and_administrators(case, who):
    with pytest.raises(NotPermitted):
        propose(case, who=who)
    link = propose(case)
    for act in (trace.confirm, trace.dismiss):
        with pytest.raises(NotPermitted):
            act(link, by=getattr(case, who))
    assert MeasureLink.objects.get().state == "proposed"


@pytest.mark.parametrize("values", [{"strength": "strong"}, {"rationale": " "}, {"extent": "all"}])
def test_a_link_says_how_and_why(case, values):
    with pytest.raises(InvalidInput):
        propose(case, **values)


def test_a_link_is_made_once(case):
    propose(case)
    with pytest.raises(InvalidInput):
        propose(case)


def test_changed_words_make_a_link_suspect_until_someone_looks(case):
    link = propose(case)
    assert not trace.is_suspect(link)
    with lifted():
        Measure.objects.filter(pk=case.measure.pk).update(text="另一句话")
    link = MeasureLink.objects.get()
    assert trace.is_suspect(link)
    trace.confirm(link, by=case.reviewer)
    link = MeasureLink.objects.get()
    assert not trace.is_suspect(link)
    assert (link.state, link.confirmed_by) == ("confirmed", case.reviewer)


def test_what_is_dropped_gets_a_reason_and_belongs_to_the_plan(case):
    section = case.measure.section
    with pytest.raises(InvalidInput):
        trace.dispose(case.plan, by=case.admin, kind="dropped", reason=" ", section=section)
    with pytest.raises(InvalidInput):
        trace.dispose(case.plan, by=case.admin, kind="forgotten", reason="甲", section=section)
    with pytest.raises(MoveRefused):
        trace.dispose(case.plan, by=case.admin, kind="dropped", reason="甲", shortcoming=case.foreign_shortcoming)
    with pytest.raises(MoveRefused):
        trace.dispose(case.plan, by=case.admin, kind="dropped", reason="甲")
    trace.dispose(case.plan, by=case.admin, kind="dropped", reason="甲", section=section)
    trace.dispose(case.plan, by=case.admin, kind="dropped", reason="乙", section=section)
    assert Disposition.objects.get().reason == "乙"


def test_a_link_made_by_hand_counts_at_once(case):
    link = trace.link(case.task.pk, case.measure, by=case.reviewer, strength="direct", rationale=" 同一工作 ")
    assert (link.state, link.confirmed_by, link.rationale) == ("confirmed", case.reviewer, "同一工作")
    with pytest.raises(InvalidInput):
        trace.link(case.task.pk, case.measure, by=case.reviewer, strength="direct", rationale="再来")


@pytest.mark.parametrize("settle", [None, trace.dismiss])
def test_one_that_was_proposed_or_dismissed_is_taken_up(case, settle):
    known = propose(case)
    if settle:
        settle(known, by=case.admin)
    trace.link(case.task.pk, case.measure, by=case.reviewer, strength="indirect", rationale="另说", extent="sentence")
    link = MeasureLink.objects.get()
    assert (link.state, link.strength, link.rationale, link.extent) == ("confirmed", "indirect", "另说", "sentence")


@pytest.mark.parametrize("values", [{"strength": "x"}, {"rationale": ""}, {"rationale": "长" * 301}, {"extent": "x"}])
def test_an_edit_says_how_and_why(case, values):
    link = propose(case)
    with pytest.raises(InvalidInput):
        trace.edit(link, by=case.admin, **{"strength": "direct", "rationale": "同", **values})
    assert MeasureLink.objects.get().state == "proposed"


@pytest.mark.parametrize("who", ["staff", "head", "leader", "auditor", "viewer", "foreign_admin"])
def test_nobody_else_makes_edits_or_settles_links(case, who):
    person, link = getattr(case, who), propose(case)
    acts = [
        lambda: trace.link(case.task.pk, case.measure, by=person, strength="direct", rationale="同"),
        lambda: trace.edit(link, by=person, strength="direct", rationale="同"),
        lambda: trace.settle_all(case.plan, [f"measure-{link.pk}"], by=person, verdict="confirm"),
    ]
    for act in acts:
        with pytest.raises(NotPermitted):
            act()
    assert MeasureLink.objects.get().state == "proposed"


def test_several_are_settled_together_or_not_at_all(case):
    links = [
        propose(case),
        trace.propose(case.tasks[1], case.measure, by=case.admin, strength="direct", rationale="同"),
    ]
    names = [f"measure-{link.pk}" for link in links]
    for wrong in (["measure-999999"], ["task-1"], ["measure-x"], ["measure-" + "9" * 30], ["shortcoming-1"]):
        with pytest.raises(InvalidInput):
            trace.settle_all(case.plan, [*names, *wrong], by=case.admin, verdict="confirm")
    for chosen, verdict in (([], "confirm"), (names, "burn")):
        with pytest.raises(InvalidInput):
            trace.settle_all(case.plan, chosen, by=case.admin, verdict=verdict)
    assert {link.state for link in MeasureLink.objects.all()} == {"proposed"}
    assert trace.settle_all(case.plan, names, by=case.admin, verdict="dismiss") == 2
    assert {link.state for link in MeasureLink.objects.all()} == {"dismissed"}
