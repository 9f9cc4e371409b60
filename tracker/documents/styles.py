"""What paragraphs inherit: the part of a Word style sheet that decides about numbers and tables of contents."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from docx.oxml.ns import qn

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement

_VALUE = qn("w:val")
# Longer digits are no number of a list but an attempt at something else.
_MOST_DIGITS = 6


@dataclass(frozen=True)
class Style:
    name: str
    based_on: str | None
    list_id: str | None
    level: int | None


def value(element: "BaseOxmlElement | None", path: str) -> str | None:
    """The `w:val` of the descendant at a path such as “w:pPr/w:pStyle”, None if there is none."""
    if element is None:
        return None
    found = element.find(_qualified(path))
    return None if found is None else found.get(_VALUE)


@cache
def _qualified(path: str) -> str:
    return "/".join(qn(step) for step in path.split("/"))


def number(element: "BaseOxmlElement | None", path: str) -> int | None:
    """The same as a number, None also for what is no small whole number."""
    digits = value(element, path) or ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None


class Styles:
    """The paragraph styles of one document by their identifiers."""

    def __init__(self, root: "BaseOxmlElement | None") -> None:
        self._styles: dict[str, Style] = {}
        for element in () if root is None else root.iterchildren(qn("w:style")):
            self._styles[element.get(qn("w:styleId")) or ""] = Style(
                name=(value(element, "w:name") or "").lower(),
                based_on=value(element, "w:basedOn"),
                list_id=value(element, "w:pPr/w:numPr/w:numId"),
                level=number(element, "w:pPr/w:numPr/w:ilvl"),
            )

    def is_contents(self, identifier: str | None) -> bool:
        """Whether the style is one of the table of contents, whose lines repeat the headings."""
        return any(style.name.startswith("toc ") for _identifier, style in self._line(identifier))

    def numbering(self, identifier: str | None) -> tuple[str, str, int | None] | None:
        """(identifier of the style that says so, list, level) or None: the nearest style in a list."""
        for owner, style in self._line(identifier):
            if style.list_id is not None:
                return owner, style.list_id, style.level
        return None

    def _line(self, identifier: str | None) -> Iterator[tuple[str, Style]]:
        """The style and those it is based on; a circle ends where it closes."""
        seen: set[str] = set()
        while identifier is not None and identifier not in seen and identifier in self._styles:
            seen.add(identifier)
            yield identifier, self._styles[identifier]
            identifier = self._styles[identifier].based_on
