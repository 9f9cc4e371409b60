"""The draft of the next annual report: what people change of it, one function per act.

Every change of what a piece says or whether it stands names what the person had before the eyes (`seen`, its
`Sentence.fingerprint`): where another person has changed the piece since, it is refused as stale with both versions.
What is changed is kept apart from what the data give.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from reports import permissions
from reports.annual import facts
from reports.annual.composing import compose
from reports.annual.edits import ITEM, OWN, PART, WITH_ITEMS, laid_over
from reports.annual.rows import LEAD, TITLE, Drafted, Sentence
from reports.models import AnnualDraft, DraftEdit
from reports.services.draft_words import CAUSE, NEW_ITEM, NEW_SENTENCE, NEW_WEAKNESS, checked, sort_of
from tracker import clock
from tracker.enums import PartKind
from tracker.exceptions import InvalidInput, Stale
from tracker.models import Plan, Task, User
from tracker.services import history

MOST_OWN = 200
# In place of a task: the sentence tells of the same as before. No task has this key.
SAME_TASK = -1


def drafted(plan: Plan, *, by: User) -> Drafted:
    """The draft as it stands today, with the edits there are; writes nothing. A fixed number of statements."""
    found = facts.read(plan, clock.today(), by)
    rows = DraftEdit.objects.visible_to(by).filter(draft__plan=plan).select_related("task", "by").order_by("pk")
    return laid_over(compose(found), rows, found.proofs)


def told(plan: Plan, by: User) -> Iterator[tuple[int, str]]:
    """(task, sentence) for what the draft tells of tasks: by these words next year's plan and report are joined."""
    for row in drafted(plan, by=by).sentences():
        if row.included and row.task is not None and row.item != PartKind.SHORTCOMINGS:
            yield row.task.pk, row.text


@transaction.atomic
def rewrite(plan: Plan, *, by: User, key: str, text: str, seen: str, task: int | None = SAME_TASK) -> None:
    """Put other words in place of a piece, a heading or the title; the composed words again lift the change.

    `task` is for a sentence of one's own: the key of the task that it tells of from now on, None for none.
    Raises InvalidInput for no words or too many, SecrecyMark, Stale.
    """
    draft, shown = _begun(plan, by)
    row = _found(shown, key)
    words = checked(text, by, sort_of(row))
    _refuse_stale(row, seen)
    if row.own:
        told = {} if task == SAME_TASK or key.startswith(ITEM) else {"task": _task(plan, by, task)}
        _save(draft, row, by, text=words, **told)
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
def include(plan: Plan, *, by: User, key: str, included: bool, seen: str) -> None:
    """Let a piece stand in the report, or leave it out; what is left out stays in the draft and can come back."""
    draft, shown = _begun(plan, by)
    row = _found(shown, key)
    if key in (TITLE, LEAD) or key.startswith(PART):
        raise InvalidInput(_("Title, first paragraph and the headings of the parts always stand in a report."))
    _refuse_stale(row, seen)
    _save(draft, row, by, included=included)


@transaction.atomic
def give_cause(plan: Plan, *, by: User, key: str, cause: str, seen: str) -> None:
    """Say what a shortcoming comes from. Raises InvalidInput for a piece that is none, and for no words; Stale."""
    draft, shown = _begun(plan, by)
    row = _found(shown, key)
    if row.item != PartKind.SHORTCOMINGS:
        raise InvalidInput(_("Only a shortcoming has a cause."))
    words = checked(cause, by, CAUSE, field="cause")
    _refuse_stale(row, seen)
    _save(draft, row, by, cause=words)


@transaction.atomic
def move(plan: Plan, *, by: User, key: str, up: bool) -> None:
    """Let a sentence change places with the next one that stands in its item, or an item with the next of its part.

    What is left out between them keeps its place. At the end of the row nothing happens.
    """
    draft, shown = _begun(plan, by)
    row = _row_of(shown, key)
    names = [piece.key for piece in row]
    standing = [piece.key for piece in row if piece.included or piece.key == key]
    place = standing.index(key) + (-1 if up else 1)
    if not 0 <= place < len(standing):
        return
    here, there = names.index(key), names.index(standing[place])
    row[here], row[there] = row[there], row[here]
    for position, piece in enumerate(row):
        _put(draft, piece, by, position)


@transaction.atomic
def add_sentence(plan: Plan, *, by: User, item: str, text: str, task: int | None = None) -> DraftEdit:
    """A sentence of one's own at the end of an item; `task` is the key of the task that it tells of, if any."""
    draft, shown = _begun(plan, by)
    _check_item(shown, item)
    words = checked(text, by, NEW_WEAKNESS if item == PartKind.SHORTCOMINGS else NEW_SENTENCE)
    return _create(draft, by, key=_next_key(draft, OWN), item=item, text=words, task=_task(plan, by, task))


@transaction.atomic
def add_item(plan: Plan, *, by: User, kind: str, heading: str) -> DraftEdit:
    """An item with a heading of one's own, at the end of the measures or of the arrangements."""
    draft, _shown = _begun(plan, by)
    if kind not in WITH_ITEMS:
        raise InvalidInput(_("Items can be added to the measures and to the arrangements."))
    words = checked(heading, by, NEW_ITEM)
    return _create(draft, by, key=_next_key(draft, f"{ITEM}own:{kind}:"), item=f"{PART}{kind}", text=words)


