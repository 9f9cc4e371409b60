"""The zip archive that a workbook is, looked through before anything is parsed from it."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from xml.parsers import expat

from tracker.spreadsheets.errors import UnreadableSheet
from tracker.spreadsheets.limits import (
    MOST_DEPTH,
    MOST_ELEMENTS,
    MOST_IN_ROW,
    MOST_LOOSE,
    MOST_PARTS,
    MOST_RATIO,
    MOST_UNCLOSED,
    MOST_UNPACKED,
    RATIO_FROM,
)

_CHUNK = 64 * 1024
_ENTRY = b"PK\x01\x02"
_LOCKED = 0x1
_OTHER_KINDS = {
    "xl/workbook.bin": "a binary workbook (.xlsb)",
    "word/document.xml": "a Word document (.docx)",
    "ppt/presentation.xml": "a presentation (.pptx)",
    "content.xml": "an OpenDocument file (.ods, .odt)",
}


def check_package(content: bytes) -> None:
    """Walk through all parts of a workbook (bytes of the file) within the limits.

    Raises UnreadableSheet: damaged, encrypted, not_a_spreadsheet, bomb.
    """
    if content.count(_ENTRY) > MOST_PARTS:
        raise UnreadableSheet("bomb", reason="too many parts", most=MOST_PARTS)
    with _damage_told(), zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        _check_kind(archive.namelist(), members)
        guard = Guard(len(content))
        for member in members:
            guard.start_part(member.filename)
            with archive.open(member) as part:
                while chunk := part.read(_CHUNK):
                    guard.feed(chunk)
            guard.end_part()


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except UnreadableSheet:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise UnreadableSheet("damaged", reason=f"the archive: {error}") from error


def _check_kind(names: list[str], members: list[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & _LOCKED for member in members):
        raise UnreadableSheet("encrypted")
    if "xl/workbook.xml" not in names:
        found = next((words for name, words in _OTHER_KINDS.items() if name in names), "a zip archive")
        raise UnreadableSheet("not_a_spreadsheet", looks_like=found)
    # The other ways of packing are unpacked without a bound, and no spreadsheet program uses them.
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise UnreadableSheet("damaged", reason="the archive is packed in a way that workbooks are not")


class Guard:
    """Counts what the parts hold, whatever sizes the archive says. Any part is tried: their names may lie too."""

    def __init__(self, packed: int) -> None:
        """`packed`: bytes of the file."""
        self._packed = packed
        self._unpacked = self._elements = self._loose = 0

    def start_part(self, name: str) -> None:
        """Begin with the part of that name."""
        self._name, self._broken = name, False
        self._depth = self._row_depth = self._in_row = self._unclosed = 0
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        self._parser = parser

    def feed(self, chunk: bytes) -> None:
        """Look at the next bytes of the part. Raises UnreadableSheet: bomb, damaged."""
        self._unpacked += len(chunk)
        if self._unpacked > MOST_UNPACKED:
            raise UnreadableSheet("bomb", reason="too many bytes", most=MOST_UNPACKED)
        if self._unpacked > max(RATIO_FROM, MOST_RATIO * self._packed):
            raise UnreadableSheet("bomb", reason="packed too densely", most=MOST_RATIO)
        if not self._broken:
            # The attributes of one element come together, so that they must be bounded before they are parsed.
            self._unclosed = 0 if b">" in chunk else self._unclosed + len(chunk)
            if self._unclosed > MOST_UNCLOSED:
                raise UnreadableSheet("bomb", reason="an XML element without an end", most=MOST_UNCLOSED)
            self._parse(chunk, False)

    def end_part(self) -> None:
        """The part is over. Raises UnreadableSheet: damaged."""
        if not self._broken:
            self._parse(b"", True)

    def _parse(self, chunk: bytes, last: bool) -> None:
        try:
            self._parser.Parse(chunk, last)
        except (expat.ExpatError, ValueError, LookupError) as error:
            # Pictures and settings of printers are no XML.
            self._broken = True
            if self._name.endswith((".xml", ".rels")):
                raise UnreadableSheet("damaged", reason=f"{self._name}: {error}") from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._row_depth:
            self._in_row += 1
        elif name.endswith(("row", "si")):
            self._row_depth, self._in_row = self._depth, 0
        else:
            self._loose += 1 + len(attributes)
        many = self._elements > MOST_ELEMENTS or self._loose > MOST_LOOSE
        if many or self._depth > MOST_DEPTH or self._in_row > MOST_IN_ROW:
            raise UnreadableSheet("bomb", reason="too many XML elements", most=MOST_ELEMENTS)

    def _end(self, _name: str) -> None:
        if self._depth == self._row_depth:
            self._row_depth = 0
        self._depth -= 1

    def _doctype(self, *_facts: object) -> None:
        # A drawing may name its type; a part of the workbook has no use for one.
        if not self._name.startswith("xl/media/"):
            raise UnreadableSheet("damaged", reason=f"{self._name} declares a document type")

    def _entity(self, *_facts: object) -> None:
        raise UnreadableSheet("bomb", reason=f"{self._name} declares entities", most=0)
