"""结转: what becomes of a plan's open tasks, and the closing of the plan.

Every function locks the plan first and then its tasks, so that decisions on tasks that name each other wait for one
another. All raise NotPermitted, MoveRefused, InvalidInput or Stale with a sentence; nothing is written then.
"""

import datetime
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker import clock, permissions
from tracker.enums import (
    OPEN_STATUSES,
    CarryOverKind,
    ContributionState,
    EventKind,
    LinkState,
    Nature,
    NoticeState,
    PlanState,
    RequestState,
    Status,
)
from tracker.exceptions import InvalidInput, MoveRefused, Stale
from tracker.models import (
    CarryOver,
    ContributionRequest,
    Demand,
    Draft,
    Plan,
    Succession,
    SupervisionNotice,
    Task,
    User,
)
from tracker.services import history, successions, supervision, tasks
from tracker.services.secrecy import refuse_marks
from tracker.texts import clean, enumeration

MOST_REASON = CarryOver._meta.get_field("reason").max_length or 0
MOST_WORDS = CarryOver._meta.get_field("words").max_length or 0
MOST_REOPENING = Plan.history.model._meta.get_field("history_change_reason").max_length or 0  # type: ignore[attr-defined]
# How many tasks a refusal names before it counts the rest.
NAMED = 20
# What ends the way of a task: it cannot take another one along.
ENDED = (CarryOverKind.ABSORBED, CarryOverKind.DROPPED)
UNDONE = "undone"


@dataclass(frozen=True)
class Obstacle:
    """What stands in the way of closing a plan: a sentence, and the address where it is dealt with."""

    words: str
    url: str


@dataclass(frozen=True)
class Settled:
    """What settling several tasks at once did: how many were new, settled anew, and left as they were."""

    new: int
    replaced: int
    skipped: int


# What else stands in the way of closing, from other apps.
ALSO_OPEN: list[Callable[[Plan], Iterable[Obstacle]]] = []


# ---------- What becomes of a task ----------


@transaction.atomic
def decide(
    task_id: int,
    *,
    by: User,
    kind: str,
    reason: str,
    words: str = "",
    into: int | None = None,
    version: int | None = None,
    seen: str | None = None,
) -> CarryOver:
    """Say what becomes of an open task; replaces what was said before.

    `seen` is the `mark_of` what the person had before the eyes; where somebody has settled the task otherwise since,
    it is refused as stale. `words` stand in next year's arrangements for a carried task (the task's own quote where
    none are given), `into` is the key of the task of the same plan that absorbs it. It changes nothing of the task
    itself.
    """
    _lock_plan(tasks=task_id)
    task = tasks.locked(task_id, version)
    permissions.check_carry_over(by, task)
    given = _checked(kind, reason, words, by=by, task=task)
    _refuse_settled_since(task, seen)
    return _store(task, by=by, into=into, **given)


@transaction.atomic
def decide_many(
    plan: Plan,
    task_ids: Iterable[int],
    *,
    by: User,
    kind: str,
    reason: str,
    into: int | None = None,
    replace: bool = False,
) -> Settled:
    """Say the same of several open tasks, all or none; carried ones stand with their own words.

    What was settled before stays, unless it is to be replaced; words written for a carried task stay even then.
    """
    _lock_plan(pk=plan.pk)
    wanted = sorted(set(task_ids))
    if not wanted:
        raise InvalidInput(_("Choose the tasks first."), field="tasks")
    if Task.objects.filter(plan=plan, pk__in=wanted).count() != len(wanted):
        raise InvalidInput(_("One of the tasks is not in this plan. Look at the list as it is now."), field="tasks")
    given = _checked(kind, reason, "", by=by)
    before = dict(CarryOver.objects.filter(task__in=wanted).values_list("task", "words"))
    for task_id in wanted:
        task = tasks.locked(task_id, None)
        permissions.check_carry_over(by, task)
        if replace or task_id not in before:
            kept = before.get(task_id, "") if kind == CarryOverKind.CARRIED else ""
            _store(task, by=by, into=into, **given | {"words": kept})
    new, known = len(wanted) - len(before), len(before)
    return Settled(new, known if replace else 0, 0 if replace else known)


