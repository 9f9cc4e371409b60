"""Which sentence of last year a sentence of this year goes back to, by their words alone.

The same words come first, then words that stand whole in one another; else sentences are compared by their pairs of
neighbouring characters, of which rare ones count more: every report repeats the same formulas.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# A shorter piece stands in too many sentences to tell anything.
SHORTEST = 6
LEAST_LIKENESS = 0.25
# What stands in for one that a person has dismissed must be like by itself, not only the next in line.
LEAST_INSTEAD = 0.5
SAME, CONTAINED = 1.0, 0.99
SENTENCE_END = re.compile(r"[。；;！？\n]+")
MARKS = re.compile(r"[^\w]+|_+")


@dataclass(frozen=True, order=True)
class Match:
    """A row of last year and how alike the words are: SAME, CONTAINED where one stands in the other, else below."""

    likeness: float
    key: int


@dataclass(frozen=True)
class _Piece:
    key: int
    words: str
    pairs: frozenset[str]


def matches(told: Iterable[tuple[int, str]], asked: Iterable[tuple[int, str]]) -> dict[int, list[Match]]:
    """{key of `asked`: the rows of `told` that its words may go back to, the likest first}.

    Both are (key, words); a key may come several times, with other words for the same row. Texts of several sentences
    are compared sentence by sentence. Keys without any likeness are left out.
    """
    pieces = [piece for key, words in told for piece in _pieces(key, words)]
    places: dict[str, list[int]] = defaultdict(list)
    for place, piece in enumerate(pieces):
        for pair in piece.pairs:
            places[pair].append(place)
    weights = {pair: math.log(1 + len(pieces) / len(found)) for pair, found in places.items()}
    rarest = math.log(1 + len(pieces)) if pieces else 0.0
    sizes = [_size(piece.pairs, weights, rarest) for piece in pieces]
    found: dict[int, dict[int, float]] = defaultdict(dict)
    for key, words in asked:
        for piece in _pieces(key, words):
            shared = Counter[int]()
            for pair in piece.pairs:
                for place in places.get(pair, ()):
                    shared[place] += weights[pair]  # type: ignore[assignment]
            size = _size(piece.pairs, weights, rarest)
            for place, weight in shared.items():
                likeness = _likeness(piece, pieces[place], weight, size + sizes[place])
                best = found[key].get(pieces[place].key, 0.0)
                found[key][pieces[place].key] = max(best, likeness)
    return {key: ranked for key, rows in found.items() if (ranked := _ranked(rows))}


def _pieces(key: int, words: str) -> Iterator[_Piece]:
    for sentence in SENTENCE_END.split(words):
        bare = MARKS.sub("", sentence)
        if len(bare) >= 2:
            yield _Piece(key, bare, frozenset(bare[place : place + 2] for place in range(len(bare) - 1)))


def _size(pairs: Iterable[str], weights: dict[str, float], rarest: float) -> float:
    return sum(weights.get(pair, rarest) for pair in pairs)


def _likeness(asked: _Piece, told: _Piece, shared: float, whole: float) -> float:
    if asked.words == told.words:
        return SAME
    shorter, longer = sorted((asked.words, told.words), key=len)
    if len(shorter) >= SHORTEST and shorter in longer:
        return CONTAINED
    return min(2 * shared / whole, 0.98) if whole else 0.0


def _ranked(rows: dict[int, float]) -> list[Match]:
    """The likest first; of equally like ones the earlier row."""
    good = [Match(likeness, key) for key, likeness in rows.items() if likeness >= LEAST_LIKENESS]
    return sorted(good, key=lambda match: (-match.likeness, match.key))
