"""Supervision notices and demands in words: on lists, on the task's page, and each notice as a sheet."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker import clock, permissions, wording
from tracker.enums import (
    OPEN_NOTICES,
    UNANSWERED_NOTICES,
    DemandKind,
    DemandState,
    NoticeLevel,
    NoticeState,
    ReplyVerdict,
    Verdict,
)
from tracker.exceptions import Refusal
from tracker.models import ContributionRequest, Demand, EvidenceUse, NoticeReply, Plan, SupervisionNotice, Task, User
from tracker.models.notices import notice_number
from tracker.presenters.source import source_of
from tracker.querysets import NoticeQuerySet
from tracker.services.demands import replacing

REPLY_TAGS = {ReplyVerdict.ACCEPTED: "tag--ok", ReplyVerdict.REFUSED: "tag--no"}
STATE_TAGS = {
    NoticeState.ACCEPTED: "tag--ok",
    NoticeState.REFUSED: "tag--no",
    NoticeState.ISSUED: "tag--open",
    NoticeState.REPLIED: "tag--open",
}
DEMAND_TAGS = {DemandState.OPEN: "tag--open", DemandState.ANSWERED: "tag--ok"}


@dataclass(frozen=True)
class Level:
    """The level of a notice: `value` picks shape and colour, `label` is its name."""

    value: str
    label: str


@dataclass(frozen=True)
class Term:
    """A day by which something is wanted: in words, how far it is off, and whether it has passed."""

    day: str = ""
    days: str = ""
    over: bool = False


def level_of(value: str) -> Level:
    return Level(value, str(NoticeLevel(value).label))


def term_of(day: datetime.date | None, task: Task, on: datetime.date, *, running: bool = True) -> Term:
    """The term in words on the day `on`; how far it is off is said only while it is `running`."""
    if day is None:
        return Term()
    date = wording.date_in_year(day, task)
    if not running:
        return Term(date)
    days = abs((day - on).days)
    if day < on:
        return Term(date, ngettext("%(days)d day overdue", "%(days)d days overdue", days) % {"days": days}, True)
    return Term(date, ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days})


# ---------- On the page of the task ----------


def open_line(task: Task, on: datetime.date) -> dict[str, Any] | None:
    """The open notice of a task read `with_surroundings`, in one line."""
    row = task.notice_open
    if row is None:
        return None
    limit = datetime.date.fromisoformat(row["limit_on"])
    term = term_of(limit, task, on, running=row["state"] in UNANSWERED_NOTICES)
    return {
        "level": level_of(row["level"]),
        "number": notice_number(row["year"], row["serial"]),
        "url": reverse("notice", args=[row["pk"]]),
        "state": str(NoticeState(row["state"]).label),
        "limit": _("limit %(date)s") % {"date": term.day},
        "days": term.days,
        "over": term.over,
        "demand": row["demand"],
    }


def open_demands(task: Task, on: datetime.date) -> list[dict[str, Any]]:
    """What is demanded on a task read `with_surroundings` and has no answer."""
    found = sorted(task.demands_open or [], key=lambda row: row["pk"])
    days = [datetime.date.fromisoformat(row["wanted_by"]) if row["wanted_by"] else None for row in found]
    return [
        _demand_words(DemandKind(row["kind"]), row["words"], term_of(day, task, on))
        for row, day in zip(found, days, strict=True)
    ]


def _demand_words(kind: DemandKind, words: str, term: Term) -> dict[str, Any]:
    return {
        "kind": str(kind.label),
        "words": words,
        "wanted": _("answer by %(date)s") % {"date": term.day} if term.day else "",
        "days": term.days,
        "over": term.over,
    }


# ---------- On the home page ----------


def waiting_rows(plan: Plan, user: User, on: datetime.date) -> list[dict[str, Any]]:
    """The notices that wait for this person, the highest level and the nearest limit first."""
    found = SupervisionNotice.objects.visible_to(user).waiting_for(user, plan, on).select_related("task", "unit")
    order = list(NoticeLevel)
    rows = sorted(found, key=lambda row: (-order.index(NoticeLevel(row.level)), row.limit_on, row.pk))
    for row in rows:
        row.plan = row.task.plan = plan
    return [{**_row(row, on), "acts": _acts(row, user), "on": row.limit_on} for row in rows]


def _acts(notice: SupervisionNotice, user: User) -> list[dict[str, Any]]:
    """What is to be done, the first of them first; with `sends` one click sends it."""
    url = notice.get_absolute_url()
    if user.role in permissions.STAFF:
        acts = [{"label": _("Reply"), "url": f"{url}#reply", "sends": ""}]
        if notice.state == NoticeState.ISSUED:
            acts.insert(0, {"label": _("Acknowledge"), "url": url, "sends": "acknowledge"})
        return acts
    if notice.state == NoticeState.REPLIED:
        return [{"label": _("Judge the reply"), "url": f"{url}#judge", "sends": ""}]
    if permissions.answers(permissions.check_escalate, user, notice):
        return [{"label": _("Escalate"), "url": reverse("escalate_notice", args=[notice.pk]), "sends": ""}]
    return [{"label": _("See the notice"), "url": url, "sends": ""}]


def demands_by_task(plan: Plan, user: User, on: datetime.date) -> dict[int, list[dict[str, Any]]]:
    """{task: what is demanded of the person's unit there and has no answer, each with its day `on`}."""
    rows = Demand.objects.visible_to(user).open().filter(task__plan=plan, unit=user.unit_id).select_related("task")
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows.order_by("asked_at"):
        row.task.plan = plan
        words = _demand_words(DemandKind(row.kind), row.words, term_of(row.wanted_by, row.task, on))
        found.setdefault(row.task_id, []).append({**words, "on": row.wanted_by})
    return found


def asked_words(asked: ContributionRequest, on: datetime.date) -> dict[str, Any]:
    """What a lead unit asks of a supporting unit, said as a demand is, with the unit that asks."""
    term = term_of(asked.wanted_by, asked.task, on)
    wanted = _("wanted by %(date)s") % {"date": term.day} if term.day else ""
    return {
        "unit": str(asked.task.lead_unit or ""),
        "words": asked.words,
        "wanted": wanted,
        "days": term.days,
        "over": term.over,
    }


# ---------- Lists ----------


def by_state(shown: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a list under their headings, what is open first; headings without rows are left out."""
    open_ones = {"title": _("Not ended yet"), "rows": [row for row in shown if row["open"]]}
    ended = {"title": _("Ended already"), "rows": [row for row in shown if not row["open"]]}
    return [group for group in (open_ones, ended) if group["rows"]]


def rows(found: Iterable[SupervisionNotice], plan: Plan, on: datetime.date) -> list[dict[str, Any]]:
    """Notices of one plan as rows."""
    shown = []
    for notice in found:
        notice.plan = notice.task.plan = plan
        shown.append(_row(notice, on))
    return shown


def _row(notice: SupervisionNotice, on: datetime.date) -> dict[str, Any]:
    state = NoticeState(notice.state)
    return {
        "pk": notice.pk,
        "level": level_of(notice.level),
        "number": notice.number,
        "url": notice.get_absolute_url(),
        "code": notice.task.code,
        "title": notice.task.title,
        "task_url": notice.task.get_absolute_url(),
        "unit": str(notice.unit),
        "demand": notice.demand,
        "term": term_of(notice.limit_on, notice.task, on, running=state in UNANSWERED_NOTICES),
        "state": str(state.label),
        "tag": STATE_TAGS.get(state, ""),
        "open": state in OPEN_NOTICES,
    }


def demand_rows(found: Iterable[Demand], plan: Plan, on: datetime.date) -> list[dict[str, Any]]:
    """Demands of one plan as rows, each with what answered it."""
    shown = []
    for demand in found:
        demand.task.plan = plan
        term = term_of(demand.wanted_by, demand.task, on, running=demand.state == DemandState.OPEN)
        shown.append(
            {
                **_demand_words(DemandKind(demand.kind), demand.words, term),
                "code": demand.task.code,
                "title": demand.task.title,
                "task_url": demand.task.get_absolute_url(),
                "unit": str(demand.unit),
                "asked": f"{demand.asked_by}　{wording.moment(demand.asked_at)}",
                "state": demand.get_state_display(),
                "tag": DEMAND_TAGS.get(DemandState(demand.state), ""),
                "open": demand.state == DemandState.OPEN,
                "answered": wording.moment(demand.answer.at) if demand.answer else "",
            }
        )
    return shown


# ---------- The sheet ----------


def readable(user: User) -> NoticeQuerySet:
    """Notices with all that a sheet names; its task and plan come with the page."""
    found: NoticeQuerySet = SupervisionNotice.objects.visible_to(user)
    return found.select_related("unit", "issued_by", "acknowledged_by")


def page(notice: SupervisionNotice, user: User) -> dict[str, Any]:
    """The sheet; `notice.task` was read `with_surroundings`."""
    task, on = notice.task, clock.today()
    chain = _chain(notice, user)
    return {
        "sheet": notice,
        "row": _row(notice, on),
        "source": source_of(task),
        "facts": _facts(notice),
        "chain": chain if len(chain) > 1 else [],
        "replies": [_reply(row, notice) for row in _replies(notice, user)],
        "acts": acts_of(notice, user),
    }


def _facts(notice: SupervisionNotice) -> list[tuple[str, str]]:
    facts = [
        (_("Sent to"), str(notice.unit)),
        (_("Limit"), wording.full_date(notice.limit_on)),
        (_("Basis"), notice.basis),
        (_("Issued"), _who_when(notice.issued_by, notice.issued_at)),
        (_("Acknowledged"), _who_when(notice.acknowledged_by, notice.acknowledged_at)),
        (_("Ended"), wording.moment(notice.closed_at) if notice.closed_at else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _who_when(who: User | None, at: datetime.datetime | None) -> str:
    return _("%(who)s on %(date)s") % {"who": who, "date": wording.moment(at)} if at else ""


def _chain(notice: SupervisionNotice, user: User) -> list[dict[str, Any]]:
    """The levels that this notice rose from and to, the lowest first."""
    rows = SupervisionNotice.objects.visible_to(user).filter(task=notice.task_id).select_related("unit")
    known = {row.pk: row for row in rows}
    after = {row.previous_id: row for row in known.values() if row.previous_id}
    first = known[notice.pk]
    while first.previous_id in known:
        first = known[first.previous_id]
    found = [first]
    while found[-1].pk in after:
        found.append(after[found[-1].pk])
    for row in found:
        row.task, row.plan = notice.task, notice.plan
    return [{**_row(row, clock.today()), "current": row.pk == notice.pk} for row in found]


def _replies(notice: SupervisionNotice, user: User) -> Sequence[NoticeReply]:
    uses = EvidenceUse.objects.visible_to(user).select_related("evidence").order_by("evidence__number")
    found = NoticeReply.objects.visible_to(user).filter(notice=notice).select_related("by", "judged_by")
    return list(found.prefetch_related(Prefetch("evidence", uses)).order_by("at"))


def _reply(reply: NoticeReply, notice: SupervisionNotice) -> dict[str, Any]:
    verdict = ReplyVerdict(reply.verdict)
    unjudged = verdict == ReplyVerdict.PENDING and notice.state != NoticeState.REPLIED
    return {
        "who": str(reply.by),
        "when": wording.moment(reply.at),
        "words": reply.words,
        "evidence": [_material(use, {}) for use in reply.evidence.all()],
        "verdict": _("not judged") if unjudged else str(verdict.label),
        "tag": REPLY_TAGS.get(verdict, ""),
        "reason": reply.reason,
        "judged": _who_when(reply.judged_by, reply.judged_at),
    }


def materials(notice: SupervisionNotice, user: User, ticked: Iterable[Any]) -> list[dict[str, Any]]:
    """The evidence of the task that a reply can name, as rows to tick."""
    wanted = {str(key) for key in ticked}
    uses = EvidenceUse.objects.visible_to(user).filter(task=notice.task_id).exclude(verdict=Verdict.WITHDRAWN)
    return [_material(use, wanted) for use in uses.select_related("evidence").order_by("evidence__number")]


def _material(use: EvidenceUse, wanted: Iterable[str]) -> dict[str, Any]:
    return {
        "pk": use.pk,
        "number": use.evidence.number,
        "title": use.evidence.title,
        "url": use.evidence.get_absolute_url(),
        "label": use.get_verdict_display(),
        "ticked": str(use.pk) in wanted,
    }


@dataclass(frozen=True)
class Step:
    """Something to do with a notice: possible, or with the sentence that says why not."""

    name: str
    label: str
    refusal: str


def acts_of(notice: SupervisionNotice, user: User) -> dict[str, Step]:
    """{name: step} of all that is ever done with a notice, in the order of its life."""
    checks: dict[str, tuple[str, Callable[..., None]]] = {
        "acknowledge": (_("Acknowledge"), permissions.check_acknowledge),
        "reply": (_("Reply"), permissions.check_reply),
        "judge": (_("Judge the reply"), permissions.check_judge_notice),
        "escalate": (_("Escalate"), permissions.check_escalate),
        "withdraw": (_("Withdraw the notice"), permissions.check_withdraw_notice),
    }
    return {name: Step(name, label, _refusal(check, user, notice)) for name, (label, check) in checks.items()}


def _refusal(check: Callable[..., None], user: User, notice: SupervisionNotice) -> str:
    try:
        check(user, notice)
    except Refusal as refusal:
        return str(refusal)
    return ""


# ---------- Forms ----------


def demand_page(task: Task, kind: DemandKind, standing: Demand | None) -> dict[str, Any]:
    """What stands beside the form of a demand."""
    headings = {DemandKind.URGE: _("Urge the unit"), DemandKind.REPORT: _("Ask for a report")}
    context: dict[str, Any] = {}
    if standing is not None:
        context["standing_title"] = replacing(kind, standing.asked_at, task)
        context["standing"] = {"words": standing.words, "reason": _who_when(standing.asked_by, standing.asked_at)}
    return {
        **context,
        "heading": headings[kind],
        "beside": [(_("Lead unit"), str(task.lead_unit or "—"))],
        "follows": _("The unit finds it on its home page; its next report on this task answers it."),
    }


def issue_page(task: Task) -> dict[str, Any]:
    """What stands beside the form of a notice."""
    return {
        "heading": _("Issue a notice"),
        "beside": [
            (_("Level"), str(NoticeLevel.BLUE.label)),
            (_("Sent to"), str(task.lead_unit or "—")),
            (_("Due date"), wording.full_date(task.due_on) or "—"),
        ],
        "follows": _(
            "The unit acknowledges and replies. The next level can follow when the limit passes without a reply, or "
            "its reply is not accepted."
        ),
    }


def escalation_page(notice: SupervisionNotice, level: NoticeLevel | None, on: datetime.date) -> dict[str, Any]:
    """What stands beside the form of the next level."""
    row = _row(notice, on)
    term = "　".join(part for part in (row["term"].day, row["term"].days) if part)
    return {
        "heading": _("Escalate the notice"),
        "back": {"url": row["url"], "label": _("Back to the notice")},
        "beside": [
            (_("Upon"), f"{row['level'].label} {notice.number}　{row['state']}"),
            (_("Its limit"), term),
            (_("Next level"), str(level.label) if level else "—"),
            (_("Sent to"), str(notice.unit)),
        ],
        "follows": _("This notice ends as escalated; the next one goes to the same unit, with a number of its own."),
    }
