"""What waits for me."""

import datetime
from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from tracker import clock, dates, wording
from tracker.enums import EventKind, Light, PlanState, RequestKind, RequestState, Role, Status
from tracker.lights import LIGHT_OF, REPORTING_STATUSES
from tracker.models import ChangeRequest, ContributionRequest, Evidence, Plan, Task, TaskEvent, User
from tracker.permissions import CONDUCTORS, answers, check_decide_requests, check_own_government
from tracker.presenters import notices as supervision
from tracker.presenters.rows import Row, task_row
from tracker.presenters.task_tables import troubles
from tracker.querysets import CHANGED_ADDRESS, DEAD_ADDRESS, demanded_conditions, expired, waiting_conditions
from tracker.services import reminders
from tracker.services.occasions import Kind, Occasion
from tracker.texts import enumeration
from tracker.views.base import listed, person_of, plan_or_404, plans_of, visible_tasks

NEAR_DATES = 8
# What waits beside the tasks, from other apps: each gives {words, url, action} or None for a plan and a person.
ALSO_WAITING: list[Callable[[Plan, User], dict[str, str] | None]] = []
LATEST_EVENTS = 6


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """The current plan's home; a page that says so where there is no plan yet."""
    plans = plans_of(request)
    if plans:
        return redirect("home", plan=plans[0].pk)
    return render(request, "tracker/no_plan.html", {"can_load": person_of(request).is_staff})


@require_GET
def home(request: HttpRequest, plan: int) -> HttpResponse:
    """Groups of tasks by what to do with them, returned ones first, each with its one action."""
    shown = plan_or_404(request, plan)
    user, on = person_of(request), clock.today()
    tasks = _tasks(request, shown, user, on)
    notices = supervision.waiting_rows(shown, user, on) if user.role in (*STAFF, *CONDUCTORS) else []
    demands = supervision.demands_by_task(shown, user, on) if user.role in STAFF else {}
    contributions = _contributions_asked(shown, user, on)
    groups = _groups(tasks, shown, user, on, demands, contributions, primary=not notices)
    reminded = reminders.due_for(user, shown, on)
    asked = _open_requests(shown, user)
    return render(
        request,
        "tracker/home.html",
        {
            "greeting": _greeting(user, _number(notices, groups, asked)),
            "period": _period_sentence(shown, on),
            "also": [line for line in (more(shown, user) for more in ALSO_WAITING) if line],
            "notices": notices,
            "notices_url": reverse("notices", args=[shown.pk]),
            "groups": groups,
            "idle": _idle_rows(tasks, groups, shown, user, on),
            "reminders": reminded,
            "reminder_choice": user.get_reminders_display() if user.email else "",
            "dates": _near_dates(shown, on, reminded, _awaited(tasks, notices, demands, user)),
            "unit_lights": _unit_lights(tasks, shown, user, on),
            "events": _latest_events(shown, user),
            "care": _evidence_to_look_after(shown, user, on),
            "asked": asked,
            "nothing": _nothing(shown, user, on, asked, has_tasks=any(t.lead_unit_id == user.unit_id for t in tasks)),
        },
    )


def _nothing(
    plan: Plan, user: User, on: datetime.date, asked: dict[str, Any] | None, *, has_tasks: bool
) -> dict[str, str]:
    """What stands in place of the groups where no task waits: one fact and one link.

    `has_tasks` says whether this person's unit leads any task of the plan.
    """
    if plan.state == PlanState.CLOSED:
        record = {"url": reverse("roll_over", args=[plan.pk]), "link": _("What became of its tasks")}
        return {"fact": _("The plan is closed; nothing is done in it any more"), "note": "", **record}
    next_day = wording.month_day(plan.cutoff(on) + datetime.timedelta(days=1))
    note = _("The next period begins on %(date)s.") % {"date": next_day}
    if asked:
        number = asked["number"]
        words = ngettext("%(counter)s request awaits a decision", "%(counter)s requests await a decision", number)
        fact = words % {"counter": number}
        return {"fact": fact, "note": "", "url": asked["url"], "link": _("See the requests")}
    if user.role in STAFF and not has_tasks:
        fact = _("No task of this plan is led by your unit")
        return {"fact": fact, "note": "", "url": reverse("ledger", args=[plan.pk]), "link": _("See the ledger")}
    done = _("Everything is done for this period")
    fact = done if waiting_conditions(user, plan, on) else _("Nothing waits for you; you read along")
    return {"fact": fact, "note": note, "url": reverse("ledger", args=[plan.pk]), "link": _("See the ledger")}


