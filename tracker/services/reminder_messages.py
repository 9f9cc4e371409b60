"""The one message a day to one person: claimed before it is sent, so that nothing is sent twice.

A message is written down with everything in it (`claimed`), then sent, then marked. Who is being written to is
locked while that is decided, so that two runs at once share the people out between them. What failed, and what has
been claimed for an hour without an end, is written afresh by the next run with what is due by then, under the
Message-ID of the first try: a person has at most one message that is not sent.
"""

import datetime
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker import clock, wording
from tracker.enums import MessageState, PlanState, ReminderChoice
from tracker.models import JobRun, Plan, Reminder, ReminderMessage, User
from tracker.services import reminders
from tracker.services.occasions import DAY, Kind, Occasion

JOB = "send_reminders"
CLAIM_ENDS = datetime.timedelta(hours=1)
AT_ONCE = 100
MARK_SECONDS = 1.0
# After so many failures in a row the mail server is taken to be away, and the run ends.
MOST_FAILURES = 10
OF_ONE_ADDRESS = ("SMTPRecipientsRefused", "ValueError", "UnicodeEncodeError")

Waiting = dict[int, list[Occasion]]


@dataclass
class _Letter:
    """A message as it is to be sent, and to whom."""

    message: ReminderMessage
    person: User
    occasions: list[Occasion] = field(default_factory=list)


def is_quiet(day: datetime.date) -> bool:
    """Whether nothing is sent on this day."""
    return day.isoweekday() in settings.QUIET_WEEKDAYS or any(
        first <= day <= last for first, last in settings.QUIET_DAYS
    )


def waiting() -> Waiting:
    """{key of a person: all that they are to be reminded of today} over all plans in use; empty on a quiet day."""
    on = clock.today()
    found: Waiting = {}
    if is_quiet(on):
        return found
    with translation.override(settings.LANGUAGE_CODE):
        for plan in Plan.objects.filter(state=PlanState.ACTIVE).defer("report__text").order_by("pk"):
            for person, own in reminders.due(plan, on).items():
                found.setdefault(person, []).extend(own)
    return found


def run(
    people: Waiting, *, connection: Any = None, told: Callable[[int], object] = lambda number: None
) -> Counter[str]:
    """Send what `waiting` has found, as far as it has not been sent; {"sent", "failed", "away": number}.

    Safe to be broken off and to be run twice at once. `told` hears of each person. "away" counts those who were not
    tried any more because the mail server did not answer. The run is kept as a row. `connection` stands in for the
    mail server of the settings.
    """
    kept = JobRun.objects.create(name=JOB, started_at=clock.now())
    on = clock.today()
    weekly, counts = _is_weekly_day(on), Counter[str]()
    with translation.override(settings.LANGUAGE_CODE):
        for chunk in _chunks(people):
            letters = _claim(chunk, on, weekly=weekly)
            _send_all(letters, counts, connection or get_connection())
            told(len(chunk))
            if counts["away"]:
                break
    # A run that gave up has no end: the week's message is then still to come.
    kept.ended_at = None if counts["away"] else clock.now()
    kept.counts = {name: number for name, number in counts.items() if number}
    kept.save(update_fields=["ended_at", "counts"])
    return counts


def _is_weekly_day(on: datetime.date) -> bool:
    """Whether those who want one message a week get it today: on the week's first open day with a whole run."""
    monday = on - DAY * (on.isoweekday() - 1)
    ended = JobRun.objects.filter(name=JOB, ended_at__isnull=False)
    earlier = ended.filter(started_at__gte=clock.start_of(monday), started_at__lt=clock.start_of(on))
    days = {clock.local_date(moment) for moment in earlier.values_list("started_at", flat=True)}
    return all(is_quiet(day) for day in days)


def _chunks(people: Waiting) -> Iterator[Waiting]:
    rows = iter(sorted(people.items()))
    while chunk := dict(islice(rows, AT_ONCE)):
        yield chunk


