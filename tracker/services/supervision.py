"""What follows from a task's own moves for what is demanded of its unit.

For services.tasks only, inside its transactions.
"""

from django.utils.translation import gettext as _

from tracker import clock
from tracker.enums import ContributionState, DemandState, EventKind, NoticeState, ReplyVerdict, Status
from tracker.models import NoticeReply, SupervisionNotice, Task, TaskEvent, User
from tracker.services import history


def answer(task: Task, event: TaskEvent) -> None:
    """The lead unit's report `event` answers all that was demanded of it on the task."""
    task.demands.open().filter(unit=task.lead_unit_id).update(state=DemandState.ANSWERED, answer=event)


def pass_on(task: Task) -> None:
    """Open demands follow the task to its new lead unit, which alone can report; a notice stays with its recipient."""
    if task.lead_unit_id is not None:
        task.demands.open().update(unit=task.lead_unit_id)


def close(task: Task, *, by: User) -> None:
    """End what is demanded for a task that is closed now.

    Open demands are no longer to be answered. An open notice ends with a line of its own: close-out accepts a reply
    that waits to be judged, since the result has been verified; in every other case the notice is withdrawn, because
    nothing is left to demand.
    """
    task.demands.open().update(state=DemandState.REPLACED)
    notice = task.notices.open().select_for_update(of=("self",)).select_related("plan").first()
    if notice is None:
        return
    accepted = task.status == Status.COMPLETED and notice.state == NoticeState.REPLIED
    if accepted:
        judged = {"verdict": ReplyVerdict.ACCEPTED, "judged_by": by, "judged_at": clock.now()}
        NoticeReply.objects.filter(notice=notice, verdict=ReplyVerdict.PENDING).update(**judged)
    state = NoticeState.ACCEPTED if accepted else NoticeState.WITHDRAWN
    _end(task, notice, state, by=by, detail=_ended(notice, accepted, task.status))


def end_with_plan(task: Task, *, by: User) -> None:
    """End what is demanded for an open task whose plan is being closed: nobody can answer any more.

    Whoever closes the plan has seen to it that no reply waits to be judged.
    """
    task.demands.open().update(state=DemandState.REPLACED)
    task.contribution_requests.filter(state=ContributionState.ASKED).update(state=ContributionState.REPLACED)
    notice = task.notices.open().select_for_update(of=("self",)).select_related("plan").first()
    if notice is not None:
        sentence = _("%(notice)s: ended, because the plan is closed") % {"notice": title_of(notice)}
        _end(task, notice, NoticeState.WITHDRAWN, by=by, detail=sentence)


def _end(task: Task, notice: SupervisionNotice, state: NoticeState, *, by: User, detail: str) -> None:
    notice.state, notice.closed_at = state, clock.now()
    notice.save(update_fields=["state", "closed_at"])
    codes = {"notice": notice.state}
    history.append(task, EventKind.NOTICE, by=by, before=history.state_of(task), detail=detail, codes=codes)


def _ended(notice: SupervisionNotice, accepted: bool, status: str) -> str:
    sentences = {
        True: _("%(notice)s: the reply is accepted with the close-out of the task"),
        False: _("%(notice)s: ended, because the task is closed out")
        if status == Status.COMPLETED
        else _("%(notice)s: ended, because the task is cancelled"),
    }
    return sentences[accepted] % {"notice": title_of(notice)}


def title_of(notice: SupervisionNotice) -> str:
    """Level and number: 橙色督办单 督办〔2025〕3号."""
    return f"{notice.get_level_display()} {notice.number}"
