"""The plan on one screen for those who lead: every number leads to the tasks that it counts."""

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports import permissions, progress
from reports.enums import ReviewState
from reports.models import Review
from reports.overview import Sheets
from reports.presenters.compared import Before, choices
from reports.presenters.course import course
from reports.presenters.standing import NO_UNIT, Standing, by_area, by_unit, indicators, named
from reports.progress import Tally
from tracker import wording
from tracker.enums import OPEN_STATUSES, Light, Move, RequestKind, Status
from tracker.lights import LIGHT_ORDER
from tracker.models import Task
from tracker.permissions import answers, can_move, can_set_up, check_decide_requests
from tracker.presenters import as_of
from tracker.presenters.report_notes import Gap, Notes
from tracker.presenters.report_read import read
from tracker.presenters.rows import address_of

# So many rows stand there at once; the rest is behind the number beside the head.
MOST_ROWS = 12
MOST_INDICATORS = 20


# ---------- The page ----------


def page(held: Standing, compared: Before | None, found: Sequence[Review]) -> dict[str, Any]:
    """All that the page shows."""
    areas, units = by_area(held), by_unit(held)
    gone = _gone(held)
    measured = indicators(held, gone)
    return {
        "plan": held.plan,
        "on": wording.full_date(held.day),
        "sentence": _sentence(held),
        "lights": _strip(held, compared),
        "statuses": _statuses(held),
        "compared": compared,
        "choices": choices(held, found, compared),
        **course(held, compared),
        "areas": table(held, areas, "area"),
        "units": table(held, units, "lead_unit"),
        "status_heads": _status_heads(held),
        "light_heads": [{"value": light.value, "label": light.label} for light in LIGHT_ORDER],
        **_changes(held, compared),
        **_due(held),
        **_gaps(held, gone),
        "indicators": measured[:MOST_INDICATORS],
        "more_indicators": len(measured) > MOST_INDICATORS,
        "workbook_query": _same_sides(held, compared),
        **({} if held.past else _acts(held, found)),
    }


def _same_sides(held: Standing, compared: Before | None) -> str:
    """What the address of the file needs so that it shows and compares the same days."""
    sides = {"as_of": held.past.isoformat() if held.past else "", "since": compared.value if compared else ""}
    return urlencode({name: side for name, side in sides.items() if side})


def sheets(held: Standing, compared: Before | None) -> Sheets:
    """What the workbook holds: the same numbers as the page, all of them."""
    gone = _gone(held)
    return Sheets(
        areas=[(f"{number} {title}", tally) for number, title, tally in by_area(held)],
        units=[(name or _("not yet set"), tally) for _key, name, tally in by_unit(held)],
        points=held.points,
        changes=[(str(Light(compared.lights[task.pk]).label), task) for task in _changed(held, compared)]
        if compared
        else [],
        due=progress.due_soon(held.tasks, held.on),
        gaps=[(gap.name, gap.words, gap.title) for gap in _gaps_of(held, gone)],
        indicators=indicators(held, gone),
        on=held.on,
    )


def _gone(held: Standing) -> dict[int, Any] | None:
    """What hung on the tasks of a past day."""
    return as_of.holdings(held.plan, held.past, held.user, evidence=False) if held.past else None


def _sentence(held: Standing) -> SafeString:
    """29 项任务，2 项红灯，1 项尚未明确牵头单位。总体实际 70%，序时应到 74%。"""
    total = len(held.tasks)
    red = sum(progress.light_of(task) == Light.RED for task in held.tasks)
    open_ends = sum(task.lead_unit_id is None for task in held.tasks)
    parts = [(held.ledger(), ngettext("%(count)d task", "%(count)d tasks", total) % {"count": total})]
    if red:
        words = ngettext("%(count)d red", "%(count)d red", red) % {"count": red}
        parts.append((held.ledger(light=Light.RED.value), words))
    if open_ends:
        words = ngettext("%(count)d without a lead unit", "%(count)d without a lead unit", open_ends)
        parts.append((held.ledger(lead_unit=NO_UNIT), words % {"count": open_ends}))
    measured = progress.dated(held.tasks)
    if measured:
        actual, scheduled = progress.overall(measured)
        words = _("%(actual)d%% done where %(scheduled)d%% is scheduled") % {"actual": actual, "scheduled": scheduled}
        parts.append((held.ledger(dated="on"), words))
    return format_html_join(_(", "), '<a href="{}">{}</a>', parts)


