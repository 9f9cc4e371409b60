"""The report put together: title, first paragraph and four parts in the form that the issuer used last time."""

from collections.abc import Callable

from reports.annual import arrangements, leadership, measures, weaknesses
from reports.annual.facts import Facts
from reports.annual.rows import LEAD, TITLE, Composed, ComposedPart, Ground, Item, Piece
from reports.annual.text import a_year_on
from tracker.enums import PartKind
from tracker.models import Part

PARTS: dict[str, tuple[str, Callable[[Facts], tuple[Item, ...]]]] = {
    PartKind.MEASURES: ("{year}年推进法治政府建设的主要举措和成效", measures.items),
    PartKind.SHORTCOMINGS: ("存在的不足及原因", weaknesses.items),
    PartKind.LEADERSHIP: ("党政主要负责人履行推进法治建设第一责任人职责情况", leadership.items),
    PartKind.ARRANGEMENTS: ("{next_year}年推进法治政府建设的主要安排", arrangements.items),
}


def compose(facts: Facts) -> Composed:
    """The four contents of an annual report (法治政府建设与责任落实督察工作规定, art. 24), from the facts alone."""
    plan = facts.plan
    title = a_year_on(facts.report.title, plan.year - 1) or f"{plan.government}{plan.year}年法治政府建设年度情况报告"
    number = facts.pursued
    counts = f"{number}项任务办结{facts.closed_out}项"
    lead = (
        f"{plan.year}年，{plan.government}围绕年度安排推进法治政府建设，{counts}。现将有关情况报告如下："
        if number
        else f"现将{plan.year}年法治政府建设情况报告如下："
    )
    return Composed(
        title=Piece(TITLE, title, Ground.HEAD),
        lead=Piece(LEAD, lead, Ground.HEAD, known=((counts, "台账"),)),
        parts=tuple(_part(kind, facts) for kind in PARTS),
    )


def _part(kind: str, facts: Facts) -> ComposedPart:
    """Heading and setting follow the part of that kind in the report before, where it has one."""
    heading, items = PARTS[kind]
    plan = facts.plan
    model = next((part for part in facts.parts if part.kind == kind), None)
    words = a_year_on(model.heading, plan.year - 1) if model is not None and model.heading else ""
    words = words or heading.format(year=plan.year, next_year=plan.year + 1)
    return ComposedPart(kind, words.rstrip("。"), items(facts), *_setting(model, facts))


def _setting(model: Part | None, facts: Facts) -> tuple[bool, bool]:
    """Whether the items of the part are numbered （一）, and whether their words run on behind the heading."""
    sections = [section for section in model.sections.all() if section.number and section.heading] if model else []
    if not sections:
        return False, True
    first = sections[0]
    words = facts.report.text[first.start : first.end].strip()
    return first.number[0] in "（(", "\n" not in words