@transaction.atomic
def _claim(chunk: Waiting, on: datetime.date, *, weekly: bool) -> list[_Letter]:
    """Write down what is sent now, and return it. Whoever comes second finds it written and leaves it alone."""
    # On PostgreSQL the other run waits here; on SQLite it waits for the whole transaction.
    people = User.objects.select_for_update(no_key=True).filter(pk__in=chunk, is_active=True).exclude(email="")
    persons = list(people.order_by("pk"))
    keys = {one.key for person in persons for one in chunk[person.pk]}
    told: dict[int, dict[str, int]] = {person.pk: {} for person in persons}
    rows = Reminder.objects.filter(person__in=persons, key__in=keys)
    for pk, key, used_by in rows.values_list("person_id", "key", "message_id"):
        told[pk][key] = used_by
    pending = _pending(persons, on)
    letters = []
    for person in persons:
        message = pending.get(person.pk) or ReminderMessage(person=person, on=on)
        if message.state == MessageState.SENT or _is_under_way(message):
            continue
        letter = _letter(message, person, chunk[person.pk], told[person.pk], weekly=weekly)
        letters += [letter] if letter.occasions else []
    _write(letters, told)
    return letters


def _pending(persons: list[User], on: datetime.date) -> dict[int, ReminderMessage]:
    """For each person the message of today, or the one that is not sent yet."""
    today = Q(on=on) | Q(sent_at__gte=clock.start_of(on))
    rows = ReminderMessage.objects.filter(today | ~Q(state=MessageState.SENT), person__in=persons)
    # One that went out today comes last and so counts, whatever else there is.
    return {row.person_id: row for row in sorted(rows, key=lambda row: (row.state == MessageState.SENT, row.on))}


def _is_under_way(message: ReminderMessage) -> bool:
    """Another run has claimed it within the hour."""
    fresh = message.pk is not None and message.claimed_at > clock.now() - CLAIM_ENDS
    return fresh and message.state == MessageState.CLAIMED


def _letter(
    message: ReminderMessage, person: User, found: list[Occasion], told: dict[str, int], *, weekly: bool
) -> _Letter:
    """The person's message with what is due and untold, and what an earlier try of the same message held."""

    def wanted(one: Occasion) -> bool:
        if one.key in told:
            again = message.pk is not None and told[one.key] == message.pk
            return again and (person.reminders != ReminderChoice.NONE or one.kind == Kind.NOTICE)
        if one.kind == Kind.NOTICE or person.reminders == ReminderChoice.DAILY:
            return True
        return person.reminders == ReminderChoice.WEEKLY and weekly

    return _Letter(message, person, [one for one in found if wanted(one)])


def _write(letters: list[_Letter], told: dict[int, dict[str, int]]) -> None:
    """Store the messages and the keys they use up. A key that is used already ends the transaction."""
    for letter in letters:
        message = letter.message
        message.subject, message.body = subject_of(letter.occasions), body_of(letter.person, letter.occasions)
        message.state, message.claimed_at, message.failure = MessageState.CLAIMED, clock.now(), ""
    fresh = [letter.message for letter in letters if letter.message.pk is None]
    again = [letter.message for letter in letters if letter.message.pk is not None]
    ReminderMessage.objects.bulk_update(again, ["subject", "body", "state", "claimed_at", "failure"])
    ReminderMessage.objects.bulk_create(fresh)
    Reminder.objects.bulk_create(
        Reminder(person=letter.person, key=one.key, message=letter.message)
        for letter in letters
        for one in letter.occasions
        if one.key not in told[letter.person.pk]
    )


