"""整改台账: every shortcoming of last year's report with the tasks that answer it, as page and as rows of a file.

Goal and way of checking are the plan's own words about the shortcoming; the rest follows from the tasks. What nobody
has settled is said to be open, never guessed.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import pgettext

from reports.models import Rectification
from tracker import permissions, wording
from tracker.documents.numerals import han_counting
from tracker.enums import DispositionKind, JudgementVerdict, LinkState, Nature, Status, Verdict
from tracker.models import (
    EvidenceUse,
    Plan,
    Shortcoming,
    ShortcomingJudgement,
    ShortcomingLink,
    Task,
    TaskEvent,
    User,
)
from tracker.presenters.report_notes import shortcoming_name


@dataclass(frozen=True)
class Item:
    """A task that answers a shortcoming: `evidence` is (number, key) of what was accepted and the reader may see."""

    task: Task
    situation: str
    evidence: list[tuple[str, int]]


@dataclass
class Problem:
    """A shortcoming: its tasks, or what becomes of it without one, or neither, which is a gap."""

    row: Shortcoming
    settled: Rectification | None = None
    judgement: ShortcomingJudgement | None = None
    disposition: Any = None
    items: list[Item] = field(default_factory=list)


def problems(plan: Plan, user: User, on: datetime.date) -> list[Problem]:
    """All shortcomings of the plan's report in their order, as far as `user` sees what hangs on them; 7 statements."""
    rows = Shortcoming.objects.visible_to(user).of_report(plan.report_id).select_related("part__report")
    found = {row.pk: Problem(row) for row in rows.defer("part__report__text").order_by("number")}
    for settled in Rectification.objects.visible_to(user).filter(plan=plan, shortcoming__in=found):
        found[settled.shortcoming_id].settled = settled
    for judgement in ShortcomingJudgement.objects.visible_to(user).filter(plan=plan, shortcoming__in=found):
        found[judgement.shortcoming_id].judgement = judgement
    for disposition in plan.dispositions.filter(shortcoming__in=found):
        if disposition.shortcoming_id is not None:
            found[disposition.shortcoming_id].disposition = disposition
    links = _links(plan, user)
    keys = {link.task_id for link in links}
    said, proof = _said(keys, user), _proof(keys, user, on)
    for link in links:
        link.task.plan = plan
        if link.shortcoming_id in found:
            item = Item(link.task, said.get(link.task_id, ""), proof.get(link.task_id, []))
            found[link.shortcoming_id].items.append(item)
    return list(found.values())


def _links(plan: Plan, user: User) -> list[ShortcomingLink]:
    """Those that somebody confirmed, to tasks that were not cancelled."""
    rows = ShortcomingLink.objects.visible_to(user).filter(task__plan=plan, state=LinkState.CONFIRMED)
    rows = rows.exclude(task__status=Status.CANCELLED).select_related("task__area", "task__lead_unit", "task__owner")
    return list(rows.order_by("shortcoming__number", "task__area__number", "task__serial"))


def _said(tasks: Iterable[int], user: User) -> dict[int, str]:
    """{task: the last report that its unit stands by}."""
    lines = TaskEvent.objects.visible_to(user).filter(task__in=tasks).reports()
    return dict(lines.order_by("sequence").values_list("task_id", "summary"))


def _proof(tasks: Iterable[int], user: User, on: datetime.date) -> dict[int, list[tuple[str, int]]]:
    found = defaultdict(list)
    uses = EvidenceUse.objects.visible_to(user).standing(on).filter(task__in=tasks, verdict=Verdict.ACCEPTED)
    for task, number, key in uses.order_by("evidence__number").values_list(
        "task_id", "evidence__number", "evidence_id"
    ):
        found[task].append((number, key))
    return found


def types() -> dict[str, str]:
    """How a task of each nature puts a shortcoming right."""
    return {
        Nature.ONE_OFF: pgettext("rectification", "at once"),
        Nature.PHASED: pgettext("rectification", "in stages"),
        Nature.CONTINUOUS: pgettext("rectification", "continuously"),
    }


def page(plan: Plan, found: Iterable[Problem], user: User) -> list[dict[str, Any]]:
    """The sections of the page."""
    may = permissions.can_set_up(user, plan)
    return [_section(plan, problem, may) for problem in found]


