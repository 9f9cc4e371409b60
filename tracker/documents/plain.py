"""Plain text: its encoding found, and what is no text refused."""

import codecs
import re

from tracker.documents.budget import Budget
from tracker.documents.errors import UnreadableDocument
from tracker.documents.limits import MOST_CHARACTERS

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_LETTERS = re.compile("[0-9A-Za-z\u3400-\u9fff\U00020000-\U0003134f]+")
_BLANKS = re.compile(r"\s+")
# A stray control character comes from a copied page; one in a hundred is no text any more.
_MOST_CONTROLS = 0.01
# Rules, dots and tables of signs fill a real page to a third at most.
_LEAST_LETTERS = 0.3
# Text in another encoding breaks UTF-8 at nearly every character; a damaged file breaks it in a few places.
_MOST_BREAKS = 0.25


def read_plain(content: bytes, budget: Budget) -> tuple[str, str]:
    """(text, encoding). Raises UnreadableDocument (encoding, broken_utf8, not_text, too_long)."""
    text, encoding = decode(content)
    budget.take(text)
    check_prose(text)
    return text, encoding


def decode(content: bytes, declared: str | None = None) -> tuple[str, str]:
    """(text without byte-order mark, encoding): by its mark, else as declared, else UTF-8, else GB18030.

    Raises UnreadableDocument (encoding, broken_utf8).
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding).removeprefix("\ufeff"), encoding
    for encoding in dict.fromkeys(filter(None, (declared, "utf-8", "gb18030"))):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError as fault:
            if encoding == "utf-8":
                _check_broken(content, fault.start)
    raise UnreadableDocument("encoding")


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as fault:
        if encoding == "utf-8":
            raise UnreadableDocument("broken_utf8", byte=fault.start) from fault
        raise UnreadableDocument("encoding") from fault


def _check_broken(content: bytes, byte: int) -> None:
    """Broken UTF-8 often passes as GB18030 and would come out as senseless characters."""
    text = content[: 4 * MOST_CHARACTERS].decode("utf-8", errors="replace")
    foreign = sum(map(len, re.findall("[^\x00-\x7f]+", text)))
    if text.count("\ufffd") < foreign * _MOST_BREAKS:
        raise UnreadableDocument("broken_utf8", byte=byte)


def check_prose(text: str) -> None:
    """Raises UnreadableDocument (not_text) for what decodes but holds hardly anything to read."""
    if "\0" in text or len(_CONTROLS.findall(text)) > len(text) * _MOST_CONTROLS:
        raise UnreadableDocument("not_text")
    visible = len(_BLANKS.sub("", text))
    letters = sum(map(len, _LETTERS.findall(text)))
    if visible and letters < visible * _LEAST_LETTERS:
        raise UnreadableDocument("not_text")
