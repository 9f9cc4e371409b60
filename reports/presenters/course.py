"""The course of a plan's year as a picture, with the table that says the same."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from reports import charts, progress
from reports.presenters.compared import Before
from reports.presenters.standing import Standing
from reports.progress import Point
from tracker import wording
from tracker.models import Plan


def course(held: Standing, compared: Before | None) -> dict[str, Any]:
    """The picture of the year with its table; nothing where no task has both dates."""
    measured = progress.dated(held.tasks)
    points = held.points
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
            _label(held, last, _("scheduled %(points)d%%") % {"points": last.scheduled}) if last else "",
            (share(last.on), last.scheduled) if last else None,
        ),
        charts.Line(
            "actual",
            [(share(point.on), point.actual or 0) for point in done],
            _label(held, last, _("actual %(points)d%%") % {"points": last.actual or 0}) if last else "",
            (share(last.on), last.actual or 0) if last else None,
        ),
    ]
    ends = list(progress.month_ends(held.plan))
    starts = [held.plan.starts_on, *(day + datetime.timedelta(days=1) for day in ends[:-1])]
    labels = [((share(first) + share(end)) / 2, _month(first)) for first, end in zip(starts, ends, strict=True)]
    marks, axis = _marks(held, compared, share), charts.Axis(labels)
    return charts.lines("course", _("Progress over the year"), _told(held, last), drawn, marks, axis)


def _label(held: Standing, point: Point, words: str) -> str:
    """With its day where that is not the day shown: the picture ends with the plan's year."""
    if point.on == held.on:
        return words
    return _("%(day)s: %(words)s") % {"day": wording.day_in_year(point.on, held.plan.year), "words": words}


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
