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
