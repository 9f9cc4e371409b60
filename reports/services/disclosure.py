"""Disclosure review: what of a plan may be read by anyone, passed line by line by those who set the plan up.

A line is published while the task is what the reviewer saw: when title, work area, lead unit, status or the last
report that its unit stands by has changed since, it is looked at anew. Persons, problems, next steps, remarks and
evidence are no part of a line and reach nobody outside.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from reports import permissions
from reports.enums import DisclosureState
from reports.models import PublicEdition, PublicEntry
from reports.services import publishable
from tracker import clock
from tracker.enums import Status
from tracker.exceptions import InvalidInput, Stale
from tracker.models import Plan, Task, TaskEvent, User
from tracker.services import history, plans
from tracker.services.secrecy import refuse_marks
from tracker.texts import clean, enumeration

NEVER = (Status.UNCONFIRMED, Status.CANCELLED)


@dataclass(frozen=True)
class Line:
    """A task as the public ledger would have it: the last report that its unit stands by, and what was ruled."""

    task: Task
    reported: str
    entry: PublicEntry | None

    @cached_property
    def basis(self) -> str:
        """SHA-256 (hex) over what the reviewer has before the eyes."""
        task = self.task
        facts = [task.code, task.title, task.area.title, _name(task), task.status, self.reported]
        return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()

    @property
    def proposed(self) -> str:
        """The words to start from: what was reported of a task that is closed out, else nothing."""
        return self.reported if self.task.status == Status.COMPLETED else ""

    @property
    def first(self) -> str:
        """The words that the form of the line begins with."""
        return (self.entry.words if self.entry else "") or self.proposed

    @property
    def is_stale(self) -> bool:
        """Ruled on, and changed since."""
        return self.entry is not None and self.entry.basis_digest != self.basis

    @property
    def is_public(self) -> bool:
        return self.entry is not None and self.entry.state == DisclosureState.PASSED and not self.is_stale

    @property
    def seen(self) -> str:
        """The line as it stands, what was ruled included, for the form that shows it."""
        entry = self.entry
        ruled = f"{entry.state} {entry.at.isoformat()} {entry.words} {entry.reason}" if entry else ""
        return hashlib.sha256(f"{self.basis} {ruled}".encode()).hexdigest()

    def concerns(self, words: str, names: Iterable[str]) -> list[publishable.Concern]:
        """What the line would rather not hold with these words."""
        return publishable.concerns(f"{self.task.title}\n{words}", names)

    @property
    def cells(self) -> list[str]:
        """类别, 序号, 重点督办内容, 牵头单位, 全年完成情况."""
        task = self.task
        texts = [task.area.title, task.code, task.title, _name(task), self.entry.words if self.entry else ""]
        return [clean(text) for text in texts]


@dataclass(frozen=True)
class Ruling:
    """What is ruled on one task, and `Line.seen` as it was shown.

    `anyway` is `publishable.mark_of` what the text was said to hold, where it is to be published all the same.
    """

    task: int
    words: str
    reason: str
    seen: str
    anyway: str = ""


class HeldBack(InvalidInput):
    """Lines that nobody is to publish by accident; `lines` says of each task why."""

    def __init__(self, sentence: str, lines: Mapping[int, str]) -> None:
        super().__init__(sentence)
        self.lines = dict(lines)


def lines(plan: Plan, tasks: Any = None) -> list[Line]:
    """The lines of `tasks` (a queryset; all of the plan where none is given) in their order; one statement."""
    told = TaskEvent.objects.filter(task=OuterRef("pk")).reports()
    stood_by = Subquery(told.order_by("-sequence").values("summary")[:1])
    found = (Task.objects.all() if tasks is None else tasks).of_plan(plan).exclude(status__in=NEVER)
    found = found.select_related("area", "lead_unit", "public_entry__by").annotate(stood_by=stood_by)
    ordered = list(found.by_place())
    for task in ordered:
        task.plan = plan
    return [Line(task, task.stood_by or "", getattr(task, "public_entry", None)) for task in ordered]


def published(plan: Plan) -> list[Line]:
    """What anyone may read of the plan; one statement."""
    passed = Task.objects.filter(public_entry__state=DisclosureState.PASSED)
    return [line for line in lines(plan, passed) if line.is_public]


def changed(plan: Plan) -> int:
    """How many lines changed since they were ruled on, 0 while the edition is off; one statement."""
    ruled = Task.objects.filter(plan__public_edition__is_on=True, public_entry__isnull=False)
    return sum(line.is_stale for line in lines(plan, ruled))


@transaction.atomic
def rule(plan: Plan, *, by: User, state: str, rulings: Iterable[Ruling], together: bool = False) -> int:
    """Pass or withhold (`state`) each of the tasks, all or none; returns how many.

    `together` is for lines that were ticked: one that changed since does not pass so with the words of before. Raises
    InvalidInput ("words-<task>", "reason-<task>"), HeldBack, SecrecyMark, Stale ({"task": key}), NotPermitted,
    MoveRefused.
    """
    # One ruling after the other: what was seen is compared with what the one before has made of it.
    plans.hold(plan)
    permissions.check_disclose(by, plan)
    if state not in DisclosureState.values:
        raise InvalidInput(_("Choose whether these lines may be published."))
    ruled = list(rulings)
    known = {line.task.pk: line for line in lines(plan, Task.objects.filter(pk__in=[ruling.task for ruling in ruled]))}
    for ruling in ruled:
        if ruling.task not in known:
            raise InvalidInput(_("One of these tasks is not open to disclosure review."))
    texts = {ruling.task: _checked(known[ruling.task], ruling, state, by) for ruling in ruled}
    if state == DisclosureState.PASSED:
        words = {key: text["words"] for key, text in texts.items()}
        if together:
            _hold_outdated(known, words)
        _hold_concerns(known, words, {ruling.task: ruling.anyway for ruling in ruled}, publishable.names_of(plan))
    for key, text in texts.items():
        values = {**text, "state": state, "basis_digest": known[key].basis, "by": by, "at": clock.now()}
        entry = PublicEntry.objects.filter(task=key).first() or PublicEntry(task=known[key].task)
        for name, value in values.items():
            setattr(entry, name, value)
        history.sign(entry, by=by)
        entry.save()
    return len(ruled)


def _hold_outdated(known: Mapping[int, Line], words: Mapping[int, str]) -> None:
    """Raise HeldBack for lines that changed since and whose words nobody touched."""
    old = [key for key in words if known[key].is_stale and words[key] == known[key].first.strip()]
    if not old:
        return
    sentence = _(
        "Changed since their review and still with the words of before: %(lines)s. Edit the words, take those of the "
        "last report, or pass each with its own button."
    )
    why = _("These words are from before the change.")
    raise HeldBack(sentence % {"lines": _codes(known, old)}, dict.fromkeys(old, why))


def _hold_concerns(
    known: Mapping[int, Line], words: Mapping[int, str], anyway: Mapping[int, str], names: list[str]
) -> None:
    """Raise HeldBack for lines that hold what nobody said to publish all the same."""
    marks = {key: publishable.mark_of(known[key].concerns(text, names)) for key, text in words.items()}
    held = [key for key, mark in marks.items() if mark and mark != anyway[key]]
    if not held:
        return
    sentence = _(
        "Held back, since what they hold should rather not be published: %(lines)s. Edit the words, or tick “Publish "
        "it all the same” at the line and pass it again."
    )
    why = _("Edit the words, or tick “Publish it all the same”.")
    raise HeldBack(sentence % {"lines": _codes(known, held)}, dict.fromkeys(held, why))


def _codes(known: Mapping[int, Line], keys: Iterable[int]) -> str:
    return enumeration(known[key].task.code for key in keys)


def _checked(line: Line, ruling: Ruling, state: str, by: User) -> dict[str, str]:
    """The texts of the ruling, fit for storing."""
    task = line.task
    if ruling.seen != line.seen:
        sentence = _("%(task)s has changed since you opened the page: look again.") % {"task": task}
        raise Stale(sentence, {"task": task.pk})
    texts = {"words": clean(ruling.words).strip(), "reason": clean(ruling.reason).strip()}
    refuse_marks({f"words-{task.pk}": f"{task.title}\n{texts['words']}"}, by=by, task=task)
    refuse_marks({f"reason-{task.pk}": texts["reason"]}, by=by, task=task)
    if state == DisclosureState.PASSED and not texts["words"]:
        raise InvalidInput(_("Say what is published of its completion."), field=f"words-{task.pk}")
    if state == DisclosureState.WITHHELD and not texts["reason"]:
        raise InvalidInput(_("Give the reason for withholding it."), field=f"reason-{task.pk}")
    for name, text in texts.items():
        if len(text) > longest(name):
            words = _("At most %(most)d characters.") % {"most": longest(name)}
            raise InvalidInput(words, field=f"{name}-{task.pk}")
    return texts


@transaction.atomic
def switch(plan: Plan, *, by: User, on: bool) -> PublicEdition:
    """Open the public edition to anyone, or close it."""
    permissions.check_switch_public(by, plan)
    edition, _made = PublicEdition.objects.update_or_create(
        plan=plan, defaults={"is_on": on, "by": by, "at": clock.now()}
    )
    return edition


def edition_of(plan: Plan) -> PublicEdition | None:
    """Whether, by whom and when the edition was switched on or off; None where it never was."""
    found: PublicEdition | None = PublicEdition.objects.filter(plan=plan).select_related("by").first()
    return found


def open_plan(key: int) -> Plan | None:
    """The plan whose public edition is on."""
    rows = Plan.objects.filter(pk=key, public_edition__is_on=True, state__in=permissions.PUBLISHABLE)
    found: Plan | None = rows.select_related("government").first()
    return found


def longest(name: str) -> int:
    """The most characters that the text may have."""
    field: Any = PublicEntry._meta.get_field(name)
    return int(field.max_length)


def _name(task: Task) -> str:
    return task.lead_unit.name if task.lead_unit else ""
