"""The plan on one screen for those who lead: every number leads to the tasks that it counts."""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import OuterRef, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from reports import charts, permissions, picture, progress
from reports.enums import ReviewState
from reports.models import Review, ReviewPicture
from reports.overview import Sheets
from reports.presenters.comparison import DIGITS, REVIEW_PREFIX
from reports.progress import Courses, Point, Tally
from tracker import clock, wording
from tracker.enums import OPEN_STATUSES, IndicatorDirection, Light, Move, RequestKind, RequestState, Status
from tracker.lights import LIGHT_ORDER
from tracker.models import AnnualReport, ChangeRequest, Indicator, Plan, Reading, Task, User
from tracker.permissions import answers, can_move, can_set_up, check_decide_requests
from tracker.presenters import as_of
from tracker.presenters.past_text import past_text
from tracker.presenters.report_notes import Notes
from tracker.presenters.report_read import Text, read
from tracker.presenters.rows import address_of
from tracker.presenters.task_tables import number as plain_number

# So many rows stand there at once; the rest is behind the number beside the head.
MOST_ROWS = 12
MOST_INDICATORS = 20
NO_UNIT = "none"
NARROW = ("quote", "criteria", "deliverable", "remarks", "due_basis", "accountable_leader")


@dataclass(frozen=True)
class Before:
    """What the day is compared with: `value` names it in the address, `label` in words; {task: light} of then."""

    value: str
    label: str
    on: datetime.date
    is_review: bool
    lights: Mapping[int, str]


@dataclass(frozen=True)
class Standing:
    """The tasks of a plan as they stood on the day `on` (`past` where it is not today), and the course of its year."""

    plan: Plan
    user: User
    on: datetime.date
    past: datetime.date | None
    tasks: Sequence[Task]
    courses: Courses
    text: Text = field(default_factory=lambda: Text(AnnualReport()))

    def ledger(self, **values: Any) -> str:
        """The address of the ledger that shows the tasks which fit `values`, as of the same day."""
        day = {"as_of": self.past.isoformat()} if self.past else {}
        query = urlencode({**values, **day})
        return reverse("ledger", args=[self.plan.pk]) + (f"?{query}" if query else "")

    @property
    def points(self) -> list[Point]:
        return progress.curve(self.plan, progress.dated(self.tasks), self.courses, self.on)


def standing(plan: Plan, user: User, past: datetime.date | None, *, words: bool = True) -> Standing:
    """Read with two statements, for a past day three; without `words` of the report two."""
    on = past or clock.today()
    known = progress.courses(plan, user, on)
    if past is None:
        return Standing(plan, user, on, None, _tasks(plan, user, on), known, Text(AnnualReport(pk=plan.report_id)))
    text = past_text(plan, past) if words else Text(AnnualReport(pk=plan.report_id))
    tasks = as_of.restored(plan, past, user, text.places)
    known.shares = {task.pk: [(due, share) for due, share, _met in task.steps if share is not None] for task in tasks}
    return Standing(plan, user, on, past, tasks, known, text)


def _tasks(plan: Plan, user: User, on: datetime.date) -> list[Task]:
    """The visible tasks with their lights; with `asked` for whoever may decide requests."""
    rows: Any = Task.objects.visible_to(user).with_light(plan, on).select_related("area", "lead_unit").by_place()
    if answers(check_decide_requests, user, plan):
        rows = rows.annotate(asked=Subquery(_asked(user)))
    tasks = list(rows.defer(*NARROW))
    for task in tasks:
        task.plan = plan
    return tasks


def _asked(user: User) -> Any:
    """The open request on a task that somebody else asked for."""
    rows = ChangeRequest.objects.visible_to(user).filter(task=OuterRef("pk"), state=RequestState.OPEN)
    told = JSONObject(pk="pk", kind="kind", due_on=KT("changes__due_on__1"))
    return rows.exclude(asked_by=user).values(told=told)[:1]


# ---------- What it is compared with ----------


def reviews(plan: Plan, user: User, on: datetime.date, wanted: str) -> list[Review]:
    """The plan's reviews that this person sees, the newest first; one statement.

    Each carries `taken_at` of its last picture by the end of `on`, and the one to compare with `frozen`, its picture:
    the review `wanted`, or the last one that was closed before the day.
    """
    end = clock.start_of(on + datetime.timedelta(days=1))
    pictures = ReviewPicture.objects.visible_to(user).filter(review__state=ReviewState.CLOSED, taken_at__lt=end)
    chosen = pictures.filter(review__plan=plan)
    if wanted.startswith(REVIEW_PREFIX):
        chosen = chosen.filter(review=_key(wanted))
    else:
        chosen = chosen.filter(taken_at__lt=clock.start_of(on)) if not wanted else chosen.none()
    newest = chosen.order_by("-review__number", "-version").values("pk")[:1]
    own = pictures.filter(review=OuterRef("pk"))
    rows = (
        Review.objects.visible_to(user)
        .filter(plan=plan)
        .annotate(
            taken_at=Subquery(own.order_by("-version").values("taken_at")[:1]),
            frozen=Subquery(own.filter(pk__in=newest).values("data")[:1]),
        )
    )
    found = list(rows)
    for review in found:
        review.plan = plan
    return found


