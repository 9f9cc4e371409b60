"""Sentences and commitments of an item, with the owner named in brackets behind them."""

import re
from collections.abc import Iterator

from tracker.reading import words
from tracker.reading.structure import Clause, ClauseKind, Nature
from tracker.reading.text import Source, bare, start_of_words

_COMMA = re.compile("[，,；;]")
_OBJECT_SHORTEST = 5


def read_clauses(source: Source, start: int, end: int, kind: ClauseKind) -> tuple[Clause, ...]:
    """The clauses of `kind` between `start` and `end`.

    Measures and duties are whole sentences, commitments the clauses of a sentence that have a verb of their
    own. An owner in brackets (（责任处室：…）) is taken out of the words and given to all the clauses since
    the last such bracket, because an item that names its owner once means all its sentences.
    """
    clauses = []
    for first, last, responsible in _pieces(source, start, end):
        for sentence in source.sentences(first, last):
            begin, stop = _words(source, *sentence)
            if begin >= stop:
                continue
            spans = split_commitments(source, begin, stop) if kind == "commitment" else [(begin, stop, None)]
            clauses += [
                Clause(start=a, end=b, kind=kind, text=source.text[a:b], nature=nature, responsible=responsible)
                for a, b, nature in spans
            ]
    return tuple(clauses)


def _pieces(source: Source, start: int, end: int) -> Iterator[tuple[int, int, str | None]]:
    for found in words.RESPONSIBLE.finditer(source.text, start, end):
        yield start, found.start(), found[1].strip() or None
        start = found.end()
    yield start, end, None


def _words(source: Source, start: int, end: int) -> tuple[int, int]:
    """The sentence without its own number and its closing mark."""
    numbered = words.ORDINAL.match(source.text, start, end)
    return bare(source.text, numbered.end() if numbered else start, end)


def split_commitments(source: Source, start: int, end: int) -> list[tuple[int, int, Nature | None]]:
    """The clauses of one sentence (span without closing mark) that have a verb of their own, with natures.

    A segment between commas without a verb belongs to the clause before it; one that only sets the scene
    (围绕…, 以…为抓手) belongs to the clause behind it. Two objects of one first verb are two commitments, the
    second without the verb: its words stand in the text only once.
    """
    found: list[tuple[int, int, Nature | None]] = []
    for first, last in _group(source, _segments(source, start, end)):
        text = source.text[first:last]
        if found and words.GOAL.match(text):
            found.append((first, last, "goal"))
            continue
        objects = _shared_verb(source, first, last)
        verb = words.SHARING_VERB.match(text)
        lead = verb.group() if verb and len(objects) > 1 else ""
        for place, (a, b) in enumerate(objects):
            found.append((a, b, nature_of((lead if place else "") + source.text[a:b])))
    return found


def _segments(source: Source, start: int, end: int) -> list[tuple[int, int]]:
    segments = []
    cuts = [place.start() for place in _COMMA.finditer(source.text, start, end) if not source.enclosed[place.start()]]
    for cut in [*cuts, end]:
        first, last = bare(source.text, start, cut)
        if first < last:
            segments.append((first, last))
        start = cut + 1
    return segments


def _group(source: Source, segments: list[tuple[int, int]]) -> list[tuple[int, int]]:
    groups: list[tuple[int, int]] = []
    waiting: int | None = None
    for place, (first, end) in enumerate(segments):
        numbered = words.ORDINAL.match(source.text, first, end)
        start = numbered.end() if numbered and numbered.end() < end else first
        text = source.text[start:end]
        more = place + 1 < len(segments)
        if more and not groups and waiting is None and words.TIME_LEAD.match(text):
            continue
        alone = bool(words.HAS_VERB.search(text)) or bool(words.GOAL.match(text))
        if more and (words.OPENER.match(text) or (not alone and (not groups or waiting is not None))):
            waiting = start if waiting is None else waiting
        elif alone or not groups or waiting is not None:
            groups.append((start if waiting is None else waiting, end))
            waiting = None
        else:
            groups[-1] = (groups[-1][0], end)
    return groups


def _shared_verb(source: Source, start: int, end: int) -> list[tuple[int, int]]:
    """The clause as one span, or as two where one verb has two objects that are each something to do."""
    verb = words.SHARING_VERB.match(source.text, start, end)
    if verb is None:
        return [(start, end)]
    joints = [
        joint
        for joint in words.CONJUNCTION.finditer(source.text, verb.end(), end)
        if not source.enclosed[joint.start()]
    ]
    if len(joints) != 1:
        return [(start, end)]
    left, right = source.text[verb.end() : joints[0].start()], source.text[joints[0].end() : end]
    if min(len(left), len(right)) < _OBJECT_SHORTEST:
        return [(start, end)]
    if not (words.ACTION.search(left) and words.ACTION.search(right)):
        return [(start, end)]
    return [(start, joints[0].start()), (start_of_words(source.text, joints[0].end(), end), end)]


def nature_of(text: str) -> Nature | None:
    """Whether a commitment is done once (it delivers something) or goes on; None if it has no known verb."""
    if words.CONTINUOUS.search(text):
        return "continuous"
    if words.DELIVERS.match(text) or words.DELIVERED.search(text):
        return "one_off"
    if words.SHARING_VERB.match(text) and words.ONE_OFF_ACTION.search(text):
        return "one_off"
    return "continuous" if words.HAS_VERB.search(text) else None
