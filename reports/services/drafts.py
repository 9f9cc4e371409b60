"""The draft of the next annual report: what people change of it, one function per act.

Every change of words names those that the person had before the eyes (`seen`, their `Sentence.fingerprint`): where
another person has changed the piece since, it is refused as stale with both versions. What is changed is kept apart
from what the data give.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from reports import permissions
from reports.annual import facts
from reports.annual.composing import compose
from reports.annual.edits import ITEM, OWN, PART, WITH_ITEMS, laid_over
from reports.annual.proof import unmarked
from reports.annual.rows import Drafted, Sentence
from reports.models import AnnualDraft, DraftEdit
from tracker import clock
from tracker.enums import PartKind
from tracker.exceptions import InvalidInput, Stale
from tracker.models import Plan, Task, User
from tracker.services.secrecy import refuse_marks
from tracker.texts import clean

LONGEST, LONGEST_CAUSE, LONGEST_HEADING = 2000, 1000, 200
MOST_OWN = 200


def drafted(plan: Plan, *, by: User) -> Drafted:
    """The draft as it stands today, with the edits there are; writes nothing. A fixed number of statements."""
    found = facts.read(plan, clock.today(), by)
    rows = DraftEdit.objects.visible_to(by).filter(draft__plan=plan).select_related("task").order_by("pk")
    return laid_over(compose(found), rows, found.proofs)


def told(plan: Plan, by: User) -> Iterator[tuple[int, str]]:
    """(task, sentence) for what the draft tells of tasks: by these words next year's plan and report are joined."""
    for row in drafted(plan, by=by).sentences():
        if row.included and row.task is not None and row.item != PartKind.SHORTCOMINGS:
            yield row.task.pk, row.text


@transaction.atomic
def rewrite(plan: Plan, *, by: User, key: str, text: str, seen: str) -> None:
    """Put other words in place of a piece, a heading or the title; the composed words again lift the change.

    Raises InvalidInput for no words or too many, SecrecyMark, Stale.
    """
    draft, shown = _begun(plan, by)
    row = _found(shown, key)
    words = _checked(text, by, LONGEST_HEADING if key.startswith((PART, ITEM)) else LONGEST)
    _refuse_stale(row, seen)
    if row.own:
        _save(draft, row, by, text=words)
    elif words == row.composed:
        _save(draft, row, by, text=None, based_on="")
    else:
        _save(draft, row, by, text=words, based_on=row.composed)


@transaction.atomic
def follow(plan: Plan, *, by: User, key: str, seen: str) -> None:
    """Take the words that the data give now in place of one's own."""
    draft, shown = _begun(plan, by)
    row = _found(shown, key)
    _refuse_stale(row, seen)
    if not row.composed:
        raise InvalidInput(_("The data give no words for this place any more; leave the sentence out instead."))
    _save(draft, row, by, text=None, based_on="")


@transaction.atomic
def keep(plan: Plan, *, by: User, key: str, seen: str) -> None:
    """Keep one's own words although the data have moved on; from now on they count as written on the new ones."""
    draft, shown = _begun(plan, by)
    row = _found(shown, key)
    _refuse_stale(row, seen)
    _save(draft, row, by, text=row.text, based_on=row.composed)


@transaction.atomic
def include(plan: Plan, *, by: User, key: str, included: bool) -> None:
    """Let a piece stand in the report, or leave it out; what is left out stays in the draft and can come back."""
    draft, shown = _begun(plan, by)
    _save(draft, _found(shown, key), by, included=included)


@transaction.atomic
def give_cause(plan: Plan, *, by: User, key: str, cause: str) -> None:
    """Say what a shortcoming comes from. Raises InvalidInput for a piece that is none, and for no words."""
    draft, shown = _begun(plan, by)
    row = _found(shown, key)
    if row.item != PartKind.SHORTCOMINGS:
        raise InvalidInput(_("Only a shortcoming has a cause."))
    _save(draft, row, by, cause=_checked(cause, by, LONGEST_CAUSE, field="cause"))


@transaction.atomic
def move(plan: Plan, *, by: User, key: str, up: bool) -> None:
    """Put a sentence before or behind its neighbour in its item, or an item before or behind the next.

    At the end of the row nothing happens.
    """
    draft, shown = _begun(plan, by)
    names = _row_of(shown, key)
    place = names.index(key)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(names):
        return
    names[place], names[other] = names[other], names[place]
    for position, name in enumerate(names):
        _save(draft, _found(shown, name), by, position=position)


@transaction.atomic
def add_sentence(plan: Plan, *, by: User, item: str, text: str, task: int | None = None) -> DraftEdit:
    """A sentence of one's own at the end of an item; `task` is the key of the task that it tells of, if any."""
    draft, shown = _begun(plan, by)
    if not any(division.key == item for part in shown.parts for division in part.divisions):
        raise InvalidInput(_("This item is not in the draft any more."))
    words = _checked(text, by, LONGEST)
    found = None
    if task is not None:
        found = Task.objects.visible_to(by).of_plan(plan).filter(pk=task).first()
        if found is None:
            raise InvalidInput(_("This task is not one of the plan's."), field="task")
    return _create(draft, by, key=_next_key(draft, OWN), item=item, text=words, task=found)


