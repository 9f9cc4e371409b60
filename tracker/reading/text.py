"""The raw text made uniform, and the map of what in it is no prose: page furniture, quotations, brackets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

HAN_DIGITS = "一二三四五六七八九"
CLOSING_MARKS = "。．.；;，,、：:！？!?"

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Bidirectional and zero-width marks are invisible on the page and would split words for a search.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SURROGATES = re.compile("[\ud800-\udfff]")

_FURNITURE_LINE = re.compile(
    r"[【\[(（]?(?:(?:发布|发表|成文|更新|生成|公开)?(?:日期|时间)|(?:信息|文章|稿件)?来源|分享到?|字号|字体|作者|责任编辑"
    r"|(?:浏览|点击|阅读|访问)(?:次数|量|数|率)?|索引号|发文机关|发布(?:机构|单位)|主题(?:词|分类)|有效性|视力保护色)"
    r"\s*[:：].*"
    r"|[【\[(（]?\s*(?:分享|字号|字体|打印(?:本页)?|关闭(?:窗口|本页)?|收藏|返回(?:顶部)?|已归档|大\s*中\s*小)"
    r"\s*[】\])）]?"
    r"|您访问的链接即将离开.*|扫一扫.*|(?:当前|您(?:当前|现在)?的?)(?:所在)?位置.*|[上下]一[篇条]\s*[:：].*"
    r"|.*(?:版权所有|ICP备|公网安备|网站标识码).*"
    r"|[—–\-\s]{0,6}\d{1,3}[—–\-\s]{0,6}|第\s*\d{1,3}\s*页.{0,12}"
)
_FURNITURE_PHRASE = re.compile(r"您访问的链接即将离开[^\n]{0,40}?是否继续[?？]?")
_FURNITURE_LONGEST = 120

# Bounded lengths: an opening mark without its partner must not swallow the rest of the report.
_QUOTATION = re.compile(
    r"“[^“”\n]{0,80}”|‘[^‘’\n]{0,80}’|《[^《》\n]{0,120}》|〔[^〔〕\n]{0,20}〕|「[^「」\n]{0,80}」|\"[^\"\n]{0,60}\""
)
_BRACKET = re.compile(r"[（(][^（()）\n]{0,120}[)）]")
_PROSE = re.compile(b"\x00+")
_SENTENCE_END = re.compile(r"[。！？!?]+[”’」』]?|(?<=[\u3400-\u9fff”》)）])[.．](?![0-9０-９])")
_DATE = re.compile(
    r"((?:19|20)[0-9]{2})\s?(?:年|[-/.])\s?(1[0-2]|0?[1-9])\s?(?:月|[-/.])\s?(3[01]|[12][0-9]|0?[1-9])(?![0-9])日?"
)


def normalise(text: str) -> str:
    """One line ending, no byte-order mark, no control or invisible characters, no lone surrogates.

    Letters, widths of punctuation and spaces stay as published: no Unicode normal form is applied, because
    even NFC exchanges compatibility ideographs that occur in names.
    """
    text = _LINE_ENDS.sub("\n", text)
    return _SURROGATES.sub("\ufffd", _INVISIBLE.sub("", text))


def find_furniture(text: str) -> list[tuple[int, int]]:
    """Spans of what the web page adds around the report, in order: whole lines, and known phrases."""
    spans = []
    for line in re.finditer(r"[^\n]+", text):
        words = line.group().strip()
        if not words:
            continue
        # A full stop means that prose has run into the line of the page.
        if len(words) <= _FURNITURE_LONGEST and "。" not in words and _FURNITURE_LINE.fullmatch(words):
            spans.append(line.span())
        else:
            start = line.start()
            spans += [
                (start + found.start(), start + found.end()) for found in _FURNITURE_PHRASE.finditer(line.group())
            ]
    return spans


@dataclass(frozen=True)
class Source:
    """A normalised text with its maps; made once for each report."""

    text: str

    @cached_property
    def furniture(self) -> list[tuple[int, int]]:
        return find_furniture(self.text)

    @cached_property
    def quoted(self) -> bytearray:
        """1 for each character inside quotation marks or the marks of a title."""
        return _mask(self.text, _QUOTATION)

    @cached_property
    def enclosed(self) -> bytearray:
        """1 for each character inside quotation marks, title marks or brackets."""
        return _mask(self.text, _QUOTATION, _BRACKET)

    @cached_property
    def aside(self) -> bytearray:
        """1 for each character of page furniture."""
        aside = bytearray(len(self.text))
        for start, end in self.furniture:
            aside[start:end] = b"\x01" * (end - start)
        return aside

    @cached_property
    def _breaks(self) -> bytearray:
        breaks = bytearray(self.aside)
        for found in re.finditer(r"\n", self.text):
            breaks[found.start()] = 1
        return breaks

    def trim(self, start: int, end: int) -> tuple[int, int]:
        """The span without blanks and furniture at its ends; may come out empty."""
        while end > start and (self.aside[end - 1] or self.text[end - 1].isspace()):
            end -= 1
        while start < end and (self.aside[start] or self.text[start].isspace()):
            start += 1
        return start, end

    def paragraphs(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Trimmed, non-empty lines of the span, furniture left out."""
        for run in _PROSE.finditer(self._breaks, start, end):
            first, last = self.trim(*run.span())
            if first < last:
                yield first, last

    def sentences(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Sentences with their closing mark. A mark inside quotation marks or brackets closes nothing."""
        for paragraph, last in self.paragraphs(start, end):
            first = paragraph
            for found in _SENTENCE_END.finditer(self.text, paragraph, last):
                if not self.enclosed[found.start()]:
                    yield first, found.end()
                    first = start_of_words(self.text, found.end(), last)
            if first < last:
                yield first, last


def start_of_words(text: str, start: int, end: int) -> int:
    """The first place in the span that is not blank, or its end."""
    while start < end and text[start].isspace():
        start += 1
    return start


def bare(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without blanks and closing marks at its end and blanks at its start; may come out empty."""
    end = start + len(text[start:end].rstrip(CLOSING_MARKS + " \t\n\xa0\u3000"))
    return start_of_words(text, start, end), end


def _mask(text: str, *patterns: re.Pattern[str]) -> bytearray:
    mask = bytearray(len(text))
    for pattern in patterns:
        for found in pattern.finditer(text):
            mask[found.start() : found.end()] = b"\x01" * (found.end() - found.start())
    return mask


def han_number(words: str) -> int | None:
    """The value of a Chinese numeral from 一 to 九十九, None for anything else."""
    tens, ten, ones = words.rpartition("十")
    if any(character not in HAN_DIGITS for character in tens + ones) or len(tens) > 1 or len(ones) > 1:
        return None
    value = (HAN_DIGITS.index(ones) + 1) if ones else 0
    if ten:
        value += 10 * (HAN_DIGITS.index(tens) + 1 if tens else 1)
    return value or None


def find_date(words: str) -> date | None:
    """The first calendar date in the words, written 2025-03-28, 2025/3/28, 2025.3.28 or 2025年3月28日."""
    for found in _DATE.finditer(words):
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            continue
    return None


def is_date(words: str) -> bool:
    """Whether the words are a date, with or without a time of day, and nothing else."""
    found = _DATE.match(words.strip())
    return bool(found) and bool(re.fullmatch(r"[\s0-9:：]{0,10}", words.strip()[found.end() :] if found else ""))
