"""Who prepares, conducts and closes a progress review; who passes what is published, and settles rectification."""

from django.utils.translation import gettext as _

from reports.enums import ReviewState
from reports.models import LeaderDuty, Review
from tracker.enums import PlanState, Role
from tracker.exceptions import MoveRefused
from tracker.models import Plan, User
from tracker.permissions import (
    CONDUCTORS,
    SETTERS,
    check_open_plan,
    check_own_government,
    check_role,
    check_set_up,
)

PUBLISHABLE = (PlanState.ACTIVE, PlanState.CLOSED)


def check_prepare(user: User, plan: Plan) -> None:
    """Reviewers and leaders of the plan's own government prepare and conduct its reviews."""
    check_own_government(user, plan)
    check_open_plan(plan)
    check_role(user, CONDUCTORS)


def check_conduct(user: User, review: Review) -> None:
    """May `user` work on the agenda, decide, and close?"""
    check_prepare(user, review.plan)
    if review.state == ReviewState.CLOSED:
        raise MoveRefused(_("The review is closed; open it again to go on."))


def check_reopen(user: User, review: Review) -> None:
    check_prepare(user, review.plan)
    if review.state != ReviewState.CLOSED:
        raise MoveRefused(_("The review is not closed."))


def check_duties(user: User, plan: Plan) -> None:
    """Who conducts reviews keeps the leaders' duties of the plan year."""
    check_prepare(user, plan)


def check_change_duty(user: User, duty: LeaderDuty) -> None:
    """What was added by hand is changed by hand; what a review proves follows the review."""
    check_duties(user, duty.plan)
    if duty.review_id is not None:
        raise MoveRefused(
            _("This duty comes from a progress review and is not edited here; open the review again to change it.")
        )


def check_draft(user: User, plan: Plan) -> None:
    """Reviewers and administrators write the next report, also after the plan is closed: it is written from it."""
    check_own_government(user, plan)
    check_role(user, SETTERS)
    if plan.state == PlanState.DISCARDED:
        raise MoveRefused(_("The plan was discarded; nothing in it can be changed."))


def check_disclose(user: User, plan: Plan) -> None:
    """Who sets the plan up passes what may be published of it, also after it is closed: nothing in it changes so."""
    check_own_government(user, plan)
    if plan.state not in PUBLISHABLE:
        raise MoveRefused(_("Only a plan that was activated is published."))
    check_role(user, SETTERS)


def check_switch_public(user: User, plan: Plan) -> None:
    """Administrators open the public edition to anyone, and close it."""
    check_disclose(user, plan)
    check_role(user, (Role.ADMINISTRATOR,))


def check_rectification(user: User, plan: Plan) -> None:
    """Who sets the plan up says what each shortcoming is to become and how that is checked."""
    check_set_up(user, plan)
