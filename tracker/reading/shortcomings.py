"""Shortcomings and their causes, numbered or not."""

import re
from collections.abc import Sequence

from tracker.reading.outline import Division, Mark, find_marks
from tracker.reading.structure import Cause, Shortcoming
from tracker.reading.text import Source, bare, start_of_words

_CAUSE = re.compile(
    r"(?:究其原因|(?:其|上述问题的?|产生这些问题的|存在这些问题的)?(?:主要)?原因)(?:主要)?(?:是|为|在于|有|如下|包括)?[:：,，]?(?:主要)?(?:是)?"
)
_AFTERWARDS = re.compile(r"(?:下一?步|针对(?:上述|以上|这些)|对(?:此|于上述)|今后)")
_WEAK = re.compile(
    r"不足|不够|有待|还需|仍需|尚需|薄弱|差距|不高|不强|不到位|不平衡|不充分|不完善|滞后|短板|空间|欠缺|缺乏|还有|存在"
)
# What comes behind it is a list of weaknesses, whatever words each is told in.
_LIST_LEAD = re.compile(r"(?:表现(?:在|为|如下)|(?:不足|问题|差距|短板|困难)(?:如下|是|有)?|以下几?个?方面|如下)[:：]")
_SEMICOLON, _COMMA = re.compile("[；;]"), re.compile("[，,；;]")


def read_shortcomings(source: Source, division: Division) -> tuple[list[Shortcoming], list[Cause]]:
    """The shortcomings and causes of one part; each cause with the place of its shortcoming in the list.

    Causes stand behind 主要原因是, numbered or parted by commas. Where there are as many causes as
    shortcomings they pair by position; that is a reading, the text does not say it. A cause inside the words
    of a shortcoming belongs to that one.
    """
    if division.items:
        return _from_items(source, division)
    marks = [mark for mark in find_marks(source, division.body, division.end) if mark.level == "ordinal"]
    lead = _cause_lead(source, division.body, division.end)
    if not marks:
        end = lead.start() if lead else division.end
        shortcomings = _unnumbered(source, division.body, end)
        causes = _listed(source, lead.end(), _sentence_end(source, lead.end(), division.end)) if lead else []
        return shortcomings, _paired(source, causes, shortcomings)
    return _from_marks(source, division, marks)


def _from_items(source: Source, division: Division) -> tuple[list[Shortcoming], list[Cause]]:
    shortcomings: list[Shortcoming] = []
    causes: list[Cause] = []
    for item in division.items:
        number = source.text[item.start : item.end][: len(item.number or "")] or None
        start = item.start + len(item.number or "")
        first, last = next(source.sentences(start, item.end), (start, start))
        first, last = bare(source.text, first, last)
        if first < last:
            shortcomings.append(Shortcoming(number=number, text=source.text[first:last], start=first, end=last))
            lead = _cause_lead(source, last, item.end)
            if lead:
                spans = [(lead.end(), _sentence_end(source, lead.end(), item.end))]
                causes += _causes(source, spans, len(shortcomings) - 1)
    return shortcomings, causes


def _from_marks(source: Source, division: Division, marks: Sequence[Mark]) -> tuple[list[Shortcoming], list[Cause]]:
    """Read segment after segment. 一是 behind a cause lead numbers causes, not shortcomings."""
    shortcomings: list[Shortcoming] = []
    causes: list[Cause] = []
    listed: list[tuple[int, int]] = []
    listing = False
    ends = [*[mark.start for mark in marks[1:]], division.end]
    for place, (mark, following) in enumerate(zip(marks, ends, strict=True)):
        end = _segment_end(source, mark.end, following)
        if listing:
            listed.append((mark.end, end))
            continue
        lead = _cause_lead(source, mark.end, end)
        _add(source, shortcomings, mark, lead.start() if lead else end)
        if lead is None:
            continue
        after = marks[place + 1] if place + 1 < len(marks) else None
        listing = after is not None and after.value == 1
        if after is None and not causes:
            listed = _listed(source, lead.end(), _sentence_end(source, lead.end(), end))
        elif not listing and shortcomings:
            causes += _causes(source, [(lead.end(), end)], len(shortcomings) - 1)
    return shortcomings, causes + _paired(source, listed, shortcomings)