def _key(wanted: str) -> int:
    key = wanted.removeprefix(REVIEW_PREFIX)
    return int(key) if key.isascii() and key.isdecimal() and len(key) <= DIGITS else 0


def before(held: Standing, found: Sequence[Review], day: datetime.date | None) -> Before | None:
    """The picture that one of `found` carries, else the end of `day`, else the beginning of the month.

    One more statement where it is a day; None where there was no task yet.
    """
    kept = next((review for review in found if review.frozen), None)
    if kept is not None and day is None:
        label = _review_words(kept, held.plan)
        return Before(f"{REVIEW_PREFIX}{kept.pk}", label, kept.on, True, picture.lights_in(kept.frozen))
    day = day or month_before(held)
    if day >= held.on:
        return None
    then = {past.pk: past.light for past in as_of.past_tasks(held.plan, day, held.user)}
    label = wording.day_in_year(day, held.plan.year)
    return Before(day.isoformat(), label, day, False, then) if then else None


def _review_words(review: Review, plan: Plan) -> str:
    return _("the review of %(date)s") % {"date": wording.day_in_year(review.on, plan.year)}


def month_before(held: Standing) -> datetime.date:
    """The last day of the month before, or the plan's first."""
    return max(held.on.replace(day=1) - datetime.timedelta(days=1), held.plan.starts_on)


def choices(held: Standing, found: Iterable[Review], chosen: Before | None) -> list[dict[str, Any]]:
    """What the day can be compared with: closed reviews, and the beginning of the month."""
    rows = [(f"{REVIEW_PREFIX}{row.pk}", _review_words(row, held.plan)) for row in found if row.taken_at]
    day = month_before(held)
    if day < held.on:
        rows.append((day.isoformat(), wording.day_in_year(day, held.plan.year)))
    kept = {"as_of": held.past.isoformat()} if held.past else {}
    return [
        {"words": words, "query": urlencode({**kept, "since": value}), "on": bool(chosen and chosen.value == value)}
        for value, words in rows
    ]


# ---------- The page ----------


def page(held: Standing, compared: Before | None, found: Sequence[Review]) -> dict[str, Any]:
    """All that the page shows."""
    areas, units = by_area(held), by_unit(held)
    gone = as_of.holdings(held.plan, held.past, held.user, evidence=False) if held.past else None
    measured = indicators(held, gone)
    return {
        "plan": held.plan,
        "on": wording.full_date(held.on),
        "sentence": _sentence(held),
        "lights": _strip(held, compared),
        "statuses": _statuses(held),
        "compared": compared,
        "choices": choices(held, found, compared),
        **_course(held, compared),
        "areas": table(held, areas, "area"),
        "units": table(held, units, "lead_unit"),
        "status_heads": _status_heads(held),
        "light_heads": [{"value": light.value, "label": light.label} for light in LIGHT_ORDER],
        **_changes(held, compared),
        **_due(held),
        **_gaps(held, gone),
        "indicators": measured[:MOST_INDICATORS],
        "more_indicators": len(measured) > MOST_INDICATORS,
        "workbook_query": urlencode({"as_of": held.past.isoformat()}) if held.past else "",
        **({} if held.past else _acts(held, found)),
    }


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


def by_area(held: Standing) -> list[tuple[Any, str, Tally]]:
    """(value of the ledger's filter, name, tally) of each work area, in the order of the report."""
    titles = {task.area.number: task.area.title for task in held.tasks}
    counted = progress.tallies(held.tasks, lambda task: task.area.number)
    return [(number, titles[number], counted[number]) for number in sorted(counted)]


def by_unit(held: Standing) -> list[tuple[Any, str, Tally]]:
    """The same of each lead unit, in the order of the register; what has none comes last, and has no name."""
    names = {task.lead_unit_id: str(task.lead_unit) for task in held.tasks if task.lead_unit_id}
    counted = progress.tallies(held.tasks, lambda task: task.lead_unit_id)
    orders, last = held.courses.orders, max(held.courses.orders.values(), default=0) + 1
    keys = sorted(names, key=lambda unit: (orders.get(unit, last), unit))
    rows: list[tuple[Any, str, Tally]] = [(key, names[key], counted[key]) for key in keys]
    return [*rows, (NO_UNIT, "", counted[None])] if None in counted else rows


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