@transaction.atomic
def undo(task_id: int, *, by: User, version: int | None = None, seen: str | None = None) -> Task:
    """Take back what was said of an open task; `seen` as for `decide`."""
    _lock_plan(tasks=task_id)
    task = tasks.locked(task_id, version)
    permissions.check_carry_over(by, task)
    row = CarryOver.objects.filter(task=task).first()
    if row is None:
        raise MoveRefused(_("Nothing has been settled for %(code)s.") % {"code": task.code})
    _refuse_settled_since(task, seen)
    _forget(row, task, by=by, detail=_("Taken back: %(what)s") % {"what": row.get_kind_display()})
    return task


def mark_of(row: CarryOver | None) -> str:
    """A short digest of what was said, by which a form says what its reader had before the eyes; "" for nothing."""
    if row is None:
        return ""
    said = "\n".join((row.kind, row.reason, row.words, str(row.into_id)))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _refuse_settled_since(task: Task, seen: str | None) -> None:
    row = CarryOver.objects.filter(task=task).select_related("by", "into").first()
    if seen is None or seen == mark_of(row):
        return
    if row is None:
        words = _("Somebody has taken back what was settled for %(code)s; what you typed is still here.")
        raise Stale(words % {"code": task.code}, {})
    words = _(
        "%(who)s has settled %(code)s meanwhile: %(what)s. What you typed is still here; sent again, it replaces it."
    )
    said = {"who": row.by, "code": task.code, "what": _detail(row)}
    raise Stale(words % said, {"kind": row.kind, "reason": row.reason, "words": row.words})


def _lock_plan(**which: Any) -> Plan:
    """The plan, locked until the transaction ends."""
    rows = Plan.objects.select_for_update(of=("self",), no_key=True).select_related("government")
    plan: Plan = rows.get(**which)
    return plan


def _checked(kind: str, reason: str, words: str, *, by: User, task: Task | None = None) -> dict[str, str]:
    """What is typed, clean. Raises InvalidInput per field, SecrecyMark."""
    if kind not in CarryOverKind.values:
        raise InvalidInput(_("Choose what becomes of the task."), field="kind")
    why = clean(reason).strip()
    if not why:
        raise InvalidInput(_("Give the reason."), field="reason")
    text = clean(words).strip() if kind == CarryOverKind.CARRIED else ""
    for field, value, most in (("reason", why, MOST_REASON), ("words", text, MOST_WORDS)):
        if len(value) > most:
            raise InvalidInput(_("At most %(most)d characters.") % {"most": most}, field=field)
    refuse_marks({"reason": why, "words": text}, by=by, task=task)
    return {"kind": kind, "reason": why, "words": text}


def _store(task: Task, *, by: User, kind: str, reason: str, words: str, into: int | None) -> CarryOver:
    target = _target(task, into) if kind == CarryOverKind.ABSORBED else None
    if kind in ENDED:
        _refuse_absorbing(task)
    if kind == CarryOverKind.CARRIED:
        words = words or task.quote[:MOST_WORDS]
    row = CarryOver.objects.filter(task=task).first() or CarryOver(task=task)
    row.kind, row.reason, row.words, row.into, row.by, row.at = kind, reason, words, target, by, clock.now()
    history.sign(row, by=by)
    row.save()
    _note(task, by=by, detail=_detail(row), reason=reason, code=kind)
    return row