def _strip(held: Standing, compared: Before | None) -> list[dict[str, Any]]:
    """The six lights with their numbers, and how much more or fewer there are than then."""
    now = Counter(progress.light_of(task).value for task in held.tasks)
    then = Counter(compared.lights.values()) if compared else None
    return [
        {
            "value": light.value,
            "label": light.label,
            "number": now[light.value],
            "url": held.ledger(light=light.value),
            "change": _difference(now[light.value] - then[light.value]) if then is not None else "",
        }
        for light in LIGHT_ORDER
    ]


def _difference(more: int) -> str:
    if not more:
        return _("unchanged")
    words = _("%(count)d more") if more > 0 else _("%(count)d fewer")
    return words % {"count": abs(more)}


def _statuses(held: Standing) -> list[dict[str, Any]]:
    """The statuses that occur, with their numbers."""
    counts = Counter(task.status for task in held.tasks)
    return [
        {"label": status.label, "number": counts[status.value], "url": held.ledger(status=status.value)}
        for status in Status
        if counts[status.value]
    ]


def _status_heads(held: Standing) -> list[str]:
    occurring = {task.status for task in held.tasks}
    return [str(status.label) for status in Status if status.value in occurring]


# ---------- By area and by unit ----------


def table(held: Standing, rows: Iterable[tuple[Any, str, Tally]], name: str) -> list[dict[str, Any]]:
    """Rows with a cell for each light and for each status that occurs; `name` is that of the ledger's filter."""
    occurring = {task.status for task in held.tasks}
    statuses = [status.value for status in Status if status.value in occurring]

    def cell(number: int, **values: Any) -> dict[str, Any]:
        return {"number": number, "url": held.ledger(**values) if number else "", **values}

    return [
        {
            "label": label,
            "url": held.ledger(**{name: key}),
            "lights": [cell(tally.lights[light.value], **{name: key, "light": light.value}) for light in LIGHT_ORDER],
            "statuses": [cell(tally.statuses[status], **{name: key, "status": status}) for status in statuses],
            "total": cell(tally.total, **{name: key}),
        }
        for key, label, tally in rows
    ]


# ---------- Changes, due dates, gaps, indicators ----------


def _changes(held: Standing, compared: Before | None) -> dict[str, Any]:
    """The tasks whose light changed since, red first; the number leads to the comparison of the two."""
    if compared is None:
        return {"changes": [], "change_count": 0}
    then, rows = compared.lights, _changed(held, compared)
    query = urlencode({"since": compared.value, "until": held.on.isoformat(), "sort": "light"})
    return {
        "changes": [
            {"old": _light(then[task.pk]), "new": wording.shown_light(task, held.on), **named(task)}
            for task in rows[:MOST_ROWS]
        ],
        "change_count": len(rows),
        "changes_url": f"{reverse('changes', args=[held.plan.pk])}?{query}",
        "more_changes": max(len(rows) - MOST_ROWS, 0),
    }


def _changed(held: Standing, compared: Before) -> list[Task]:
    """The tasks whose light is another one than then, red first."""
    then = compared.lights
    rows = [task for task in held.tasks if then.get(task.pk, progress.light_of(task)) != progress.light_of(task)]
    return sorted(rows, key=lambda task: LIGHT_ORDER.index(progress.light_of(task)))


def _light(value: str) -> dict[str, str]:
    return {"value": value, "label": str(Light(value).label)}


def _due(held: Standing) -> dict[str, Any]:
    rows = progress.due_soon(held.tasks, held.on)
    window = {"due_from": held.on.isoformat(), "due_to": progress.due_until(held.on).isoformat(), "still_open": "on"}
    return {
        "due": [due_row(held, task) for task in rows[:MOST_ROWS]],
        "due_count": len(rows),
        "due_days": progress.DUE_SOON_DAYS,
        "due_url": held.ledger(**window),
        "more_due": max(len(rows) - MOST_ROWS, 0),
    }


