"""Results in Arabic digits: value, unit, what they count, and which percentage follows from which counts."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tracker.reading.structure import Figure, PartKind
from tracker.reading.text import Source
from tracker.reading.words import ORDINAL

_D = "[0-9０-９]"
# Longer units first. What may not follow keeps 部门, 条例, 次性 and the like from being units.
_UNITS = (
    r"个百分点|个工作日|[%％‰]|件次|批次|人次|户次|家次|场次|辆次|台次|宗次|例次|份次|人日|平方公里|平方米|公里|公斤"
    r"|课时|学时|小时|元|件|项(?!目)|次(?!性|[日年])|个|名(?!录|称)|人(?!民|大|员|才|社|均)|家(?!庭)|户(?!籍|外)"
    r"|条(?!例|款)|份(?!额)|部(?!门|队|署|分|委)|场(?!所|景|馆)|期(?!间|限)|起(?!草|诉|到|来)|宗(?!旨)|批(?!准|复|评)"
    r"|卷|篇|册|张|块|幅|辆|台(?!账|阶)|套|间|座|处(?!理|置|罚|室)|所(?!接|在|属|有|需|涉|以|谓)|支(?!持|付|部|撑)"
    r"|类|种(?!植)|位(?!置|于|列)|例|栋|笔|票|倍|亩|吨|米|分(?!别|类|钟|公司|局|[之支])"
)
_NUMBER = re.compile(
    rf"(?P<number>(?:{_D}{{1,3}}(?:[,，]{_D}{{3}}){{1,3}}(?!{_D})|{_D}{{1,12}})(?:[.．]{_D}{{1,6}})?)(?!{_D}|[.．]{_D})"
    rf"[ \xa0]?(?P<scale>[万亿]?)(?P<more>[余多]?)(?P<after>[万亿]?)(?P<unit>{_UNITS})(?P<about>以上|以下|左右|上下)?"
)
# Ordinals, sums, codes, ranges and dates: the digits are a piece of something longer.
_PIECE = re.compile(r"(?:[第+＋~～·/\\×〔＃#A-Za-z0-9０-９]|(?<!—)[—–\-－]|[0-9０-９][至、.．,，:：])$")
_HOTLINE = re.compile(r"(?:热线|电话|邮编|传真|号码|编号|文号)\D{0,3}$")
# What the year before had, in brackets behind this year's: 2914件（上年2777件）. It stands in the report of that year.
_YEAR_BEFORE = re.compile(r"[（(](?:上年|去年|上一年|上年度|上年同期|去年同期)(?:同期)?[为是]?$")
_REQUIREMENT = re.compile(r"(?:不少于|不低于|不超过|不高于|不多于|不得少于|不得低于|至少|原则上)$")
_ROUND = re.compile(r"(?:近|约|超过|超|逾|突破|大约|将近|接近|不足|基本实现|基本达到)$")

_STOP = re.compile(r"[。！？!?，,；;：:\n（(）)]")
_BEFORE_LONGEST, _AFTER_LONGEST = 80, 60
_LEAD = re.compile(
    r"(?:全年|今年|本年度?|当年|目前|其中|已|现|共计|合计|总计|累计|共|均|也|并|和|及|、|的|新增(?=$)|截至目前|截止目前"
    r"|(?:截至|截止)?(?:19|20)[0-9]{2}年(?:以来|度|底|末)?)"
)
_TAIL = re.compile(
    r"(?:基本实现|基本达到|实现|达到|达|占比|占|为|有|共计|合计|总计|累计|共|近|约|超过|超|逾|突破|高达|均|已|的|计)$"
)
_NOUN_END = re.compile(
    r"均|[已向因](?!法)|第一时间|深入|及$|被|设立|进行|参加|开展|完成|成立|列为|纳入|获|得到|实现|建立|之间|[0-9０-９]|成功|通过"
)
_TWO = re.compile(r"[\u3400-\u9fff]{2}")

# Beyond this it is a serial number, and the ledger could not store it.
_LARGEST = Decimal(10) ** 14
# How often a leader acted belongs to the duty; it is no result of the government's work.
_FREQUENCIES = frozenset({"次", "场", "期", "场次"})
_PERCENT = frozenset("%％")
_RATE = re.compile(r"([\u3400-\u9fff]{2,4})率$")
_SHARE = re.compile(r"占[^，,0-9０-９]{0,4}[0-9０-９.．]{1,20}[ \xa0]?[%％]")
# A ratio is computed from counts close before it; looking further would pair strangers.
_REACH, _REACH_COUNTS = 200, 8


@dataclass(frozen=True)
class CountedNumber:
    """A number that counts something, at [start, end) with its unit: 2,769件, 43.2%, 7000余人次."""

    start: int
    end: int
    value: Decimal
    unit: str


def counted_numbers(text: str) -> list[CountedNumber]:
    """The numbers of a text that count something, in order; years, dates, ordinals and quoted ones are none."""
    source = Source(text)
    return [
        CountedNumber(found.start(), found.end(), _value(found), found["unit"].replace("％", "%"))
        for found in _NUMBER.finditer(text)
        if _counts(source, found, 0)
    ]


def read_figures(source: Source, start: int, end: int, kind: PartKind) -> list[Figure]:
    """The figures of a part, without ratios; [] for arrangements, whose numbers are aims and not results.

    Not figures: years and dates, ordinals, numbers inside quotations and titles, hotline numbers, document
    numbers, requirements (不少于30日), and what the year before had, in brackets behind this year's (上年2777件). In
    the leadership part counts of occasions (会前学法7次) are left out as well: they tell how often a leader acted and
    stay in the words of the duty.
    """
    if kind == "arrangements":
        return []
    figures: list[Figure] = []
    previous = start
    for found in _NUMBER.finditer(source.text, start, end):
        if not _counts(source, found, start) or (kind == "leadership" and found["unit"] in _FREQUENCIES):
            continue
        if _is_of_the_year_before(source, found, start):
            continue
        figure = _figure(source, found, max(previous, found.start() - _BEFORE_LONGEST), end)
        figures.append(figure)
        previous = max(found.end(), figure.end)
    return figures


def _counts(source: Source, found: re.Match[str], start: int) -> bool:
    """Whether the digits are a number of their own that counts something."""
    place = found.start()
    if source.quoted[place]:
        return False
    before = source.text[max(start, place - 12) : place].rstrip(" \xa0")
    if _PIECE.search(before) or _HOTLINE.search(before) or _REQUIREMENT.search(before):
        return False
    if _value(found) >= _LARGEST:
        return False
    following = source.text[found.end() : found.end() + 1]
    return not (found["unit"] in ("个工作日", "小时") and following in ("内", "服", "值", "在"))


def _is_of_the_year_before(source: Source, found: re.Match[str], start: int) -> bool:
    return bool(_YEAR_BEFORE.search(source.text[max(start, found.start() - 12) : found.start()].rstrip(" \xa0")))


def _figure(source: Source, found: re.Match[str], earliest: int, end: int) -> Figure:
    text = source.text
    first = _quote_start(source, earliest, found.start())
    before = text[first : found.start()]
    label, last = _label_after(source, found.end(), end)
    own = _clean(before)
    if own and (_RATE.search(own) or (found["unit"] in _PERCENT and text[found.end() : last][:1] != "的")):
        label, last = own, found.end()
    return Figure(
        start=first,
        end=last,
        quote=text[first:last],
        label=label or own or None,
        value=_value(found),
        unit=found["unit"].replace("％", "%"),
        approximate=bool(found["more"] or found["about"] or _ROUND.search(before)),
    )


def _quote_start(source: Source, earliest: int, number: int) -> int:
    """Where the words of a figure begin: after the last mark or figure before it."""
    first = earliest
    # A remark in brackets before the number does not end the words it counts; the bracket around it does.
    inside = source.quoted if source.enclosed[number] else source.enclosed
    for stop in _STOP.finditer(source.text, earliest, number):
        if not inside[stop.start()]:
            first = stop.end()
    while first < number and (source.text[first].isspace() or source.text[first] in "、和及"):
        first += 1
    numbered = ORDINAL.match(source.text, first, number)
    return numbered.end() if numbered else first


def _label_after(source: Source, start: int, end: int) -> tuple[str | None, int]:
    """The counted noun behind a number (84项职权事项) and its end; None where a mark follows at once."""
    text = source.text
    limit = min(end, start + _AFTER_LONGEST)
    for stop in _STOP.finditer(text, start, limit):
        if not source.quoted[stop.start()]:
            limit = stop.start()
            break
    for stop in _NOUN_END.finditer(text, start, limit):
        if not source.quoted[stop.start()]:
            limit = stop.start()
            break
    label = text[start:limit].strip().removeprefix("的")
    if not _TWO.match(label.lstrip("“《")[:2]) and not label.startswith(("“", "《")):
        return None, start
    return label, start + len(text[start:limit].rstrip())


def _clean(before: str) -> str:
    """What stands before a number, without the words that only lead to it (全年共…, …达)."""
    words = before.strip()
    while found := _LEAD.match(words):
        words = words[found.end() :]
    while found := _TAIL.search(words):
        words = words[: found.start()]
    return words.strip()


def _value(found: re.Match[str]) -> Decimal:
    value = Decimal(unicodedata.normalize("NFKC", found["number"]).replace(",", ""))
    for scale in found["scale"] + found["after"]:
        value *= 10**8 if scale == "亿" else 10**4
    return value


def link_ratios(source: Source, figures: Sequence[Figure]) -> list[Figure]:
    """The figures, each percentage with the places of the counts it follows from, where these stand near.

    A rate (成功率) takes the last count before it in its sentence that names the same act (成功…件) and the
    count before that one in the same unit; a share (占…%) takes the last count before it and has no numerator.
    """
    return [_linked(source, figures, place) for place in range(len(figures))]


def _linked(source: Source, figures: Sequence[Figure], place: int) -> Figure:
    figure = figures[place]
    if figure.unit != "%":
        return figure
    near = _near(source, figures, place)
    rate = _RATE.search(figure.label or "")
    if rate:
        numerator, denominator = _parts_of_rate(figures, near, rate[1])
        return replace(figure, numerator=numerator, denominator=denominator)
    if near and _SHARE.search(figure.quote):
        return replace(figure, denominator=near[0])
    return figure


def _near(source: Source, figures: Sequence[Figure], place: int) -> list[int]:
    """Places of the counts before a figure in its sentence, the nearest first."""
    found: list[int] = []
    start = figures[place].start
    for other in range(place - 1, max(-1, place - 1 - _REACH_COUNTS), -1):
        between = source.text[figures[other].end : start]
        if len(between) > _REACH or re.search("[。！？\n]", between):
            break
        if figures[other].unit != "%":
            found.append(other)
    return found


def _parts_of_rate(figures: Sequence[Figure], near: Iterable[int], act: str) -> tuple[int | None, int | None]:
    numerator: int | None = None
    for other in near:
        label = figures[other].label or ""
        if numerator is None:
            numerator = other if _names(label, act) else None
        elif figures[other].unit == figures[numerator].unit and figures[other].value >= figures[numerator].value:
            return numerator, other
    return None, None


def _names(label: str, act: str) -> bool:
    """Whether a count is one of the acts that a rate speaks of: 成功 for 成功率, 结案 for 年度结案率."""
    return any(act[place:] in label for place in range(len(act) - 1))
