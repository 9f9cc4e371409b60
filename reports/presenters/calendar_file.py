"""Dates as an iCalendar file (RFC 5545): whole days, with identities that stay, and nothing but plain text.

Calendars are kept on telephones and by services elsewhere: what was demanded of a unit, and who answers for a task,
stays out.
"""

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from reports.enums import DateKind
from reports.presenters.calendar import words
from reports.services.calendar import Entry

# What it is about says already what kind of date it is.
TOLD_BY_NAME = (DateKind.REVIEW, DateKind.CUTOFF)
FETCH_AGAIN = datetime.timedelta(hours=6)


@dataclass(frozen=True)
class Line:
    """One event as it stands in the file; `url` begins after the installation's own address."""

    identity: str
    on: datetime.date
    summary: str
    url: str
    stamp: datetime.datetime


def lines(entries: Sequence[Entry], today: datetime.date) -> list[Line]:
    """The events; where there are several plans each says which is its own."""
    several = len({entry.plan.pk for entry in entries}) > 1
    return [_line(entry, today, several) for entry in entries]


def digest(found: Sequence[Line], name: str, root: str) -> str:
    """What tells two files apart, at a fraction of the cost of writing one."""
    told = repr((name, root, [astuple(line) for line in found]))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


def written(found: Sequence[Line], name: str, root: str) -> bytes:
    """The file; `root` is the installation's own address, without a stroke at its end."""
    calendar = Calendar()
    calendar.add("prodid", "-//Plan Tracker//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", FETCH_AGAIN, {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for line in found:
        calendar.add_component(_event(line, root))
    return bytes(calendar.to_ical())


def _line(entry: Entry, today: datetime.date, several: bool) -> Line:
    said = words(entry, today)
    summary = said.about
    if entry.kind not in TOLD_BY_NAME:
        summary = _("%(kind)s: %(about)s") % {"kind": said.kind, "about": said.about}
    if said.standing:
        summary = _("%(summary)s (%(standing)s)") % {"summary": summary, "standing": said.standing}
    if several:
        summary = f"{entry.plan} {summary}"
    return Line(_identity(entry), entry.on, summary, said.url, entry.stamp.astimezone(datetime.UTC))


def _identity(entry: Entry) -> str:
    """The same for ever: a date that moves is the same event on another day; a cut-off is told by its month."""
    key = entry.row.pk if entry.row is not None else f"{entry.plan.year}-{entry.on:%Y%m}"
    return f"{entry.kind.value}-{key}@{entry.plan.government.code}.plan-tracker"


def _event(line: Line, root: str) -> Event:
    """A day alone is a whole day (RFC 5545, 3.6.1); it keeps nobody busy."""
    event = Event()
    event.add("uid", line.identity)
    event.add("dtstamp", line.stamp)
    event.add("dtstart", line.on)
    event.add("summary", line.summary)
    event.add("url", f"{root}{line.url}")
    event.add("transp", "TRANSPARENT")
    return event
