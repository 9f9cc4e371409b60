"""The table of moves: what can happen to a task's status, from where, by whom, and what it needs.

Data only. `permissions` reads who, `services.tasks` reads from, to and needs, `workflow_diagram` draws it.
"""

from dataclasses import dataclass

from tracker.enums import Move, Role, Status


@dataclass(frozen=True)
class Actor:
    """Who may make a move: one of `roles`, and if `lead_unit` is set only from the task's lead unit."""

    roles: frozenset[Role]
    lead_unit: bool = False
    sources: frozenset[Status] | None = None


@dataclass(frozen=True)
class Rule:
    """One move. `needs` are names of checks in `permissions.NEEDS`."""

    move: Move
    sources: tuple[Status, ...]
    target: Status
    actors: tuple[Actor, ...]
    needs: tuple[str, ...] = ()


STAFF = Actor(frozenset({Role.CONTRIBUTOR, Role.UNIT_HEAD}), lead_unit=True)
HEAD = Actor(frozenset({Role.UNIT_HEAD}), lead_unit=True, sources=frozenset({Status.AWAITING_SIGN_OFF}))
REVIEWER = Actor(frozenset({Role.REVIEWER}))
REVIEWER_AT_REVIEW = Actor(frozenset({Role.REVIEWER}), sources=frozenset({Status.UNDER_REVIEW}))
SETTER = Actor(frozenset({Role.ADMINISTRATOR, Role.REVIEWER}))
ADMINISTRATOR = Actor(frozenset({Role.ADMINISTRATOR}))

RULES: tuple[Rule, ...] = (
    Rule(
        Move.CONFIRM,
        (Status.UNCONFIRMED,),
        Status.NOT_STARTED,
        (SETTER,),
        ("lead_unit", "owner", "due_on", "due_basis", "criteria", "nature"),
    ),
    Rule(
        Move.REPORT,
        (Status.NOT_STARTED, Status.IN_PROGRESS),
        Status.IN_PROGRESS,
        (STAFF,),
        ("summary", "progress"),
    ),
    Rule(
        Move.SUBMIT,
        (Status.IN_PROGRESS,),
        Status.AWAITING_SIGN_OFF,
        (STAFF,),
        ("summary", "evidence"),
    ),
    Rule(Move.SIGN, (Status.AWAITING_SIGN_OFF,), Status.UNDER_REVIEW, (HEAD,)),
    Rule(
        Move.WITHDRAW,
        (Status.AWAITING_SIGN_OFF, Status.UNDER_REVIEW),
        Status.IN_PROGRESS,
        (STAFF,),
        ("reason",),
    ),
    Rule(
        Move.RETURN,
        (Status.AWAITING_SIGN_OFF, Status.UNDER_REVIEW),
        Status.IN_PROGRESS,
        (HEAD, REVIEWER_AT_REVIEW),
        ("reason",),
    ),
    Rule(
        Move.APPROVE,
        (Status.UNDER_REVIEW,),
        Status.COMPLETED,
        (REVIEWER,),
        ("other_than_submitter", "other_than_lead_unit", "evidence_accepted"),
    ),
    Rule(Move.REOPEN, (Status.COMPLETED,), Status.IN_PROGRESS, (SETTER,), ("reason",)),
    Rule(
        Move.CANCEL,
        (
            Status.UNCONFIRMED,
            Status.NOT_STARTED,
            Status.IN_PROGRESS,
            Status.AWAITING_SIGN_OFF,
            Status.UNDER_REVIEW,
        ),
        Status.CANCELLED,
        (ADMINISTRATOR,),
        ("approved_cancellation",),
    ),
)

RULE_OF: dict[Move, Rule] = {rule.move: rule for rule in RULES}

# A unit head's own submission needs no second signature, so it skips the waiting for one.
SUBMITTED_BY_HEAD = Status.UNDER_REVIEW
