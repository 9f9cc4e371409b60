"""What of a new plan goes back to which task of the year before."""

import pytest

from tracker.enums import EventKind, LinkState, PlanState
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted
from tracker.importing.succession import LEAST_INSTEAD, matches
from tracker.models import Plan, Succession, TaskEvent
from tracker.services import history, rollover, successions, tasks

OTHERS = ["leader", "auditor", "viewer", "staff", "head", "foreign_admin", "foreign_staff", "city_leader"]


@pytest.fixture
def years(world):
    """2025: the first task closed out, the others carried but for one that was dropped; 2026: a draft with two tasks."""
    world.done = world.completed()
    for task, kind in zip(world.tasks[1:], ["dropped", "carried", "carried"], strict=True):
        rollover.decide(task.pk, by=world.admin, kind=kind, reason="年底情况")
    rollover.close(world.plan.pk, by=world.admin)
    assert world.next_tasks
    world.measures = list(successions.measures_of(world.next_plan).order_by("start"))
    return world


def pairs(**which):
    rows = Succession.objects.filter(**which).select_related("predecessor", "task", "measure")
    return {(row.predecessor.code, str(row.task.code if row.task else row.measure.text)) for row in rows}


def propose(years, who="admin"):
    return successions.propose(years.next_plan, by=getattr(years, who))


def test_the_words_propose_a_carried_task_for_a_new_one_and_a_completed_one_for_a_measure(years):
    assert propose(years) == 2
    assert pairs(state="proposed") == {("2.1", "1.1"), ("1.1", years.measures[0].text)}


def test_a_dropped_task_is_nobodys_predecessor(years):
    """The measure names the examination too, which was not pursued."""
    propose(years)
    assert not Succession.objects.filter(predecessor=years.tasks[1]).exists()


