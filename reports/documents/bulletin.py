"""进展情况通报: overall, by area, problems, requirements and an annex, as a draft in the official layout."""

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.annual.text import sentence
from reports.documents.layout import Paper
from tracker import wording
from tracker.dates import official_date
from tracker.documents import han_counting
from tracker.enums import OPEN_STATUSES, CarryOverKind, Light, Status
from tracker.lights import LIGHT_OF
from tracker.models import Plan, Task

LIGHTS = (
    (Light.RED, "红灯"),
    (Light.YELLOW, "黄灯"),
    (Light.BLUE, "蓝灯"),
    (Light.GREEN, "绿灯"),
    (Light.GREY, "灰灯"),
    (Light.DONE, "办结"),
)
CANCELLED, NO_UNIT = "取消", "待明确"
# How a filter is told in a sentence; what stands in none of them is told as the ledger tells it.
SENTENCES = {
    "lead_unit": "{}牵头",
    "owner": "{}负责",
    "light": "亮{}灯",
    "area": "“{}”板块",
    "status": "状态为{}",
    "nature": "{}类",
    "q": "查找“{}”",
}
# What is demanded for which reason of a light.
DEMANDS = (
    (("overdue",), "已超过完成时限的{}项任务，请牵头单位说明原因和办结日期；延期须另行申请。"),
    (("far_behind", "behind"), "落后于序时的{}项任务，请牵头单位逐项提出赶进度的措施。"),
    (("near_due",), "临近时限的{}项任务，请按完成标准备齐佐证材料，及时申请销号。"),
    (("unconfirmed", "no_due_date"), "尚未明确的{}项任务，请尽快明确牵头单位、责任人和时限。"),
)


@dataclass(frozen=True)
class Reported:
    """The latest report of a task that its unit stands by."""

    summary: str
    problems: str
    next_steps: str


@dataclass(frozen=True)
class Stamp:
    """As of when, by whom, and from which filter a file was written.

    `part` is the filter as a sentence tells it, "" for the whole plan; `whole` the number of all tasks of the plan.
    """

    on: datetime.date
    by: str
    scope: str
    part: str = ""
    whole: int = 0


def bulletin(
    plan: Plan, tasks: Sequence[Task], reported: dict[int, Reported], settled: Mapping[int, str], stamp: Stamp
) -> bytes:
    """The draft for the tasks (with light, area and people) as they stood on the day; `reported` by task.

    `settled` is {task: kind of its roll-over} of those that were open when the plan was closed.
    """
    on = stamp.on
    paper = Paper(f"关于{plan.title}进展情况的通报", draft=True)
    paper.addressee("各有关单位")
    paper.heading(1, "一、总体情况")
    paper.paragraph(_overall(plan, tasks, stamp))
    paper.heading(1, "二、分板块进展")
    for place, (title, found) in enumerate(_areas(tasks)):
        paper.heading(2, f"（{han_counting(place + 1)}）{title}")
        paper.paragraph(_area(found, reported))
    paper.heading(1, "三、存在的问题")
    _problems(paper, tasks, reported, on)
    if ended_by(plan, on):
        paper.heading(1, "四、计划结束和结转")
        _endings(paper, plan, tasks, settled)
    else:
        paper.heading(1, "四、下一步要求")
        _requirements(paper, tasks)
    paper.signature(str(plan.government), on)
    paper.landscape()
    paper.heading(1, "附件：任务进展一览")
    rows = [_row(task, reported, on) for task in tasks]
    heads = ["序号", "任务", "牵头单位", "完成时限", "亮灯", "进展情况"]
    paper.table(heads, rows, (14, 58, 30, 40, 30, 53))
    paper.small(
        f"数据截至{official_date(on)}，由{stamp.by}生成；范围：{stamp.scope}；机构按名录顺序，不作排名。"
        "序时进度按起止日期逐日计算，四舍五入到整数。"
    )
    return paper.content()


def ended_by(plan: Plan, on: datetime.date) -> bool:
    """Whether the plan was closed by that day: from then on nobody is asked for anything."""
    return plan.closed_on is not None and plan.closed_on <= on


def sentence_of(name: str, value: str, words: str) -> str:
    """A filter as it stands in a sentence, from its name in the address, the value shown and the ledger's words."""
    if name == "lead_unit" and value == NO_UNIT:
        return "牵头单位未定"
    if name == "light" and value == dict(LIGHTS)[Light.DONE]:
        return "已办结"
    return SENTENCES.get(name, "{1}").format(value, words)


def _cancelled(task: Task) -> bool:
    return task.status == Status.CANCELLED


