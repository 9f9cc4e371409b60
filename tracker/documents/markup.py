"""XML counted before a tree is built of it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from xml.parsers import expat

from docx.oxml.parser import parse_xml

from tracker.documents.errors import UnreadableDocument, refusing_with
from tracker.documents.limits import MOST_CHARACTERS, MOST_DEPTH, MOST_NODES, MOST_TAG_BYTES

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement


class _Count:
    """Handlers of one run over the XML: memory stays small however large the tree would become."""

    def __init__(self) -> None:
        self.nodes = 0
        self.depth = 0
        self.characters = 0

    def start(self, _name: str, attributes: list[str]) -> None:
        self.nodes += 1 + len(attributes) // 2
        self.depth += 1
        if self.nodes > MOST_NODES or self.depth > MOST_DEPTH:
            raise UnreadableDocument("bomb")

    def aside(self, *_words: str) -> None:
        """Comments and processing instructions become nodes like elements."""
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise UnreadableDocument("bomb")

    def end(self, _name: str) -> None:
        self.depth -= 1

    def text(self, characters: str) -> None:
        self.characters += len(characters)
        if self.characters > 2 * MOST_CHARACTERS:
            raise UnreadableDocument("too_long", most_characters=MOST_CHARACTERS)

    def doctype(self, *_declaration: object) -> None:
        """Entities are declared only here; without a declaration there is nothing to expand or to fetch."""
        raise UnreadableDocument("forbidden_xml")


def parse_counted(chunks: Iterable[bytes]) -> "BaseOxmlElement":
    """The root of the tree, built by python-docx after the count has passed.

    Raises UnreadableDocument (bomb, forbidden_xml, too_long, damaged).
    """
    counter = _Count()
    parser = _parser(counter)
    whole = bytearray()
    with refusing_with("damaged"):
        for chunk in chunks:
            whole += chunk
            parser.Parse(chunk)
            # What is not yet handled is one unfinished tag, held in memory.
            if len(whole) - parser.CurrentByteIndex > MOST_TAG_BYTES:
                raise UnreadableDocument("bomb")
        parser.Parse(b"", True)
        return parse_xml(bytes(whole))


def _parser(counter: _Count) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.StartElementHandler = counter.start
    parser.EndElementHandler = counter.end
    parser.CharacterDataHandler = counter.text
    parser.CommentHandler = counter.aside
    parser.ProcessingInstructionHandler = counter.aside
    parser.StartDoctypeDeclHandler = counter.doctype
    return parser