def due_row(held: Standing, task: Task) -> dict[str, Any]:
    """When a task is due, and how far it is where it should be."""
    return {
        "on": wording.day_in_year(task.due_on, held.plan.year),
        "progress": task.progress,
        "scheduled": "—" if task.scheduled is None else task.scheduled,
        **named(task),
    }


def _gaps(held: Standing, gone: dict[int, Any] | None) -> dict[str, Any]:
    """What of the report nothing takes up, with the way to it."""
    found, past = _gaps_of(held, gone), held.past
    report = reverse("living_report", args=[held.plan.pk]) + (f"?as_of={past.isoformat()}" if past else "")
    return {
        "gaps": [
            {"name": gap.name, "words": gap.words, "title": gap.title, "url": gap.url or f"{report}{gap.target}"}
            for gap in found[:MOST_ROWS]
        ],
        "gap_count": len(found),
        "gaps_url": f"{report}#gaps",
        "more_gaps": max(len(found) - MOST_ROWS, 0),
    }


def _gaps_of(held: Standing, gone: dict[int, Any] | None) -> Sequence[Gap]:
    """The gaps as the living report tells them; three statements."""
    plan, past = held.plan, held.past
    if past and gone is not None:
        given: dict[str, Any] = {"links": as_of.past_links(gone), "dispositions": as_of.past_dispositions(plan, past)}
    else:
        given = {}
    reading = read(plan, held.tasks, held.user, figures=False, text=held.text, **given)
    notes = Notes(reading, held.on, may_settle=not past and can_set_up(held.user, plan))
    return notes.gaps()


# ---------- What can be done ----------


def _acts(held: Standing, found: Sequence[Review]) -> dict[str, Any]:
    """Where the reader goes on: the review, and what waits to be decided."""
    plan, user = held.plan, held.user
    context: dict[str, Any] = {"bulletin_url": reverse("bulletin", args=[plan.pk])}
    if answers(permissions.check_prepare, user, plan):
        waiting = [review for review in found if review.state != ReviewState.CLOSED]
        first = min(waiting, key=lambda review: (review.on, review.number), default=None)
        context["review_url"] = first.get_absolute_url() if first else reverse("prepare_review", args=[plan.pk])
    if answers(check_decide_requests, user, plan):
        context |= _decisions(held)
    return context


def _decisions(held: Standing) -> dict[str, Any]:
    asked = [task for task in held.tasks if task.asked]
    missing = [task for task in held.tasks if task.lead_unit_id is None and task.status in OPEN_STATUSES]
    rows = [_request(held, task) for task in asked] + [_unit_missing(held, task) for task in missing]
    return {
        "may_decide": True,
        "decisions": rows[:MOST_ROWS],
        "asked_count": len(asked),
        "asked_url": reverse("requests", args=[held.plan.pk]),
        "missing_count": len(missing),
        "missing_url": held.ledger(lead_unit=NO_UNIT, still_open="on"),
    }


def _request(held: Standing, task: Task) -> dict[str, str]:
    asked = task.asked
    words = str(RequestKind(asked["kind"]).label)
    if asked["due_on"]:
        new = datetime.date.fromisoformat(asked["due_on"])
        dates = {
            "old": wording.day_in_year(task.due_on, held.plan.year),
            "new": wording.day_in_year(new, held.plan.year),
        }
        words += _(": ") + _("%(old)s to become %(new)s") % dates
    url = reverse("decide_request", args=[asked["pk"]])
    return {**named(task), "words": words, "act": _("See the request"), "act_url": url}


def _unit_missing(held: Standing, task: Task) -> dict[str, str]:
    may = can_move(held.user, task, Move.CONFIRM)
    act = _("Name the unit") if may else _("See the task")
    url = reverse("move", args=[task.pk, Move.CONFIRM.value]) if may else address_of(task)
    return {**named(task), "words": _("%(task)s: no lead unit yet") % {"task": task.title}, "act": act, "act_url": url}
