"""Parts and items of a report, recognised by what their headings mean and where they stand."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tracker.reading.structure import PartKind
from tracker.reading.text import Source, bare, han_number, start_of_words

Level = Literal["part", "item", "point", "subpoint", "ordinal"]

_HAN = "[一二三四五六七八九十]{1,3}"
_MARK = re.compile(
    rf"(?P<part>{_HAN})[、.．]"
    rf"|[（(](?P<item>{_HAN})[)）]、?"
    r"|(?P<point>[0-9０-９]{1,2})(?:[.．](?![0-9０-９])|、(?![0-9０-９]))"
    r"|[（(](?P<subpoint>[0-9０-９]{1,2})[)）]"
    rf"|(?P<ordinal>{_HAN})是"
)
_LEVELS: tuple[Level, ...] = ("part", "item", "point", "subpoint", "ordinal")
_AFTER_SENTENCE = frozenset("。！？!?；;：:”）)")
_AFTER_CLAUSE = frozenset("，,")

# Where two meanings stand in one heading the first one listed wins.
_MEANINGS: tuple[tuple[PartKind, re.Pattern[str]], ...] = (
    ("leadership", re.compile(r"第一责任人|主要负责人|(?:党政|领导)[^。]{0,10}履职|述法")),
    ("shortcomings", re.compile(r"不足|问题|短板|差距|困难|薄弱|弱项")),
    (
        "arrangements",
        re.compile(
            r"下一?步|下一?阶段|下一?年|明年|今后|安排|打算|展望|努力方向|(?:工作|重点|主要)(?:计划|思路|要点|任务)|计划$"
        ),
    ),
    ("other", re.compile(r"^(?:其[他它]|需要?说明|附件|附注)")),
    ("measures", re.compile(r"举措|措施|成效|成绩|情况|做法|进展|亮点|工作")),
)
_TELLING: frozenset[PartKind] = frozenset({"leadership", "shortcomings", "arrangements"})
_HEADING_LONGEST = 60
# Where a copy has run heading and text together, words that open a sentence end the heading.
_HEADING_END = re.compile(
    r"[。！？!?\n：:]|[ \t\xa0]{2}|\u3000"
    r"|(?<=安排|打算|计划|思路|情况|成效|问题|不足|原因)(?=(?:下一?步|一年来|20[0-9]{2}年)[,，]|20[0-9]{2}年以来)"
)
_SENTENCE_ENDS = tuple("。！？!?")
_NEXT_STEPS = re.compile(
    r"(?:^|(?<=[\n。！？]))[^\S\n]{0,8}((?:下一?步|下一阶段)[,，]?|20[0-9]{2}年[,，](?=[^。\n]{0,30}将))"
)


@dataclass(frozen=True)
class Mark:
    """A number that opens a part, an item or a point; `start` to `end` are the characters of the number."""

    level: Level
    value: int
    start: int
    end: int


@dataclass(frozen=True)
class Item:
    """A section before its sentences are read; these stand from `body` to `end`."""

    number: str | None
    heading: str | None
    start: int
    body: int
    end: int
    loose: bool = False


@dataclass(frozen=True)
class Division:
    """A part before its sentences are read; its own words stand from `body` to `end`."""

    kind: PartKind
    number: str | None
    heading: str | None
    start: int
    body: int
    end: int
    items: tuple[Item, ...] = ()


def find_marks(source: Source, start: int, end: int) -> list[Mark]:
    """All numbers in the span that open something, in order.

    A number opens something at the start of a line, after a blank or after a closing mark; “一是” also after
    a comma, and “（一）” right behind the heading of its part. Numbers inside quotations or page furniture open
    nothing.
    """
    marks: list[Mark] = []
    for found in _MARK.finditer(source.text, start, end):
        level = next(name for name in _LEVELS if found[name])
        aside = source.quoted[found.start()] or source.aside[found.start()]
        if aside or not _opens(source.text, found.start(), start, level, marks):
            continue
        digits = found[level]
        value = han_number(digits) if level in ("part", "item", "ordinal") else int(digits)
        if value:
            marks.append(Mark(level, value, found.start(), found.end()))
    return marks


def _opens(text: str, place: int, start: int, level: Level, marks: Sequence[Mark]) -> bool:
    if place == start:
        return True
    before = text[place - 1]
    if before.isspace() or before in _AFTER_SENTENCE:
        return True
    if level == "ordinal":
        return before in _AFTER_CLAUSE
    if level == "item" and marks and marks[-1].level == "part":
        between = text[marks[-1].end : place][: _HEADING_LONGEST + 1]
        return len(between) <= _HEADING_LONGEST and not _HEADING_END.search(between)
    return False


def find_divisions(source: Source, end: int) -> list[Division]:
    """The parts from the first heading to `end`, with their items; [] if the text has no such headings."""
    marks = find_marks(source, 0, end)
    level = _part_level(source, marks, end)
    openings = [mark for mark in marks if mark.level == level]
    drafts = []
    for opening, following in _with_end(openings, end):
        inside = next((mark.start for mark in _between(marks, opening.end, following)), following)
        heading, body = _heading(source, opening.end, inside, following)
        start, last = source.trim(opening.start, following)
        number = source.text[opening.start : opening.end]
        drafts.append(Division("other", number, heading, start, min(body, last), last))
    drafts = drafts or _unnumbered(source, end)
    divisions = _split_next_steps(source, _with_kinds(drafts), end)
    return [replace(division, items=_items(source, division)) for division in divisions]


def _with_end(openings: Sequence[Mark], end: int) -> Iterator[tuple[Mark, int]]:
    """Each opening with the place where the next one begins, the last one with `end`."""
    for place, opening in enumerate(openings, 1):
        yield opening, openings[place].start if place < len(openings) else end


def _between(marks: Sequence[Mark], start: int, end: int) -> Sequence[Mark]:
    # Bisection, because this is asked once for each item of a text that may hold thousands.
    low = bisect_left(marks, start, key=lambda mark: mark.start)
    return marks[low : bisect_left(marks, end, lo=low, key=lambda mark: mark.start)]


def _part_level(source: Source, marks: Sequence[Mark], end: int) -> Level:
    """一、 opens parts; in reports without it, the highest numbering that heads a telling part."""
    if any(mark.level == "part" for mark in marks):
        return "part"
    for level in ("item", "point"):
        for mark in marks:
            if mark.level == level:
                heading, _body = _heading(source, mark.end, end, end)
                if heading and meaning(heading) in _TELLING:
                    return level
    return "part"


def _heading(source: Source, start: int, inside: int, end: int) -> tuple[str | None, int]:
    """The heading that begins at `start` and the place where the words below it begin.

    It ends with its line, its sentence, a colon, a wide blank or the first number inside. None if the words
    are too long for a heading; they then belong to the text below.
    """
    text = source.text
    first = start_of_words(text, start, end)
    limit = min(inside, first + _HEADING_LONGEST + 1)
    for found in _HEADING_END.finditer(text, first, limit):
        if found.start() > first and not source.enclosed[found.start()]:
            words = text[slice(*bare(text, first, found.start()))]
            return (words or None), found.end()
    if limit < inside:
        return None, first
    words = text[slice(*bare(text, first, inside))]
    return (words or None), inside


def meaning(heading: str) -> PartKind | None:
    """The kind of part that a heading announces, None if it only names a theme."""
    for kind, pattern in _MEANINGS:
        if pattern.search(heading):
            return kind
    return None


def _with_kinds(drafts: list[Division]) -> list[Division]:
    """Themed headings are measures; after the arrangements nothing is, unless no measures stood before."""
    divisions: list[Division] = []
    arranged = measured = False
    for draft in drafts:
        kind = meaning(draft.heading or "") or "measures"
        if kind == "measures" and arranged and measured:
            kind = "other"
        arranged = arranged or kind == "arrangements"
        # What stands before the arrangements; behind them all parts of this kind belong together.
        measured = measured or (kind == "measures" and not arranged)
        divisions.append(replace(draft, kind=kind))
    return divisions


def _unnumbered(source: Source, end: int) -> list[Division]:
    """Parts of a text whose headings are short lines without numbers."""
    heads = []
    for start, last in source.paragraphs(0, end):
        words = source.text[start:last]
        if len(words) <= 30 and words[-1] not in "。；;，,：:" and meaning(words) in _TELLING:
            heads.append((start, last))
    divisions = []
    for (start, body), following in zip(heads, [*[head[0] for head in heads[1:]], end], strict=False):
        first, last = source.trim(start, following)
        divisions.append(Division("other", None, source.text[start:body], first, body, last))
    return divisions


def _split_next_steps(source: Source, divisions: list[Division], end: int) -> list[Division]:
    """Arrangements without a heading begin with 下一步: the words from there on become their own part."""
    if any(division.kind == "arrangements" for division in divisions):
        return divisions
    for place in range(len(divisions) - 1, -1, -1):
        division = divisions[place]
        found = _next_steps(source, division.body, division.end)
        if found is not None:
            tail = _arrangements(source, found, division.end)
            first, last = source.trim(division.start, found)
            return [
                *divisions[:place],
                replace(division, start=first, end=last),
                tail,
                *divisions[place + 1 :],
            ]
    found = None if divisions else _next_steps(source, 0, end)
    return divisions if found is None else [_arrangements(source, found, end)]


def _next_steps(source: Source, start: int, end: int) -> int | None:
    for found in _NEXT_STEPS.finditer(source.text, start, end):
        if not source.enclosed[found.start(1)]:
            return found.start(1)
    return None


def _arrangements(source: Source, start: int, end: int) -> Division:
    first, last = source.trim(start, end)
    return Division("arrangements", None, None, first, first, last)


def _items(source: Source, division: Division) -> tuple[Item, ...]:
    """The numbered items of a part, at its highest level of numbering; else its paragraphs."""
    marks = find_marks(source, division.body, division.end)
    levels = _LEVELS[1:4] if division.kind == "shortcomings" else _LEVELS[1:]
    level = next((name for name in levels if any(mark.level == name for mark in marks)), None)
    openings = [mark for mark in marks if mark.level == level]
    if not openings:
        return _paragraph_items(source, division)
    items = []
    if division.kind == "leadership":
        items += _loose(source, division.body, openings[0].start)
    for opening, following in _with_end(openings, division.end):
        start, end = source.trim(opening.start, following)
        inside = next((mark.start for mark in _between(marks, opening.end, end)), end)
        heading, body = _heading(source, opening.end, inside, end)
        number = source.text[opening.start : opening.end]
        items.append(Item(number, heading, start, min(body, end), end))
    return _with_words(source, items)


def _with_words(source: Source, items: Sequence[Item]) -> tuple[Item, ...]:
    """The items without those headings that are their words.

    What stands alone behind a number is what the item says. Where one item of a part is such a sentence, the
    first sentences of the others, in the same line as the rest, are none of their headings either.
    """
    alone = any(item.heading and item.body >= item.end and _in_sentence(source, item) for item in items)
    return tuple(
        replace(item, heading=None, body=item.start + len(item.number or ""))
        if item.heading and (item.body >= item.end or (alone and _in_sentence(source, item)))
        else item
        for item in items
    )


def _in_sentence(source: Source, item: Item) -> bool:
    """Whether the heading of an item ends like a sentence and not with its line."""
    return source.text[item.body - 1 : item.body] in _SENTENCE_ENDS


def _paragraph_items(source: Source, division: Division) -> tuple[Item, ...]:
    if division.kind == "leadership":
        return tuple(_loose(source, division.body, division.end))
    if division.kind in ("measures", "arrangements"):
        return tuple(
            Item(None, None, start, start, end) for start, end in source.paragraphs(division.body, division.end)
        )
    return ()


def _loose(source: Source, start: int, end: int) -> list[Item]:
    first, last = source.trim(start, end)
    return [Item(None, None, first, first, last, loose=True)] if first < last else []
