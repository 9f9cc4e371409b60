"""Part two: candidates from what is red, returned or unanswered, and shortcomings that were not eased, with causes."""

from collections.abc import Iterator

from reports.annual.facts import Facts, Told
from reports.annual.measures import ref
from reports.annual.rows import Ground, Item, Piece
from reports.annual.text import clause, quoted
from tracker import wording
from tracker.dates import official_date
from tracker.enums import JudgementVerdict, Light, Status
from tracker.lights import LIGHT_OF
from tracker.models import Shortcoming, ShortcomingJudgement, Task

ITEM = "shortcomings"


def items(facts: Facts) -> tuple[Item, ...]:
    """One item without a heading: last report's shortcomings first, then what the year has shown."""
    return (Item(ITEM, "", (*_kept(facts), *_shown(facts))),)


def _kept(facts: Facts) -> Iterator[Piece]:
    """What was judged eased is offered, but does not stand; what nobody judged waits for the judgement."""
    for shortcoming in facts.shortcomings:
        judgement = facts.judgements.get(shortcoming.pk)
        ground = Ground.UNJUDGED
        if judgement is not None:
            ground = Ground.EASED if judgement.verdict == JudgementVerdict.EASED else Ground.KEPT
        causes = _causes_of(shortcoming, facts)
        last_year = [clause(text) for text in facts.causes.get(shortcoming.pk, ())]
        yield Piece(
            f"shortcoming:{shortcoming.pk}",
            clause(shortcoming.text),
            ground,
            ground == Ground.KEPT,
            source=f"{facts.report.title}所列不足{shortcoming.number}{_judged(judgement)}",
            causes=causes,
            cause=last_year[0] if last_year else "",
        )


def _judged(judgement: ShortcomingJudgement | None) -> str:
    if judgement is None:
        return ""
    return f"，判定{wording.in_chinese(JudgementVerdict(judgement.verdict).label)}：{judgement.grounds}"


def _causes_of(shortcoming: Shortcoming, facts: Facts) -> tuple[str, ...]:
    """The cause given last year, problems that the units answering it report, and the grounds of the judgement."""
    judgement = facts.judgements.get(shortcoming.pk)
    problems = [facts.told[task].problems for task in facts.answering.get(shortcoming.pk, ()) if task in facts.told]
    return _choices([*facts.causes.get(shortcoming.pk, ()), *problems, judgement.grounds if judgement else ""])


def _choices(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clause(text) for text in words if text))


def _shown(facts: Facts) -> Iterator[Piece]:
    """One candidate a task at most: the gravest of what speaks against it. Only red ones stand by themselves."""
    for task in facts.tasks:
        found = _finding(task, facts)
        if found is not None:
            ground, words, said = found
            told = facts.told.get(task.pk, Told())
            causes, stands = _choices([told.problems, said]), ground == Ground.RED
            # What was said when the work was sent back speaks to its unit: somebody may choose it, it does not stand.
            said_by_unit, proofs = clause(told.problems), facts.proofs.get(task.pk, ())
            yield Piece(
                f"weak:{task.pk}",
                clause(words),
                ground,
                stands,
                ref(task),
                proofs,
                causes=causes,
                cause=said_by_unit,
            )


def _finding(task: Task, facts: Facts) -> tuple[Ground, str, str] | None:
    """(ground, the words of a shortcoming, what else was said of it)."""
    told = facts.told.get(task.pk, Told())
    if task.status in (Status.COMPLETED, Status.CANCELLED):
        return None
    if LIGHT_OF[task.light_reason] == Light.RED:
        return Ground.RED, _red(task), ""
    if task.returned:
        return Ground.RETURNED, f"{quoted(task.title)}尚未达到完成标准，有待补正", told.sent_back
    if task.pk in facts.noticed:
        return Ground.UNANSWERED, f"对{quoted(task.title)}的督办落实不够及时", ""
    if task.pk in facts.demanded:
        return Ground.UNANSWERED, f"对{quoted(task.title)}的催办答复不够及时", ""
    return None


def _red(task: Task) -> str:
    if task.light_reason == "overdue" and task.due_on:
        return f"{quoted(task.title)}未在{official_date(task.due_on)}的时限前完成"
    return f"{quoted(task.title)}进度落后于年度安排"