def _counts(tasks: Sequence[Task]) -> str:
    """A cancelled task has no light: what is grey still waits for something."""
    number = Counter(LIGHT_OF[task.light_reason] for task in tasks if not _cancelled(task))
    parts = [f"{label}{number[light]}项" for light, label in LIGHTS if number[light]]
    cancelled = sum(_cancelled(task) for task in tasks)
    return "、".join([*parts, f"{CANCELLED}{cancelled}项"] if cancelled else parts)


def _overall(plan: Plan, tasks: Sequence[Task], stamp: Stamp) -> str:
    dated = [task for task in tasks if task.scheduled is not None and not _cancelled(task)]
    start = f"截至{official_date(stamp.on)}，{plan.title}共"
    if stamp.part:
        words = f"{start}{stamp.whole}项任务，本通报涉及其中{stamp.part}的{len(tasks)}项：{_counts(tasks)}。"
    else:
        words = f"{start}{len(tasks)}项任务，其中{_counts(tasks)}。"
    if not dated:
        return words
    done = round(sum(100 if task.status == Status.COMPLETED else task.progress for task in dated) / len(dated))
    due = round(sum(task.scheduled or 0 for task in dated) / len(dated))
    return f"{words}{len(dated)}项已定时限任务平均实际进度{done}%，序时进度{due}%。"


def _areas(tasks: Sequence[Task]) -> list[tuple[str, list[Task]]]:
    found: dict[int, tuple[str, list[Task]]] = {}
    for task in tasks:
        found.setdefault(task.area.number, (task.area.title, []))[1].append(task)
    return [found[number] for number in sorted(found)]


def _area(tasks: Sequence[Task], reported: dict[int, Reported]) -> str:
    told = [f"{task.title}：{sentence(words)}" for task in tasks if (words := _summary(task, reported))]
    silent = len(tasks) - len(told)
    end = f"其余{silent}项尚无填报。" if silent else ""
    return f"共{len(tasks)}项任务，{_counts(tasks)}。" + "".join(told) + end


def _summary(task: Task, reported: dict[int, Reported]) -> str:
    """What was last reported; of a cancelled task nothing but that it is cancelled."""
    if _cancelled(task):
        return f"已{CANCELLED}"
    return reported[task.pk].summary if task.pk in reported else ""


def _problems(paper: Paper, tasks: Sequence[Task], reported: dict[int, Reported], on: datetime.date) -> None:
    """What is red or yellow, with its reason, and what units say of it."""
    behind = [task for task in tasks if LIGHT_OF[task.light_reason] in (Light.RED, Light.YELLOW)]
    if not behind:
        paper.paragraph("没有亮红灯、黄灯的任务。")
    for task in behind:
        light = wording.shown_light(task, on)
        said = reported[task.pk].problems if task.pk in reported else ""
        told = f"单位反映：{sentence(said)}" if said else ""
        paper.paragraph(
            f"{task.code}　{task.title}（{task.lead_unit or '待明确'}），{light.label}灯，{light.reason}。{told}"
        )


def _requirements(paper: Paper, tasks: Sequence[Task]) -> None:
    """Only what follows from the rules: what is overdue, near, returned, unclear; the rest is for who edits."""
    number = Counter(task.light_reason for task in tasks)
    counted = [(sum(number[reason] for reason in reasons), words) for reasons, words in DEMANDS]
    # A returned task may be shown for a graver reason; it has to be handed in again all the same.
    returned = sum(task.returned and task.status in OPEN_STATUSES for task in tasks)
    counted.insert(2, (returned, "退回未重报的{}项任务，请牵头单位按退回意见补正后重新报送。"))
    lines = [words.format(count) for count, words in counted if count]
    for line in lines or ["请各牵头单位按时填报，保持进度。"]:
        paper.paragraph(line)


def _endings(paper: Paper, plan: Plan, tasks: Sequence[Task], settled: Mapping[int, str]) -> None:
    """That the plan has ended, and what became of the tasks that were still open."""
    assert plan.closed_on is not None
    paper.paragraph(f"本计划已于{official_date(plan.closed_on)}结束，不再提出办理要求。")
    for kind in CarryOverKind:
        names = [f"{task.code}{task.title}" for task in tasks if settled.get(task.pk) == kind]
        if names:
            paper.paragraph(f"{kind.label}{len(names)}项：{'、'.join(names)}。")


def _row(task: Task, reported: dict[int, Reported], on: datetime.date) -> list[str]:
    light = wording.shown_light(task, on)
    return [
        task.code,
        task.title,
        str(task.lead_unit or "待明确"),
        official_date(task.due_on) if task.due_on else "未定",
        CANCELLED if _cancelled(task) else f"{light.label} {light.reason}".strip(),
        _summary(task, reported),
    ]
