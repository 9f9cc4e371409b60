"""What people changed, laid over what the data give: their words stay when the data move on, and it shows.

Only edits are kept. A piece without one follows the data; one whose words were changed by hand keeps them and says
when the data say something else by now (`moved`), or nothing any more (`gone`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from reports.annual.proof import marks
from reports.annual.rows import (
    Composed,
    ComposedPart,
    Division,
    Drafted,
    DraftPart,
    Ground,
    Item,
    Piece,
    Proof,
    Sentence,
    TaskRef,
)
from reports.models import DraftEdit
from tracker.documents import han_counting

Row = TypeVar("Row", Sentence, Division)

PART, ITEM, OWN = "part:", "item:", "own:"
# Parts to which a person may add items with headings of their own.
WITH_ITEMS = ("measures", "arrangements")
Edits = Mapping[str, DraftEdit]


def laid_over(composed: Composed, rows: Iterable[DraftEdit], proofs: Mapping[int, tuple[Proof, ...]]) -> Drafted:
    """The draft as it stands. `proofs` by task, for sentences that people added."""
    edits = {row.key: row for row in rows}
    known = set()
    parts = []
    for place, part in enumerate(composed.parts):
        parts.append(_part(part, place, edits, proofs))
        known |= {piece.key for item in part.items for piece in item.pieces}
    _add_gone(parts, edits, known, proofs)
    return Drafted(_sentence(composed.title, "", edits), _sentence(composed.lead, "", edits), parts)


def _part(part: ComposedPart, place: int, edits: Edits, proofs: Mapping[int, tuple[Proof, ...]]) -> DraftPart:
    heading = _sentence(Piece(f"{PART}{part.kind}", part.heading, Ground.HEAD), "", edits)
    divisions = [_division(item, edits, proofs) for item in part.items]
    added = [row for row in edits.values() if row.item == f"{PART}{part.kind}" and row.key.startswith(f"{ITEM}own")]
    divisions += [_own_division(row, edits, proofs) for row in added]
    ordered = _ordered(divisions, {f"{ITEM}{row.key}": row.key for row in divisions}, edits)
    return DraftPart(part.kind, han_counting(place + 1), heading, ordered, part.bracketed, part.run_in)


def _division(item: Item, edits: Edits, proofs: Mapping[int, tuple[Proof, ...]]) -> Division:
    heading = None
    if item.heading:
        heading = _sentence(Piece(f"{ITEM}{item.key}", item.heading, Ground.HEAD), "", edits)
    sentences = [_sentence(piece, item.key, edits) for piece in item.pieces]
    return Division(item.key, heading, _with_own(sentences, item.key, edits, proofs))


def _own_division(row: DraftEdit, edits: Edits, proofs: Mapping[int, tuple[Proof, ...]]) -> Division:
    key = row.key.removeprefix(ITEM)
    heading = Sentence(
        row.key, "", row.text or "", "", Ground.OWN, row.included is not False, own=True, **_changed(row)
    )
    return Division(key, heading, _with_own([], key, edits, proofs), own=True)


def _with_own(
    sentences: list[Sentence], item: str, edits: Edits, proofs: Mapping[int, tuple[Proof, ...]]
) -> list[Sentence]:
    own = [_own(row, proofs) for row in edits.values() if row.item == item and row.key.startswith(OWN)]
    found = sentences + own
    return _ordered(found, {row.key: row.key for row in found}, edits)


def _ordered(rows: list[Row], keys: Mapping[str, str], edits: Edits) -> list[Row]:
    """Rows that somebody put in a place stand there; the others keep their order around them."""
    places = {key: edits[name].position for name, key in keys.items() if name in edits}
    placed = sorted(
        (row for row in rows if places.get(row.key) is not None), key=lambda row: (places[row.key] or 0, row.key)
    )
    found = [row for row in rows if places.get(row.key) is None]
    for row in placed:
        found.insert(places[row.key] or 0, row)
    return found


def _sentence(piece: Piece, item: str, edits: Edits) -> Sentence:
    edit = edits.get(piece.key)
    rewritten = edit is not None and edit.text is not None
    text = edit.text if edit is not None and edit.text is not None else piece.words
    included = edit.included if edit is not None and edit.included is not None else piece.stands
    cause = (edit.cause if edit is not None else "") or piece.cause
    return Sentence(
        key=piece.key,
        item=item,
        text=text,
        composed=piece.words,
        ground=piece.ground,
        included=included,
        task=piece.task,
        proofs=piece.proofs,
        marks=marks(text, piece.proofs, piece.known),
        source=piece.source,
        causes=piece.causes,
        cause=cause,
        cause_marks=marks(cause, piece.proofs),
        based_on=edit.based_on if edit is not None else "",
        rewritten=rewritten,
        moved=edit is not None and rewritten and edit.based_on != piece.words,
        **_changed(edit),
    )


def _changed(edit: DraftEdit | None) -> dict[str, Any]:
    """Who changed a piece last, and when; putting it in another place changes nothing of it."""
    if edit is None or (edit.text is None and edit.included is None and not edit.cause):
        return {}
    return {"changed_by": str(edit.by), "changed_at": edit.at}


def _own(row: DraftEdit, proofs: Mapping[int, tuple[Proof, ...]]) -> Sentence:
    """A sentence that a person added; it stands on the evidence of the task that was named for it, if one was."""
    task = TaskRef(row.task.pk, row.task.code, row.task.title) if row.task else None
    found = proofs.get(row.task_id or 0, ())
    text = row.text or ""
    return Sentence(
        key=row.key,
        item=row.item,
        text=text,
        composed="",
        ground=Ground.OWN,
        included=row.included is not False,
        task=task,
        proofs=found,
        marks=marks(text, found),
        cause=row.cause,
        cause_marks=marks(row.cause, found),
        own=True,
        **_changed(row),
    )


def _add_gone(parts: list[DraftPart], edits: Edits, known: set[str], proofs: Mapping[int, tuple[Proof, ...]]) -> None:
    """Words that somebody wrote for a piece which the data no longer give are kept where they stood.

    Where the item has gone too, they and what people added to it stand in a rest of the part.
    """
    lost: dict[str, list[Sentence]] = defaultdict(list)
    items = {division.key for part in parts for division in part.divisions}
    for row in edits.values():
        if row.key.startswith(OWN) and row.item not in items:
            lost[row.item].append(_own(row, proofs))
        elif row.text is not None and row.item and row.key not in known and not row.key.startswith((PART, ITEM, OWN)):
            lost[row.item].append(_gone(row))
    for part in parts:
        for division in part.divisions:
            if division.key in lost:
                found = division.sentences + lost.pop(division.key)
                division.sentences = _ordered(found, {row.key: row.key for row in found}, edits)
        rest = [key for key in lost if _part_of(key) == part.kind]
        part.divisions += [Division(key, None, lost.pop(key)) for key in rest]


def _part_of(item: str) -> str:
    """The kind of the part that an item's key belongs to."""
    return item.removeprefix(OWN).partition(":")[0]


def _gone(row: DraftEdit) -> Sentence:
    return Sentence(
        key=row.key,
        item=row.item,
        text=row.text or "",
        composed="",
        ground=Ground.OWN,
        included=row.included is not False,
        marks=marks(row.text or "", ()),
        cause=row.cause,
        cause_marks=marks(row.cause, ()),
        based_on=row.based_on,
        rewritten=True,
        gone=True,
        **_changed(row),
    )
