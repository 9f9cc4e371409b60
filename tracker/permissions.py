"""Who may do what. `check_x` raises with a sentence, `can_x` answers; the sentence is the hint on the screen.

The moves come from the table in `workflow`; the needs of a move are checked here by name, so that a button can
say beforehand what is missing.
"""

import datetime
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from tracker import clock
from tracker.dates import day_in_year
from tracker.enums import (
    OPEN_STATUSES,
    STANDING_VERDICTS,
    UNANSWERED_NOTICES,
    Move,
    NoticeLevel,
    NoticeState,
    PlanState,
    RequestKind,
    RequestState,
    Role,
    Status,
    Verdict,
)
from tracker.exceptions import MoveRefused, NotPermitted, Refusal
from tracker.models import ChangeRequest, Evidence, EvidenceUse, Plan, SupervisionNotice, Task, User
from tracker.querysets import OVERSIGHT_ROLES
from tracker.texts import enumeration
from tracker.workflow import RULE_OF, Actor, Rule

SETTERS = (Role.ADMINISTRATOR, Role.REVIEWER)
CONDUCTORS = (Role.REVIEWER, Role.LEADER)
STAFF = (Role.CONTRIBUTOR, Role.UNIT_HEAD)


def answers(check: Callable[..., None], *args: Any) -> bool:
    """True when the check passes."""
    try:
        check(*args)
    except Refusal:
        return False
    return True


def check_own_government(user: User, plan: Plan) -> None:
    """Writing is for people of the plan's own government; units above it only read."""
    if not user.is_active or user.unit is None or user.unit.government_id != plan.government_id:
        raise NotPermitted(_("You may read this plan, but not change it: it belongs to another government."))


def check_role(user: User, roles: tuple[Role, ...]) -> None:
    if user.role not in roles:
        names = enumeration(role.label for role in roles)
        raise NotPermitted(_("This is done by: %(roles)s.") % {"roles": names})


def check_open_plan(plan: Plan) -> None:
    if plan.state == PlanState.CLOSED:
        raise MoveRefused(_("The plan is closed; nothing in it can be changed."))
    if plan.state == PlanState.DISCARDED:
        raise MoveRefused(_("The plan was discarded; nothing in it can be changed."))


def check_move(user: User, task: Task, move: Move) -> None:
    """May `user` make `move` on `task` as it stands? Words and evidence are checked by `check_needs`.

    Raises MoveRefused when the status does not allow it, NotPermitted when the person does not.
    """
    rule = RULE_OF[move]
    check_own_government(user, task.plan)
    check_open_plan(task.plan)
    _check_actor(user, task, rule)
    if task.status not in rule.sources:
        raise MoveRefused(_status_sentence(task, rule))
    for need in rule.needs:
        if need in STANDING_NEEDS:
            STANDING_NEEDS[need](user, task)


def can_move(user: User, task: Task, move: Move) -> bool:
    return answers(check_move, user, task, move)


def check_no_change(user: User, task: Task) -> None:
    """May `user` say that nothing has changed? As reporting, once the task is in progress."""
    check_move(user, task, Move.REPORT)
    if task.status != Status.IN_PROGRESS:
        raise MoveRefused(_("“No change” is possible once the task is in progress; report it first."))


def _check_actor(user: User, task: Task, rule: Rule) -> None:
    fitting = [actor for actor in rule.actors if user.role in actor.roles]
    if not fitting:
        raise NotPermitted(_actor_sentence(task, rule))
    if any(_fits(actor, user, task) for actor in fitting):
        return
    if any(actor.lead_unit for actor in fitting) and user.unit_id != task.lead_unit_id:
        raise NotPermitted(_("This is done by the lead unit, %(unit)s.") % {"unit": task.lead_unit or _("not yet set")})
    raise MoveRefused(_status_sentence(task, rule))


def _fits(actor: Actor, user: User, task: Task) -> bool:
    if actor.lead_unit and (task.lead_unit_id is None or user.unit_id != task.lead_unit_id):
        return False
    return actor.sources is None or task.status in actor.sources


def _actor_sentence(task: Task, rule: Rule) -> str:
    roles = {role for actor in rule.actors for role in actor.roles}
    names = enumeration(role.label for role in Role if role in roles)
    if all(actor.lead_unit for actor in rule.actors):
        return _("This is done by: %(roles)s of the lead unit.") % {"roles": names}
    return _("This is done by: %(roles)s.") % {"roles": names}


