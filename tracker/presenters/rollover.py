"""The wizard that closes a plan, the record of what became of its tasks, and how tasks of two years hang together."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker import clock, permissions, wording
from tracker.enums import OPEN_STATUSES, CarryOverKind, LinkState, Status
from tracker.models import CarryOver, Measure, Plan, Succession, Task, User
from tracker.presenters.report_notes import measure_name
from tracker.presenters.rows import Row, task_row
from tracker.services import rollover, successions

SUBMITTED = (Status.AWAITING_SIGN_OFF, Status.UNDER_REVIEW)


# ---------- The wizard ----------


@dataclass(frozen=True)
class Settling:
    """An open task in the list: what was said of it, else what the rule proposes and why."""

    row: Row
    unit: str
    points: str
    status: str
    submitted: bool
    settled: str
    reason: str
    into: str
    proposal: str
    proposed: str
    why: str
    url: str
    act: str
    ticked: bool


def said_of(task: Task) -> CarryOver | None:
    """What was said of a task that was read with its `carry_over`."""
    return getattr(task, "carry_over", None)


def wizard(
    plan: Plan, user: User, tasks: Sequence[Task], on: datetime.date, *, show: str, choose: str, ticked: set[str]
) -> dict[str, Any]:
    """The three steps: the open tasks (with light and `carry_over` read along), what closing needs, and the closing.

    `show` is one of SHOWN, `choose` a kind whose proposals are ticked beforehand, `ticked` keys that were ticked.
    """
    proposals = {task.pk: rollover.proposal_of(task, plan) for task in tasks if said_of(task) is None}
    chosen = {str(pk) for pk, (kind, _why) in proposals.items() if kind and kind == choose}
    back = f"{reverse('roll_over', args=[plan.pk])}?{urlencode({'show': show})}"
    found = rollover.obstacles(plan)
    unsettled = len(proposals)
    settlings = [
        _settling(task, on, proposals.get(task.pk, ("", "")), back, str(task.pk) in ticked | chosen)
        for task in tasks
        if SHOWN[show](task)
    ]
    return {
        "steps": _steps(unsettled, bool(found)),
        "tabs": _tabs(tasks, show),
        "settlings": settlings,
        "ticked": sum(1 for item in settlings if item.ticked),
        "offers": list(_offers(proposals)),
        "obstacles": found,
        "endings": rollover.endings(plan),
        "turns": _turns(plan),
        "days_left": max((plan.ends_on - on).days, 0),
        "last_day": wording.full_date(plan.ends_on),
        "close_refusal": _close_refusal(plan, user, found),
    }


SHOWN = {
    "open": lambda task: said_of(task) is None,
    "all": lambda task: True,
    "settled": lambda task: said_of(task) is not None,
    "submitted": lambda task: task.status in SUBMITTED,
}


def tab_of(show: str, tasks: Sequence[Task]) -> str:
    """The tab that the address asks for, else the tasks to be settled as long as there are any."""
    if show in SHOWN:
        return show
    return "open" if any(map(SHOWN["open"], tasks)) else "all"


def settled_sentence(done: rollover.Settled) -> str:
    """What settling several did."""
    words = _("Newly settled: %(new)d. Replaced: %(replaced)d. Left as settled before: %(skipped)d.")
    return words % {"new": done.new, "replaced": done.replaced, "skipped": done.skipped}


def _tabs(tasks: Sequence[Task], show: str) -> list[dict[str, Any]]:
    labels = {
        "open": _("To be settled"),
        "all": _("All open tasks"),
        "settled": _("Settled"),
        "submitted": _("Submitted and not decided"),
    }
    return [
        {
            "query": f"?show={name}#settle",
            "label": label,
            "count": sum(1 for task in tasks if SHOWN[name](task)),
            "current": name == show,
        }
        for name, label in labels.items()
    ]


def _steps(unsettled: int, hindered: bool) -> list[dict[str, Any]]:
    current = 0 if unsettled else 1 if hindered else 2
    labels = [
        (_("Settle every open task"), "#settle"),
        (_("See what closing needs"), "#check"),
        (_("Close the plan"), "#close"),
    ]
    states = ["done" if place < current else "current" if place == current else "ahead" for place in range(3)]
    return [
        {"number": place + 1, "label": label, "url": url, "state": states[place]}
        for place, (label, url) in enumerate(labels)
    ]


def _settling(task: Task, on: datetime.date, proposal: tuple[str, str], back: str, ticked: bool) -> Settling:
    said, (kind, why) = said_of(task), proposal
    query = urlencode({"next": f"{back}#task-{task.pk}"})
    return Settling(
        row=task_row(task, on),
        unit=str(task.lead_unit or task.proposed_lead_unit or ""),
        points=f"{task.progress}%",
        status=str(task.get_status_display()),
        submitted=task.status in SUBMITTED,
        settled=str(said.get_kind_display()) if said else "",
        reason=said.reason if said else "",
        into=str(said.into or "") if said else "",
        proposal=kind,
        proposed=str(CarryOverKind(kind).label) if kind else "",
        why=why,
        url=f"{reverse('carry_over', args=[task.pk])}?{query}",
        act=_("Settle otherwise") if said else _("Settle"),
        ticked=ticked,
    )


def _offers(proposals: dict[int, tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Kinds that the rule proposes, each with a way to tick all of its tasks at once."""
    counts = Counter(kind for kind, _why in proposals.values() if kind)
    for kind in CarryOverKind:
        if counts[kind.value]:
            query = urlencode({"show": "open", "choose": kind.value})
            yield {"label": kind.label, "count": counts[kind.value], "query": f"?{query}#settle"}


