"""What a draft is made of, before and after the edits."""

import datetime
import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

TITLE, LEAD = "title", "lead"


class Ground(StrEnum):
    """Why a piece is offered, and why it stands or not as composed."""

    COMPLETED = "completed"
    PROVEN = "proven"
    UNPROVEN = "unproven"
    READING = "reading"
    KEPT = "kept"
    EASED = "eased"
    UNJUDGED = "unjudged"
    RED = "red"
    RETURNED = "returned"
    UNANSWERED = "unanswered"
    DUTY = "duty"
    CARRIED = "carried"
    UNSETTLED = "unsettled"
    CONTINUOUS = "continuous"
    HEAD = "head"
    OWN = "own"


@dataclass(frozen=True)
class TaskRef:
    """The task that a piece tells of."""

    pk: int
    code: str
    title: str


@dataclass(frozen=True)
class Proof:
    """An accepted use of evidence: key and number of the item, its title, and the claim it was accepted for."""

    evidence: int
    number: str
    title: str
    claim: str


@dataclass(frozen=True)
class Piece:
    """A sentence (or a few) as composed. `stands` is whether it is in the report unless somebody says otherwise.

    `known` are numbers that stand on the report before or on the tracker's own counting, with the words that say so;
    `source` says what the piece was taken from where no task does; `causes` may be chosen as the cause of a
    shortcoming, of which `cause` is the one that stands unless somebody chooses ("" for none).
    """

    key: str
    words: str
    ground: Ground
    stands: bool = True
    task: TaskRef | None = None
    proofs: tuple[Proof, ...] = ()
    known: tuple[tuple[str, str], ...] = ()
    source: str = ""
    causes: tuple[str, ...] = ()
    cause: str = ""


@dataclass(frozen=True)
class Item:
    """A numbered item of a part: its heading, and its pieces in order. `heading` is "" where the part has none."""

    key: str
    heading: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class ComposedPart:
    """A part: `kind` as `tracker.enums.PartKind`, and how the report before numbered and set its items."""

    kind: str
    heading: str
    items: tuple[Item, ...]
    bracketed: bool = False
    run_in: bool = True


@dataclass(frozen=True)
class Composed:
    """The whole report as the data give it."""

    title: Piece
    lead: Piece
    parts: tuple[ComposedPart, ...]


@dataclass(frozen=True)
class Mark:
    """A number of a text at [start, end), and what it stands on: "" where nothing does.

    `loose` where the evidence names the number, but with other words before it.
    """

    start: int
    end: int
    stands_on: str
    loose: bool = False


@dataclass
class Sentence:
    """A piece with its edits: what stands in the draft now.

    `moved` when the data say something else than when the words were changed by hand, `gone` when they say nothing
    any more. `changed_by` and `changed_at` are of the last change of what it says or whether it stands.
    """

    key: str
    item: str
    text: str
    composed: str
    ground: Ground
    included: bool
    task: TaskRef | None = None
    proofs: tuple[Proof, ...] = ()
    marks: tuple[Mark, ...] = ()
    source: str = ""
    causes: tuple[str, ...] = ()
    cause: str = ""
    cause_marks: tuple[Mark, ...] = ()
    based_on: str = ""
    rewritten: bool = False
    moved: bool = False
    gone: bool = False
    own: bool = False
    changed_by: str = ""
    changed_at: datetime.datetime | None = None

    @property
    def fingerprint(self) -> str:
        """A short digest of all that people change, by which a form says what its reader had before the eyes."""
        changed = (self.text, self.cause, self.included, self.task.pk if self.task else None)
        return hashlib.sha256(repr(changed).encode()).hexdigest()[:16]

    @property
    def unproved(self) -> list[str]:
        """The numbers that nothing stands behind, as written, in the words and in the cause."""
        return [*self.unproved_words, *self.unproved_cause]

    @property
    def unproved_words(self) -> list[str]:
        return [self.text[mark.start : mark.end] for mark in self.marks if not mark.stands_on]

    @property
    def unproved_cause(self) -> list[str]:
        return [self.cause[mark.start : mark.end] for mark in self.cause_marks if not mark.stands_on]

    @property
    def loose(self) -> list[str]:
        """Numbers that people wrote and the evidence names with other words before them."""
        by_hand = self.rewritten or self.own
        return [self.text[mark.start : mark.end] for mark in self.marks if mark.loose and by_hand]


@dataclass
class Division:
    """An item with its edits."""

    key: str
    heading: Sentence | None
    sentences: list[Sentence] = field(default_factory=list)
    own: bool = False

    @property
    def standing(self) -> list[Sentence]:
        """What is in the report: nothing of an item that was left out as a whole."""
        if self.heading is not None and not self.heading.included:
            return []
        return [row for row in self.sentences if row.included]


@dataclass
class DraftPart:
    """A part with its edits; `number` is 一, 二, … in the order of the report."""

    kind: str
    number: str
    heading: Sentence
    divisions: list[Division]
    bracketed: bool
    run_in: bool


@dataclass
class Drafted:
    """The draft as it stands: what pages and files are written from."""

    title: Sentence
    lead: Sentence
    parts: list[DraftPart]

    def part(self, kind: str) -> DraftPart:
        return next(part for part in self.parts if part.kind == kind)

    def sentences(self) -> list[Sentence]:
        """Every piece in reading order, left out or not; headings are not among them."""
        found = [self.lead]
        for part in self.parts:
            for division in part.divisions:
                found += division.sentences
        return found
