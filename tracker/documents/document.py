"""The one door: a file's name and bytes in, its text out."""

import re
from dataclasses import dataclass

from tracker.documents.budget import Budget
from tracker.documents.errors import UnreadableDocument
from tracker.documents.kinds import Kind, recognise
from tracker.documents.limits import MOST_BYTES
from tracker.documents.page import read_page
from tracker.documents.pdf import read_pdf
from tracker.documents.plain import read_plain
from tracker.documents.word import read_word

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# No database takes a NUL, no encoder a lone surrogate; the other control characters mean nothing in a report.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


@dataclass(frozen=True)
class Document:
    """The text of a file: lines ended by \\n, without control characters, never blank.

    `encoding` is the one that was found (“utf-8”, “utf-16”, “gb18030” …), None where the format has its own.
    """

    text: str
    kind: Kind
    encoding: str | None


def read_document(name: str, content: bytes) -> Document:
    """The text of an uploaded report.

    The content alone decides what kind of file it is; the end of `name` counts only where the content is silent.
    Raises UnreadableDocument and nothing else. Takes `MOST_SECONDS` at the most, give or take one step.
    """
    if not content:
        raise UnreadableDocument("empty")
    if len(content) > MOST_BYTES:
        raise UnreadableDocument("too_large", most_mb=MOST_BYTES // (1024 * 1024))
    kind = recognise(name, content)
    text, encoding = _read(kind, content, Budget())
    text = _tidy(text)
    if not text:
        raise UnreadableDocument("no_text")
    return Document(text, kind, encoding)


def _read(kind: Kind, content: bytes, budget: Budget) -> tuple[str, str | None]:
    if kind == "docx":
        return read_word(content, budget), None
    if kind == "pdf":
        return read_pdf(content, budget), None
    return read_page(content, budget) if kind == "html" else read_plain(content, budget)


def _tidy(text: str) -> str:
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))
    return _BLANK_LINES.sub("\n\n", _SURROGATES.sub("\ufffd", text)).strip()