def _status_sentence(task: Task, rule: Rule) -> str:
    sources = enumeration(Status(source).label for source in rule.sources)
    return _("Not possible while the task is “%(status)s”; possible from: %(sources)s.") % {
        "status": task.get_status_display(),
        "sources": sources,
    }


def _uses(task: Task) -> list[EvidenceUse]:
    """The task's uses of evidence that nobody took back, each with its item and `replaced_here`.

    Those fetched with the task were read with `mark_replaced`.
    """
    fetched = "evidence_uses" in getattr(task, "_prefetched_objects_cache", {})
    uses = task.evidence_uses.all() if fetched else task.evidence_uses.mark_replaced().select_related("evidence")
    return [use for use in uses if use.verdict != Verdict.WITHDRAWN]


def _supports(use: EvidenceUse, today: datetime.date) -> bool:
    """What was rejected, has expired, or is replaced by a newer version on the task, supports no claim."""
    return use.verdict in STANDING_VERDICTS and not use.evidence.expired(today) and not use.replaced_here


def _need_evidence(user: User, task: Task) -> None:
    today = clock.today()
    if not any(_supports(use, today) for use in _uses(task)):
        raise MoveRefused(_("At least one evidence item is needed. Add one, then submit."), field="evidence")


def _need_other_than_submitter(user: User, task: Task) -> None:
    if task.submitted_by_id == user.pk:
        raise NotPermitted(_("You submitted this task yourself; another reviewer must close it out."))


def _need_other_than_lead_unit(user: User, task: Task) -> None:
    if task.lead_unit_id == user.unit_id:
        raise NotPermitted(
            _("Reviewer and lead unit are both %(unit)s; a reviewer of another unit must close it out.")
            % {"unit": user.unit}
        )


def _need_evidence_accepted(user: User, task: Task) -> None:
    """What supports the claim must be accepted; what was rejected, taken back, replaced or has expired does not."""
    shown, today = _uses(task), clock.today()
    uses = [use for use in shown if _supports(use, today)]
    open_ones = [str(shown.index(use) + 1) for use in uses if use.verdict != Verdict.ACCEPTED]
    if open_ones:
        raise MoveRefused(
            _("Cannot be closed out yet: evidence %(numbers)s is not accepted. Accept all evidence first.")
            % {"numbers": enumeration(open_ones)}
        )
    if not uses:
        raise MoveRefused(_("Cannot be closed out: there is no accepted evidence."))


def _need_approved_cancellation(user: User, task: Task) -> None:
    if not task.cancellation_approved:
        raise MoveRefused(_("An approved cancellation request with its basis document is needed."))


# Needs that stand before the move is made; the others are words typed with the move and checked by the service.
STANDING_NEEDS: dict[str, Callable[[User, Task], None]] = {
    "evidence": _need_evidence,
    "other_than_submitter": _need_other_than_submitter,
    "other_than_lead_unit": _need_other_than_lead_unit,
    "evidence_accepted": _need_evidence_accepted,
    "approved_cancellation": _need_approved_cancellation,
}


def check_set_up(user: User, plan: Plan) -> None:
    """May `user` edit what the plan consists of: titles, links, milestones, dispositions?"""
    check_own_government(user, plan)
    check_open_plan(plan)
    check_role(user, SETTERS)


def can_set_up(user: User, plan: Plan) -> bool:
    return answers(check_set_up, user, plan)


def check_roll_over(user: User, plan: Plan) -> None:
    """Administrators and reviewers settle what becomes of the open tasks of a plan in force."""
    check_set_up(user, plan)
    if plan.state != PlanState.ACTIVE:
        raise MoveRefused(_("The plan is a draft; only a plan in force is rolled over."))


def check_carry_over(user: User, task: Task) -> None:
    """May `user` say what becomes of this task? A closed one needs no word."""
    check_roll_over(user, task.plan)
    if task.status not in OPEN_STATUSES:
        raise MoveRefused(_("%(code)s is closed; nothing is left to be settled for it.") % {"code": task.code})


def check_close_plan(user: User, plan: Plan) -> None:
    """Only an administrator closes a plan; whether it is ready is for the service to say."""
    check_roll_over(user, plan)
    check_role(user, (Role.ADMINISTRATOR,))


def check_reopen_plan(user: User, plan: Plan) -> None:
    """Only an administrator takes the closing of a plan back."""
    check_own_government(user, plan)
    check_role(user, (Role.ADMINISTRATOR,))
    if plan.state != PlanState.CLOSED:
        raise MoveRefused(_("The plan is not closed."))


