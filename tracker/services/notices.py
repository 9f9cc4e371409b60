"""督办单: one task, one sheet, with a demand, a limit and a reply; the level rises when it is not answered.

Every function locks the task first, as everywhere, then the notice, and leaves one line in the task's history.
All raise NotPermitted, MoveRefused or InvalidInput with a sentence; nothing is written then.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from tracker import clock, permissions, wording
from tracker.enums import NEXT_LEVEL, EventKind, NoticeLevel, NoticeState, ReplyVerdict, Verdict
from tracker.exceptions import InvalidInput
from tracker.models import EvidenceUse, NoticeReply, SupervisionNotice, Task, Unit, User
from tracker.services import history, task_values, tasks
from tracker.services.secrecy import refuse_marks
from tracker.services.supervision import title_of
from tracker.texts import clean

MOST_DEMAND = SupervisionNotice._meta.get_field("demand").max_length or 0
MOST_BASIS = SupervisionNotice._meta.get_field("basis").max_length or 0
MOST_WORDS = NoticeReply._meta.get_field("words").max_length or 0
MOST_REASON = NoticeReply._meta.get_field("reason").max_length or 0


@transaction.atomic
def issue(
    task_id: int, *, by: User, demand: str, limit_on: datetime.date, basis: str, version: int | None = None
) -> SupervisionNotice:
    """Send a blue notice to the task's lead unit, numbered on within the plan.

    It changes nothing of the task, so no version counts. Refused while a notice on the task is open.
    """
    task = tasks.locked(task_id, None)
    permissions.check_issue_notice(by, task)
    assert task.lead_unit is not None  # asked for by the check
    given = _checked(task, by, demand, limit_on, basis)
    return _send(task, task.lead_unit, NoticeLevel.BLUE, by=by, **given)


@transaction.atomic
def acknowledge(notice_id: int, *, by: User) -> SupervisionNotice:
    """签收: the unit has the notice."""
    notice = _locked(notice_id)
    permissions.check_acknowledge(by, notice)
    notice.state = NoticeState.ACKNOWLEDGED
    _acknowledged(notice, by)
    notice.save(update_fields=["state", "acknowledged_by", "acknowledged_at"])
    _note(notice, NoticeState.ACKNOWLEDGED, _("%(notice)s: acknowledged"), by=by)
    return notice


@transaction.atomic
def reply(notice_id: int, *, by: User, words: str, evidence: Iterable[int] = ()) -> NoticeReply:
    """The unit answers; a notice that was not acknowledged is so with the reply.

    `evidence` are ids of uses of evidence on the task that nobody took back.
    """
    notice = _locked(notice_id)
    permissions.check_reply(by, notice)
    text = _text(words, "words", _("Say what has been done about the demand."), MOST_WORDS)
    refuse_marks({"words": text}, by=by, task=notice.task)
    uses = _uses(notice.task, by, set(evidence))
    _acknowledged(notice, by)
    notice.state = NoticeState.REPLIED
    notice.save(update_fields=["state", "acknowledged_by", "acknowledged_at"])
    answer = NoticeReply.objects.create(notice=notice, words=text, by=by, at=clock.now())
    answer.evidence.set(uses)
    _note(notice, NoticeState.REPLIED, _("%(notice)s: replied"), by=by, reason=text)
    return answer


def check_kept_reply(notice: SupervisionNotice, *, by: User, words: str) -> None:
    """Raise as `reply` would for the wrong person or state, and SecrecyMark: what is put aside is stored too."""
    permissions.check_reply(by, notice)
    refuse_marks({"words": words}, by=by, task=notice.task)


@transaction.atomic
def accept(notice_id: int, *, by: User, words: str = "") -> SupervisionNotice:
    """The reply holds; the notice ends."""
    notice = _locked(notice_id)
    permissions.check_judge_notice(by, notice)
    text = _limited(clean(words).strip(), "words", MOST_REASON)
    refuse_marks({"words": text}, by=by, task=notice.task)
    _judge(notice, ReplyVerdict.ACCEPTED, by, text)
    _close(notice, NoticeState.ACCEPTED)
    _note(notice, NoticeState.ACCEPTED, _("%(notice)s: the reply is accepted"), by=by, reason=text)
    return notice


@transaction.atomic
def refuse(notice_id: int, *, by: User, reason: str) -> SupervisionNotice:
    """The reply does not hold: the unit may reply again, the notice may be escalated."""
    notice = _locked(notice_id)
    permissions.check_judge_notice(by, notice)
    text = _text(reason, "reason", _("Say why the reply is not accepted."), MOST_REASON)
    refuse_marks({"reason": text}, by=by, task=notice.task)
    _judge(notice, ReplyVerdict.REFUSED, by, text)
    notice.state = NoticeState.REFUSED
    notice.save(update_fields=["state"])
    _note(notice, NoticeState.REFUSED, _("%(notice)s: the reply is not accepted"), by=by, reason=text)
    return notice


@transaction.atomic
def escalate(notice_id: int, *, by: User, demand: str, limit_on: datetime.date, basis: str) -> SupervisionNotice:
    """Send the next level, upon one that ran out unanswered or whose reply was refused, to the unit that leads now."""
    notice = _locked(notice_id)
    permissions.check_escalate(by, notice)
    given = _checked(notice.task, by, demand, limit_on, basis)
    # Closed first: a task has one open notice at most.
    _close(notice, NoticeState.ESCALATED)
    level = NEXT_LEVEL[NoticeLevel(notice.level)]
    unit = notice.task.lead_unit or notice.unit
    return _send(notice.task, unit, level, by=by, previous=notice, **given)


@transaction.atomic
def withdraw(notice_id: int, *, by: User, reason: str) -> SupervisionNotice:
    """Take back a notice that was sent by mistake, until a reply came."""
    notice = _locked(notice_id)
    permissions.check_withdraw_notice(by, notice)
    text = _text(reason, "reason", _("Say why the notice is withdrawn."), MOST_REASON)
    refuse_marks({"reason": text}, by=by, task=notice.task)
    _close(notice, NoticeState.WITHDRAWN)
    _note(notice, NoticeState.WITHDRAWN, _("%(notice)s: withdrawn"), by=by, reason=text)
    return notice


def _locked(notice_id: int) -> SupervisionNotice:
    """The notice with its task and plan, both locked: the task first, as everywhere."""
    task = tasks.locked(SupervisionNotice.objects.values_list("task_id", flat=True).get(pk=notice_id), None)
    rows = SupervisionNotice.objects.select_for_update(of=("self",)).select_related("unit")
    notice: SupervisionNotice = rows.get(pk=notice_id)
    notice.task, notice.plan = task, task.plan
    return notice


def _send(
    task: Task,
    unit: Unit,
    level: NoticeLevel,
    *,
    by: User,
    previous: SupervisionNotice | None = None,
    **given: Any,
) -> SupervisionNotice:
    # Everyone who numbers a notice also writes a line of history, so the chain's lock keeps numbers apart too.
    history.lock_chain()
    last = SupervisionNotice.objects.filter(plan=task.plan).aggregate(last=Max("serial"))["last"] or 0
    notice: SupervisionNotice = SupervisionNotice.objects.create(
        plan=task.plan,
        task=task,
        serial=last + 1,
        level=level,
        unit=unit,
        issued_by=by,
        issued_at=clock.now(),
        previous=previous,
        **given,
    )
    words = {"limit": wording.date_in_year(notice.limit_on, task), "basis": notice.basis, "unit": unit}
    if previous is None:
        sentence = _("%(notice)s: sent to %(unit)s, limit %(limit)s, basis: %(basis)s")
    else:
        words["before"] = title_of(previous)
        sentence = _("%(notice)s: sent to %(unit)s upon %(before)s, limit %(limit)s, basis: %(basis)s")
    done = NoticeState.ESCALATED if previous else NoticeState.ISSUED
    _note(notice, done, sentence, by=by, reason=notice.demand, **words)
    return notice


def _note(
    notice: SupervisionNotice, done: NoticeState, sentence: str, *, by: User, reason: str = "", **words: Any
) -> None:
    """A line of history; `done` is kept with it, since the sentence is in the language of whoever acted."""
    detail = sentence % {"notice": title_of(notice), **words}
    tasks.note(notice.task_id, EventKind.NOTICE, by=by, detail=detail, reason=reason, codes={"notice": done})


def _checked(task: Task, by: User, demand: str, limit_on: datetime.date, basis: str) -> dict[str, Any]:
    """What a sheet needs, clean. Raises InvalidInput per field, SecrecyMark."""
    demanded = _text(demand, "demand", _("Say what is demanded of the unit."), MOST_DEMAND)
    if limit_on is None:
        raise InvalidInput(_("Give the date by which the unit is to reply."), field="limit_on")
    if limit_on < clock.today():
        raise InvalidInput(_("This day has passed."), field="limit_on")
    task_values.refuse_late(limit_on, task, "limit_on")
    based = _text(basis, "basis", _("Name the basis: the document, meeting or decision."), MOST_BASIS)
    refuse_marks({"demand": demanded, "basis": based}, by=by, task=task)
    return {"demand": demanded, "limit_on": limit_on, "basis": based}


def _text(value: str, field: str, sentence: str, most: int) -> str:
    text = clean(value).strip()
    if not text:
        raise InvalidInput(sentence, field=field)
    return _limited(text, field, most)


def _limited(text: str, field: str, most: int) -> str:
    if len(text) > most:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": most}, field=field)
    return text


def _uses(task: Task, by: User, wanted: set[int]) -> list[EvidenceUse]:
    """The uses with these ids, all of the task, seen by the person and not taken back."""
    rows = EvidenceUse.objects.visible_to(by).filter(task=task, pk__in=wanted).exclude(verdict=Verdict.WITHDRAWN)
    found = list(rows)
    if len(found) != len(wanted):
        raise InvalidInput(_("Choose evidence of this task."), field="evidence")
    return found


def _acknowledged(notice: SupervisionNotice, by: User) -> None:
    if notice.acknowledged_at is None:
        notice.acknowledged_by, notice.acknowledged_at = by, clock.now()


def _judge(notice: SupervisionNotice, verdict: ReplyVerdict, by: User, reason: str) -> None:
    answer = notice.replies.get(verdict=ReplyVerdict.PENDING)
    answer.verdict, answer.reason, answer.judged_by, answer.judged_at = verdict, reason, by, clock.now()
    answer.save(update_fields=["verdict", "reason", "judged_by", "judged_at"])


def _close(notice: SupervisionNotice, state: NoticeState) -> None:
    notice.state, notice.closed_at = state, clock.now()
    notice.save(update_fields=["state", "closed_at"])