def _send_all(letters: list[_Letter], counts: Counter[str], connection: Any) -> None:
    """Send one after the other, marking those that are through; give up when the mail server does not answer."""
    through, failures = _Through(counts), 0
    try:
        for letter in letters:
            if failures == MOST_FAILURES:
                counts["away"] += 1
                through.add(letter, "ServerAway")
                continue
            failure = _send(letter, connection)
            through.add(letter, failure)
            failures = failures + 1 if failure and failure not in OF_ONE_ADDRESS else 0
    finally:
        through.mark()
        _close(connection)


class _Through:
    """Messages that the mail server took or refused, marked together every second: a mark waits for the disk.

    A machine that goes off loses the marks of a second at most; these messages are sent again under their numbers.
    """

    def __init__(self, counts: Counter[str]) -> None:
        self.counts = counts
        self.waiting: dict[str, list[int]] = {}
        self.since = time.monotonic()

    def add(self, letter: _Letter, failure: str) -> None:
        self.waiting.setdefault(failure, []).append(letter.message.pk)
        if time.monotonic() - self.since >= MARK_SECONDS:
            self.mark()

    def mark(self) -> None:
        for failure, keys in self.waiting.items():
            state = MessageState.FAILED if failure else MessageState.SENT
            values = {"state": state, "sent_at": None if failure else clock.now(), "failure": failure}
            ReminderMessage.objects.filter(pk__in=keys).update(**values)
            self.counts[state.value] += len(keys)
        self.waiting, self.since = {}, time.monotonic()


def _send(letter: _Letter, connection: Any) -> str:
    """Send a message; the name of what went wrong, or "". The text of an error may quote the message or a password."""
    host = urlsplit(settings.SITE_ADDRESS).hostname
    message = letter.message
    headers = {
        "Message-ID": f"<reminder-{message.person_id}-{message.on:%Y%m%d}@{host}>",
        "Auto-Submitted": "auto-generated",
    }
    mail = EmailMessage(message.subject, message.body, to=[letter.person.email], headers=headers, connection=connection)
    try:
        # An open connection serves all messages; after a fault a new one is opened.
        connection.open()
        return "" if mail.send() else "NotSent"
    except (OSError, ValueError) as error:
        _close(connection)
        return type(error).__name__


def _close(connection: Any) -> None:
    try:
        connection.close()
    except OSError:
        connection.connection = None


def subject_of(found: list[Occasion]) -> str:
    """How many things there are, and how many of them are notices or past due."""
    words = ngettext("Plan Tracker: %(number)d reminder", "Plan Tracker: %(number)d reminders", len(found))
    kinds = Counter(one.kind for one in found)
    more = [
        name % {"number": kinds[kind]}
        for kind, name in (
            (Kind.NOTICE, _("supervision notices %(number)d")),
            (Kind.OVERDUE, _("past due %(number)d")),
        )
        if kinds[kind]
    ]
    subject = words % {"number": len(found)}
    return _("%(subject)s (%(more)s)") % {"subject": subject, "more": _(", ").join(more)} if more else subject


def body_of(person: User, found: list[Occasion]) -> str:
    """The message as plain text: groups by urgency, each thing with its day and a link to it."""
    lines = [_("%(name)s:") % {"name": person}, ""]
    lines += [_("To be seen to as of %(date)s:") % {"date": wording.full_date(clock.today())}]
    for kind in Kind:
        own = [one for one in found if one.kind == kind]
        if own:
            lines += ["", str(kind.label)]
            lines += [line for one in own for line in _lines(one)]
    site = settings.SITE_ADDRESS
    lines += ["", "--", _("The same list stands on your home page: %(address)s") % {"address": f"{site}/"}]
    address = f"{site}{reverse('account')}"
    lines += [_("How often you are written to is set here: %(address)s") % {"address": address}]
    return "\n".join(lines) + "\n"


def _lines(one: Occasion) -> list[str]:
    parts = [one.date, " ".join(part for part in (one.code, one.title) if part), one.words]
    return ["- " + "\u3000".join(part for part in parts if part), f"  {settings.SITE_ADDRESS}{one.path}"]
