"""Warnings: what a person should look at before relying on the reading. The text is never repaired."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from tracker.reading.fitness import find_misgivings
from tracker.reading.head import year_in
from tracker.reading.structure import Figure, ParsedReport, Part, Section, Warning
from tracker.reading.text import han_number

_NAME = re.compile(r"《[^《》\n]{4,120}》")
_SPELLING = re.compile(r"[\s()（）〈〉“”\"年度—–~～至-]")
_DIGITS = re.compile(r"[0-9]{1,3}|[一二三四五六七八九十]{1,3}")

_RELATIVE = frozenset({"%", "‰", "个百分点"})
_ALL = Decimal(100)
_AMONG = re.compile(r"[\s，,（(；;]{0,3}其中[，,：:]?(?!的)")
_JOINED = re.compile(r"[\s，,、；;和]{0,3}")
# A longer row is no breakdown that a person wrote.
_MOST_PARTS = 30
_OTHERS = re.compile("其[他它余]")
_ELSEWHEN = re.compile("去年|上年|同期|往年|同比|另有|此外")
# Shorter labels (制发建议) mean something else each time.
_LABEL_TELLS = 6


def find_warnings(report: ParsedReport) -> tuple[Warning, ...]:
    """All warnings, in the order of their places; those about the whole report come first."""
    if not report.text.strip():
        return (Warning(code="empty_text", message="文本为空，没有可读取的内容。"),)
    warnings = [
        *_missing(report),
        *find_misgivings(report),
        *_years(report),
        *_dates(report),
        *_names(report.text),
        *_ratios(report),
        *_sums(report),
        *_agreements(report),
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


def _sums(report: ParsedReport) -> Iterator[Warning]:
    """Counts that 其中 says are among another one and that do not add up to it.

    They may stay below the whole unless the last of them takes in all others (其他6项).
    """
    for place, whole in enumerate(report.figures):
        parts = [] if whole.approximate or whole.unit in _RELATIVE else _among(report, place)
        total = sum(part.value for part in parts)
        if not parts or total == whole.value:
            continue
        end = parts[-1].end
        told = f"“其中”各项合计{total}{parts[0].unit}，总数为{whole.value}{whole.unit}"
        if total > whole.value:
            message = f"{told}，各项之和多于总数；请核对是否重复计数。"
            yield Warning(code="parts_exceed_whole", message=message, start=whole.start, end=end)
        elif _OTHERS.match(parts[-1].quote):
            message = f"{told}，已列“其他”而仍有差额。"
            yield Warning(code="parts_below_whole", message=message, start=whole.start, end=end)


def _among(report: ParsedReport, place: int) -> list[Figure]:
    """The exact counts of the same thing that follow 其中 behind a figure, without a gap."""
    whole = report.figures[place]
    parts: list[Figure] = []
    end = whole.end
    for part in report.figures[place + 1 : place + 1 + _MOST_PARTS]:
        between = report.text[end : part.start]
        opens = _JOINED.fullmatch(between) if parts else _AMONG.match(between + part.quote)
        if not opens or _thing(part) != _thing(whole) or part.approximate or _ELSEWHEN.search(part.quote):
            break
        parts.append(part)
        end = part.end
    return parts


def _thing(figure: Figure) -> str | None:
    """What is counted, as far as the unit says: 36个事项 are 36项."""
    return "项" if figure.unit == "个" and (figure.label or "").startswith("事项") else figure.unit


def _agreements(report: ParsedReport) -> Iterator[Warning]:
    """The same count told twice with different values, and rates of more than everything."""
    first: dict[tuple[str, str | None], Figure] = {}
    for figure in report.figures:
        label = figure.label or ""
        if figure.unit == "%" and figure.value > _ALL and label.endswith(("率", "占比")):
            message = f"“{figure.quote}”超过100%。"
            yield Warning(code="share_over_whole", message=message, start=figure.start, end=figure.end)
        if figure.approximate or len(label) < _LABEL_TELLS:
            continue
        # The words before the label may say of which half of the year it speaks.
        usual = first.setdefault((figure.quote.partition(label)[0] + label, figure.unit), figure)
        if usual.value != figure.value:
            message = f"同一指标前后数值不一致：“{usual.quote}”与“{figure.quote}”。"
            yield Warning(code="figure_differs", message=message, start=figure.start, end=figure.end)


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