@transaction.atomic
def remove(plan: Plan, *, by: User, key: str, seen: str) -> DraftEdit:
    """Take back a sentence or an item (with its sentences) of one's own; what it said stays in the history.

    What was taken back is returned; `restore` brings it again.
    """
    draft, shown = _begun(plan, by)
    row = _found(shown, key)
    if not row.own:
        raise InvalidInput(_("What the data give can be left out, but not removed."))
    _refuse_stale(row, seen)
    removed: DraftEdit = draft.edits.get(key=key)
    if key.startswith(ITEM):
        for edit in draft.edits.filter(item=key.removeprefix(ITEM)):
            _delete(edit, key, by)
    _delete(removed, key, by)
    return removed


@transaction.atomic
def restore(plan: Plan, *, by: User, key: str) -> None:
    """Bring a removed sentence or item of one's own again, an item with the sentences that went with it.

    Raises InvalidInput where nothing was removed under that key, or the sentence's item has gone since.
    """
    draft, shown = _begun(plan, by)
    kept = DraftEdit.history.filter(draft=draft, key=key).order_by("-history_id").first()
    if kept is None or kept.history_change_reason != key:
        raise InvalidInput(_("There is nothing to bring back: the sentence stands in the draft, or never stood there."))
    if not key.startswith(ITEM):
        _check_item(shown, kept.item)
    for edit in _removed_with(draft, key):
        edit.by, edit.at = by, clock.now()
        history.sign(edit, by=by)
        edit.save(force_insert=True)


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


def _row_of(shown: Drafted, key: str) -> list[Sentence]:
    """The pieces among which one is moved: the sentences of its item, or the headings of the items of its part."""
    for part in shown.parts:
        heads = [division.heading for division in part.divisions if division.heading]
        for row in (heads, *(division.sentences for division in part.divisions)):
            if any(piece.key == key for piece in row):
                return list(row)
    raise InvalidInput(_("This sentence is not in the draft any more; look at the draft as it is now."))


def _check_item(shown: Drafted, item: str) -> None:
    if not any(division.key == item for part in shown.parts for division in part.divisions):
        raise InvalidInput(_("This item is not in the draft any more."))


def _task(plan: Plan, by: User, task: int | None) -> Task | None:
    if task is None:
        return None
    found: Task | None = Task.objects.visible_to(by).of_plan(plan).filter(pk=task).first()
    if found is None:
        raise InvalidInput(_("This task is not one of the plan's."), field="task")
    return found


def _refuse_stale(row: Sentence, seen: str) -> None:
    if row.fingerprint != seen:
        current = {"text": row.text, "cause": row.cause, "by": row.changed_by}
        raise Stale(_("This place has changed after you opened the draft; nothing was saved over it."), current)


def _edit(draft: AnnualDraft, row: Sentence, by: User) -> DraftEdit:
    """What is kept of a piece, or a row that can be kept of it."""
    found: DraftEdit | None = draft.edits.filter(key=row.key).first()
    return found or DraftEdit(draft=draft, key=row.key, item=row.item, by=by, at=clock.now())


def _save(draft: AnnualDraft, row: Sentence, by: User, **changes: Any) -> None:
    """Change one piece; a row that changes nothing any more is taken away."""
    edit = _edit(draft, row, by)
    for name, value in changes.items():
        setattr(edit, name, value)
    edit.by, edit.at = by, clock.now()
    empty = edit.text is None and edit.included is None and edit.position is None and not edit.cause
    history.sign(edit, by=by)
    if not empty:
        edit.save()
    elif edit.pk:
        edit.delete()


def _put(draft: AnnualDraft, row: Sentence, by: User, position: int) -> None:
    """Who changed its words stays named: another place in the row changes none of them."""
    edit = _edit(draft, row, by)
    if edit.position != position:
        edit.position = position
        history.sign(edit, by=by)
        edit.save()


def _delete(edit: DraftEdit, removed: str, by: User) -> None:
    """One by one: the history of each is kept by its own deletion, with the key of what was removed."""
    history.sign(edit, by=by, reason=removed)
    edit.delete()


def _removed_with(draft: AnnualDraft, key: str) -> list[DraftEdit]:
    """The rows that went when that key was removed, as they were; not those that went before."""
    last: dict[str, Any] = {}
    keys = DraftEdit.history.filter(draft=draft, history_change_reason=key).values("key")
    for kept in DraftEdit.history.filter(draft=draft, key__in=keys).order_by("history_id"):
        last[kept.key] = kept
    return [kept.instance for kept in last.values() if kept.history_change_reason == key]


def _create(draft: AnnualDraft, by: User, **values: Any) -> DraftEdit:
    if draft.edits.filter(Q(key__startswith=OWN) | Q(key__startswith=f"{ITEM}own:")).count() >= MOST_OWN:
        raise InvalidInput(_("A draft holds at most %(most)d sentences of one's own.") % {"most": MOST_OWN})
    edit = DraftEdit(draft=draft, by=by, at=clock.now(), **values)
    history.sign(edit, by=by)
    edit.save()
    return edit


def _next_key(draft: AnnualDraft, prefix: str) -> str:
    """A key that no edit has, nor had: numbers of removed sentences are not given again."""
    used = DraftEdit.history.filter(draft=draft, key__startswith=prefix).values_list("key", flat=True)
    numbers = [int(key.removeprefix(prefix)) for key in used if key.removeprefix(prefix).isdecimal()]
    return f"{prefix}{max(numbers, default=0) + 1}"
