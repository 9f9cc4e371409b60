"""The numbers that Word shows before list paragraphs and does not write into their text."""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docx.oxml.ns import qn

from tracker.documents.limits import MOST_LABEL_CHARACTERS
from tracker.documents.numerals import numeral
from tracker.documents.styles import Styles, number, value

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement

_LEVELS = 9
_PLACE = re.compile("%([1-9])")
# Neither the reader nor the eye needs a blank behind these.
_CLOSED = tuple("、）)．.。：")


@dataclass(frozen=True)
class Level:
    """One level of a list: `text` is its pattern, as “（%1）”."""

    number_format: str
    text: str
    start: int
    style: str | None
    arabic: bool


@dataclass(frozen=True)
class _List:
    """A list that paragraphs name. Lists of one `family` go on counting where another one stopped."""

    family: str
    levels: dict[int, Level]
    restarts: dict[int, int]


class Numbering:
    """Counts through one document: ask once for each paragraph, in order."""

    def __init__(self, root: "BaseOxmlElement | None", styles: Styles) -> None:
        self._styles = styles
        self._lists = {} if root is None else _read_lists(root)
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()

    def label(self, paragraph: "BaseOxmlElement") -> str:
        """The number before the paragraph; empty outside lists and for bullets."""
        place = self._place(paragraph)
        if place is None:
            return ""
        identifier, depth = place
        listed = self._lists[identifier]
        counts = self._count(identifier, listed, depth)
        return _written(listed.levels, depth, counts)

    def _place(self, paragraph: "BaseOxmlElement") -> tuple[str, int] | None:
        """(list, level) of the paragraph: its own, else its style's."""
        inherited = self._styles.numbering(value(paragraph, "w:pPr/w:pStyle"))
        identifier = value(paragraph, "w:pPr/w:numPr/w:numId")
        depth = number(paragraph, "w:pPr/w:numPr/w:ilvl")
        if identifier is None and inherited:
            owner, identifier, inherited_depth = inherited
            depth = self._depth_of(owner, identifier, inherited_depth) if depth is None else depth
        depth = depth or 0
        if identifier not in self._lists or depth not in self._lists[identifier].levels:
            return None
        return identifier, depth

    def _depth_of(self, style: str, identifier: str, depth: int | None) -> int | None:
        """A list names the style of each of its levels; that counts before what the style says."""
        listed = self._lists.get(identifier)
        named = (place for place, level in listed.levels.items() if level.style == style) if listed else ()
        return next(iter(named), depth)

    def _count(self, identifier: str, listed: _List, depth: int) -> list[int | None]:
        counts = self._counts.setdefault(listed.family, [None] * _LEVELS)
        restart = listed.restarts.get(depth) if (identifier, depth) not in self._begun else None
        self._begun.add((identifier, depth))
        last = counts[depth]
        if restart is not None:
            counts[depth] = restart
        else:
            counts[depth] = listed.levels[depth].start if last is None else last + 1
        counts[depth + 1 :] = [None] * (_LEVELS - depth - 1)
        return counts


def numbered(label: str, text: str) -> str:
    """The text behind its number, with a blank where the two would run together: “1. 2024年”, “第一章 总则”."""
    apart = not label.endswith(_CLOSED) or (label.endswith(".") and text[:1].isdigit())
    return f"{label} {text}" if label and apart else label + text


def _written(levels: dict[int, Level], depth: int, counts: list[int | None]) -> str:
    own = levels[depth]
    if own.number_format == "bullet":
        return ""

    def shown(found: re.Match[str]) -> str:
        place = int(found[1]) - 1
        level = levels.get(place)
        if level is None or level.number_format == "none":
            return ""
        count = counts[place]
        return numeral(level.start if count is None else count, "decimal" if own.arabic else level.number_format)

    return _PLACE.sub(shown, own.text[:MOST_LABEL_CHARACTERS])[:MOST_LABEL_CHARACTERS].strip()


def _read_lists(root: "BaseOxmlElement") -> dict[str, _List]:
    families = {
        element.get(qn("w:abstractNumId")) or "": _read_levels(element)
        for element in root.iterchildren(qn("w:abstractNum"))
    }
    lists = {}
    for element in root.iterchildren(qn("w:num")):
        family = value(element, "w:abstractNumId") or ""
        if family in families:
            lists[element.get(qn("w:numId")) or ""] = _with_overrides(element, family, families[family])
    return lists


def _read_levels(element: "BaseOxmlElement") -> dict[int, Level]:
    levels = {}
    for level in element.iterchildren(qn("w:lvl")):
        depth = _depth(level)
        if depth is not None:
            start = number(level, "w:start")
            levels[depth] = Level(
                number_format=value(level, "w:numFmt") or "decimal",
                text=value(level, "w:lvlText") or "",
                start=0 if start is None else start,
                style=value(level, "w:pStyle"),
                arabic=level.find(qn("w:isLgl")) is not None,
            )
    return levels


def _with_overrides(element: "BaseOxmlElement", family: str, levels: dict[int, Level]) -> _List:
    listed = _List(family, dict(levels), {})
    for override in element.iterchildren(qn("w:lvlOverride")):
        listed.levels.update(_read_levels(override))
        depth, start = _depth(override), number(override, "w:startOverride")
        if depth is not None and start is not None:
            listed.restarts[depth] = start
            if depth in listed.levels:
                listed.levels[depth] = replace(listed.levels[depth], start=start)
    return listed


def _depth(element: "BaseOxmlElement") -> int | None:
    digits = element.get(qn("w:ilvl")) or ""
    return int(digits) if digits in {*"012345678"} else None