def _close_refusal(plan: Plan, user: User, found: Sequence[rollover.Obstacle]) -> str:
    if not permissions.answers(permissions.check_close_plan, user, plan):
        return _("An administrator closes the plan.")
    return _("The plan cannot be closed yet; see above what it needs.") if found else ""


def targets_of(tasks: Iterable[Task], but: int | None = None) -> list[tuple[int, str]]:
    """The tasks of a plan that may absorb another: those that are not cancelled and go on, or are done."""
    return [
        (task.pk, str(task)) for task in tasks if task.pk != but and task.status != Status.CANCELLED and not _ends(task)
    ]


def _ends(task: Task) -> bool:
    said = said_of(task)
    return said is not None and said.kind in rollover.ENDED and task.status in OPEN_STATUSES


def settle_page(task: Task, plan: Plan, on: datetime.date) -> dict[str, Any]:
    """The page on which is said what becomes of one task."""
    said = said_of(task)
    kind, why = rollover.proposal_of(task, plan) if said is None else ("", "")
    return {
        "task": task,
        "row": task_row(task, on),
        "words": wording.full_width(task.quote),
        "last": task.last_summary or "",
        "points": f"{task.progress}%",
        "due": wording.date_in_year(task.due_on, task),
        "proposed": _("Proposed: %(kind)s (%(why)s)") % {"kind": CarryOverKind(kind).label, "why": why} if kind else "",
        "said": _said(said, plan) if said else "",
        "seen": rollover.mark_of(said),
    }


def _said(said: CarryOver, plan: Plan) -> str:
    day = wording.day_in_year(clock.local_date(said.at), plan.year)
    return _("Settled by %(who)s on %(date)s; what you record replaces it.") % {"who": said.by, "date": day}


def values_of(task: Task, plan: Plan) -> dict[str, Any]:
    """What the form of one task shows at first: what was said, else the proposal with the report's own words."""
    said = said_of(task)
    if said is None:
        return {"kind": rollover.proposal_of(task, plan)[0], "words": task.quote[: rollover.MOST_WORDS]}
    words = said.words or task.quote[: rollover.MOST_WORDS]
    return {"kind": said.kind, "reason": said.reason, "words": words, "into": said.into_id}


# ---------- The record of a closed plan ----------


def record(plan: Plan, user: User, tasks: Sequence[Task], later: Plan | None) -> dict[str, Any]:
    """What became of each task of a closed plan, and where it goes on; three statements beside the tasks.

    Those who may open the plan again are told why it stays closed, where it does, by a fourth.
    """
    after = _after(plan, user)
    fates = Counter(_fate(task) for task in tasks)
    turns = _turns(plan)
    may_reopen = permissions.answers(permissions.check_reopen_plan, user, plan)
    return {
        "closed": turns[-1]["words"] if turns else "",
        "turns": turns,
        "fates": [{"label": label, "count": count} for label, count in fates.items()],
        "groups": _grouped(tasks, after),
        "later": later,
        "later_url": reverse("home", args=[later.pk]) if later else "",
        "may_reopen": may_reopen,
        "reopen_refusal": rollover.reopening_refusal(plan) if may_reopen else "",
        "successors_url": reverse("predecessors", args=[later.pk]) if later else "",
    }


def _turns(plan: Plan) -> list[dict[str, Any]]:
    """Closings and reopenings of the plan, each a sentence, with the reason of a reopening."""
    return [
        {"words": _turn(turn), "at": wording.moment(turn.at), "reason": turn.reason} for turn in rollover.turns(plan)
    ]