def test_proposing_again_changes_nothing(years):
    propose(years)
    before = list(Succession.objects.order_by("pk").values())
    assert propose(years) == 0
    assert list(Succession.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("verdict", ["confirm", "dismiss"])
def test_what_was_settled_is_never_touched(years, verdict):
    propose(years)
    for row in Succession.objects.all():
        successions.settle(row.pk, by=years.reviewer, verdict=verdict)
    before = list(Succession.objects.order_by("pk").values())
    assert propose(years) == 0
    assert list(Succession.objects.order_by("pk").values()) == before


def test_a_proposal_that_no_longer_follows_from_the_words_is_dropped(years):
    stray = Succession.objects.create(predecessor=years.tasks[3], task=years.next_tasks[0])
    propose(years)
    assert not Succession.objects.filter(pk=stray.pk).exists()


def test_other_apps_tell_more_of_a_task(years, monkeypatch):
    more = [
        (years.tasks[3].pk, "召开新闻发布会4场"),
        (years.next_tasks[0].pk, "召开新闻发布会4场"),
        (0, "召开新闻发布会4场"),
    ]
    monkeypatch.setattr(successions, "ALSO_TOLD", [lambda plan, by: more if plan == years.plan else []])
    propose(years)
    told = next(row for row in years.measures if "新闻发布会" in row.text)
    assert pairs(measure=told) == {("2.2", told.text)}


def test_words_for_next_year_count_as_much_as_the_reports_own(years):
    rollover.reopen_plan(years.plan.pk, by=years.admin, reason="改写")
    words = {"by": years.admin, "kind": "carried", "reason": "年底情况"}
    rollover.decide(years.tasks[3].pk, words="建立联合惩戒名单", **words)
    propose(years)
    assert ("2.2", "1.2") in pairs()


def test_without_a_plan_of_the_year_before_there_is_nothing_to_propose(world):
    with pytest.raises(InvalidInput):
        successions.propose(world.plan, by=world.admin)


def test_the_plan_of_another_government_is_never_the_one_before(years):
    other = years.foreign_task.plan
    Plan.objects.filter(pk=years.plan.pk).update(state=PlanState.DISCARDED, closed_on=None)
    assert (other.year, successions.plan_before(years.next_plan)) == (2025, None)


# ---------- Settling ----------


@pytest.fixture
def proposed(years):
    propose(years)
    years.row = Succession.objects.get(task=years.next_tasks[0])
    return years


@pytest.mark.parametrize(("verdict", "state"), [("confirm", "confirmed"), ("dismiss", "dismissed")])
def test_a_proposal_is_settled_and_stands_in_the_history_of_the_later_task(proposed, verdict, state):
    earlier = TaskEvent.objects.filter(task__plan=proposed.plan).count()
    row = successions.settle(proposed.row.pk, by=proposed.reviewer, verdict=verdict)
    assert (row.state, row.confirmed_by) == (state, proposed.reviewer)
    line = TaskEvent.objects.latest("sequence")
    assert (line.task, line.kind, line.changes) == (row.task, EventKind.CARRY, {"succession": [None, state]})
    assert "2.1" in line.detail and "2025" in line.detail
    assert TaskEvent.objects.filter(task__plan=proposed.plan).count() == earlier
    assert history.verify()


def test_a_measures_is_settled_too_and_its_history_says_by_whom(proposed):
    row = Succession.objects.get(measure=proposed.measures[0])
    successions.settle(row.pk, by=proposed.reviewer, verdict="confirm")
    assert row.history.order_by("history_id").last().history_user == proposed.reviewer


def test_what_was_settled_can_be_settled_otherwise(proposed):
    for verdict in ("confirm", "dismiss", "confirm"):
        successions.settle(proposed.row.pk, by=proposed.admin, verdict=verdict)
    proposed.row.refresh_from_db()
    assert proposed.row.state == LinkState.CONFIRMED


def test_a_confirmation_is_withdrawn_and_the_predecessor_is_a_proposal_again(proposed):
    successions.settle(proposed.row.pk, by=proposed.admin, verdict="confirm")
    row = successions.settle(proposed.row.pk, by=proposed.reviewer, verdict="withdraw")
    assert (row.state, row.confirmed_by, row.confirmed_at) == ("proposed", None, None)
    assert TaskEvent.objects.latest("sequence").changes == {"succession": [None, "proposed"]}
    assert history.verify()


@pytest.mark.parametrize("verdict", ["confirm", "dismiss", "withdraw"])
def test_what_stands_so_already_is_not_written_again(proposed, verdict):
    successions.settle(proposed.row.pk, by=proposed.admin, verdict=verdict)
    lines, versions = TaskEvent.objects.count(), proposed.row.history.count()
    row = successions.settle(proposed.row.pk, by=proposed.reviewer, verdict=verdict)
    assert row.confirmed_by in (proposed.admin, None)
    assert (TaskEvent.objects.count(), proposed.row.history.count()) == (lines, versions)
    assert successions.settle_many(proposed.next_plan, [row.pk], by=proposed.admin, verdict=verdict) == 0


def test_what_somebody_put_back_stays_proposed_when_the_words_are_compared_again(proposed):
    by_hand = successions.link(
        proposed.next_plan, proposed.tasks[3].pk, by=proposed.admin, task_id=proposed.next_tasks[1].pk
    )
    successions.settle(by_hand.pk, by=proposed.admin, verdict="withdraw")
    propose(proposed)
    assert Succession.objects.get(task=proposed.next_tasks[1]).pk == by_hand.pk


def test_in_place_of_a_dismissed_one_only_a_like_one_is_proposed(proposed):
    """The other's words are like enough to be proposed at first, and not enough once the best was dismissed."""
    words = {"by": proposed.admin, "kind": "carried", "reason": "年底情况"}
    rollover.reopen_plan(proposed.plan.pk, by=proposed.admin, reason="改写")
    rollover.decide(proposed.tasks[3].pk, words="开展执法案卷抽样检查", **words)
    quote = proposed.next_tasks[0].quote
    told = [(1, proposed.tasks[2].quote), (2, "开展执法案卷抽样检查")]
    ranked = matches(told, [(9, quote)])[9]
    assert [match.key for match in ranked] == [1, 2] and ranked[1].likeness < LEAST_INSTEAD
    successions.settle(proposed.row.pk, by=proposed.admin, verdict="dismiss")
    propose(proposed)
    assert not Succession.objects.filter(task=proposed.next_tasks[0], state="proposed").exists()


def test_the_same_title_goes_before_words_that_contain_it(years):
    rollover.reopen_plan(years.plan.pk, by=years.admin, reason="改写")
    words = {"by": years.admin, "kind": "carried", "reason": "年底情况"}
    rollover.decide(years.tasks[2].pk, words="继续开展执法评查，并通报结果", **words)
    rollover.decide(years.tasks[3].pk, words="深化执法评查", **words)
    Succession.objects.all().delete()
    tasks.edit(years.next_tasks[0].pk, by=years.admin, title="深化执法评查")
    propose(years)
    assert ("2.2", "1.1") in pairs()


@pytest.mark.parametrize("kind", ["dropped", "finished"])
def test_no_task_carries_on_one_that_was_settled_as_ended_and_what_to_do_is_said(years, kind, settings):
    settings.LANGUAGE_CODE = "en"
    rollover.reopen_plan(years.plan.pk, by=years.admin, reason="改写")
    rollover.decide(years.tasks[2].pk, by=years.admin, kind=kind, reason="年底情况")
    with pytest.raises(InvalidInput, match=r"2\.1 was settled as .* Dismiss this predecessor, or settle the task"):
        successions.link(years.next_plan, years.tasks[2].pk, by=years.admin, task_id=years.next_tasks[0].pk)
    row = Succession.objects.create(predecessor=years.tasks[2], task=years.next_tasks[0])
    with pytest.raises(InvalidInput):
        successions.settle(row.pk, by=years.admin, verdict="confirm")
    measure = successions.link(years.next_plan, years.tasks[2].pk, by=years.admin, measure_id=years.measures[0].pk)
    assert measure.state == LinkState.CONFIRMED


def test_carried_tasks_that_no_task_takes_up_are_found(years):
    def left():
        return [task.code for task in successions.untaken(years.next_plan, years.plan).by_place()]

    assert left() == ["2.1", "2.2"]
    propose(years)
    assert left() == ["2.2"]
    successions.settle(Succession.objects.get(task=years.next_tasks[0]).pk, by=years.admin, verdict="dismiss")
    assert left() == ["2.1", "2.2"]


def test_several_are_settled_at_once_all_or_none(proposed):
    keys = list(Succession.objects.values_list("pk", flat=True))
    with pytest.raises(InvalidInput):
        successions.settle_many(proposed.next_plan, [*keys, 0], by=proposed.admin, verdict="confirm")
    with pytest.raises(InvalidInput):
        successions.settle_many(proposed.next_plan, keys, by=proposed.admin, verdict="perhaps")
    with pytest.raises(InvalidInput):
        successions.settle_many(proposed.next_plan, [], by=proposed.admin, verdict="confirm")
    assert not Succession.objects.exclude(state="proposed").exists()
    assert successions.settle_many(proposed.next_plan, keys, by=proposed.admin, verdict="confirm") == 2
    assert not Succession.objects.exclude(state="confirmed").exists()


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_proposes_settles_or_links(proposed, who):
    by = getattr(proposed, who)
    acts = [
        lambda: successions.propose(proposed.next_plan, by=by),
        lambda: successions.settle(proposed.row.pk, by=by, verdict="confirm"),
        lambda: successions.settle_many(proposed.next_plan, [proposed.row.pk], by=by, verdict="confirm"),
        lambda: successions.link(proposed.next_plan, proposed.done.pk, by=by, task_id=proposed.next_tasks[1].pk),
    ]
    for act in acts:
        with pytest.raises(NotPermitted):
            act()
    assert not Succession.objects.exclude(state="proposed").exists()


def test_nothing_is_settled_in_a_closed_plan(proposed):
    Plan.objects.filter(pk=proposed.next_plan.pk).update(state=PlanState.CLOSED)
    with pytest.raises(MoveRefused):
        successions.settle(proposed.row.pk, by=proposed.admin, verdict="confirm")
    measure = Succession.objects.get(measure__isnull=False)
    with pytest.raises(MoveRefused):
        successions.settle(measure.pk, by=proposed.admin, verdict="confirm")


# ---------- By hand ----------


@pytest.mark.parametrize("end", ["task", "measure"])
def test_a_predecessor_named_by_hand_counts_at_once(years, end):
    key = years.next_tasks[1].pk if end == "task" else years.measures[1].pk
    row = successions.link(years.next_plan, years.done.pk, by=years.reviewer, **{f"{end}_id": key})
    assert (row.state, row.confirmed_by) == ("confirmed", years.reviewer)


def test_a_dismissed_one_is_taken_up_again_by_hand_and_a_confirmed_one_is_not_named_twice(proposed):
    successions.settle(proposed.row.pk, by=proposed.admin, verdict="dismiss")
    given = {"by": proposed.admin, "task_id": proposed.next_tasks[0].pk}
    assert successions.link(proposed.next_plan, proposed.tasks[2].pk, **given).pk == proposed.row.pk
    with pytest.raises(InvalidInput) as refusal:
        successions.link(proposed.next_plan, proposed.tasks[2].pk, **given)
    assert refusal.value.field == "predecessor"


def test_only_a_task_of_the_year_before_of_the_same_government_is_a_predecessor(years):
    for key in (years.next_tasks[1].pk, years.foreign_task.pk, 0):
        with pytest.raises(InvalidInput) as refusal:
            successions.link(years.next_plan, key, by=years.admin, task_id=years.next_tasks[0].pk)
        assert refusal.value.field == "predecessor"


def test_only_rows_of_the_plan_are_given_one(years):
    for end in ({"task_id": years.done.pk}, {"measure_id": 0}):
        with pytest.raises(InvalidInput):
            successions.link(years.next_plan, years.done.pk, by=years.admin, **end)
    assert not Succession.objects.exists()


def test_a_task_of_the_new_plan_keeps_its_version(years):
    task = years.next_tasks[0]
    successions.link(years.next_plan, years.done.pk, by=years.admin, task_id=task.pk)
    assert tasks.edit(task.pk, by=years.admin, version=task.version, title="执法评查").title == "执法评查"
