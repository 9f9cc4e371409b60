"""What is still unproved or unsettled in a draft, before it is handed out."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from reports.annual.rows import Drafted, Ground, Sentence
from tracker.enums import PartKind


class Want(StrEnum):
    """Sorts of findings, in the order in which they are listed."""

    NUMBER = "number"
    SOURCE = "source"
    MOVED = "moved"
    GONE = "gone"
    CAUSE = "cause"
    UNSETTLED = "unsettled"
    LEFT_OUT = "left_out"
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
    found = [finding for row in draft.sentences() for finding in _of(row)]
    found += [
        Finding(Want.EMPTY, part.heading.key, part.heading.text)
        for part in draft.parts
        if not any(division.standing for division in part.divisions)
    ]
    order = list(Want)
    return sorted(found, key=lambda finding: order.index(finding.want))


def _of(row: Sentence) -> Iterator[Finding]:
    if row.included and row.unproved:
        yield Finding(Want.NUMBER, row.key, "、".join(row.unproved), row.text)
    if row.included and row.own and row.task is None and not row.item.startswith(PartKind.ARRANGEMENTS):
        yield Finding(Want.SOURCE, row.key, row.text)
    if row.moved and row.included:
        yield Finding(Want.MOVED, row.key, row.text, row.composed)
    if row.gone and row.included:
        yield Finding(Want.GONE, row.key, row.text)
    if row.included and row.item == PartKind.SHORTCOMINGS and not row.cause:
        yield Finding(Want.CAUSE, row.key, row.text)
    if row.ground == Ground.UNSETTLED and not row.included:
        yield Finding(Want.UNSETTLED, row.key, row.text)
    if row.ground == Ground.COMPLETED and not row.included:
        yield Finding(Want.LEFT_OUT, row.key, row.text)