def _turn(turn: rollover.Turn) -> str:
    words = {"who": turn.by or "", "date": wording.full_date(clock.local_date(turn.at))}
    if turn.closed:
        return (_("Closed by %(who)s on %(date)s.") if turn.by else _("Closed on %(date)s.")) % words
    return (_("Opened again by %(who)s on %(date)s.") if turn.by else _("Opened again on %(date)s.")) % words


def _fate(task: Task) -> str:
    said = said_of(task)
    if task.status in OPEN_STATUSES and said is not None:
        return str(said.get_kind_display())
    return str(task.get_status_display())


def _grouped(tasks: Sequence[Task], after: dict[int, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    groups: dict[int, dict[str, Any]] = {}
    for task in tasks:
        group = groups.setdefault(task.area_id, {"number": task.area.number, "title": task.area.title, "rows": []})
        said = said_of(task) if task.status in OPEN_STATUSES else None
        group["rows"].append(
            {
                "code": task.code,
                "title": task.title,
                "url": task.get_absolute_url(),
                "unit": str(task.lead_unit or ""),
                "points": f"{task.progress}%",
                "fate": _fate(task),
                "reason": said.reason if said else "",
                "words": wording.full_width(said.words) if said else "",
                "into": said.into if said else None,
                "after": after.get(task.pk, []),
            }
        )
    return list(groups.values())


def _after(plan: Plan, user: User) -> dict[int, list[dict[str, Any]]]:
    """{task: the rows of later plans that go back to it}."""
    rows = Succession.objects.confirmed_for(user).filter(predecessor__plan=plan)
    rows = rows.select_related("task__plan", "measure__section__part__report__plan")
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.order_by("task__area__number", "task__serial", "measure__start"):
        found[row.predecessor_id].append(_later_end(row))
    return found


def _later_end(row: Succession) -> dict[str, Any]:
    if row.task is not None:
        return _task_link(row.task.plan.year, row.task.code, row.task.title, row.task.pk)
    assert row.measure is not None
    plan = row.measure.section.part.report.plan
    return _measure_link(plan.pk, row.measure.section_id, row.measure.text)


def _task_link(year: int, code: str, title: str, pk: int) -> dict[str, Any]:
    return {
        "head": _("%(year)d plan") % {"year": year},
        "words": f"{code} {title}",
        "url": reverse("task", args=[pk]),
    }


def _measure_link(plan: int, section: int, words: str) -> dict[str, Any]:
    return {
        "head": _("told in the report"),
        "words": wording.full_width(words),
        "url": f"{reverse('living_report', args=[plan])}#section-{section}",
    }


# ---------- The page of a task ----------


def task_lines(task: Task) -> dict[str, Any]:
    """What the page of a task read `with_surroundings` says of its roll-over and of the years beside it."""
    said = task.settled_as
    settled = None
    if said is not None and task.status in OPEN_STATUSES:
        settled = {
            "kind": CarryOverKind(said["kind"]).label,
            "reason": said["reason"],
            "words": wording.full_width(said["words"]),
            "into": said["into_code"],
            "into_url": reverse("task", args=[said["into"]]) if said["into"] else "",
        }
    after = sorted(task.went_to or [], key=lambda row: (row["year"], row["pk"]))
    told = sorted(task.told_by or [], key=lambda row: (row["section"], row["words"]))
    return {
        "settled": settled,
        "predecessors": predecessors_of(task),
        "successors": [
            *(_task_link(row["year"], row["code"], row["title"], row["pk"]) for row in after),
            *(_measure_link(row["plan"], row["section"], row["words"]) for row in told),
        ],
    }


def predecessors_of(task: Task) -> list[dict[str, Any]]:
    """Links to what a task carries on, where it was read with `came_from`; none of a past day."""
    before = sorted(getattr(task, "came_from", None) or [], key=lambda row: (row["year"], row["pk"]))
    return [_task_link(row["year"], row["code"], row["title"], row["pk"]) for row in before]


# ---------- Predecessors ----------


def predecessors(plan: Plan, earlier: Plan | None, user: User, tasks: Sequence[Task]) -> dict[str, Any]:
    """Tasks and measures of a plan, each with its predecessors; three statements beside the tasks."""
    may_settle = permissions.can_set_up(user, plan)
    rows = successions.of_plan(plan).filter(pk__in=Succession.objects.visible_to(user).values("pk"))
    rows = rows.select_related("predecessor", "confirmed_by")
    ends: Ends = defaultdict(list)
    states: Counter[str] = Counter()
    for row in rows.order_by("predecessor__area__number", "predecessor__serial"):
        end = ("task", row.task_id) if row.task_id else ("measure", row.measure_id)
        ends[end].append(_predecessor(row, plan))
        states[row.state] += 1
    measures = successions.measures_of(plan).select_related("section").order_by("start")
    return {
        "earlier": earlier,
        "may_settle": may_settle and earlier is not None,
        "proposed": states[LinkState.PROPOSED],
        "confirmed": states[LinkState.CONFIRMED],
        "untaken": list(_untaken(plan, earlier, user)) if earlier else [],
        "task_groups": _task_ends(plan, tasks, ends),
        "measure_groups": _measure_ends(plan, measures, ends),
    }


def _untaken(plan: Plan, earlier: Plan, user: User) -> Iterator[dict[str, str]]:
    """Tasks that the earlier plan carries and none of this one takes up, as far as this person sees them."""
    left = successions.untaken(plan, earlier).values("pk")
    rows = Task.objects.visible_to(user).filter(pk__in=left).select_related("carry_over", "lead_unit").by_place()
    for task in rows:
        yield {
            "words": f"{task.code} {task.title}",
            "url": task.get_absolute_url(),
            "unit": str(task.lead_unit or ""),
            "said": wording.full_width(task.carry_over.words) if task.carry_over.words != task.title else "",
        }


def untaken_warning(plan: Plan) -> str:
    """What a plan that is to be put in force leaves of the year before, in a sentence; "" where nothing."""
    earlier = successions.plan_before(plan)
    number = successions.untaken(plan, earlier).count() if earlier else 0
    if not number:
        return ""
    words = ngettext(
        "%(number)d task that the plan of %(year)d carries is taken up by no task of this plan.",
        "%(number)d tasks that the plan of %(year)d carries are taken up by no task of this plan.",
        number,
    )
    return words % {"number": number, "year": plan.year - 1}


def _predecessor(row: Succession, plan: Plan) -> dict[str, Any]:
    who = {"who": row.confirmed_by, "date": ""}
    if row.confirmed_at:
        who["date"] = wording.day_in_year(clock.local_date(row.confirmed_at), plan.year)
    said = {
        LinkState.CONFIRMED: _("confirmed by %(who)s on %(date)s"),
        LinkState.DISMISSED: _("dismissed by %(who)s on %(date)s"),
    }
    return {
        "pk": row.pk,
        "state": row.state,
        "words": str(row.predecessor),
        "url": reverse("task", args=[row.predecessor_id]),
        "open": row.state == LinkState.PROPOSED,
        "said": said[LinkState(row.state)] % who if row.state in said else "",
        "confirm_url": reverse("settle_succession", args=[row.pk, "confirm"]),
        "dismiss_url": reverse("settle_succession", args=[row.pk, "dismiss"]),
        "withdraw_url": reverse("settle_succession", args=[row.pk, "withdraw"]),
    }


Ends = dict[tuple[str, int], list[dict[str, Any]]]


def _standing(found: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Predecessors that stand or are proposed, and those that were dismissed."""
    gone = [end for end in found if end["state"] == LinkState.DISMISSED]
    return {"ends": [end for end in found if end not in gone], "dismissed": gone}


def _task_ends(plan: Plan, tasks: Sequence[Task], ends: Ends) -> list[dict[str, Any]]:
    groups: dict[int, dict[str, Any]] = {}
    for task in tasks:
        group = groups.setdefault(task.area_id, {"number": task.area.number, "title": task.area.title, "rows": []})
        group["rows"].append(
            {
                "anchor": f"task-{task.pk}",
                "words": f"{task.code} {task.title}",
                "url": task.get_absolute_url(),
                **_standing(ends.get(("task", task.pk), [])),
                "link_url": reverse("link_task_predecessor", args=[plan.pk, task.pk]),
            }
        )
    return list(groups.values())


def _measure_ends(plan: Plan, measures: Iterable[Measure], ends: Ends) -> list[dict[str, Any]]:
    groups: dict[int, dict[str, Any]] = {}
    report_url = reverse("living_report", args=[plan.pk])
    for row in measures:
        section = row.section
        head = {"number": section.number, "title": wording.full_width(section.heading), "rows": []}
        head["name"] = measure_name(section.number, section.position)
        groups.setdefault(section.pk, head)["rows"].append(
            {
                "anchor": f"measure-{row.pk}",
                "words": wording.full_width(row.text),
                "url": f"{report_url}#section-{section.pk}",
                **_standing(ends.get(("measure", row.pk), [])),
                "link_url": reverse("link_measure_predecessor", args=[plan.pk, row.pk]),
            }
        )
    return list(groups.values())


def earlier_choices(tasks: Iterable[Task]) -> list[tuple[int, str]]:
    """The tasks of the year before, to choose from."""
    return [(task.pk, f"{task}（{_fate(task)}）") for task in tasks]