def _number(notices: list[Any], groups: list[dict[str, Any]], asked: dict[str, Any] | None) -> int:
    """How many things wait for this person."""
    return len(notices) + sum(len(group["rows"]) for group in groups) + (asked["number"] if asked else 0)


def _tasks(request: HttpRequest, plan: Plan, user: User, on: datetime.date) -> list[Task]:
    """All that may concern this person, in one query: what waits, what the unit leads, what the person owns."""
    waiting = waiting_conditions(user, plan, on)
    concerns = [*waiting.values()]
    if user.role in STAFF:
        concerns.append(Q(lead_unit=user.unit_id))
        demanded = demanded_conditions(user, plan, on, waiting)
        concerns += [demanded["contribution"]] if "contribution" in demanded else []
    if not concerns:
        return []
    returns = TaskEvent.objects.filter(task=OuterRef("pk"), kind=EventKind.RETURN).order_by("-sequence")
    reports = TaskEvent.objects.filter(task=OuterRef("pk"), kind__in=[EventKind.REPORT, EventKind.NO_CHANGE]).order_by(
        "-sequence"
    )
    found = visible_tasks(request).with_light(plan, on).with_people().filter(reduce(or_, concerns))
    found = found.annotate(
        return_reason=Subquery(returns.values("reason")[:1]),
        returned_by=Subquery(returns.values("by_label")[:1]),
        returned_unit=Subquery(returns.values("unit_label")[:1]),
        returned_at=Subquery(returns.values("at")[:1]),
        last_summary=Subquery(reports.values("summary")[:1]),
        last_kind=Subquery(reports.values("kind")[:1]),
        last_by=Subquery(reports.values("by_label")[:1]),
        last_at=Subquery(reports.values("at")[:1]),
    )
    return listed(found.by_place(), plan)


STAFF = (Role.CONTRIBUTOR, Role.UNIT_HEAD)


def _greeting(user: User, number: int) -> str:
    if not number:
        return _("%(name)s, nothing waits for you") % {"name": user}
    return ngettext("%(name)s, %(number)d thing waits for you", "%(name)s, %(number)d things wait for you", number) % {
        "name": user,
        "number": number,
    }


def _period_sentence(plan: Plan, on: datetime.date) -> str:
    if plan.state == PlanState.CLOSED:
        return _("The plan of %(year)d is closed.") % {"year": plan.year}
    cutoff = plan.cutoff(on)
    return _("Reports for %(month)s close on %(date)s, %(days)d days left.") % {
        "month": wording.month(cutoff),
        "date": wording.month_day(cutoff),
        "days": (cutoff - on).days,
    }


def _groups(
    tasks: list[Task],
    plan: Plan,
    user: User,
    on: datetime.date,
    demands: dict[int, Any],
    contributions: dict[int, Any],
    *,
    primary: bool,
) -> list[dict[str, Any]]:
    """The groups that are not empty, in the order of the page; a task stands in the first that fits.

    `demands` are shown with their tasks, wherever these stand; tasks that wait for nothing else have a group of their
    own, and so have tasks of other units for which `contributions` are asked. The first button of the page is filled
    if `primary`, and only then does the first group say that it comes first.
    """
    cutoff = plan.cutoff(on)
    heads = {
        "returned": (_("Returned, to be resubmitted"), _("first") if primary else ""),
        "demand": (_("Urged or asked for a report"), ""),
        "sign": (_("To sign off"), ""),
        "report": (_("Report for %(month)s") % {"month": wording.month(cutoff)}, ""),
        "contribution": (_("To contribute"), _("the status of the task stays as it is")),
        "review": (_("To review"), ""),
        "confirm": (_("To confirm"), ""),
    }
    wanted = list(waiting_conditions(user, plan, on))
    standing = {
        name: {task.pk for task in tasks if _stands_in(task, name, wanted, plan, user, on, demands)} for name in heads
    }
    standing["contribution"] = set(contributions)
    taken: set[int] = set()
    groups = []
    for name, (title, note) in heads.items():
        rows = [
            _waiting_row(task, name, on, demands.get(task.pk, []), contributions.get(task.pk))
            for task in tasks
            if task.pk not in taken and task.pk in standing[name]
        ]
        if not rows:
            continue
        taken |= {row.pk for row in rows}
        rows[0].extra["primary"] = primary
        primary = False
        groups.append({"name": name, "title": title, "note": note, "rows": rows, "count": len(rows)})
    return groups


