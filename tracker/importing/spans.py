"""Places in a text where words can be cut, and how they are put together again."""

import re

from tracker import coverage

# Behind these a new clause can begin; a connective stands before its second half.
_CUT_BEHIND = re.compile("[，,、；;：:。]")
_CUT_BEFORE = re.compile("(?<=[\u4e00-\u9fff”》）)])(?:和|与|及|以及|并)(?=[\u4e00-\u9fff“《（(])")
_EDGES = "，,、；;：:。．. 　\n和与及并"


def heading_end(text: str, start: int, end: int, number: str, heading: str) -> int:
    """Where the words of an item begin that a task can take up, as in `coverage.body_start`."""
    return coverage.body_start(text, start, end, number, heading)


def cuts(text: str, start: int, end: int) -> list[int]:
    """Places inside the span where a second half can begin, in order."""
    behind = {found.end() for found in _CUT_BEHIND.finditer(text, start, end)}
    before = {found.start() for found in _CUT_BEFORE.finditer(text, start, end)}
    return [place for place in sorted(behind | before) if start < place < end]


def edges(text: str, start: int, end: int) -> list[int]:
    """All places where words of the span can begin or end, its own borders included."""
    return sorted({start, end, *cuts(text, start, end)})


def tightened(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without punctuation and blanks at its ends, and without a connective that opens it."""
    first, last = coverage.trimmed(text, start, end)
    # Quotation marks and brackets are no letters but belong to the words.
    while first > start and text[first - 1] in "“‘《「『（(":
        first -= 1
    while last < end and text[last] in "”’》」』）)":
        last += 1
    while first < last and text[first] in "和与及并" and first > start:
        first += 1
    return first, last


def place_of_words(text: str, start: int, end: int, words: str) -> int | None:
    """Where the typed words stand in the span; None when they do not, or more than once.

    Full-width and half-width punctuation count as the same, since pages show the full-width form.
    """
    wanted, shown = words.translate(_NARROW), text[start:end].translate(_NARROW)
    place = shown.find(wanted)
    if not wanted or place < 0 or shown.find(wanted, place + 1) >= 0:
        return None
    return start + place


_NARROW = str.maketrans("，。；：（）！？", ",.;:()!?")
