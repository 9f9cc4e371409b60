"""A task's history as one readable line of entries, with the turns of its light worked out from it.

Lights are never stored: every line of history keeps the task's state after the act, so the light of any past
day follows from the state of that day and the rule. A turn is shown where the light's colour changed: at the
start of a day (a date passed, the schedule ran ahead) or right after an act.
"""

import datetime
import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tracker import clock, lights, wording
from tracker.enums import EventKind, Light, Move, Status
from tracker.models import Plan, Task, TaskEvent
from tracker.texts import enumeration
from tracker.wording import DATES, field_label

SHOWN_AT_ONCE = 30
UNFOLDED = 8
REPORTS = (EventKind.REPORT, EventKind.NO_CHANGE, EventKind.CONTRIBUTE, EventKind.SUBMIT)
# What follows from an act and would only repeat it in words.
CONSEQUENCES = frozenset(
    {
        "status",
        "progress",
        "returned",
        "submitted_by",
        "confirmed_by",
        "confirmed_on",
        "last_report_on",
        "completed_on",
        "cancelled_on",
        "raised_light",
        "raised_reason",
        "proposed_lead_unit",
    }
)
SETTLED = (Status.COMPLETED, Status.CANCELLED, Status.UNCONFIRMED)

# (due date, share, met?) of each milestone.
Steps = tuple[tuple[datetime.date, int | None, bool], ...]


@functools.lru_cache(maxsize=50_000)
def light_reason(facts: tuple[tuple[str, Any], ...], steps: Steps, at: lights.Thresholds) -> str:
    """The light's reason on one past day; history does not change, so neither does the answer."""
    known = dict(facts)
    shares = [(due, share) for due, share, _met in steps if share is not None]
    known["scheduled"] = lights.scheduled_points(at.on, known["starts_on"], known["due_on"], shares)
    known["milestone_missed"] = any(not met and due < at.on for due, _share, met in steps)
    return lights.reason_for(known, at)


@dataclass(frozen=True)
class Snapshot:
    """A task as one line of history left it, ready for the light rule on any later day."""

    facts: dict[str, Any]
    steps: Steps

    @classmethod
    def of(cls, state: dict[str, Any]) -> "Snapshot":
        """From `services.history.state_of`."""
        names = ("status", "progress", "returned", "raised_light", "raised_reason")
        facts = {name: state[name] for name in names}
        facts |= {name: _day(state[name]) for name in DATES}
        steps = (
            (datetime.date.fromisoformat(step["due_on"]), step["share"], step["met_on"] is not None)
            for step in state["milestones"]
        )
        return cls(facts, tuple(steps))

    @property
    def is_settled(self) -> bool:
        """True when the light does not depend on the day."""
        return self.facts["status"] in SETTLED or self.facts["due_on"] is None

    def scheduled(self, on: datetime.date) -> int | None:
        shares = [(due, share) for due, share, _met in self.steps if share is not None]
        return lights.scheduled_points(on, self.facts["starts_on"], self.facts["due_on"], shares)

    def reason(self, on: datetime.date, plan: Plan) -> str:
        return light_reason(tuple(self.facts.items()), self.steps, plan.thresholds(on))

    def words(self, on: datetime.date, plan: Plan) -> str:
        """The light's reason on that day as a sentence."""
        then = Task(plan=plan, **self.facts)
        then.light_reason, then.scheduled = self.reason(on, plan), self.scheduled(on)
        return wording.long_reason(then, plan, on)


@dataclass(frozen=True)
class Turn:
    """The light went from `before` to `after` on the day `on`: at its start, or right after `cause`."""

    on: datetime.date
    cause: TaskEvent | None
    before: Light
    after: Light
    words: str


@dataclass(frozen=True)
class Entry:
    """One line of the timeline. `shape` is "dot" (a move), "ring" (another act), or the value of a light."""

    when: str
    shape: str
    who: str
    move: str
    change: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Timeline:
    """Entries, newest first, and how many older ones are not shown."""

    entries: tuple[Entry, ...]
    older: int

    @property
    def latest(self) -> tuple[Entry, ...]:
        """What is read at once; the rest stands folded below."""
        return self.entries[:UNFOLDED]

    @property
    def earlier(self) -> tuple[Entry, ...]:
        return self.entries[UNFOLDED:]