def _stands_in(
    task: Task, name: str, wanted: list[str], plan: Plan, user: User, on: datetime.date, demands: dict[int, Any]
) -> bool:
    """True for a task of a group that this person has. A demand has its own only where the task has none."""
    if name != "demand":
        return name in wanted and _belongs(task, name, plan, user, on)
    waits = any(_belongs(task, other, plan, user, on) for other in wanted)
    return "report" in wanted and task.pk in demands and task.lead_unit_id == user.unit_id and not waits


def _belongs(task: Task, name: str, plan: Plan, user: User, on: datetime.date) -> bool:
    """The twin of `waiting_conditions` on fetched tasks."""
    own = task.lead_unit_id == user.unit_id
    since = plan.period_start(on)
    unreported = task.last_report_on is None or task.last_report_on < since
    started = task.starts_on is not None and task.starts_on <= on
    return {
        "returned": own and task.status == Status.IN_PROGRESS and task.returned,
        "report": own
        and task.status in (Status.NOT_STARTED, Status.IN_PROGRESS)
        and not task.returned
        and started
        and unreported,
        "sign": own and task.status == Status.AWAITING_SIGN_OFF,
        "review": not own and task.status == Status.UNDER_REVIEW,
        "confirm": task.status == Status.UNCONFIRMED,
    }[name]


ACTIONS = {
    "returned": ("report_progress", gettext_lazy("Revise and resubmit")),
    "report": ("report_progress", gettext_lazy("Report progress")),
    "demand": ("report_progress", gettext_lazy("Report progress")),
    "held": ("task", gettext_lazy("See the task")),
    "contribution": ("contribute", gettext_lazy("Give the contribution")),
    "sign": ("sign_off", gettext_lazy("Check and sign")),
    "review": ("review", gettext_lazy("Review")),
    "confirm": ("move", gettext_lazy("Confirm task")),
}


def _waiting_row(
    task: Task, name: str, on: datetime.date, demands: list[dict[str, Any]], asked: dict[str, Any] | None
) -> Row:
    held = name == "demand" and task.status not in REPORTING_STATUSES
    view, label = ACTIONS["held" if held else name]
    args = [task.pk, "confirm"] if name == "confirm" else [task.pk]
    extra: dict[str, Any] = {"action_url": reverse(view, args=args), "action": label, "primary": False}
    extra["demands"] = demands
    extra["asked"] = asked if name == "contribution" else None
    if name == "returned":
        extra["quote"] = task.return_reason
        extra["quoted"] = f"{task.returned_unit} {task.returned_by}"
        extra["quoted_at"] = wording.moment(task.returned_at) if task.returned_at else ""
    if name in ("report", "demand"):
        extra["last"] = _last_sentence(task)
        extra["no_change_url"] = reverse("no_change", args=[task.pk]) if task.status == Status.IN_PROGRESS else ""
        extra["asks_why"] = LIGHT_OF[task.light_reason] in (Light.RED, Light.YELLOW)
    if held:
        extra["last"] = _("Now “%(status)s”: the next report answers.") % {"status": task.get_status_display()}
        extra["no_change_url"] = ""
    if name in ("sign", "review"):
        extra["last"] = _last_sentence(task)
    if name == "confirm":
        extra["last"] = (
            _("Proposed lead unit: %(unit)s") % {"unit": task.proposed_lead_unit} if task.proposed_lead_unit else ""
        )
    return task_row(task, on, **extra)


def _last_sentence(task: Task) -> str:
    if not task.last_at:
        return ""
    words = task.last_summary or _("No change")
    day = wording.month_day(clock.local_date(task.last_at))
    return _("Last report (%(date)s): %(words)s") % {"date": day, "words": words}