def _target(task: Task, into: int | None) -> Task:
    """The task that absorbs `task`: another of the plan, which goes on or is done."""
    if into is None:
        raise InvalidInput(_("Choose the task that absorbs it."), field="into")
    rows = Task.objects.filter(plan=task.plan_id, pk=into).exclude(pk=task.pk)
    target: Task | None = rows.select_related("carry_over").first()
    if target is None:
        sentence = _("Choose another task of this plan to absorb %(code)s.")
        raise InvalidInput(sentence % {"code": task.code}, field="into")
    if target.status == Status.CANCELLED:
        raise InvalidInput(_("%(code)s is cancelled; it absorbs nothing.") % {"code": target.code}, field="into")
    said = getattr(target, "carry_over", None)
    if said is not None and said.kind in ENDED and target.status in OPEN_STATUSES:
        words = {"code": target.code, "what": said.get_kind_display()}
        raise InvalidInput(
            _("%(code)s does not go on itself (%(what)s); choose a task that does.") % words, field="into"
        )
    return target


def _refuse_absorbing(task: Task) -> None:
    """A task that absorbs others goes on or is finished, or these would be lost with it."""
    absorbed = Task.objects.open().filter(carry_over__into=task).by_place().values_list("code", flat=True)
    if absorbed:
        words = _("%(code)s absorbs %(codes)s; settle these otherwise first.")
        raise InvalidInput(words % {"code": task.code, "codes": enumeration(absorbed)}, field="kind")


def _detail(row: CarryOver) -> str:
    what = str(row.get_kind_display())
    if row.into is not None:
        return _("%(what)s: %(task)s") % {"what": what, "task": row.into}
    return f"{what}\n{row.words}" if row.words else what


def _note(task: Task, *, by: User, detail: str, code: str, reason: str = "") -> None:
    before = history.state_of(task)
    history.append(task, EventKind.CARRY, by=by, before=before, detail=detail, reason=reason, codes={"carry": code})


def _forget(row: CarryOver, task: Task, *, by: User, detail: str) -> None:
    history.sign(row, by=by)
    row.delete()
    _note(task, by=by, detail=detail, code=UNDONE)


def proposal_of(task: Task, plan: Plan) -> tuple[str, str]:
    """What the rule proposes for an open task and why, ("", "") where it has nothing to go by.

    Only a proposal: nothing is stored until a person says so.
    """
    if task.nature == Nature.CONTINUOUS:
        return CarryOverKind.CARRIED.value, _("continuous")
    if task.progress == 100:
        return CarryOverKind.FINISHED.value, _("reported at 100%")
    if task.due_on is not None and task.due_on > plan.ends_on:
        return CarryOverKind.CARRIED.value, _("due after the plan's last day")
    return "", ""


# ---------- Closing ----------


@transaction.atomic
def close(plan_id: int, *, by: User) -> Plan:
    """Close the plan: from now on nothing in it can be written.

    Raises MoveRefused naming all that stands in the way (`obstacles`). Ends what nobody can answer any more (`endings`)
    and forgets what was settled for tasks that have been closed out or cancelled since.
    """
    plan = _lock_plan(pk=plan_id)
    permissions.check_close_plan(by, plan)
    # Acts that are under way on a task end before it is asked what stands in the way.
    len(Task.objects.select_for_update(no_key=True).filter(plan=plan).order_by("pk").values_list("pk"))
    found = obstacles(plan)
    if found:
        raise MoveRefused(_("The plan cannot be closed yet.") + " " + " ".join(one.words for one in found))
    overtaken = CarryOver.objects.filter(task__plan=plan).exclude(task__status__in=OPEN_STATUSES)
    for row in overtaken.order_by("task"):
        task = tasks.locked(row.task_id, None)
        what = {"what": row.get_kind_display(), "status": task.get_status_display()}
        _forget(row, task, by=by, detail=_("Void, because the task is “%(status)s”: %(what)s") % what)
    for task_id in _answerable(plan):
        supervision.end_with_plan(tasks.locked(task_id, None), by=by)
    return _set_state(plan, PlanState.CLOSED, by=by)


