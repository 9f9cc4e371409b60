"""Warnings: what a person should look at before relying on the reading. The text is never repaired."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from tracker.reading.head import year_in
from tracker.reading.structure import ParsedReport, Part, Section, Warning
from tracker.reading.text import han_number

_NAME = re.compile(r"《[^《》\n]{4,120}》")
_SPELLING = re.compile(r"[\s()（）〈〉“”\"年度—–~～至-]")
_DIGITS = re.compile(r"[0-9]{1,3}|[一二三四五六七八九十]{1,3}")


def find_warnings(report: ParsedReport) -> tuple[Warning, ...]:
    """All warnings, in the order of their places; those about the whole report come first."""
    if not report.text.strip():
        return (Warning(code="empty_text", message="文本为空，没有可读取的内容。"),)
    warnings = [
        *_missing(report),
        *_years(report),
        *_dates(report),
        *_names(report.text),
        *_ratios(report),
        *_numbers(report.parts),
        *(warning for part in report.parts for warning in _numbers(part.sections)),
        *_pairs(report),
    ]
    return tuple(sorted(warnings, key=lambda warning: -1 if warning.start is None else warning.start))


def _missing(report: ParsedReport) -> Iterator[Warning]:
    if not report.parts:
        yield Warning(code="no_parts", message="没有找到任何部分的标题，可能不是法治政府建设年度报告。")
        return
    kinds = {part.kind for part in report.parts}
    if "measures" not in kinds:
        yield Warning(code="no_measures", message="没有找到“主要举措和成效”部分。")
    if "arrangements" not in kinds:
        yield Warning(code="no_arrangements", message="没有找到下一年度工作安排部分。")
    if report.title is None:
        yield Warning(code="no_title", message="没有找到报告标题。")
    if report.year is None:
        yield Warning(code="no_year", message="没有找到报告年度。")


def _years(report: ParsedReport) -> Iterator[Warning]:
    if report.year is None:
        return
    for part in report.parts:
        heading = part.heading or ""
        year = year_in(heading)
        due = report.year + 1 if part.kind == "arrangements" else report.year
        if year is None or year == due:
            continue
        code = "arrangements_year" if part.kind == "arrangements" else "part_year"
        message = f"标题“{heading}”写的是{year}年，按报告年度应为{due}年。"
        start = report.text.index(heading, part.start)
        yield Warning(code=code, message=message, start=start, end=start + len(heading))


def _dates(report: ParsedReport) -> Iterator[Warning]:
    if report.year is None or not 1 <= report.year <= 9998:
        return
    for name, day in (("发布日期", report.published_on), ("落款日期", report.signed_on)):
        if day is not None and day <= date(report.year, 11, 30):
            yield Warning(code="early_date", message=f"{name}{day.isoformat()}早于报告年度{report.year}年年底。")
    if report.signed_on and report.published_on and report.signed_on > report.published_on:
        yield Warning(code="signed_after_published", message="落款日期晚于发布日期。")


def _names(text: str) -> Iterator[Warning]:
    """The same document named in two spellings, reported where the second spelling first stands."""
    first: dict[str, str] = {}
    known: set[str] = set()
    for found in _NAME.finditer(text):
        name = found.group()
        key = _SPELLING.sub("", unicodedata.normalize("NFKC", name))
        usual = first.setdefault(key, name)
        if usual != name and name not in known:
            message = f"同一文件名称写法不一致：{name}与{usual}。"
            yield Warning(code="name_spelled_differently", message=message, start=found.start(), end=found.end())
        known.add(name)


def _ratios(report: ParsedReport) -> Iterator[Warning]:
    """A published percentage may be rounded or cut off: it differs by less than one of its last place."""
    for figure in report.figures:
        if figure.numerator is None or figure.denominator is None or figure.approximate:
            continue
        whole = report.figures[figure.denominator].value
        if not whole:
            continue
        computed = 100 * report.figures[figure.numerator].value / whole
        if abs(computed - figure.value) >= Decimal(1).scaleb(int(figure.value.as_tuple().exponent)):
            message = f"“{figure.quote}”与分子、分母推算的{computed:.2f}%不符。"
            yield Warning(code="ratio_mismatch", message=message, start=figure.start, end=figure.end)


def _numbers(rows: Sequence[Part] | Sequence[Section]) -> Iterator[Warning]:
    """Numbers of parts, or of the items of a part, that stand twice or leave a gap."""
    previous = 0
    seen: set[int] = set()
    for row in rows:
        value = _value(row.number)
        if value is None:
            continue
        end = row.start + len(row.number or "")
        if value in seen:
            message = f"序号“{row.number}”重复。"
            yield Warning(code="number_repeated", message=message, start=row.start, end=end)
        elif value != previous + 1:
            message = f"序号“{row.number}”与前一序号不连续。"
            yield Warning(code="number_skipped", message=message, start=row.start, end=end)
        seen.add(value)
        previous = value


def _value(number: str | None) -> int | None:
    found = _DIGITS.search(unicodedata.normalize("NFKC", number or ""))
    if not found:
        return None
    return int(found.group()) if found.group().isdecimal() else han_number(found.group())


def _pairs(report: ParsedReport) -> Iterator[Warning]:
    lone = [cause for cause in report.causes if cause.shortcoming is None]
    if lone:
        message = f"有{len(lone)}条原因无法与不足逐条对应（不足{len(report.shortcomings)}条）。"
        yield Warning(code="causes_unpaired", message=message, start=lone[0].start, end=lone[-1].end)