def _idle_rows(tasks: list[Task], groups: list[dict[str, Any]], plan: Plan, user: User, on: datetime.date) -> list[Row]:
    """The unit's open tasks that ask nothing of this person now; in a closed plan nobody is asked."""
    if plan.state == PlanState.CLOSED:
        return []
    waiting = {row.pk for group in groups for row in group["rows"]}
    rest = [
        task
        for task in tasks
        if task.lead_unit_id == user.unit_id
        and task.pk not in waiting
        and task.status not in (Status.COMPLETED, Status.CANCELLED)
    ]
    return [task_row(task, on, why=_idle_reason(task)) for task in rest]


def _idle_reason(task: Task) -> str:
    if task.status in (Status.AWAITING_SIGN_OFF, Status.UNDER_REVIEW):
        return task.get_status_display()
    if task.last_at:
        day = wording.month_day(clock.local_date(task.last_at))
        return _("%(who)s reported on %(date)s") % {"who": task.last_by, "date": day}
    return str(task.get_status_display())


def _near_dates(
    plan: Plan, on: datetime.date, reminded: list[Occasion], awaited: list[tuple[Kind, datetime.date, str]]
) -> list[dict[str, str]]:
    """The cut-off and the next days on which something of the unit's is awaited, without what is reminded of above."""
    if plan.state == PlanState.CLOSED:
        return []
    cutoff = plan.cutoff(on)
    entries = [(cutoff, _("Reports for %(month)s close") % {"month": wording.month(cutoff)})]
    told = {(one.kind, one.about, one.code) for one in reminded}
    by_date: dict[tuple[datetime.date, Kind], list[str]] = {}
    for kind, day, code in awaited:
        if day >= on and (kind, day, code) not in told:
            by_date.setdefault((day, kind), []).append(code)
    sentences = {
        Kind.DUE: _("%(codes)s due"),
        Kind.DEMAND: _("%(codes)s: to report as demanded"),
        Kind.NOTICE: _("%(codes)s: to reply to the notice"),
    }
    entries += [(day, sentences[kind] % {"codes": enumeration(codes)}) for (day, kind), codes in by_date.items()]
    year = plan.year
    return [{"date": dates.day_in_year(day, year), "words": words} for day, words in sorted(entries)[:NEAR_DATES]]


def _awaited(
    tasks: list[Task], notices: list[dict[str, Any]], demands: dict[int, list[dict[str, Any]]], user: User
) -> list[tuple[Kind, datetime.date, str]]:
    """What of the unit's is awaited by a day: due dates, answers to demands, replies to notices, with the task's code.

    Each code stands once a day and kind, also where two things are demanded of a task by the same day.
    """
    own = [task for task in tasks if task.lead_unit_id == user.unit_id]
    found = [(Kind.DUE, task.due_on, task.code) for task in own if task.due_on and task.status in OPEN_DATED]
    if user.role in STAFF:
        found += [(Kind.DEMAND, row["on"], task.code) for task in own for row in demands.get(task.pk, []) if row["on"]]
        found += [(Kind.NOTICE, row["on"], row["code"]) for row in notices]
    return list(dict.fromkeys(found))


OPEN_DATED = (Status.NOT_STARTED, Status.IN_PROGRESS, Status.AWAITING_SIGN_OFF, Status.UNDER_REVIEW)


def _unit_lights(tasks: list[Task], plan: Plan, user: User, on: datetime.date) -> list[dict[str, Any]]:
    """The unit's tasks by light: light, number, codes, and the ledger filtered to exactly them."""
    own = [task for task in tasks if task.lead_unit_id == user.unit_id]
    found = []
    for light in Light:
        codes = [task.code for task in own if LIGHT_OF[task.light_reason] == light]
        if codes:
            query = f"?lead_unit={user.unit_id}&light={light.value}"
            found.append(
                {
                    "light": wording.ShownLight(light.value, str(light.label), ""),
                    "count": len(codes),
                    "codes": enumeration(codes),
                    "url": reverse("ledger", args=[plan.pk]) + query,
                }
            )
    return found


