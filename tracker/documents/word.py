"""A .docx as Word shows it: paragraphs with their numbers, and tables, in the order of the document."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from docx.oxml.ns import qn

from tracker.documents.budget import Budget
from tracker.documents.limits import MOST_XML_BYTES
from tracker.documents.markup import parse_counted
from tracker.documents.numbering import Numbering, numbered
from tracker.documents.package import Package
from tracker.documents.styles import Styles, value

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement

_PARAGRAPH, _TABLE, _ROW, _CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_TEXT, _BOX, _CONTROL = qn("w:t"), qn("w:txbxContent"), qn("w:sdt")
_SIGNS = {
    qn("w:tab"): "\t",
    qn("w:ptab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Deleted and moved-away words, the reading of ruby characters, properties, and the second version of a drawing.
_SKIPPED = {
    *map(qn, ("w:del", "w:moveFrom", "w:rt", "w:pPr", "w:rPr", "w:tblPr", "w:trPr", "w:tcPr", "w:sectPr", "w:sdtPr")),
    _FALLBACK,
}
_GALLERY = "w:sdtPr/w:docPartObj/w:docPartGallery"
_CONTENTS = "Table of Contents"


def read_word(content: bytes, budget: Budget) -> str:
    """The text, a line for each paragraph and each row of a table, cells parted by tabs.

    Raises UnreadableDocument (damaged, bomb, encrypted, forbidden_xml, too_long, too_slow).
    """
    package = Package(content)
    root = _part(package, "word/document.xml")
    styles = Styles(_part(package, "word/styles.xml"))
    numbering = Numbering(_part(package, "word/numbering.xml"), styles)
    return "" if root is None else "\n".join(_Body(styles, numbering, budget).lines(root))


def _part(package: Package, name: str) -> "BaseOxmlElement | None":
    return parse_counted(package.chunks(name, MOST_XML_BYTES)) if name in package.names else None


class _Body:
    """One walk over a document. Its depth is bounded by the count before the tree was built."""

    def __init__(self, styles: Styles, numbering: Numbering, budget: Budget) -> None:
        self._styles = styles
        self._numbering = numbering
        self._budget = budget

    def lines(self, container: "BaseOxmlElement") -> Iterator[str]:
        """The lines of whatever holds paragraphs and tables: a body, a cell, a text box, a content control."""
        for child in container.iterchildren():
            if child.tag == _PARAGRAPH:
                yield from self._paragraph(child)
            elif child.tag == _TABLE:
                yield from self._table(child)
            elif not _is_skipped(child):
                yield from self.lines(child)

    def _paragraph(self, paragraph: "BaseOxmlElement") -> Iterator[str]:
        if self._styles.is_contents(value(paragraph, "w:pPr/w:pStyle")):
            return
        text = "".join(_pieces(paragraph))
        label = self._numbering.label(paragraph)
        # An empty paragraph of a list shows its number but says nothing; the count goes on all the same.
        yield self._budget.take(numbered(label, text) if text.strip() else "")
        for box in _boxes(paragraph):
            yield from self.lines(box)

    def _table(self, table: "BaseOxmlElement") -> Iterator[str]:
        for row in _parts(table, _ROW):
            self._budget.check_time()
            cells = [list(self.lines(cell)) for cell in _parts(row, _CELL)]
            if len(cells) == 1:
                # A single cell is a frame around text, not a line of figures.
                yield from cells[0]
            elif cells:
                yield "\t".join(" ".join(" ".join(cell).split()) for cell in cells)


def _parts(element: "BaseOxmlElement", tag: str) -> Iterator["BaseOxmlElement"]:
    """The rows of a table or the cells of a row, those inside content controls too, those of inner tables not."""
    for child in element.iterchildren():
        if child.tag == tag:
            yield child
        elif not _is_skipped(child):
            yield from _parts(child, tag)


def _is_skipped(element: "BaseOxmlElement") -> bool:
    if element.tag == _CONTROL and value(element, _GALLERY) == _CONTENTS:
        return True
    # Comments and processing instructions have a function for a tag.
    return not isinstance(element.tag, str) or element.tag in _SKIPPED


def _pieces(element: "BaseOxmlElement") -> Iterator[str]:
    for child in element.iterchildren():
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        elif child.tag != _BOX and not _is_skipped(child):
            yield from _pieces(child)


def _boxes(element: "BaseOxmlElement") -> Iterator["BaseOxmlElement"]:
    """The text boxes anchored in the paragraph."""
    for child in element.iterchildren():
        if child.tag == _BOX:
            yield child
        elif not _is_skipped(child):
            yield from _boxes(child)
