"""What text may be stored."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import pgettext

# Format characters (Unicode Cf) that nobody sees: soft hyphen, zero-width and bidirectional controls, tags. Chinese
# text needs none of them, and they hide words or turn them round. Those with a shape, and the selectors of variants of
# characters in names (not Cf), stay.
INVISIBLE = (
    "\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
# C0 controls but tab and newline, DEL, non-characters, lone surrogates, and what nobody sees.
UNWANTED = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff{INVISIBLE}]")
# Between two of these a line break was only the width of some page: Han, full-width marks, quotation marks.
WIDE = "\u2014\u2018\u2019\u201c\u201d\u2026\u3001-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
WIDE_BREAK = re.compile(rf"(?<=[{WIDE}])[^\S\n]*\n\s*(?=[{WIDE}])")

KEY_DIGITS = 18
# Behind a number of a report's draft that no accepted evidence names.
UNPROVED = "［待核］"


def clean(text: str) -> str:
    """One kind of line end, and no characters that cannot be stored or exported."""
    return UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def key_of(typed: str) -> int:
    """The key of a row as it was sent; 0, which no row has, for what is none or longer than a database takes."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= KEY_DIGITS else 0


def enumeration(names: Iterable[Any]) -> str:
    """Names in a row, parted as the reader's language parts them: 甲、乙 or A, B."""
    return pgettext("between names", ", ").join(str(name) for name in names)


def one_line(text: str) -> str:
    """The text in one line; lines that part Chinese words are joined without a space."""
    return " ".join(WIDE_BREAK.sub("", text).split())


def says_something(text: str) -> bool:
    """Whether there is a letter, digit or Han character in it: marks alone say nothing."""
    return any(letter.isalnum() for letter in text)
