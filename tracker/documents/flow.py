"""A tree of HTML, or of the main text found in it, written as lines."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from tracker.documents.budget import Budget
from tracker.documents.limits import MOST_NESTING

# Names of HTML, and the few of their own that the recogniser of the main text uses.
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "fieldset"}
    | {"figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "item"}
    | {"lb", "legend", "li", "list", "main", "nav", "ol", "p", "pre", "quote", "row", "section", "table", "tbody"}
    | {"tfoot", "thead", "tr", "ul"}
)
_ROWS = frozenset({"tr", "row"})
_CELLS = frozenset({"td", "th", "cell"})
_UNSEEN = frozenset(
    {"head", "script", "style", "noscript", "template", "select", "textarea", "svg", "iframe", "object"}
)
# A longer cell is no figure but the frame of a whole column of the page: its paragraphs stay lines.
_MOST_CELL_CHARACTERS = 200
_SPACE = re.compile(r"[ \t\r\n\f]+")


def flow(tree: Any, budget: Budget) -> str:
    """The words of an lxml tree, a line for each paragraph and each row of a table, cells parted by tabs.

    Raises UnreadableDocument (too_slow).
    """
    lines = "".join(_pieces(tree, budget)).split("\n")
    return "\n".join(line.lstrip(" ").rstrip() for line in lines if line.strip())


def is_nested(tree: Any) -> bool:
    """Whether the tree nests too much for the recogniser of the main text."""
    depth = nesting = 0
    for event, _element in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        nesting += depth
    return nesting > 2 * MOST_NESTING


def _pieces(tree: Any, budget: Budget) -> Iterator[str]:
    """All text with the ends of lines between it. No recursion: pages nest deeper than Python's stack."""
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            yield _after(element)
            yield "" if element is tree else _spaced(element.tail)
            continue
        yield "\n" if element.tag in _BLOCKS else ""
        if element.tag in _ROWS:
            budget.check_time()
        line = _line_of(element)
        if line is None:
            yield _spaced(element.text)
        else:
            yield line
            walk.skip_subtree()


def _after(element: Any) -> str:
    if element.tag in _CELLS:
        return "\t"
    return "\n" if element.tag in _BLOCKS else ""


def _line_of(element: Any) -> str | None:
    """What is written at once instead of the children: nothing, or a row of short cells; None for all else."""
    if not isinstance(element.tag, str) or element.tag in _UNSEEN:
        return ""
    if element.tag not in _ROWS:
        return None
    words = [_short_text(cell) for cell in element.iterchildren() if cell.tag in _CELLS]
    # The only cell of a row stays what it is.
    short = [word for word in words if word is not None]
    return "\t".join(short) if len(short) == len(words) > 1 else None


def _short_text(cell: Any) -> str | None:
    """The cell in one line, None if it is long."""
    pieces, length = [], 0
    for piece in cell.itertext():
        pieces.append(piece)
        length += len(piece)
        if length > _MOST_CELL_CHARACTERS:
            return None
    return " ".join("".join(pieces).split())


def _spaced(text: str | None) -> str:
    """White space as a browser shows it."""
    return _SPACE.sub(" ", text) if text else ""
