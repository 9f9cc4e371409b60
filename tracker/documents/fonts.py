"""What the fonts of a page would unfold to in memory: a line of forty bytes may describe 65,536 characters."""

import re
from collections.abc import Iterator
from typing import Any

from pypdf import PageObject
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from tracker.documents.errors import UnreadableDocument
from tracker.documents.limits import MOST_FONTS, MOST_GLYPHS, MOST_RESOURCES

_RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.S)
_RANGE = re.compile(rb"<\s*([0-9A-Fa-f]{1,8})\s*>\s*<\s*([0-9A-Fa-f]{1,8})\s*>\s*[<\[]")


def check_fonts(page: PageObject) -> None:
    """Raises UnreadableDocument (bomb) if the fonts of the page and of its forms are too many or too large.

    The library keeps the whole description of each while it reads the page. May also raise whatever the library
    raises on a damaged file.
    """
    fonts = glyphs = 0
    for resources in _resources(page):
        named = _dictionary(resources.get("/Font"))
        fonts += len(named)
        if fonts > MOST_FONTS:
            raise UnreadableDocument("bomb")
        glyphs += sum(_glyphs(_dictionary(font)) for font in named.values())
        if glyphs > MOST_GLYPHS:
            raise UnreadableDocument("bomb")


def _resources(page: PageObject) -> Iterator[DictionaryObject]:
    """The resources of the page and of all forms that can be reached from it."""
    waiting = [page.get("/Resources")]
    seen: set[int] = set()
    while waiting:
        resources = _dictionary(waiting.pop())
        if id(resources) in seen:
            continue
        seen.add(id(resources))
        yield resources
        drawings = _dictionary(resources.get("/XObject"))
        if len(seen) + len(waiting) + len(drawings) > MOST_RESOURCES:
            raise UnreadableDocument("bomb")
        waiting += [_dictionary(drawing).get("/Resources") for drawing in drawings.values()]


def _glyphs(font: DictionaryObject) -> int:
    """The characters of the ranges that the font describes; single ones take their own space in the file."""
    mapping = _resolved(font.get("/ToUnicode"))
    glyphs = _mapped(mapping.get_data()) if isinstance(mapping, StreamObject) else 0
    descendants = _resolved(font.get("/DescendantFonts"))
    if isinstance(descendants, ArrayObject):
        glyphs += sum(_measured(_resolved(_dictionary(each).get("/W"))) for each in descendants[:1])
    return glyphs


def _mapped(character_map: bytes) -> int:
    pairs = (pair for found in _RANGES.finditer(character_map) for pair in _RANGE.findall(found[1]))
    return sum(max(0, int(last, 16) - int(first, 16)) for first, last in pairs)


def _measured(widths: Any) -> int:
    """`/W` holds either “first [width …]” or “first last width”."""
    if not isinstance(widths, ArrayObject):
        return 0
    glyphs, place = 0, 0
    while place + 2 < len(widths):
        first, last = _resolved(widths[place]), _resolved(widths[place + 1])
        if isinstance(last, ArrayObject):
            place += 2
        else:
            glyphs += max(0, int(last) - int(first)) if _are_numbers(first, last) else 0
            place += 3
    return glyphs


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) for value in values)


def _resolved(value: Any) -> Any:
    return None if value is None else value.get_object()


def _dictionary(value: Any) -> DictionaryObject:
    found = _resolved(value)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()
