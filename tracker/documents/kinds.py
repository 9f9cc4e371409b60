"""What a file is, told from its bytes."""

import re
from typing import Literal

from tracker.documents.errors import UnreadableDocument
from tracker.documents.package import Package

Kind = Literal["text", "docx", "html", "pdf"]

# What is recognised only to be refused by its name. Longer beginnings before shorter ones that they contain.
_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "rtf"),
    (b"\x89PNG\r\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"\x7fELF", "program"),
    (b"\xfe\xed\xfa", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"Rar!\x1a\x07", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"MIME-Version:", "web_archive"),
)
# Two letters alone may begin a text as well: these need the NUL bytes that no text has.
_REFUSED_BINARY: tuple[tuple[bytes, str], ...] = ((b"MZ", "program"), (b"BM", "image"), (b"RIFF", "image"))

# The entry that tells one zip from another, and what it makes of it.
_ZIPS: tuple[tuple[str, str], ...] = (
    ("xl/", "spreadsheet"),
    ("ppt/", "presentation"),
    ("OFD.xml", "ofd"),
    ("META-INF/manifest.xml", "opendocument"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_BY_NAME = {".xls": "spreadsheet", ".et": "spreadsheet", ".ppt": "presentation", ".dps": "presentation"}
# A .docx with a password is an OLE file with this entry, its name in UTF-16.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

_HTML_BEGINNING = re.compile(
    r"(?:\s|<\?xml[^>]{0,200}\?>|<!--(?:[^-]|-(?!->)){0,2000}-->)*<(?:!doctype\s+html|html|head|body)\b", re.I
)
_TAG = re.compile(
    r"</?(?:p|div|span|br|table|tr|td|h[1-6]|ul|ol|li|a|font|strong|b|section|article)\b[^<>]{0,500}>", re.I
)
_MANY_TAGS = 10
_SAMPLE_BYTES = 64 * 1024


def recognise(name: str, content: bytes) -> Kind:
    """The kind of the file. Raises UnreadableDocument with a code that says what it is instead."""
    name = name.lower()
    if content.startswith(b"PK\x03\x04") or content.startswith(b"PK\x05\x06"):
        return _zip(name, content)
    if content.startswith(_OLE):
        raise UnreadableDocument(_ole(name, content))
    for beginning, code in _REFUSED + (_REFUSED_BINARY if b"\0" in content[:1024] else ()):
        if content.startswith(beginning):
            raise UnreadableDocument(code)
    return _without_magic(name, content)


def _zip(name: str, content: bytes) -> Kind:
    names = Package(content).names
    if "[Content_Types].xml" in names and "word/document.xml" in names:
        return "docx"
    for beginning, code in _ZIPS:
        if any(entry.startswith(beginning) for entry in names):
            raise UnreadableDocument(code)
    raise UnreadableDocument("not_docx" if name.endswith(".docx") else "archive")


def _ole(name: str, content: bytes) -> str:
    if _ENCRYPTED in content:
        return "encrypted"
    return next((code for ending, code in _OLE_BY_NAME.items() if name.endswith(ending)), "old_office")


def _without_magic(name: str, content: bytes) -> Kind:
    beginning = _sample(content)
    # Some servers put a line before the PDF; a text that only speaks of PDF does not begin with the mark.
    if beginning.lstrip().startswith("%PDF-") or (name.endswith(".pdf") and "%PDF-" in beginning[:1024]):
        return "pdf"
    if _HTML_BEGINNING.match(beginning):
        return "html"
    tags = len(_TAG.findall(beginning))
    if tags >= _MANY_TAGS or (tags and name.endswith((".html", ".htm"))):
        return "html"
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableDocument(_misnamed(name))
    return "text"


def _sample(content: bytes) -> str:
    """The beginning as letters, good enough to see ASCII marks in any encoding that may be read."""
    sample = content[:_SAMPLE_BYTES]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return sample.decode("utf-16", errors="ignore")
    return sample.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _misnamed(name: str) -> str:
    for ending, code in ((".docx", "not_docx"), (".pdf", "not_pdf"), (".txt", "not_text")):
        if name.endswith(ending):
            return code
    return "unknown_kind"