# ---------- The course of the year ----------


def _course(held: Standing, compared: Before | None) -> dict[str, Any]:
    """The picture of the year with its table; nothing where no task has both dates."""
    measured = progress.dated(held.tasks)
    points = progress.curve(held.plan, measured, held.courses, held.on)
    if not points:
        return {"chart": "", "points": [], "course_note": ""}
    number = len(measured)
    words = ngettext("mean of %(count)d dated task, %%", "mean of %(count)d dated tasks, %%", number)
    return {
        "chart": _chart(held, points, compared),
        "points": [point_row(held, point) for point in points],
        "course_note": words % {"count": number},
        "course_url": held.ledger(dated="on"),
    }


def point_row(held: Standing, point: Point) -> dict[str, Any]:
    """A row of the picture's table."""
    return {"on": wording.full_date(point.on), "scheduled": point.scheduled, "actual": point.actual}


def _chart(held: Standing, points: Sequence[Point], compared: Before | None) -> SafeString:
    share = _share_of(held.plan)
    done = [point for point in points if point.actual is not None]
    last = done[-1] if done else None
    drawn = [
        charts.Line(
            "scheduled",
            [(share(point.on), point.scheduled) for point in points],
            _("scheduled %(points)d%%") % {"points": last.scheduled} if last else "",
            (share(last.on), last.scheduled) if last else None,
        ),
        charts.Line(
            "actual",
            [(share(point.on), point.actual or 0) for point in done],
            _("actual %(points)d%%") % {"points": last.actual or 0} if last else "",
            (share(last.on), last.actual or 0) if last else None,
        ),
    ]
    ends = list(progress.month_ends(held.plan))
    starts = [held.plan.starts_on, *(day + datetime.timedelta(days=1) for day in ends[:-1])]
    labels = [((share(first) + share(end)) / 2, _month(first)) for first, end in zip(starts, ends, strict=True)]
    marks, axis = _marks(held, compared, share), charts.Axis(labels)
    return charts.lines("course", _("Progress over the year"), _told(held, last), drawn, marks, axis)


def _share_of(plan: Plan) -> Callable[[datetime.date], float]:
    """Where a day of the plan stands between its first and its last, from 0 to 100."""
    length = (plan.ends_on - plan.starts_on).days
    return lambda day: min(max((day - plan.starts_on).days / length, 0), 1) * 100


def _month(day: datetime.date) -> str:
    return date_format(day, pgettext("date format", "M"))


def _told(held: Standing, last: Point | None) -> str:
    if last is None:
        return _("Scheduled progress, month by month; the table beside it has the numbers.")
    return _(
        "By %(date)s %(actual)d%% is done where %(scheduled)d%% is scheduled; the table beside it has the numbers."
    ) % {"date": wording.full_date(last.on), "actual": last.actual or 0, "scheduled": last.scheduled}


def _marks(held: Standing, compared: Before | None, share: Callable[[datetime.date], float]) -> Iterable[charts.Mark]:
    first, last = held.plan.starts_on, held.plan.ends_on
    if compared and compared.is_review and first <= compared.on <= last:
        yield charts.Mark("review", share(compared.on), _("last review"), before=True)
    if first <= held.on <= last:
        label = wording.day_in_year(held.past, held.plan.year) if held.past else _("today")
        yield charts.Mark("today", share(held.on), label)


# ---------- Changes, due dates, gaps, indicators ----------


def _changes(held: Standing, compared: Before | None) -> dict[str, Any]:
    """The tasks whose light changed since, red first; the number leads to the comparison of the two."""
    if compared is None:
        return {"changes": [], "change_count": 0}
    then = compared.lights
    rows = [task for task in held.tasks if then.get(task.pk, progress.light_of(task)) != progress.light_of(task)]
    rows.sort(key=lambda task: LIGHT_ORDER.index(progress.light_of(task)))
    query = urlencode({"since": compared.value, "until": held.on.isoformat(), "sort": "light"})
    return {
        "changes": [
            {"old": _light(then[task.pk]), "new": wording.shown_light(task, held.on), **_named(task)}
            for task in rows[:MOST_ROWS]
        ],
        "change_count": len(rows),
        "changes_url": f"{reverse('changes', args=[held.plan.pk])}?{query}",
        "more_changes": max(len(rows) - MOST_ROWS, 0),
    }


