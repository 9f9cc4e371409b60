"""The lines of pages made paragraphs again."""

import re
from collections.abc import Sequence

_SENTENCE_END = tuple("。！？!?；;：:…")
_CLOSING = "”’」』）)》】\"'"
_NUMBERED = re.compile(
    r"[一二三四五六七八九十百]{1,4}[、.．]|[（(][一二三四五六七八九十百0-9０-９]{1,4}[)）]"
    r"|[0-9０-９]{1,3}(?:[.．](?![0-9])|、)|第[一二三四五六七八九十百0-9]{1,4}[章节条部分]|[①-⑳]|附件"
)
_PAGE_NUMBER = re.compile(r"[-—–－─·\s]*(?:第\s*)?[0-9０-９]{1,4}(?:\s*页)?[-—–－─·\s]*|[0-9]{1,4}\s*/\s*[0-9]{1,4}")
_INDENTED = re.compile("\u3000|[ \xa0]{2}")
_HAN = "[\u2018-\u201d\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
# Typesetting puts blanks between characters to fill the line. Two or more are meant.
_FILLING = re.compile(rf"(?<={_HAN}) (?={_HAN})")
# The last character of a line and the first of the next where words of other languages meet. Digits do not: a
# number may be broken in two.
_WORDS_MEET = re.compile(r"[A-Za-z0-9,.;][A-Za-z]|[A-Za-z][0-9]")
# After these no paragraph ends, however short the line.
_UNFINISHED = tuple("，、,（(《“‘〔")
# A line this much shorter than a full one has ended by itself: a heading, a date, the end of a paragraph.
_FULL_SHARE = 0.8


def join_pages(pages: Sequence[str]) -> str:
    """The text of all pages, a line for each paragraph, without page numbers."""
    lines = [line for page in pages for line in _of_page(page)]
    full = _full_length(lines)
    pieces: list[str] = []
    last = ""
    for line in lines:
        if pieces:
            pieces.append(_joint(last, line) if _goes_on(last, line, full) else "\n")
        pieces.append(line.strip())
        last = line
    return "".join(pieces)


def _of_page(page: str) -> list[str]:
    """The lines without blank ones and without the page number, which is the first or the last."""
    lines = [_FILLING.sub("", line.rstrip()) for line in page.splitlines() if line.strip()]
    for place in (-1, 0):
        if lines and _PAGE_NUMBER.fullmatch(lines[place].strip()):
            del lines[place]
    return lines


def _full_length(lines: Sequence[str]) -> int:
    """The length of a line that fills the page: that of the upper quarter, since single lines may stick out."""
    lengths = sorted(_width(line) for line in lines)
    return lengths[len(lengths) * 3 // 4] if lengths else 0


def _width(line: str) -> int:
    """In halves of a Han character."""
    return sum(1 if character.isascii() else 2 for character in line)


def _goes_on(last: str, line: str, full: int) -> bool:
    if _INDENTED.match(line) or _NUMBERED.match(line.strip()):
        return False
    if last.rstrip(_CLOSING).endswith(_SENTENCE_END):
        return False
    return last.endswith(_UNFINISHED) or _width(last) >= full * _FULL_SHARE


def _joint(last: str, line: str) -> str:
    """Chinese joins without a blank, words of other languages need one."""
    return " " if _WORDS_MEET.fullmatch(last[-1:] + line[:1]) else ""
