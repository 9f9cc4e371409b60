"""What reviews have to do with the closing of a plan, and what of reports is written into a closed one."""

import pytest

from reports.services import duties, reviews
from tests.reports.worlds import prepared
from tracker import clock
from tracker.enums import PlanState
from tracker.exceptions import MoveRefused
from tracker.services import rollover


@pytest.fixture
def settled(world):
    """A plan in which every open task is settled."""
    keys = [task.pk for task in world.tasks]
    rollover.decide_many(world.plan, keys, by=world.admin, kind="carried", reason="明年继续推进")
    return world


@pytest.mark.parametrize("state", ["prepared", "open"])
def test_a_review_that_is_not_closed_keeps_the_plan_open(settled, state, settings):
    settings.LANGUAGE_CODE = "en"
    review = prepared(settled)
    if state == "open":
        reviews.open_review(review.pk, by=settled.reviewer)
    with pytest.raises(MoveRefused, match="Progress review 1 of 2025 is not closed"):
        rollover.close(settled.plan.pk, by=settled.admin)
    assert [one.url for one in rollover.obstacles(settled.plan)] == [review.get_absolute_url()]


def test_a_closed_one_does_not(settled):
    reviews.close(prepared(settled).pk, by=settled.reviewer)
    assert rollover.close(settled.plan.pk, by=settled.admin).state == PlanState.CLOSED


def test_no_review_and_no_duty_is_written_into_a_closed_plan(settled):
    review = prepared(settled)
    reviews.close(review.pk, by=settled.reviewer)
    words = {"kind": "meeting", "on": clock.today(), "leader": "区长", "words": "主持召开常务会议"}
    duty = duties.add(settled.plan, by=settled.reviewer, **words)
    rollover.close(settled.plan.pk, by=settled.admin)
    settled.plan.refresh_from_db()
    by = settled.reviewer
    acts = [
        lambda: prepared(settled),
        lambda: reviews.reopen(review.pk, by=by, reason="补记"),
        lambda: duties.add(settled.plan, by=by, **words),
        lambda: duties.change(duty.pk, by=by, words="另一句"),
        lambda: duties.remove(duty.pk, by=by),
    ]
    for act in acts:
        with pytest.raises(MoveRefused):
            act()
