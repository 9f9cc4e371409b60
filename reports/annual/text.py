"""How sentences of a report are put: one kind of punctuation, one full stop, years moved on."""

import re

from tracker import wording
from tracker.texts import one_line

ENDS = "。！？；"
INNER = str.maketrans("“”", "‘’")
_ORDINAL = re.compile(r"^(?:[一二三四五六七八九十]{1,3}是|[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．])\s*")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")


def sentence(text: str) -> str:
    """The words in one line with full-width punctuation, closed by a mark."""
    words = wording.full_width(one_line(text))
    return words if not words or words[-1] in ENDS else f"{words}。"


def clause(text: str) -> str:
    """The words without an ordinal before them or a mark behind."""
    return _ORDINAL.sub("", wording.full_width(one_line(text))).rstrip("。；;，,.")


def quoted(text: str) -> str:
    """The words in quotation marks; those inside them become single ones."""
    return f"“{text.translate(INNER)}”"


def a_year_on(text: str, year: int) -> str:
    """The text with the years `year` and `year` + 1 each one later; other years are names and stay."""

    def later(found: re.Match[str]) -> str:
        value = int(found[1])
        return str(value + 1) if value in (year, year + 1) else found[0]

    return _YEAR.sub(later, wording.full_width(text))