@transaction.atomic
def add_item(plan: Plan, *, by: User, kind: str, heading: str) -> DraftEdit:
    """An item with a heading of one's own, at the end of the measures or of the arrangements."""
    draft, _shown = _begun(plan, by)
    if kind not in WITH_ITEMS:
        raise InvalidInput(_("Items can be added to the measures and to the arrangements."))
    words = _checked(heading, by, LONGEST_HEADING)
    return _create(draft, by, key=_next_key(draft, f"{ITEM}own:{kind}:"), item=f"{PART}{kind}", text=words)


@transaction.atomic
def remove(plan: Plan, *, by: User, key: str) -> None:
    """Take back a sentence or an item (with its sentences) of one's own; what it said stays in the history."""
    draft, shown = _begun(plan, by)
    row = _found(shown, key)
    if not row.own:
        raise InvalidInput(_("What the data give can be left out, but not removed."))
    if key.startswith(ITEM):
        _delete(draft, item=key.removeprefix(ITEM))
    _delete(draft, key=key)


def _begun(plan: Plan, by: User) -> tuple[AnnualDraft, Drafted]:
    """The draft under a lock, begun with the first change, and as it stands."""
    permissions.check_draft(by, plan)
    first = {"begun_by": by, "begun_at": clock.now()}
    AnnualDraft.objects.get_or_create(plan=plan, defaults=first)
    draft: AnnualDraft = AnnualDraft.objects.select_for_update().get(plan=plan)
    return draft, drafted(plan, by=by)


def _found(shown: Drafted, key: str) -> Sentence:
    """The piece of that key. Raises InvalidInput where the draft has none."""
    for row in _all(shown):
        if row.key == key:
            return row
    raise InvalidInput(_("This sentence is not in the draft any more; look at the draft as it is now."))


def _all(shown: Drafted) -> Sequence[Sentence]:
    heads = [division.heading for part in shown.parts for division in part.divisions if division.heading]
    return [shown.title, *shown.sentences(), *(part.heading for part in shown.parts), *heads]


def _row_of(shown: Drafted, key: str) -> list[str]:
    """The keys among which a piece is moved: the sentences of its item, or the items of its part."""
    for part in shown.parts:
        heads = [division.heading.key for division in part.divisions if division.heading]
        if key in heads:
            return heads
        for division in part.divisions:
            names = [row.key for row in division.sentences]
            if key in names:
                return names
    raise InvalidInput(_("This sentence is not in the draft any more; look at the draft as it is now."))


def _checked(text: str, by: User, most: int, field: str = "text") -> str:
    words = unmarked(clean(text)).strip()
    if not words:
        raise InvalidInput(_("Write the words; to do without them, leave the sentence out."), field=field)
    if len(words) > most:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": most}, field=field)
    refuse_marks({field: words}, by=by)
    return " ".join(words.split())


def _refuse_stale(row: Sentence, seen: str) -> None:
    if row.fingerprint != seen:
        raise Stale(
            _("The words have changed after you opened the draft; what you typed is still here."), {"text": row.text}
        )


def _save(draft: AnnualDraft, row: Sentence, by: User, **changes: Any) -> None:
    """Change one piece; a row that changes nothing any more is taken away."""
    edit = draft.edits.filter(key=row.key).first() or DraftEdit(draft=draft, key=row.key, item=row.item)
    for name, value in changes.items():
        setattr(edit, name, value)
    edit.by, edit.at = by, clock.now()
    empty = edit.text is None and edit.included is None and edit.position is None and not edit.cause
    if not empty:
        edit.save()
    elif edit.pk:
        edit.delete()


def _delete(draft: AnnualDraft, **which: str) -> None:
    """One by one: the history of each is kept by its own deletion."""
    for edit in draft.edits.filter(**which):
        edit.delete()


def _create(draft: AnnualDraft, by: User, **values: Any) -> DraftEdit:
    if draft.edits.filter(key__startswith=OWN).count() >= MOST_OWN:
        raise InvalidInput(_("A draft holds at most %(most)d sentences of one's own.") % {"most": MOST_OWN})
    return DraftEdit.objects.create(draft=draft, by=by, at=clock.now(), **values)


def _next_key(draft: AnnualDraft, prefix: str) -> str:
    """A key that no edit has, nor had: numbers of removed sentences are not given again."""
    used = DraftEdit.history.filter(draft=draft, key__startswith=prefix).values_list("key", flat=True)
    numbers = [int(key.removeprefix(prefix)) for key in used if key.removeprefix(prefix).isdecimal()]
    return f"{prefix}{max(numbers, default=0) + 1}"