def check_set_milestones(user: User, task: Task) -> None:
    """Milestones are set with the confirmation or later, until the task is closed."""
    check_set_up(user, task.plan)
    if task.status in (Status.COMPLETED, Status.CANCELLED):
        raise MoveRefused(_("The task is closed; reopen it before editing."))


def administers(user: Any) -> bool:
    """May this person enter the admin: an active administrator, or who sets the installation up?"""
    return bool(user.is_active and user.is_staff and (user.is_superuser or user.role == Role.ADMINISTRATOR))


def check_import(user: User) -> None:
    """May `user` read a report in: an administrator of a government?"""
    check_role(user, (Role.ADMINISTRATOR,))
    if not user.is_active or user.unit is None or user.unit.government_id is None:
        raise NotPermitted(_("Your account belongs to no unit of a government."))


def check_of_the_task(user: User, task: Task) -> None:
    """Is `user` staff of a unit of the task, lead or supporting?"""
    check_own_government(user, task.plan)
    check_open_plan(task.plan)
    check_role(user, STAFF)
    if user.unit_id == task.lead_unit_id:
        return
    if not _supports_task(user, task):
        raise NotPermitted(_("Only the lead unit and the supporting units of this task may do this."))


def _supports_task(user: User, task: Task) -> bool:
    """Does the unit of `user` support the task? Lists have asked that for all rows at once (`with_support_of`)."""
    known: bool | None = getattr(task, "supported", None)
    return user.unit_id in {unit.pk for unit in task.supporting_units.all()} if known is None else known


def check_contribute(user: User, task: Task) -> None:
    """May `user` add text without moving the status, as a supporting unit?"""
    check_of_the_task(user, task)
    if user.unit_id == task.lead_unit_id:
        raise NotPermitted(_("This is for the supporting units; the lead unit reports progress."))
    if task.status not in (Status.NOT_STARTED, Status.IN_PROGRESS):
        raise MoveRefused(_status_sentence(task, RULE_OF[Move.REPORT]))


def check_ask_contribution(user: User, task: Task) -> None:
    """The lead unit asks its supporting units while they can answer."""
    check_own_government(user, task.plan)
    check_open_plan(task.plan)
    check_role(user, STAFF)
    if user.unit_id != task.lead_unit_id:
        raise NotPermitted(_("This is done by the lead unit, %(unit)s.") % {"unit": task.lead_unit or _("not yet set")})
    if task.status not in (Status.NOT_STARTED, Status.IN_PROGRESS):
        raise MoveRefused(_status_sentence(task, RULE_OF[Move.REPORT]))
    if not task.supporting_units.all():
        raise MoveRefused(_("This task has no supporting units."))


def check_add_evidence(user: User, task: Task) -> None:
    """Units of the task add evidence while it is open and confirmed and nobody is reviewing it."""
    check_of_the_task(user, task)
    if task.status not in (Status.NOT_STARTED, Status.IN_PROGRESS):
        raise MoveRefused(
            _("Evidence is added while the task is in progress; it is now “%(status)s”.")
            % {"status": task.get_status_display()}
        )


def can_add_evidence(user: User, task: Task) -> bool:
    return answers(check_add_evidence, user, task)


def check_judge(user: User, use: EvidenceUse) -> None:
    """Reviewers judge evidence; depositors and people of the lead unit never their own."""
    task = use.task
    check_own_government(user, task.plan)
    check_open_plan(task.plan)
    check_role(user, (Role.REVIEWER,))
    if use.added_by_id == user.pk or use.evidence.deposited_by_id == user.pk:
        raise NotPermitted(_("You deposited this item yourself; another reviewer must judge it."))
    _need_other_than_lead_unit(user, task)
    if task.status in (Status.COMPLETED, Status.CANCELLED):
        raise MoveRefused(_("The task is closed; its evidence is no longer judged."))


def can_judge(user: User, use: EvidenceUse) -> bool:
    return answers(check_judge, user, use)


def check_withdraw_evidence(user: User, use: EvidenceUse) -> None:
    """The unit that deposited an item may take it back until it is judged."""
    check_own_government(user, use.task.plan)
    check_open_plan(use.task.plan)
    check_role(user, STAFF)
    if user.unit_id != use.evidence.unit_id:
        raise NotPermitted(_("Only the unit that deposited this item may withdraw it."))
    if use.verdict != Verdict.PENDING or use.task.status in (Status.AWAITING_SIGN_OFF, Status.UNDER_REVIEW):
        raise MoveRefused(_("Only an item that is not submitted and not judged can be withdrawn."))


