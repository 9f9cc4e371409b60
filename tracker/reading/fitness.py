"""What a text is instead, when it is no annual report on rule-of-law government."""

import re
from collections.abc import Iterator
from typing import Literal

from tracker.reading.characters import simplified
from tracker.reading.structure import ParsedReport, Warning
from tracker.reading.text import Source

Unfit = Literal["empty", "work_report", "navigation", "explanation", "news", "no_parts"]

_HEAD_LINES = 12
_TITLE_LONGEST = 120
_ADDRESSED = re.compile(r"各位(?:代表|委员)[!！,，、:：]")
_WORK_REPORT = re.compile(r".{0,40}政府工作报告.{0,20}")
_NEWS = re.compile(
    r"本报讯|(?:记者|通讯员|讯员)\s?\S{2,8}|[日月]电[（( ]|日讯|^\S{0,10}讯[（( ]|近日[,，]", re.MULTILINE
)
_NEWS_HEAD = 400
_INSTRUCTION = re.compile(r".{4,100}(?:通知|方案|要点|规划|意见|办法|规定|细则|公告|通告|批复)(?:[（(].{1,20}[)）])?")
_SUBJECT = re.compile(r"法治|依法行政|依法治[国省市县区州旗]")
_EXPLANATION = re.compile(r".*(?:解读|答记者问|访谈|一图读懂|图解).{0,10}")
# A page of links: many short lines, and hardly any prose between them.
_LINKS_LEAST, _PROSE_LEAST = 15, 0.3
_PROSE = re.compile(r".*[。；！]|.{60,}")


def unfit(report: ParsedReport) -> Unfit | None:
    """Why the text is refused, None when it may be an annual report.

    Refused are: no text; a report on the work of a government, which addresses the deputies of a congress; a page
    of links; an explanation of a report, or news about one; a text without any part of a report. Whatever else
    looks odd is a warning.
    """
    source = Source(simplified(report.text))
    if not source.text.strip():
        return "empty"
    lines = [source.text[start:end] for start, end in source.paragraphs(0, len(source.text))]
    if _is_work_report(report, lines, source.text):
        return "work_report"
    if _is_navigation(lines):
        return "navigation"
    if report.title is None and any(len(line) <= _TITLE_LONGEST and _EXPLANATION.fullmatch(line) for line in lines[:3]):
        return "explanation"
    if not report.parts or (report.title is None and not _tells(report)):
        return "news" if _reads_like_news(source.text) else None if report.parts else "no_parts"
    return None


def find_misgivings(report: ParsedReport) -> Iterator[Warning]:
    """Warnings about the text as a whole: readable, yet perhaps another kind of document."""
    text = simplified(report.text)
    if report.parts and not _SUBJECT.search(text):
        yield Warning(code="other_subject", message="全文没有提到法治政府建设或者依法行政，可能不是这类报告。")
    lines = [text[start:end] for start, end in Source(text).paragraphs(0, min(len(text), 5000))][:3]
    if report.title is None and any(_INSTRUCTION.fullmatch(line) for line in lines):
        yield Warning(
            code="instruction", message="标题像是通知、方案或者要点，布置工作而不报告结果，可能不是年度报告。"
        )
    if report.title is None and report.parts and _reads_like_news(text):
        yield Warning(code="news", message="开头像是新闻报道，请核对是否为报告全文。")


def _is_work_report(report: ParsedReport, lines: list[str], text: str) -> bool:
    if report.title and _SUBJECT.search(simplified(report.title)):
        return False
    named = any(_WORK_REPORT.fullmatch(line) and not _SUBJECT.search(line) for line in lines[:_HEAD_LINES])
    return named or len(_ADDRESSED.findall(text)) > 1


def _is_navigation(lines: list[str]) -> bool:
    if len(lines) < _LINKS_LEAST:
        return False
    prose = sum(len(line) for line in lines if _PROSE.match(line))
    return prose < _PROSE_LEAST * sum(map(len, lines))


def _tells(report: ParsedReport) -> bool:
    """Whether more than one kind of part was recognised."""
    return len({part.kind for part in report.parts}) > 1


def _reads_like_news(text: str) -> bool:
    return bool(_NEWS.search(text[:_NEWS_HEAD]))
