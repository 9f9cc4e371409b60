"""What stands before the first part and after the last one: title, issuer, dates, source, signature."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.reading.outline import Division
from tracker.reading.text import Source, find_date, han_number, is_date

_HEAD_LONGEST = 20_000
_TAIL_LINES = 40
_LINE_LONGEST = 120

_TITLE = re.compile(
    r"(?=.*(?:[0-9０-９]年|[〇○零一二三四五六七八九]年|年度|法治)).*(?:报告|总结|情况)(?:[（(].{1,20}[)）])?"
)
_TITLE_INLINE = re.compile(r"\s*(\S{0,60}(?:法治政府|依法行政)\S{0,30}?报告)(?=\s)")
_YEAR = re.compile(r"((?:19|20)[0-9]{2})(?:年|—|-)|([一二][〇○零一二三四五六七八九]{3})年")
_HAN_ZERO = str.maketrans("〇○零", "000")
_INSTITUTION = r"(?:人民政府|政府|委员会|办公室|办事处|管委会|管理局|局|厅|委|院|署|处|中心|部|公署|司法所)"
_ISSUER = re.compile(rf"\S{{2,38}}{_INSTITUTION}")
_BEFORE_YEAR = re.compile(
    r"(.{2,60}?)(?:关于|(?:19|20)[0-9]{2}|[一二][〇○零一二三四五六七八九]{3}年|法治政府建设|[（(])"
)
_SOURCE = re.compile(r"来源\s*[:：]\s*([^\s|｜]{1,60})")
_PUBLISHED = re.compile(r"(?:(?:发布|发表|公开|成文)?(?:日期|时间))\s*[:：]\s*(.{1,40})")
_CLOSING = re.compile(r"(?:特此|专此)报告[。.]?|(?:附件|抄送|主送|联系人|联系电话)\s*[:：].*")
_SIGNED_INLINE = re.compile(
    rf"(?:(?<=[。\s])|^)(?:(?:特此|专此)报告[。.]?)?\s*([^\s。，,；;]{{2,38}}{_INSTITUTION})\s*"
    r"((?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日)$"
)


@dataclass(frozen=True)
class Tail:
    """Where the report's own words end, and who signed them when."""

    end: int
    issuer: str | None
    signed_on: date | None


@dataclass(frozen=True)
class Head:
    title: str | None
    issuer: str | None
    year: int | None
    published_on: date | None
    source: str | None


def find_tail(source: Source) -> Tail:
    """Walk up from the end over furniture, closing words, date and signature."""
    text = source.text
    _first, end = source.trim(0, len(text))
    issuer: str | None = None
    signed: date | None = None
    for _line in range(_TAIL_LINES):
        start = text.rfind("\n", 0, end) + 1
        words = text[start:end].strip()
        if len(words) > _LINE_LONGEST:
            break
        if is_date(words):
            signed = signed or find_date(words)
        elif signed and issuer is None and _ISSUER.fullmatch(words) and not _CLOSING.fullmatch(words):
            issuer = words
        elif not _CLOSING.fullmatch(words):
            break
        _first, end = source.trim(0, start)
    found = _SIGNED_INLINE.search(text, max(0, end - _LINE_LONGEST), end) if signed is None else None
    if found:
        return Tail(source.trim(0, found.start())[1], found[1], find_date(found[2]))
    return Tail(end, issuer, signed)


def read_head(source: Source, divisions: Sequence[Division], tail: Tail) -> Head:
    """Title, issuer, year, date of publication and named source; None for what the text does not say."""
    end = divisions[0].start if divisions else min(len(source.text), tail.end)
    end = min(end, _HEAD_LONGEST)
    lines = list(source.paragraphs(0, end))
    title = _title(source, lines)
    web = [source.text[start:last].strip() for start, last in source.furniture if last - start <= _LINE_LONGEST]
    named = next((found[1] for words in web if (found := _SOURCE.search(words))), None)
    return Head(
        title=title,
        issuer=_issuer(title, tail.issuer, named),
        year=_year(source, title, divisions),
        published_on=_published(source, web, lines),
        source=named,
    )


def _title(source: Source, lines: Sequence[tuple[int, int]]) -> str | None:
    before = ""
    for start, end in lines[:20]:
        words = source.text[start:end]
        if end - start <= _LINE_LONGEST and words[-1] not in "。：:；;，," and _TITLE.fullmatch(words):
            # A title broken over two lines names the government in the first one.
            broken = words.startswith("关于") or not _ISSUER.match(words)
            return before + words if broken and _ISSUER.fullmatch(before) else words
        before = words if end - start <= _LINE_LONGEST else ""
    if lines:
        found = _TITLE_INLINE.match(source.text, lines[0][0], min(lines[0][1], lines[0][0] + 200))
        return found[1] if found else None
    return None


def _issuer(title: str | None, signed: str | None, named: str | None) -> str | None:
    found = _BEFORE_YEAR.match(title or "")
    if found and _ISSUER.fullmatch(found[1].strip()):
        return found[1].strip()
    return signed or (named if named and _ISSUER.fullmatch(named) else None)


def year_in(words: str) -> int | None:
    """The first year in the words, in Arabic (2024年) or Chinese digits (二〇二四年)."""
    found = _YEAR.search(unicodedata.normalize("NFKC", words))
    if not found:
        return None
    if found[1]:
        return int(found[1])
    digits = found[2].translate(_HAN_ZERO)
    value = int("".join(c if c.isascii() else str(han_number(c)) for c in digits))
    return value if 1900 <= value < 2100 else None


def _year(source: Source, title: str | None, divisions: Sequence[Division]) -> int | None:
    """The year reported on: from the title, else the measures' heading, else the opening words."""
    year = year_in(title or "")
    for division in divisions:
        if year is None and division.kind == "measures":
            year = year_in(division.heading or "")
    if year is None and divisions:
        year = year_in(source.text[: divisions[0].start][:500])
    return year


def _published(source: Source, web: Sequence[str], lines: Sequence[tuple[int, int]]) -> date | None:
    for words in web:
        found = _PUBLISHED.search(words)
        if found and (day := find_date(found[1])):
            return day
    for start, end in lines[:20]:
        words = source.text[start : min(end, start + _LINE_LONGEST)]
        if is_date(words):
            return find_date(words)
    return None