def check_remark(user: User, task: Task) -> None:
    """Internal remarks are written by reviewers, at any time while the plan is open."""
    check_own_government(user, task.plan)
    check_open_plan(task.plan)
    check_role(user, (Role.REVIEWER,))


def check_raise_light(user: User, task: Task) -> None:
    check_own_government(user, task.plan)
    check_open_plan(task.plan)
    check_role(user, (Role.REVIEWER,))
    if task.status not in (Status.NOT_STARTED, Status.IN_PROGRESS, Status.AWAITING_SIGN_OFF, Status.UNDER_REVIEW):
        raise MoveRefused(_status_sentence(task, RULE_OF[Move.REPORT]))


def check_request_change(user: User, task: Task, kind: RequestKind) -> None:
    """The lead unit, or an administrator on its behalf, asks; an extension before the due date."""
    check_own_government(user, task.plan)
    check_open_plan(task.plan)
    check_role(user, (*STAFF, Role.ADMINISTRATOR))
    if user.role != Role.ADMINISTRATOR and user.unit_id != task.lead_unit_id:
        raise NotPermitted(_("This is done by the lead unit, %(unit)s.") % {"unit": task.lead_unit or _("not yet set")})
    if task.status in (Status.COMPLETED, Status.CANCELLED):
        raise MoveRefused(_("The task is closed; nothing can be requested for it."))
    if kind == RequestKind.EXTENSION and task.due_on is not None and task.due_on < clock.today():
        raise MoveRefused(
            _(
                "An extension must be asked for before the due date; this task was due on %(date)s. "
                "An adjustment can be asked for."
            )
            % {"date": day_in_year(task.due_on, task.plan.year)}
        )


def check_decide_requests(user: User, plan: Plan) -> None:
    """Those who set plans up decide; leaders too, at a progress review above all."""
    check_own_government(user, plan)
    check_open_plan(plan)
    check_role(user, (*SETTERS, Role.LEADER))


def check_decide_request(user: User, task: Task) -> None:
    """May `user` decide what is asked for this task?"""
    check_decide_requests(user, task.plan)


def check_withdraw_request(user: User, request: ChangeRequest) -> None:
    """Who asked takes it back before it is decided; for the lead unit, any of its staff."""
    task = request.task
    check_own_government(user, task.plan)
    check_open_plan(task.plan)
    check_role(user, (*STAFF, Role.ADMINISTRATOR))
    of_unit = user.role in STAFF and user.unit_id == task.lead_unit_id == request.asked_by.unit_id
    if user.pk != request.asked_by_id and not of_unit:
        raise NotPermitted(_("Only those who asked for it may take it back."))
    if request.state != RequestState.OPEN:
        raise MoveRefused(_("This request no longer awaits a decision."))


def oversees(user: User, plan: Plan) -> bool:
    """Does this person see by role what passes between the units of the plan? As `querysets.oversees`."""
    return user.role in OVERSIGHT_ROLES and answers(check_own_government, user, plan)


def check_demand(user: User, task: Task) -> None:
    """May `user` urge the task's lead unit, ask it to report, or send it a supervision notice?"""
    check_own_government(user, task.plan)
    check_open_plan(task.plan)
    check_role(user, CONDUCTORS)
    if task.status in (Status.COMPLETED, Status.CANCELLED):
        raise MoveRefused(_("The task is closed; nothing can be demanded for it."))
    if task.lead_unit_id is None:
        raise MoveRefused(_("The task has no lead unit yet: confirm it first."))


def check_issue_notice(user: User, task: Task) -> None:
    """As any demand, while no notice on the task is open: one task, one sheet."""
    check_demand(user, task)
    if task.has_open_notice:
        raise MoveRefused(_("A supervision notice on this task is open; it is answered or escalated first."))


def _check_recipient(user: User, notice: SupervisionNotice) -> None:
    check_own_government(user, notice.plan)
    check_open_plan(notice.plan)
    check_role(user, STAFF)
    if user.unit_id != notice.unit_id:
        raise NotPermitted(_("This is done by the unit the notice was sent to, %(unit)s.") % {"unit": notice.unit})


def _check_conductor(user: User, notice: SupervisionNotice) -> None:
    check_own_government(user, notice.plan)
    check_open_plan(notice.plan)
    check_role(user, CONDUCTORS)


