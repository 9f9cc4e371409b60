"""Which numbers of a sentence stand on accepted evidence.

A number is proved when the claim of an accepted use of evidence of the same task names it, with the same unit; or when
it is one that the report before or the tracker's own counting stands for. Everything else is marked ［待核］.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from reports.annual.rows import Mark, Proof
from tracker.reading import counted_numbers

UNPROVED = "［待核］"
Named = tuple[Decimal, str]


def marks(text: str, proofs: Iterable[Proof], known: Iterable[tuple[str, str]] = ()) -> tuple[Mark, ...]:
    """Every number of the text that counts something, with the evidence (or the words of `known`) it stands on."""
    grounds: dict[Named, str] = {}
    for words, ground in known:
        grounds.update(dict.fromkeys(_named(words), ground))
    for proof in proofs:
        for named in _named(proof.claim):
            grounds.setdefault(named, proof.number)
    return tuple(Mark(number, grounds.get((number.value, number.unit), "")) for number in counted_numbers(text))


def _named(words: str) -> list[Named]:
    return [(number.value, number.unit) for number in counted_numbers(words)]


def marked(text: str, found: Sequence[Mark]) -> str:
    """The text with ［待核］ behind every number that nothing stands behind."""
    last, parts = 0, []
    for mark in found:
        if not mark.stands_on:
            parts += [text[last : mark.number.end], UNPROVED]
            last = mark.number.end
    return "".join([*parts, text[last:]])


def unmarked(text: str) -> str:
    """What was typed, without marks that somebody copied along."""
    return text.replace(UNPROVED, "").replace("[待核]", "")
