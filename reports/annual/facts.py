"""What the draft is composed from: a fixed number of reads, only what those who oversee the plan see."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from reports.annual.rows import Proof
from reports.models import LeaderDuty
from tracker.enums import UNANSWERED_NOTICES, EventKind, LinkState, Status, Verdict
from tracker.models import (
    AnnualReport,
    CarryOver,
    Cause,
    Demand,
    EvidenceUse,
    Indicator,
    Part,
    Plan,
    Reading,
    Shortcoming,
    ShortcomingJudgement,
    ShortcomingLink,
    SupervisionNotice,
    Task,
    TaskEvent,
    User,
    WorkArea,
)


@dataclass
class Told:
    """What was last said of a task: by its unit (what the unit stands by), and by who returned it."""

    summary: str = ""
    problems: str = ""
    submitted: str = ""
    sent_back: str = ""


@dataclass(frozen=True)
class Facts:
    """All rows by what they hang on; keys are those of tasks and shortcomings."""

    plan: Plan
    on: datetime.date
    report: AnnualReport
    parts: list[Part]
    areas: list[WorkArea]
    tasks: list[Task]
    told: dict[int, Told]
    proofs: dict[int, tuple[Proof, ...]]
    indicators: dict[int, list[Indicator]]
    readings: dict[int, Reading]
    shortcomings: list[Shortcoming]
    causes: dict[int, list[str]]
    judgements: dict[int, ShortcomingJudgement]
    answering: dict[int, list[int]]
    noticed: set[int]
    demanded: set[int]
    carried: dict[int, CarryOver]
    duties: list[LeaderDuty] = field(default_factory=list)

    @property
    def pursued(self) -> int:
        """Tasks that were not cancelled."""
        return sum(task.status != Status.CANCELLED for task in self.tasks)

    @property
    def closed_out(self) -> int:
        return sum(task.status == Status.COMPLETED for task in self.tasks)


def read(plan: Plan, on: datetime.date, user: User) -> Facts:
    """The facts as `user` sees them on the day; every read starts from what is visible.

    The report is written in the weeks after the plan's last day: lights, readings and what evidence was good for are
    those of that day by then, while what was closed out or reported since still counts.
    """
    on = min(on, plan.ends_on)
    report = AnnualReport.objects.visible_to(user).get(pk=plan.report_id)
    tasks = list(Task.objects.visible_to(user).with_light(plan, on).with_people().by_place())
    for task in tasks:
        task.plan = plan
    notices = SupervisionNotice.objects.visible_to(user).filter(plan=plan, state__in=UNANSWERED_NOTICES)
    demands = Demand.objects.visible_to(user).open().filter(task__plan=plan)
    carried = CarryOver.objects.visible_to(user).filter(task__plan=plan)
    judgements = ShortcomingJudgement.objects.visible_to(user).filter(plan=plan)
    duties = LeaderDuty.objects.visible_to(user).filter(plan=plan).order_by("on", "pk")
    return Facts(
        plan=plan,
        on=on,
        report=report,
        parts=list(Part.objects.visible_to(user).of_report(report.pk).prefetch_related("sections")),
        areas=list(WorkArea.objects.visible_to(user).filter(plan=plan).order_by("number")),
        tasks=tasks,
        told=_told(plan, user),
        proofs=_proofs(plan, on, user),
        indicators=_indicators(plan, user),
        readings=_readings(plan, on, user),
        shortcomings=list(Shortcoming.objects.visible_to(user).of_report(report.pk).order_by("part", "number")),
        causes=_causes(report, user),
        judgements={row.shortcoming_id: row for row in judgements},
        answering=_answering(plan, user),
        noticed=set(notices.values_list("task", flat=True)),
        demanded=set(demands.values_list("task", flat=True)),
        carried={row.task_id: row for row in carried},
        duties=list(duties),
    )


def _told(plan: Plan, user: User) -> dict[int, Told]:
    """The last words of each task, from the lines of history that its unit stands by."""
    found: dict[int, Told] = defaultdict(Told)
    lines = TaskEvent.objects.visible_to(user).filter(task__plan=plan).reports().order_by("sequence")
    for task, kind, summary, problems in lines.values_list("task", "kind", "summary", "problems"):
        told = found[task]
        told.summary, told.problems = summary, problems or told.problems
        if kind == EventKind.SUBMIT:
            told.submitted = summary
    returns = TaskEvent.objects.visible_to(user).filter(task__plan=plan, kind=EventKind.RETURN).signed()
    for task, reason in returns.order_by("sequence").values_list("task", "reason"):
        found[task].sent_back = reason
    return found


def _proofs(plan: Plan, on: datetime.date, user: User) -> dict[int, tuple[Proof, ...]]:
    """The accepted uses of evidence that still count, by task."""
    uses = EvidenceUse.objects.visible_to(user).standing(on).filter(task__plan=plan, verdict=Verdict.ACCEPTED)
    found: dict[int, list[Proof]] = defaultdict(list)
    columns = ("task", "evidence", "evidence__number", "evidence__title", "claim")
    for task, *values in uses.order_by("evidence__number", "pk").values_list(*columns):
        found[task].append(Proof(*values))
    return {task: tuple(rows) for task, rows in found.items()}


def _indicators(plan: Plan, user: User) -> dict[int, list[Indicator]]:
    found: dict[int, list[Indicator]] = defaultdict(list)
    rows = Indicator.objects.visible_to(user).filter(task__plan=plan).select_related("figure").order_by("pk")
    for row in rows:
        found[row.task_id].append(row)
    return found


def _readings(plan: Plan, on: datetime.date, user: User) -> dict[int, Reading]:
    """The latest reading of each indicator by that day."""
    seen = Indicator.objects.visible_to(user).filter(task__plan=plan)
    rows = Reading.objects.filter(indicator__in=seen, on__lte=on).order_by("on", "pk")
    return {row.indicator_id: row for row in rows}


def _causes(report: AnnualReport, user: User) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = Cause.objects.visible_to(user).of_report(report.pk).order_by("number")
    for shortcoming, text in rows.filter(shortcoming__isnull=False).values_list("shortcoming", "text"):
        found[shortcoming].append(text)
    return found


def _answering(plan: Plan, user: User) -> dict[int, list[int]]:
    """{shortcoming: tasks that answer it by a confirmed link}."""
    found: dict[int, list[int]] = defaultdict(list)
    links = ShortcomingLink.objects.visible_to(user).filter(task__plan=plan, state=LinkState.CONFIRMED)
    for shortcoming, task in links.order_by("task__area__number", "task__serial").values_list("shortcoming", "task"):
        found[shortcoming].append(task)
    return found
