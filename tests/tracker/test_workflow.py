"""The table of moves, against a table written out here by hand from the product's rules."""

import pytest

from tracker import permissions
from tracker.enums import Move, Role, Status
from tracker.exceptions import Refusal
from tracker.models import Task
from tracker.workflow import RULE_OF, RULES

STAFF, HEAD = Role.CONTRIBUTOR, Role.UNIT_HEAD
OPEN = [Status.UNCONFIRMED, Status.NOT_STARTED, Status.IN_PROGRESS, Status.AWAITING_SIGN_OFF, Status.UNDER_REVIEW]
# (move, from, role, of the lead unit?) that may be made when nothing else is missing.
ALLOWED = {
    *(
        (Move.CONFIRM, Status.UNCONFIRMED, role, lead)
        for role in (Role.ADMINISTRATOR, Role.REVIEWER)
        for lead in (0, 1)
    ),
    *((Move.REPORT, s, role, 1) for s in (Status.NOT_STARTED, Status.IN_PROGRESS) for role in (STAFF, HEAD)),
    *((Move.SUBMIT, Status.IN_PROGRESS, role, 1) for role in (STAFF, HEAD)),
    (Move.SIGN, Status.AWAITING_SIGN_OFF, HEAD, 1),
    *((Move.WITHDRAW, s, r, 1) for s in (Status.AWAITING_SIGN_OFF, Status.UNDER_REVIEW) for r in (STAFF, HEAD)),
    (Move.RETURN, Status.AWAITING_SIGN_OFF, HEAD, 1),
    *((Move.RETURN, Status.UNDER_REVIEW, Role.REVIEWER, lead) for lead in (0, 1)),
    (Move.APPROVE, Status.UNDER_REVIEW, Role.REVIEWER, 0),
    *((Move.REOPEN, Status.COMPLETED, role, lead) for role in (Role.ADMINISTRATOR, Role.REVIEWER) for lead in (0, 1)),
    *((Move.CANCEL, s, Role.ADMINISTRATOR, lead) for s in OPEN for lead in (0, 1)),
}


@pytest.fixture
def no_standing_needs(monkeypatch):
    """Only who and from where are looked at; what a move needs besides has tests of its own."""
    kept = {"other_than_lead_unit": permissions.STANDING_NEEDS["other_than_lead_unit"]}
    free = {name: lambda user, task: None for name in permissions.STANDING_NEEDS}
    monkeypatch.setattr(permissions, "STANDING_NEEDS", {**free, **kept})


@pytest.mark.parametrize("status", Status)
def test_every_move_from_every_status_by_every_role(world, no_standing_needs, status):
    Task.objects.filter(pk=world.task.pk).update(lead_unit=world.bureau)
    task = Task.objects.select_related("plan", "lead_unit").get(pk=world.task.pk)
    task.status = status
    found = set()
    for role in Role:
        for lead in (0, 1):
            user = world.person(f"{role}-{lead}", role, world.bureau if lead else world.second)
            for move in Move:
                try:
                    permissions.check_move(user, task, move)
                except Refusal as refusal:
                    assert str(refusal)
                else:
                    found.add((move, status, role, lead))
    assert found == {entry for entry in ALLOWED if entry[1] == status}


def test_every_move_has_one_rule():
    assert [rule.move for rule in RULES] == list(Move)


def test_targets_are_the_ones_of_the_product():
    assert {move: rule.target for move, rule in RULE_OF.items()} == {
        Move.CONFIRM: Status.NOT_STARTED,
        Move.REPORT: Status.IN_PROGRESS,
        Move.SUBMIT: Status.AWAITING_SIGN_OFF,
        Move.SIGN: Status.UNDER_REVIEW,
        Move.WITHDRAW: Status.IN_PROGRESS,
        Move.RETURN: Status.IN_PROGRESS,
        Move.APPROVE: Status.COMPLETED,
        Move.REOPEN: Status.IN_PROGRESS,
        Move.CANCEL: Status.CANCELLED,
    }


def test_nobody_of_another_government_may_make_any_move(world, no_standing_needs):
    task = world.started()
    for role in Role:
        for unit in (world.foreign_bureau, world.city):
            user = world.person(f"{role}-{unit.code}", role, unit)
            assert not any(permissions.can_move(user, task, move) for move in Move)
