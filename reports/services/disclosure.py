"""Disclosure review: what of a plan may be read by anyone, passed line by line by those who set the plan up.

A line is published while the task is what the reviewer saw: when title, work area, lead unit, status or the last
report that its unit stands by has changed since, it is looked at anew. Persons, problems, next steps, remarks and
evidence are no part of a line and reach nobody outside.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from reports import permissions
from reports.enums import DisclosureState
from reports.models import PublicEdition, PublicEntry
from tracker import clock
from tracker.enums import Status
from tracker.exceptions import InvalidInput, Stale
from tracker.models import Plan, Task, TaskEvent, User
from tracker.services.secrecy import refuse_marks

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

    @property
    def cells(self) -> list[str]:
        """类别, 序号, 重点督办内容, 牵头单位, 全年完成情况."""
        task = self.task
        return [task.area.title, task.code, task.title, _name(task), self.entry.words if self.entry else ""]


@dataclass(frozen=True)
class Ruling:
    """What is ruled on one task, and `Line.seen` as it was shown."""

    task: int
    words: str
    reason: str
    seen: str


def lines(plan: Plan, tasks: Any = None) -> list[Line]:
    """The lines of `tasks` (a queryset; all of the plan where none is given) in their order; two statements."""
    found = (Task.objects.all() if tasks is None else tasks).of_plan(plan).exclude(status__in=NEVER)
    found = list(found.select_related("area", "lead_unit", "public_entry__by").by_place())
    for task in found:
        task.plan = plan
    reported = _reported(plan, found)
    return [Line(task, reported.get(task.pk, ""), getattr(task, "public_entry", None)) for task in found]


def published(plan: Plan) -> list[Line]:
    """What anyone may read of the plan; two statements."""
    passed = Task.objects.filter(public_entry__state=DisclosureState.PASSED)
    return [line for line in lines(plan, passed) if line.is_public]


@transaction.atomic
def rule(plan: Plan, *, by: User, state: str, rulings: Iterable[Ruling]) -> int:
    """Pass or withhold (`state`) each of the tasks, all or none; returns how many.

    Raises InvalidInput ("words-<task>", "reason-<task>"), SecrecyMark, Stale ({"task": key}), NotPermitted,
    MoveRefused.
    """
    permissions.check_disclose(by, plan)
    if state not in DisclosureState.values:
        raise InvalidInput(_("Choose whether these lines may be published."))
    ruled = list(rulings)
    known = {line.task.pk: line for line in lines(plan, Task.objects.filter(pk__in=[ruling.task for ruling in ruled]))}
    for ruling in ruled:
        if ruling.task not in known:
            raise InvalidInput(_("One of these tasks is not open to disclosure review."))
        _rule(known[ruling.task], ruling, state, by)
    return len(ruled)


def _rule(line: Line, ruling: Ruling, state: str, by: User) -> None:
    task = line.task
    if ruling.seen != line.seen:
        sentence = _("%(task)s has changed since you opened the page: look again.") % {"task": task}
        raise Stale(sentence, {"task": task.pk})
    texts = {"words": ruling.words.strip(), "reason": ruling.reason.strip()}
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
    values = {**texts, "state": state, "basis_digest": line.basis, "by": by, "at": clock.now()}
    PublicEntry.objects.update_or_create(task=task, defaults=values)


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


def _reported(plan: Plan, tasks: Sequence[Task]) -> dict[int, str]:
    """{task: the last report that its unit stands by}."""
    told = TaskEvent.objects.filter(task__plan=plan, task__in=[task.pk for task in tasks]).reports()
    return dict(told.order_by("sequence").values_list("task_id", "summary"))
