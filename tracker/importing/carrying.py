"""Words of a text found again in a corrected version of it, by what they say and not by where they stood."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from difflib import SequenceMatcher

_SENTENCE = re.compile(r"[^。！？；;\n]*[。！？；;\n]?")
# Comparing character by character costs the product of both lengths; beyond this a stretch counts as rewritten.
_MOST_COMPARED = 400_000
# In longer texts sentences that stand there often are only matched beside others: each with each takes minutes.
_MOST_SENTENCES = 2_000
# Shorter words stand in a text by chance.
_TELLING = 4
_BLANK = " \t\n\xa0\u3000"


@dataclass(frozen=True)
class Place:
    """Where words stand in the corrected text: [start, end), and whether they say something else there."""

    start: int
    end: int
    changed: bool


@dataclass(frozen=True)
class Change:
    """One stretch that was corrected, as pieces (words, whether they differ) before and after."""

    before: tuple[tuple[str, bool], ...]
    after: tuple[tuple[str, bool], ...]
    start: int
    end: int


class Alignment:
    """Two versions of a text beside each other.

    Takes time in proportion to the number of sentences, and to the square of the longest stretch rewritten.
    """

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new
        self._map = [-1] * len(old)
        self._changes: list[Change] = []
        before, after = _sentences(old), _sentences(new)
        often = len(before) > _MOST_SENTENCES
        matcher = SequenceMatcher(None, [old[a:b] for a, b in before], [new[a:b] for a, b in after], autojunk=often)
        for tag, first, last, low, high in matcher.get_opcodes():
            old_span = _span(before, first, last, len(old))
            new_span = _span(after, low, high, len(new))
            if tag == "equal":
                self._same(old_span[0], new_span[0], old_span[1] - old_span[0])
            else:
                self._compare(old_span, new_span)
        self._mapped = [place for place, found in enumerate(self._map) if found >= 0]

    def changes(self) -> list[Change]:
        """All that was corrected, sentence by sentence, in order."""
        return self._changes

    def carry(self, start: int, end: int) -> Place | None:
        """Where the words [start, end) of the old text stand now; None when less than half of them are left."""
        kept = [place for place in self._map[start:end] if place >= 0]
        if 2 * len(kept) < end - start:
            return self._elsewhere(start, end)
        first = kept[0] if self._map[start] >= 0 else self._behind(start)
        last = kept[-1] + 1 if self._map[end - 1] >= 0 else self._before(end)
        first, last = self._bare(first, last)
        return Place(first, last, self.new[first:last] != self.old[start:end]) if first < last else None

    def _same(self, old: int, new: int, length: int) -> None:
        self._map[old : old + length] = range(new, new + length)

    def _compare(self, old: tuple[int, int], new: tuple[int, int]) -> None:
        before, after = self.old[slice(*old)], self.new[slice(*new)]
        if before.split() == after.split():
            # Blanks and line ends are nothing that a person corrects; the words are found one by one.
            self._match(old[0], new[0], before, after)
            return
        if len(before) * len(after) > _MOST_COMPARED:
            self._changes.append(Change(((before, True),), ((after, True),), *new))
            return
        shown_before: list[tuple[str, bool]] = []
        shown_after: list[tuple[str, bool]] = []
        for tag, a, b, c, d in self._match(old[0], new[0], before, after):
            shown_before += [(before[a:b], tag != "equal")] if a < b else []
            shown_after += [(after[c:d], tag != "equal")] if c < d else []
        self._changes.append(Change(tuple(shown_before), tuple(shown_after), *new))

    def _match(self, old: int, new: int, before: str, after: str) -> list[tuple[str, int, int, int, int]]:
        """Map the characters that both stretches share; returns the steps from one to the other."""
        if len(before) * len(after) > _MOST_COMPARED:
            return []
        steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        for tag, a, b, c, _d in steps:
            if tag == "equal":
                self._same(old + a, new + c, b - a)
        return list(steps)

    def _elsewhere(self, start: int, end: int) -> Place | None:
        """Whole words that were moved: they stand once in the new text."""
        words = self.old[start:end]
        place = self.new.find(words)
        if len(words) < _TELLING or place < 0 or self.new.find(words, place + 1) >= 0:
            return None
        return Place(place, place + len(words), changed=False)

    def _behind(self, place: int) -> int:
        """The place in the new text right behind the last character kept before `place`."""
        number = bisect_left(self._mapped, place)
        return self._map[self._mapped[number - 1]] + 1 if number else 0

    def _before(self, place: int) -> int:
        """The place in the new text of the first character kept from `place` on."""
        number = bisect_left(self._mapped, place)
        return self._map[self._mapped[number]] if number < len(self._mapped) else len(self.new)

    def _bare(self, start: int, end: int) -> tuple[int, int]:
        while start < end and self.new[start] in _BLANK:
            start += 1
        while start < end and self.new[end - 1] in _BLANK:
            end -= 1
        return start, end


def _sentences(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in _SENTENCE.finditer(text) if found.start() < found.end()]


def _span(rows: list[tuple[int, int]], first: int, last: int, length: int) -> tuple[int, int]:
    """From the start of row `first` to the end of the row before `last`; empty where these are the same."""
    start = rows[first][0] if first < len(rows) else length
    return (start, rows[last - 1][1]) if last > first else (start, start)