def _latest_events(plan: Plan, user: User) -> list[dict[str, str]]:
    """What others did last: on the unit's tasks for staff, on the whole plan for everyone else."""
    events = TaskEvent.objects.visible_to(user).filter(task__plan=plan).exclude(by=user)
    if user.role in STAFF:
        events = events.filter(task__lead_unit=user.unit_id)
    latest = events.exclude(kind=EventKind.CREATE).order_by("-sequence")
    # The request that a line decides: the one of its task that the same person decided last before it.
    decided = ChangeRequest.objects.visible_to(user).filter(
        task=OuterRef("task"), decided_by=OuterRef("by"), decided_at__lte=OuterRef("at")
    )
    decided = decided.order_by("-decided_at")
    rows = latest.select_related("task").annotate(
        request_kind=Subquery(decided.values("kind")[:1]), request_state=Subquery(decided.values("state")[:1])
    )
    return [
        {
            "date": wording.month_day(clock.local_date(event.at)),
            "words": f"{event.by_label} {_what(event)}{_outcome(event, plan)}",
            "code": event.task.code,
            "url": reverse("task", args=[event.task_id]),
        }
        for event in rows[:LATEST_EVENTS]
    ]


def _what(event: TaskEvent) -> str:
    """What was done: told apart where one kind of line tells of several acts."""
    told = wording.act_of_supervision(event.changes) or wording.act_of_roll_over(event.changes)
    return str(told or event.get_kind_display())


def _outcome(event: Any, plan: Plan) -> str:
    """What was decided on a request, with the new due date; "" for lines of other kinds.

    A line that changed something is read by everyone, its request by those concerned: others read that it was
    approved.
    """
    if event.kind != EventKind.DECIDE:
        return ""
    if event.request_kind is None:
        what = str(RequestState.APPROVED.label) if event.changes else ""
    else:
        approved = event.request_state == RequestState.APPROVED
        words = _("%(kind)s approved") if approved else _("%(kind)s not approved")
        what = words % {"kind": RequestKind(event.request_kind).label}
    due = event.changes.get("due_on", ["", ""])[1]
    day = dates.day_in_year(datetime.date.fromisoformat(due), plan.year) if due else ""
    said = _(", ").join(part for part in (what, day) if part)
    return _(": ") + said if said else ""


def _evidence_to_look_after(plan: Plan, user: User, on: datetime.date) -> list[dict[str, Any]]:
    """Evidence that can no longer be opened, has changed or has expired: the unit's own, or all for reviewers.

    A reviewer is told of those pages only that he may look at again.
    """
    if plan.state == PlanState.CLOSED:
        return []
    items = Evidence.objects.visible_to(user).filter(plan=plan, replaced_by__isnull=True)
    if user.role in STAFF:
        items = items.filter(expired(on) | DEAD_ADDRESS | CHANGED_ADDRESS, unit=user.unit_id)
    elif user.role == Role.REVIEWER and answers(check_own_government, user, plan):
        items = items.filter(CHANGED_ADDRESS).exclude(unit=user.unit_id)
    else:
        return []
    rows = items.select_related("address_check").order_by("number")[:LATEST_EVENTS]
    return [
        {"number": item.number, "url": item.get_absolute_url(), "words": enumeration(troubles(item, on))}
        for item in rows
    ]


def _open_requests(plan: Plan, user: User) -> dict[str, Any] | None:
    """How many requests wait for this person's decision."""
    if not answers(check_decide_requests, user, plan):
        return None
    rows = ChangeRequest.objects.visible_to(user).filter(task__plan=plan, state=RequestState.OPEN)
    number = rows.exclude(asked_by=user).count()
    return {"number": number, "url": reverse("requests", args=[plan.pk])} if number else None


def _contributions_asked(plan: Plan, user: User, on: datetime.date) -> dict[int, dict[str, Any]]:
    """{task: what its lead unit asks of this person's unit}, where it can be answered now."""
    if user.role not in STAFF:
        return {}
    rows = ContributionRequest.objects.visible_to(user).waiting_for(user, plan).select_related("task__lead_unit")
    found = {}
    for row in rows:
        row.task.plan = plan
        found[row.task_id] = supervision.asked_words(row, on)
    return found