def _light(value: str) -> dict[str, str]:
    return {"value": value, "label": str(Light(value).label)}


def _named(task: Task) -> dict[str, str]:
    return {"code": task.code, "title": task.title, "url": address_of(task)}


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
        **_named(task),
    }


def _gaps(held: Standing, gone: dict[int, Any] | None) -> dict[str, Any]:
    """What of the report nothing takes up, as the living report tells it; three statements."""
    plan, past = held.plan, held.past
    if past and gone is not None:
        given: dict[str, Any] = {"links": as_of.past_links(gone), "dispositions": as_of.past_dispositions(plan, past)}
    else:
        given = {}
    reading = read(plan, held.tasks, held.user, figures=False, text=held.text, **given)
    notes = Notes(reading, held.on, may_settle=not past and can_set_up(held.user, plan))
    found = notes.gaps()
    report = reverse("living_report", args=[plan.pk]) + (f"?as_of={past.isoformat()}" if past else "")
    return {
        "gaps": [
            {"name": gap.name, "words": gap.words, "title": gap.title, "url": gap.url or f"{report}{gap.target}"}
            for gap in found[:MOST_ROWS]
        ],
        "gap_count": len(found),
        "gaps_url": f"{report}#gaps",
        "more_gaps": max(len(found) - MOST_ROWS, 0),
    }


def indicators(held: Standing, gone: dict[int, Any] | None) -> list[dict[str, Any]]:
    """Each indicator with baseline, latest reading and target as numbers or None; of today in one statement."""
    tasks = {task.pk: task for task in held.tasks}
    rows = _past_indicators(gone) if gone is not None else _indicators(held)
    found = []
    for key, row in rows:
        if key in tasks:
            row["direction"] = str(IndicatorDirection(row["direction"]).label)
            row["words"] = {name: _value(row[name]) for name in ("baseline", "value", "target")}
            row["read_on"] = wording.day_in_year(row["on"], held.plan.year)
            found.append({**row, **_named(tasks[key]), "place": (tasks[key].area.number, tasks[key].serial)})
    return sorted(found, key=lambda row: row["place"])


def _value(value: Decimal | None) -> str:
    return "—" if value is None else plain_number(value)


def _indicators(held: Standing) -> Iterable[tuple[int, dict[str, Any]]]:
    last = Reading.objects.filter(indicator=OuterRef("pk")).order_by("-on", "-pk")
    rows = Indicator.objects.visible_to(held.user).filter(task__plan=held.plan).order_by("pk")
    rows = rows.annotate(last_on=Subquery(last.values("on")[:1]), last=Subquery(last.values("value")[:1]))
    names = ("task_id", "name", "unit", "direction", "baseline", "target", "last_on", "last")
    for task, name, unit, direction, baseline, target, on, value in rows.values_list(*names):
        yield (
            task,
            {
                "name": name,
                "unit": unit,
                "direction": direction,
                "baseline": baseline,
                "target": target,
                "on": on,
                "value": value,
            },
        )


def _past_indicators(gone: Mapping[int, Any]) -> Iterable[tuple[int, dict[str, Any]]]:
    for task, hung in gone.items():
        for row in hung["indicators"]:
            on, value = row["readings"][-1] if row["readings"] else (None, None)
            numbers = {"baseline": row["baseline"], "target": row["target"], "value": value}
            yield (
                task,
                {
                    **{name: row[name] for name in ("name", "unit", "direction")},
                    **{name: None if text is None else Decimal(text) for name, text in numbers.items()},
                    "on": datetime.date.fromisoformat(on) if on else None,
                },
            )


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
    return {**_named(task), "words": words, "act": _("See the request"), "act_url": url}


def _unit_missing(held: Standing, task: Task) -> dict[str, str]:
    may = can_move(held.user, task, Move.CONFIRM)
    act = _("Name the unit") if may else _("See the task")
    url = reverse("move", args=[task.pk, Move.CONFIRM.value]) if may else address_of(task)
    return {**_named(task), "words": _("%(task)s: no lead unit yet") % {"task": task.title}, "act": act, "act_url": url}


# ---------- The workbook ----------


def sheets(held: Standing, gone: dict[int, Any] | None) -> Sheets:
    """What the workbook holds: the same numbers as the page, all of them."""
    return Sheets(
        areas=[(f"{number} {title}", tally) for number, title, tally in by_area(held)],
        units=[(name or _("not yet set"), tally) for _key, name, tally in by_unit(held)],
        points=held.points,
        indicators=indicators(held, gone),
        due=progress.due_soon(held.tasks, held.on),
        on=held.on,
    )
