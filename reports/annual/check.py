"""What is still unproved or unsettled in a draft, before it is handed out."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from reports.annual.edits import WITH_ITEMS
from reports.annual.rows import Division, Drafted, DraftPart, Ground, Sentence
from tracker.enums import PartKind

OPEN_GROUNDS = (Ground.PROVEN, Ground.UNPROVEN, Ground.RETURNED)


class Want(StrEnum):
    """Sorts of findings, in the order in which they are listed."""

    NUMBER = "number"
    COMPARE = "compare"
    BOTH = "both"
    OPEN = "open"
    SOURCE = "source"
    MOVED = "moved"
    GONE = "gone"
    CAUSE = "cause"
    UNSETTLED = "unsettled"
    LEFT_OUT = "left_out"
    EMPTY_ITEM = "empty_item"
    EMPTY = "empty"


@dataclass(frozen=True)
class Finding:
    """What is wanted, of which piece (its key), the words or numbers concerned, and the sentence they stand in."""

    want: Want
    key: str
    words: str
    text: str = ""


def findings(draft: Drafted) -> list[Finding]:
    """Everything that a person should look at, in the order of sorts and of the text."""
    found = list(_numbers(draft.lead))
    weak = {row.task.pk for row in standing(draft.part(PartKind.SHORTCOMINGS)) if row.task}
    for part in draft.parts:
        for division in part.divisions:
            shown = {row.key for row in division.standing}
            for row in division.sentences:
                found += _of(row, part, weak) if row.key in shown else _out(row)
            found += _of_item(division, part)
        if not standing(part):
            found.append(Finding(Want.EMPTY, part.heading.key, part.heading.text))
    order = list(Want)
    return sorted(found, key=lambda finding: order.index(finding.want))


def standing(part: DraftPart) -> list[Sentence]:
    """What of a part is in the report."""
    return [row for division in part.divisions for row in division.standing]


def _numbers(row: Sentence) -> Iterator[Finding]:
    if row.unproved_words:
        yield Finding(Want.NUMBER, row.key, "、".join(row.unproved_words), row.text)
    if row.unproved_cause:
        yield Finding(Want.NUMBER, row.key, "、".join(row.unproved_cause), row.cause)
    if row.loose:
        yield Finding(Want.COMPARE, row.key, "、".join(row.loose), row.text)


def _of(row: Sentence, part: DraftPart, weak: set[int]) -> Iterator[Finding]:
    """What is wanted of a sentence that is in the report; `weak` are the tasks that shortcomings speak of."""
    yield from _numbers(row)
    if part.kind == PartKind.MEASURES and row.task and row.task.pk in weak:
        yield Finding(Want.BOTH, row.key, row.text)
    elif part.kind == PartKind.MEASURES and row.ground in OPEN_GROUNDS:
        yield Finding(Want.OPEN, row.key, row.text)
    if row.own and row.task is None and part.kind != PartKind.ARRANGEMENTS:
        yield Finding(Want.SOURCE, row.key, row.text)
    if row.gone:
        yield Finding(Want.GONE, row.key, row.text)
    elif row.moved:
        yield Finding(Want.MOVED, row.key, row.text, row.composed)
    if part.kind == PartKind.SHORTCOMINGS and not row.cause:
        yield Finding(Want.CAUSE, row.key, row.text)


def _out(row: Sentence) -> Iterator[Finding]:
    """What is wanted of a sentence that is not in the report."""
    if row.ground == Ground.UNSETTLED:
        yield Finding(Want.UNSETTLED, row.key, row.text)
    if row.ground == Ground.COMPLETED:
        yield Finding(Want.LEFT_OUT, row.key, row.text)


def _of_item(division: Division, part: DraftPart) -> Iterator[Finding]:
    """An item that nobody left out and that has no sentence is not printed."""
    heading = division.heading
    if part.kind in WITH_ITEMS and heading is not None and heading.included and not division.standing:
        yield Finding(Want.EMPTY_ITEM, heading.key, heading.text)