def _section(plan: Plan, problem: Problem, may: bool) -> dict[str, Any]:
    row, settled, judgement = problem.row, problem.settled, problem.judgement
    kinds = types()
    return {
        "name": shortcoming_name(row.number),
        "words": wording.full_width(row.text),
        "source": row.part.report.title,
        "report_url": f"{reverse('living_report', args=[plan.pk])}#shortcoming-{row.pk}",
        "url": reverse("shortcoming", args=[plan.pk, row.pk]),
        "edit_url": reverse("edit_rectification", args=[plan.pk, row.pk]) if may else "",
        "goal": settled.goal if settled else "",
        "check_method": settled.check_method if settled else "",
        "judgement": judgement.get_verdict_display() if judgement else "",
        "grounds": judgement.grounds if judgement else "",
        "becomes": problem.disposition.get_kind_display() if problem.disposition else "",
        "reason": problem.disposition.reason if problem.disposition else "",
        "link_url": reverse("link_shortcoming", args=[plan.pk, row.pk]) if may else "",
        "items": [_item(item, kinds) for item in problem.items],
    }


def _item(item: Item, kinds: dict[str, str]) -> dict[str, Any]:
    task = item.task
    return {
        "code": task.code,
        "title": task.title,
        "url": task.get_absolute_url(),
        "type": kinds.get(task.nature, ""),
        "unit": str(task.lead_unit or ""),
        "owner": str(task.owner or ""),
        "due": wording.date_in_year(task.due_on, task) if task.due_on else "",
        "situation": item.situation,
        "evidence": [{"number": number, "url": reverse("evidence", args=[key])} for number, key in item.evidence],
        "closed": wording.date_in_year(task.completed_on, task) if task.completed_on else "",
    }


HEADS = (
    *("问题", "来源", "整改目标", "整改措施", "整改类型", "责任单位"),
    *("责任人", "整改时限", "整改情况", "佐证", "检查方式", "销号日期"),
)
OPEN = "待明确"
TYPES = {Nature.ONE_OFF: "立行立改", Nature.PHASED: "分阶段", Nature.CONTINUOUS: "持续"}


def file_rows(found: Iterable[Problem]) -> Iterator[list[str]]:
    """The twelve columns, in Chinese whatever the page speaks; one row for each shortcoming and task."""
    for problem in found:
        row, settled = problem.row, problem.settled
        report = row.part.report
        words = f"{han_counting(row.number)}、{wording.full_width(row.text)}"
        source = f"{report.year}年法治政府建设年度情况报告（不足{han_counting(row.number)}）"
        goal = (settled.goal if settled else "") or OPEN
        check = (settled.check_method if settled else "") or OPEN
        for cells in [_cells(item) for item in problem.items] or [_without_task(problem)]:
            measure, kind, unit, owner, due, situation, evidence, closed = cells
            situation = "\n".join(part for part in (situation, _judged(problem)) if part)
            yield [words, source, goal, measure, kind, unit, owner, due, situation, evidence, check, closed]


def _cells(item: Item) -> list[str]:
    task = item.task
    return [
        f"{task.code} {task.title}",
        TYPES.get(Nature(task.nature), OPEN) if task.nature else OPEN,
        str(task.lead_unit or OPEN),
        str(task.owner or OPEN),
        task.due_on.isoformat() if task.due_on else OPEN,
        item.situation,
        "；".join(number for number, _key in item.evidence),
        task.completed_on.isoformat() if task.completed_on else "",
    ]


def _without_task(problem: Problem) -> list[str]:
    if problem.disposition is None:
        return ["缺口：没有任务回应", *[OPEN] * 4, "", "", ""]
    kind = wording.in_chinese(DispositionKind(problem.disposition.kind).label)
    return [f"没有任务，{kind}：{problem.disposition.reason}", *[""] * 7]


def _judged(problem: Problem) -> str:
    judgement = problem.judgement
    if judgement is None:
        return ""
    return f"年终评价：{wording.in_chinese(JudgementVerdict(judgement.verdict).label)}。{judgement.grounds}"
