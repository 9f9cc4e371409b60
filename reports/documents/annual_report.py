"""The draft of the next annual report in the official layout, in the form its issuer used last time.

Each sentence carries a comment naming its task and evidence; a number without accepted evidence is marked ［待核］.
"""

import datetime
from collections.abc import Callable, Iterator

from reports.annual.leadership import REGISTER
from reports.annual.proof import marked
from reports.annual.rows import Drafted, DraftPart, Sentence
from reports.annual.text import ENDS, clause, sentence
from reports.documents.layout import Paper
from tracker.dates import official_date
from tracker.documents import han_counting
from tracker.enums import PartKind
from tracker.texts import UNPROVED

RUN_IN_LEVEL, HEADING_LEVEL = 3, 2
INNER_ENDS = str.maketrans("。；！？", "，，，，")
NOTHING_YET = "（本部分尚无内容。）"


def item_number(part: DraftPart, number: int) -> str:
    """（一） or 1., as the issuer numbers the items of this part."""
    return f"（{han_counting(number)}）" if part.bracketed else f"{number}."


def report(draft: Drafted, *, issuer: str, on: datetime.date, by: str, commented: bool = True) -> bytes:
    """The Word file as of `on`. With `commented` false no sentence carries a comment; the marks stay."""
    paper = Paper(draft.title.text, draft=True)
    _write(paper, [draft.lead], commented)
    for part in draft.parts:
        paper.heading(1, f"{part.number}、{part.heading.text}")
        if any(division.standing for division in part.divisions):
            WRITERS.get(part.kind, _items)(paper, part, commented)
        else:
            paper.paragraph(NOTHING_YET)
    paper.signature(issuer, on)
    paper.small(
        f"本草稿由{by}依据截至{official_date(on)}的台账生成，范围为本年度计划的全部任务；"
        f"{UNPROVED}为没有已采信佐证载明的数字，{_unproved(draft)}；"
        "数字按数值和计量单位与佐证核对，所述事项须人工对照。"
        "上年数字引自上一年度报告；序时进度按起止日期逐日计算，四舍五入到整数。"
    )
    return paper.content()


def _unproved(draft: Drafted) -> str:
    rows = [row.unproved for row in standing(draft) if row.unproved]
    return f"尚有{len(rows)}句{sum(map(len, rows))}处" if rows else "本稿没有"


def standing(draft: Drafted) -> Iterator[Sentence]:
    """What is in the report, in reading order."""
    yield draft.lead
    for part in draft.parts:
        for division in part.divisions:
            yield from division.standing


def _items(paper: Paper, part: DraftPart, commented: bool) -> None:
    """Numbered items: the words run on behind the heading, or stand below it, as last time."""
    divisions = [division for division in part.divisions if division.standing]
    for number, division in enumerate(divisions, 1):
        heading = division.heading.text if division.heading else ""
        lead = f"{item_number(part, number)}{heading}" if heading else ""
        if lead and not part.run_in:
            paper.heading(HEADING_LEVEL, lead)
            lead = ""
        level = HEADING_LEVEL if part.bracketed else RUN_IN_LEVEL
        _write(paper, division.standing, commented, lead=sentence(lead), level=level)


def _leadership(paper: Paper, part: DraftPart, commented: bool) -> None:
    """A paragraph a leader, who is named once, at its beginning."""
    for division in part.divisions:
        rows = division.standing
        if rows:
            leader = division.heading.text if division.heading else ""
            parts = _parts(rows, commented)
            text, note = parts[0]
            paper.sentences([(text if text.startswith(leader) else f"{leader}{text}", note), *parts[1:]])


def _weaknesses(paper: Paper, part: DraftPart, commented: bool) -> None:
    """一是…。二是…。 and the causes in a sentence of their own, in the same order."""
    rows = [row for division in part.divisions for row in division.standing]
    told = [(f"{han_counting(number)}是{_bare(row)}。", row) for number, row in enumerate(rows, 1)]
    parts = [(text, _note(row) if commented else "") for text, row in told]
    causes = [_in_one(marked(row.cause, row.cause_marks)) for row in rows if row.cause]
    if causes:
        between = "；" if any(mark in cause for cause in causes for mark in "，、") else "，"
        numbers = [number for row in rows for number in row.unproved_cause]
        note = f"待核：{'、'.join(numbers)}没有已采信佐证载明" if numbers and commented else ""
        parts.append((f"主要原因是{between.join(causes)}。", note))
    paper.sentences(parts)


def _in_one(cause: str) -> str:
    """A cause as a piece of the one sentence that tells all causes: no full stop inside."""
    return clause(cause).translate(INNER_ENDS)


def _bare(row: Sentence) -> str:
    return marked(row.text, row.marks).rstrip(ENDS)


def _write(paper: Paper, rows: list[Sentence], commented: bool, *, lead: str = "", level: int = RUN_IN_LEVEL) -> None:
    paper.sentences(_parts(rows, commented), lead=lead, level=level)


def _parts(rows: list[Sentence], commented: bool) -> list[tuple[str, str]]:
    return [(marked(row.text, row.marks), _note(row) if commented else "") for row in rows]


def _note(row: Sentence) -> str:
    """What a sentence stands on: task, evidence with the claim it was accepted for, and the numbers without."""
    lines = [f"任务{row.task.code}　{row.task.title}"] if row.task else []
    lines += [row.source] if row.source else []
    lines += [f"佐证{proof.number}《{proof.title}》：{proof.claim}" for proof in row.proofs]
    numbers = {"", REGISTER, *(proof.number for proof in row.proofs)}
    lines += [
        f"{ground}载明" for ground in dict.fromkeys(mark.stands_on for mark in row.marks) if ground not in numbers
    ]
    if row.unproved_words:
        lines.append(f"待核：{'、'.join(row.unproved_words)}没有已采信佐证载明")
    if row.loose:
        lines.append(f"对照佐证：{'、'.join(row.loose)}见于佐证，但所述文字不同")
    if row.rewritten:
        lines.append("文字经人工改写")
    if row.own and row.task is None:
        lines.append("人工增写，未注明任务")
    return "\n".join(lines)


WRITERS: dict[str, Callable[[Paper, DraftPart, bool], None]] = {
    PartKind.LEADERSHIP: _leadership,
    PartKind.SHORTCOMINGS: _weaknesses,
}