def _add(source: Source, shortcomings: list[Shortcoming], mark: Mark, end: int) -> None:
    start, end = bare(source.text, mark.end, end)
    if start < end:
        number = source.text[mark.start : mark.end]
        shortcomings.append(Shortcoming(number=number, text=source.text[start:end], start=start, end=end))


def _cause_lead(source: Source, start: int, end: int) -> re.Match[str] | None:
    """主要原因是 and its like at the start of a sentence or clause."""
    for found in _CAUSE.finditer(source.text, start, end):
        before = source.text[max(start, found.start() - 1) : found.start()]
        opens = not before or before.isspace() or before in "。；;，,、：:"
        says = source.text[found.end() - 1] in "是为于有下括：:"
        if opens and says and not source.enclosed[found.start()]:
            return found
    return None


def _segment_end(source: Source, start: int, end: int) -> int:
    """The end of a numbered shortcoming: before the next line, or before the words on what will be done."""
    for first, last in source.paragraphs(start, end):
        for begin, _stop in source.sentences(first, last):
            if begin > start and _AFTERWARDS.match(source.text, begin):
                return begin
        return last
    return end


def _sentence_end(source: Source, start: int, end: int) -> int:
    return next((last for _first, last in source.sentences(start, end)), end)


def _split(source: Source, start: int, end: int, marks: re.Pattern[str]) -> list[tuple[int, int]]:
    spans = []
    for cut in [*[found.start() for found in marks.finditer(source.text, start, end)], end]:
        if cut == end or not source.enclosed[cut]:
            first, last = bare(source.text, start, cut)
            if first < last:
                spans.append((first, last))
            start = cut + 1
    return spans


def _listed(source: Source, start: int, end: int) -> list[tuple[int, int]]:
    """Causes of one sentence: parted by semicolons, else by commas."""
    marks = _SEMICOLON if _SEMICOLON.search(source.text, start, end) else _COMMA
    return _split(source, start, end, marks)


def _unnumbered(source: Source, start: int, end: int) -> list[Shortcoming]:
    """Clauses between full stops and semicolons that speak of a weakness; a lead ending in a colon is none."""
    shortcomings = []
    for first, last in source.sentences(start, end):
        if _AFTERWARDS.match(source.text, first):
            break
        lead = _list_lead(source, first, last)
        for begin, stop in _split(source, lead or first, last, _SEMICOLON):
            words = source.text[begin:stop]
            if lead or (_WEAK.search(words) and source.text[stop : stop + 1] not in ("：", ":")):
                shortcomings.append(Shortcoming(number=None, text=words, start=begin, end=stop))
    return shortcomings


def _list_lead(source: Source, start: int, end: int) -> int | None:
    """Where a list begins behind 主要表现在： and its like, with a semicolon in the same sentence."""
    for found in _LIST_LEAD.finditer(source.text, start, end):
        if not source.enclosed[found.start()] and _SEMICOLON.search(source.text, found.end(), end):
            return start_of_words(source.text, found.end(), end)
    return None


def _causes(source: Source, spans: Sequence[tuple[int, int]], shortcoming: int | None) -> list[Cause]:
    trimmed = (bare(source.text, start_of_words(source.text, start, end), end) for start, end in spans)
    return [
        Cause(start=start, end=end, text=source.text[start:end], shortcoming=shortcoming)
        for start, end in trimmed
        if start < end
    ]


def _paired(source: Source, spans: Sequence[tuple[int, int]], shortcomings: Sequence[Shortcoming]) -> list[Cause]:
    causes = _causes(source, spans, None)
    if len(causes) != len(shortcomings):
        return causes
    return [
        Cause(start=cause.start, end=cause.end, text=cause.text, shortcoming=place)
        for place, cause in enumerate(causes)
    ]