def _set_state(plan: Plan, state: PlanState, *, by: User, reason: str = "") -> Plan:
    """Write the state; the plan's history keeps by whom, when, and why."""
    plan.state = state
    plan.closed_on = clock.today() if state == PlanState.CLOSED else None
    history.sign(plan, by=by, reason=reason)
    plan.save(update_fields=["state", "closed_on"])
    return plan


def _answerable(plan: Plan) -> list[int]:
    """Tasks of the plan on which something is demanded or asked that nobody has answered."""
    demanded = Q(pk__in=Demand.objects.open().filter(task__plan=plan).values("task"))
    noticed = Q(pk__in=SupervisionNotice.objects.open().filter(plan=plan).values("task"))
    return list(
        Task.objects.filter(demanded | noticed | _asked(plan), plan=plan).order_by("pk").values_list("pk", flat=True)
    )


def _asked(plan: Plan) -> Q:
    asked = ContributionRequest.objects.filter(task__plan=plan, state=ContributionState.ASKED)
    return Q(pk__in=asked.values("task"))


def obstacles(plan: Plan) -> list[Obstacle]:
    """All that stands in the way of closing the plan as it is now."""
    found = [_unsettled(plan), _lost(plan), _contradicted(plan), _submitted(plan), _requested(plan), _replied(plan)]
    others = [one for more in ALSO_OPEN for one in more(plan)]
    return [*(one for one in found if one is not None), *others]


def _unsettled(plan: Plan) -> Obstacle | None:
    rows = Task.objects.open().filter(plan=plan, carry_over__isnull=True)
    return _obstacle(
        rows, _("Nothing is settled yet for %(codes)s."), f"{reverse('roll_over', args=[plan.pk])}?show=open"
    )


def _lost(plan: Plan) -> Obstacle | None:
    """Absorbed by a task that was cancelled since."""
    rows = Task.objects.open().filter(plan=plan, carry_over__into__status=Status.CANCELLED)
    url = f"{reverse('roll_over', args=[plan.pk])}?show=settled"
    return _obstacle(rows, _("Absorbed by a cancelled task: %(codes)s."), url)


def _contradicted(plan: Plan) -> Obstacle | None:
    """Settled as ended, while a task of a later plan carries it on."""
    rows = Task.objects.open().filter(plan=plan, carry_over__kind__in=successions.ENDED)
    carried_on = _standing_successions(plan).filter(task__isnull=False)
    words = _(
        "Settled as ended, while next year's plan carries it on: %(codes)s. "
        "Settle it otherwise, or withdraw the confirmation there."
    )
    url = f"{reverse('roll_over', args=[plan.pk])}?show=settled"
    found = _obstacle(rows.filter(pk__in=carried_on.values("predecessor")), words, url)
    later = successions.plan_after(plan) if found else None
    return Obstacle(found.words, reverse("predecessors", args=[later.pk])) if found and later else found


def _submitted(plan: Plan) -> Obstacle | None:
    rows = Task.objects.filter(plan=plan, status__in=(Status.AWAITING_SIGN_OFF, Status.UNDER_REVIEW))
    url = f"{reverse('roll_over', args=[plan.pk])}?show=submitted"
    return _obstacle(rows, _("Submitted and not decided: %(codes)s."), url)


def _requested(plan: Plan) -> Obstacle | None:
    rows = Task.objects.filter(plan=plan, requests__state=RequestState.OPEN).distinct()
    return _obstacle(rows, _("A change request awaits its decision: %(codes)s."), reverse("requests", args=[plan.pk]))


def _replied(plan: Plan) -> Obstacle | None:
    rows = Task.objects.filter(plan=plan, notices__state=NoticeState.REPLIED).distinct()
    words = _("The reply to a supervision notice waits to be judged: %(codes)s.")
    return _obstacle(rows, words, reverse("notices", args=[plan.pk]))


def _obstacle(rows: Any, words: str, url: str) -> Obstacle | None:
    codes = list(rows.by_place().values_list("code", flat=True))
    return Obstacle(words % {"codes": _named(codes)}, url) if codes else None


