"""Dates as an iCalendar file (RFC 5545): whole days, with identities that stay, and nothing but plain text.

Calendars are kept on telephones and by services elsewhere: what was demanded of a unit, and who answers for a task,
stays out.
"""

import datetime
from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from reports.enums import DateKind
from reports.presenters.calendar import words
from reports.services.calendar import Entry

# What it is about says already what kind of date it is.
TOLD_BY_NAME = (DateKind.REVIEW, DateKind.CUTOFF)
FETCH_AGAIN = datetime.timedelta(hours=6)


def written(entries: Sequence[Entry], name: str, absolute: Callable[[str], str], today: datetime.date) -> bytes:
    """The file; `absolute` makes an address of this installation whole."""
    calendar = Calendar()
    calendar.add("prodid", "-//Plan Tracker//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", FETCH_AGAIN, {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    several = len({entry.plan.pk for entry in entries}) > 1
    for entry in entries:
        calendar.add_component(_event(entry, absolute, today, several))
    return bytes(calendar.to_ical())


def _event(entry: Entry, absolute: Callable[[str], str], today: datetime.date, several: bool) -> Event:
    said = words(entry, today)
    summary = said.about
    if entry.kind not in TOLD_BY_NAME:
        summary = _("%(kind)s: %(about)s") % {"kind": said.kind, "about": said.about}
    if said.standing:
        summary = _("%(summary)s (%(standing)s)") % {"summary": summary, "standing": said.standing}
    event = Event()
    event.add("uid", _identity(entry))
    event.add("dtstamp", entry.stamp.astimezone(datetime.UTC))
    event.add("dtstart", entry.on)
    event.add("dtend", entry.on + datetime.timedelta(days=1))
    event.add("summary", f"{entry.plan} {summary}" if several else summary)
    event.add("url", absolute(said.url))
    event.add("transp", "TRANSPARENT")
    event.add("categories", [said.kind])
    return event


def _identity(entry: Entry) -> str:
    """The same for ever: a date that moves is the same event on another day; a cut-off is told by its month."""
    key = entry.row.pk if entry.row is not None else f"{entry.plan.year}-{entry.on:%Y%m}"
    return f"{entry.kind.value}-{key}@{entry.plan.government.code}.plan-tracker"