def _check_other_unit(user: User, notice: SupervisionNotice) -> None:
    if user.role == Role.REVIEWER and user.unit_id == notice.unit_id:
        raise NotPermitted(
            _("The notice was sent to your unit, %(unit)s; a reviewer of another unit or a leader does this.")
            % {"unit": notice.unit}
        )


def _notice_sentence(notice: SupervisionNotice) -> str:
    """Why nothing more can be done with a notice as it stands, or not this."""
    if notice.state == NoticeState.REPLIED:
        return _("A reply waits to be judged.")
    return _("Not possible while the notice is “%(state)s”.") % {"state": notice.get_state_display()}


def check_acknowledge(user: User, notice: SupervisionNotice) -> None:
    """The unit it was sent to says that it has the notice, once."""
    _check_recipient(user, notice)
    if notice.state != NoticeState.ISSUED:
        raise MoveRefused(_notice_sentence(notice))


def check_reply(user: User, notice: SupervisionNotice) -> None:
    """The unit replies, again after a reply that did not hold, until the notice is escalated."""
    _check_recipient(user, notice)
    if notice.state not in UNANSWERED_NOTICES:
        raise MoveRefused(_notice_sentence(notice))


def check_judge_notice(user: User, notice: SupervisionNotice) -> None:
    """A reply is accepted or refused by a leader, or a reviewer who is not of the unit that gave it."""
    _check_conductor(user, notice)
    _check_other_unit(user, notice)
    if notice.state in (NoticeState.ISSUED, NoticeState.ACKNOWLEDGED):
        raise MoveRefused(_("There is no reply yet."))
    if notice.state != NoticeState.REPLIED:
        raise MoveRefused(_notice_sentence(notice))


def check_escalate(user: User, notice: SupervisionNotice) -> None:
    """The next level follows only when the limit has passed without a reply, or the reply was refused."""
    _check_conductor(user, notice)
    if notice.state not in UNANSWERED_NOTICES:
        raise MoveRefused(_notice_sentence(notice))
    if notice.level == NoticeLevel.RED:
        raise MoveRefused(_("A red notice is the highest level; there is none above it."))
    if notice.state != NoticeState.REFUSED and notice.limit_on >= clock.today():
        raise MoveRefused(
            _("The limit, %(date)s, has not passed; a notice is escalated when it ran out or its reply was refused.")
            % {"date": day_in_year(notice.limit_on, notice.plan.year)}
        )


def check_withdraw_notice(user: User, notice: SupervisionNotice) -> None:
    """A notice sent by mistake is taken back by the side that sent it, until a reply came."""
    _check_conductor(user, notice)
    if notice.issued_by_id != user.pk:
        _check_other_unit(user, notice)
    if notice.state in (NoticeState.REPLIED, NoticeState.REFUSED):
        raise MoveRefused(_("A reply has come; the notice can no longer be withdrawn, only its reply be judged."))
    if notice.state not in (NoticeState.ISSUED, NoticeState.ACKNOWLEDGED):
        raise MoveRefused(_notice_sentence(notice))


def check_see_burden(user: User, plan: Plan) -> None:
    """What the units are asked for is shown to administrators of the plan's government alone: no unit is compared."""
    check_role(user, (Role.ADMINISTRATOR,))
    if not user.is_active or user.unit is None or user.unit.government_id != plan.government_id:
        raise NotPermitted(_("This is for the administrators of %(government)s.") % {"government": plan.government})


def check_see_phone(user: User) -> None:
    if user.role == Role.VIEWER:
        raise NotPermitted(_("Office phones are not shown to viewers."))


def check_look_again(user: User, evidence: Evidence) -> None:
    """Reviewers look again at a page that has changed; the depositor and the depositing unit never at their own."""
    check_own_government(user, evidence.plan)
    check_open_plan(evidence.plan)
    check_role(user, (Role.REVIEWER,))
    if evidence.deposited_by_id == user.pk or evidence.unit_id == user.unit_id:
        raise NotPermitted(_("Your unit deposited this item; a reviewer of another unit must look at it."))


def check_new_version(user: User, evidence: Evidence) -> None:
    """Only the depositing unit replaces an item by a newer version, and only once."""
    check_own_government(user, evidence.plan)
    check_open_plan(evidence.plan)
    check_role(user, STAFF)
    if user.unit_id != evidence.unit_id:
        raise NotPermitted(_("Only the unit that deposited this item may replace it."))
    if hasattr(evidence, "replaced_by"):
        raise MoveRefused(_("This item has been replaced already."))