def _day(value: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(value) if value else None


def light_turns(events: Iterable[TaskEvent], plan: Plan, until: datetime.date) -> Iterator[Turn]:
    """Every change of the light's colour from the first line of history to the day `until`, in order."""
    snapshot: Snapshot | None = None
    light: Light | None = None
    day = until
    for event in events:
        if snapshot is not None and light is not None:
            for turn in _turns_between(snapshot, light, day, min(event.on, until), plan):
                light = turn.after
                yield turn
        snapshot, day = Snapshot.of(event.state), event.on
        now = lights.LIGHT_OF[snapshot.reason(day, plan)]
        if light is not None and now != light:
            yield Turn(day, event, light, now, snapshot.words(day, plan))
        light = now
    if snapshot is not None and light is not None:
        yield from _turns_between(snapshot, light, day, until, plan)


def _turns_between(
    snapshot: Snapshot, light: Light, last: datetime.date, until: datetime.date, plan: Plan
) -> Iterator[Turn]:
    """Turns at the start of a day after `last`, up to and with `until`, while nobody does anything."""
    if snapshot.is_settled:
        return
    for distance in range(1, (until - last).days + 1):
        day = last + datetime.timedelta(days=distance)
        now = lights.LIGHT_OF[snapshot.reason(day, plan)]
        if now != light:
            yield Turn(day, None, light, now, snapshot.words(day, plan))
            light = now


def timeline(
    task: Task, events: Sequence[TaskEvent], *, show: str = "", until: datetime.date | None = None
) -> Timeline:
    """The entries of `events` (all lines of the task up to the day `until`, in order, each with `seen`), newest first.

    Lines that the person may not see count for the lights only. `show` is "all", "reports" or empty for the
    latest `SHOWN_AT_ONCE`.
    """
    turns = list(light_turns(events, task.plan, until or clock.today()))
    raised = {turn.cause.pk: turn for turn in turns if _is_raise(turn) and turn.cause}
    dated: list[tuple[Any, Entry]] = []
    for event in events:
        if event.seen and (show != "reports" or event.kind in REPORTS):
            dated.append(((event.on, event.sequence, 0), _entry(event, raised.get(event.pk))))
    if show != "reports":
        dated += [(_place(turn), _turn_entry(turn, task)) for turn in turns if _is_worth_telling(turn)]
    entries = [entry for _key, entry in sorted(dated, key=lambda item: item[0], reverse=True)]
    shown = entries if show == "all" else entries[:SHOWN_AT_ONCE]
    return Timeline(tuple(shown), len(entries) - len(shown))


def _place(turn: Turn) -> tuple[datetime.date, int, int]:
    return (turn.on, turn.cause.sequence if turn.cause else 0, 1)


def _is_worth_telling(turn: Turn) -> bool:
    """A turn that an act explains by itself (confirmed, closed, raised) is told by that act's own line."""
    explained = {turn.before, turn.after} & {Light.GREY, Light.DONE}
    return turn.cause is None or not (explained or _is_raise(turn))


def _is_raise(turn: Turn) -> bool:
    return turn.cause is not None and turn.cause.kind == EventKind.RAISE_LIGHT


def _turn_entry(turn: Turn, task: Task) -> Entry:
    return Entry(
        when=wording.moment(turn.cause.at) if turn.cause else wording.date_in_year(turn.on, task),
        shape=turn.after.value,
        who=_("System"),
        move=_("Light"),
        change=arrow(str(turn.before.label), str(turn.after.label)),
        lines=(turn.words,),
    )


def arrow(before: str, after: str) -> str:
    return f"{before} → {after}"


def _entry(event: TaskEvent, raised: Turn | None) -> Entry:
    return Entry(
        when=wording.moment(event.at),
        shape="dot" if event.kind in Move.values else "ring",
        who=event.by_label,
        move=_done(event),
        change="　".join(_arrows(event, raised)),
        lines=tuple(text for text in _texts(event) if text),
    )


def _done(event: TaskEvent) -> str:
    """What was done, as a verb: the kinds of history are nouns elsewhere."""
    verbs = {
        EventKind.MILESTONE: _("set milestones"),
        EventKind.INDICATOR: _("recorded an indicator"),
        EventKind.CONTRIBUTE: _("contributed"),
        EventKind.REMARK: _("remarked"),
        EventKind.ASK: _("asked for a contribution"),
        EventKind.DEMAND: _("demanded of the lead unit"),
        EventKind.NOTICE: _("dealt with a supervision notice"),
    }
    told = wording.act_of_supervision(event.changes) or wording.act_of_roll_over(event.changes)
    return told or verbs.get(EventKind(event.kind)) or event.get_kind_display()


def _arrows(event: TaskEvent, raised: Turn | None) -> Iterator[str]:
    if event.from_status and event.from_status != event.to_status:
        yield arrow(str(Status(event.from_status).label), str(Status(event.to_status).label))
    if "progress" in event.changes:
        before, after = event.changes["progress"]
        yield _("progress %(before)s → %(after)s") % {"before": before, "after": after}
    if raised is not None:
        yield arrow(str(raised.before.label), str(raised.after.label))


def _texts(event: TaskEvent) -> Iterator[str]:
    yield event.summary
    if event.problems:
        yield _("Problems: %(text)s") % {"text": event.problems}
    if event.next_steps:
        yield _("Next steps: %(text)s") % {"text": event.next_steps}
    yield from event.detail.splitlines()
    yield event.reason
    if event.internal:
        yield _("Internal remark of the reviewers")
    changes = {name: pair for name, pair in wording.in_order(event.changes).items() if name not in CONSEQUENCES}
    if event.kind == EventKind.CONFIRM:
        yield _set_by_confirming(changes)
    elif event.kind in (EventKind.EDIT, EventKind.DECIDE):
        yield from (wording.change(name, *pair) for name, pair in changes.items())


def _set_by_confirming(changes: dict[str, list[Any]]) -> str:
    names = enumeration(field_label(name) for name in changes if name != "due_basis")
    basis = changes.get("due_basis", ["", ""])[1]
    if not basis:
        return _("Set: %(fields)s.") % {"fields": names}
    return _("Set: %(fields)s. Basis: %(basis)s") % {"fields": names, "basis": basis}
