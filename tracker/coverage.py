"""Which words of the arrangements belong to no task, and what of the past year is taken up. Pure functions.

Counted are letters and digits; punctuation, blanks, the number and heading of an item, and a connective that
stands alone between the words of two tasks (开展评估和前期研究) belong to nobody and are not counted.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from tracker.enums import LinkExtent, Strength
from tracker.reading.words import RESPONSIBLE

CONNECTIVES = frozenset(("和", "与", "及", "以及", "并"))
CLOSING_MARKS = "。．.；;：:，,、！？!?"

Span = tuple[int, int]


class ItemState(StrEnum):
    """How a numbered item of measures goes on: as a whole, in single sentences, by links to be confirmed, or not."""

    FOLLOWED = "followed"
    PARTLY = "partly"
    PROPOSED = "proposed"
    GAP = "gap"


class AnswerState(StrEnum):
    """How a shortcoming is answered: by a direct link, by indirect ones, only by proposed links, or not at all."""

    ANSWERED = "answered"
    WEAK = "weak"
    PROPOSED = "proposed"
    GAP = "gap"


def item_state(extents: Iterable[str], proposed: Iterable[str] = ()) -> ItemState:
    """The state of an item from the extents of its confirmed links, and of those that wait to be confirmed.

    PROPOSED means that it would be followed as a whole if they were.
    """
    found, waiting = set(extents), set(proposed)
    if LinkExtent.ITEM in found:
        return ItemState.FOLLOWED
    if LinkExtent.ITEM in waiting:
        return ItemState.PROPOSED
    return ItemState.PARTLY if found | waiting else ItemState.GAP


def answer_state(strengths: Iterable[str], proposed: Iterable[str] = ()) -> AnswerState:
    """The state of a shortcoming from the strengths of its confirmed links, and of those that wait.

    PROPOSED means that it would be answered directly if they were confirmed.
    """
    found, waiting = set(strengths), set(proposed)
    if Strength.DIRECT in found:
        return AnswerState.ANSWERED
    if Strength.DIRECT in waiting:
        return AnswerState.PROPOSED
    return AnswerState.WEAK if found | waiting else AnswerState.GAP


@dataclass(frozen=True)
class Coverage:
    """`total` counted characters, of which those in the spans of `gaps`, `missing` in number, have no task."""

    total: int = 0
    missing: int = 0
    gaps: tuple[Span, ...] = ()

    def __add__(self, other: "Coverage") -> "Coverage":
        return Coverage(self.total + other.total, self.missing + other.missing, self.gaps + other.gaps)

    @property
    def percent(self) -> int | None:
        """Whole per cent, cut off, so that 100 means everything; None where there is nothing to cover."""
        return 100 * (self.total - self.missing) // self.total if self.total else None


def is_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN"


def words_in(text: str) -> int:
    return sum(map(is_word, text))


def heading_end(text: str, start: int, end: int, number: str, heading: str) -> int:
    """Where the number and heading that open the span end, closing mark included; `start` where none stands."""
    if not heading:
        return start
    place = number_end(text, start, end, number)
    if not text.startswith(heading, place, end):
        return start
    place += len(heading)
    while place < end and text[place] in CLOSING_MARKS:
        place += 1
    return place


def number_end(text: str, start: int, end: int, number: str) -> int:
    """Where the words behind the number that opens the span begin."""
    place = start + len(number) if text.startswith(number, start, end) else start
    while place < end and text[place].isspace():
        place += 1
    return place


def body_start(text: str, start: int, end: int, number: str, heading: str) -> int:
    """Where the words of an item begin that a task can take up.

    An item that is nothing but its heading is taken up by its heading.
    """
    place = heading_end(text, start, end, number, heading)
    return place if place > start and words_in(text[place:end]) else number_end(text, start, end, number)


def coverage(text: str, start: int, end: int, taken: Iterable[Span]) -> Coverage:
    """How the words of the span are covered by the spans of tasks, which may overlap.

    An owner named in brackets (（责任单位：…）) is no arrangement of its own and counts as covered.
    """
    total = missing = 0
    gaps = []
    owners = [found.span() for found in RESPONSIBLE.finditer(text, start, end)]
    for first, last, covered, between in _stretches(start, end, [*taken, *owners]):
        words = text[first:last]
        alone = between and "".join(filter(is_word, words)) in CONNECTIVES
        count = 0 if alone else words_in(words)
        total += count
        if count and not covered:
            missing += count
            gaps.append(trimmed(text, first, last))
    return Coverage(total, missing, tuple(gaps))


def _stretches(start: int, end: int, taken: Iterable[Span]) -> Iterator[tuple[int, int, bool, bool]]:
    """(start, end, covered, between two covered ones) of the stretches that the span falls into, in order."""
    inside = sorted((max(first, start), min(last, end)) for first, last in taken if first < end and last > start)
    place = start
    for first, last in inside:
        if first > place:
            yield place, first, False, place > start
        if last > max(first, place):
            yield max(first, place), last, True, False
        place = max(place, last)
    if place < end:
        yield place, end, False, False


def trimmed(text: str, start: int, end: int) -> Span:
    """The span from its first counted character to its last."""
    while start < end and not is_word(text[start]):
        start += 1
    while end > start and not is_word(text[end - 1]):
        end -= 1
    return start, end