def _named(codes: list[str]) -> str:
    rest = len(codes) - NAMED
    if rest <= 0:
        return enumeration(codes)
    return _("%(codes)s and %(rest)d more") % {"codes": enumeration(codes[:NAMED]), "rest": rest}


def endings(plan: Plan) -> list[str]:
    """What closing ends, in a sentence each."""
    notices = SupervisionNotice.objects.open().filter(plan=plan).exclude(state=NoticeState.REPLIED).count()
    demands = Demand.objects.open().filter(task__plan=plan).count()
    asked = ContributionRequest.objects.filter(task__plan=plan, state=ContributionState.ASKED).count()
    drafts = Draft.objects.filter(task__plan=plan).count()
    sentences = [
        (
            notices,
            ngettext("%(n)d unanswered notice is withdrawn.", "%(n)d unanswered notices are withdrawn.", notices),
        ),
        (demands, ngettext("%(n)d unanswered demand ends.", "%(n)d unanswered demands end.", demands)),
        (
            asked,
            ngettext("%(n)d contribution is no longer awaited.", "%(n)d contributions are no longer awaited.", asked),
        ),
        (drafts, ngettext("%(n)d unsent update stays unsent.", "%(n)d unsent updates stay unsent.", drafts)),
    ]
    return [words % {"n": number} for number, words in sentences if number]


@transaction.atomic
def reopen_plan(plan_id: int, *, by: User, reason: str) -> Plan:
    """Take the closing back, with a reason that the plan's history keeps. What closing ended stays ended.

    Raises MoveRefused once a later plan has confirmed what goes back to tasks of this one.
    """
    plan = _lock_plan(pk=plan_id)
    permissions.check_reopen_plan(by, plan)
    text = clean(reason).strip()
    if not text:
        raise InvalidInput(_("Say why the plan is opened again."), field="reason")
    if len(text) > MOST_REOPENING:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": MOST_REOPENING}, field="reason")
    refuse_marks({"reason": text}, by=by)
    refusal = reopening_refusal(plan)
    if refusal:
        raise MoveRefused(refusal)
    return _set_state(plan, PlanState.ACTIVE, by=by, reason=text)


def reopening_refusal(plan: Plan) -> str:
    """Why a closed plan stays closed, with what would have to be done; "" where it can be opened again."""
    number = _standing_successions(plan).count()
    sentence = ngettext(
        "A later plan has confirmed %(n)d successor of its tasks; the plan stays closed until the confirmation is "
        "withdrawn there.",
        "A later plan has confirmed %(n)d successors of its tasks; the plan stays closed until the confirmations are "
        "withdrawn there.",
        number,
    )
    return sentence % {"n": number} if number else ""


def _standing_successions(plan: Plan) -> Any:
    """What later plans have confirmed to go back to tasks of this one, but for discarded plans (a queryset)."""
    confirmed = Succession.objects.filter(predecessor__plan=plan, state=LinkState.CONFIRMED)
    discarded = Q(task__plan__state=PlanState.DISCARDED) | Q(
        measure__section__part__report__plan__state=PlanState.DISCARDED
    )
    return confirmed.exclude(discarded)


@dataclass(frozen=True)
class Turn:
    """A closing of the plan, or a reopening with its reason: by whom and when."""

    closed: bool
    by: User | None
    at: datetime.datetime
    reason: str


def turns(plan: Plan) -> list[Turn]:
    """When the plan was closed and opened again, the first time first, as its history keeps it."""
    found, before = [], ""
    for row in plan.history.select_related("history_user").order_by("history_id"):
        closed, reopened = row.state == PlanState.CLOSED, row.state == PlanState.ACTIVE
        if before and row.state != before and (closed or (reopened and before == PlanState.CLOSED)):
            reason = (row.history_change_reason or "") if reopened else ""
            found.append(Turn(closed, row.history_user, row.history_date, reason))
        before = row.state
    return found
