"""进展情况通报: overall, by area, problems, requirements and an annex, as a draft in the official layout."""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reports.documents.layout import Paper
from tracker import wording
from tracker.dates import official_date
from tracker.enums import Light, Status
from tracker.lights import LIGHT_OF
from tracker.models import Plan, Task

HAN = "一二三四五六七八九十"
LIGHTS = (
    (Light.RED, "红灯"),
    (Light.YELLOW, "黄灯"),
    (Light.BLUE, "蓝灯"),
    (Light.GREEN, "绿灯"),
    (Light.GREY, "灰灯"),
    (Light.DONE, "办结"),
)


@dataclass(frozen=True)
class Reported:
    """The latest report of a task that its unit stands by."""

    summary: str
    problems: str
    next_steps: str


@dataclass(frozen=True)
class Stamp:
    """As of when, by whom, and from which filter a file was written."""

    on: datetime.date
    by: str
    scope: str


def bulletin(plan: Plan, tasks: Sequence[Task], reported: dict[int, Reported], stamp: Stamp) -> bytes:
    """The draft for the tasks (with light, area and people) as they stood on the day; `reported` by task."""
    on = stamp.on
    paper = Paper(f"关于{plan.title}进展情况的通报", draft=True)
    paper.addressee("各有关单位")
    paper.heading(1, "一、总体情况")
    paper.paragraph(_overall(plan, tasks, on))
    paper.heading(1, "二、分板块进展")
    for place, (title, found) in enumerate(_areas(tasks)):
        paper.heading(2, f"（{_han(place)}）{title}")
        paper.paragraph(_area(found, reported))
    paper.heading(1, "三、存在的问题")
    _problems(paper, tasks, reported, on)
    paper.heading(1, "四、下一步要求")
    _requirements(paper, tasks, on)
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


def _han(place: int) -> str:
    """一, 二, … 十, then digits."""
    return HAN[place] if place < len(HAN) else str(place + 1)


def _counts(tasks: Sequence[Task]) -> str:
    number = Counter(LIGHT_OF[task.light_reason] for task in tasks)
    return "、".join(f"{label}{number[light]}项" for light, label in LIGHTS if number[light])


def _overall(plan: Plan, tasks: Sequence[Task], on: datetime.date) -> str:
    dated = [task for task in tasks if task.scheduled is not None and task.status != Status.CANCELLED]
    words = f"截至{official_date(on)}，{plan.title}共{len(tasks)}项任务，其中{_counts(tasks)}。"
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
    told = [f"{task.title}：{_sentence(reported[task.pk].summary)}" for task in tasks if _summary(task, reported)]
    silent = len(tasks) - len(told)
    end = f"其余{silent}项尚无填报。" if silent else ""
    return f"共{len(tasks)}项任务，{_counts(tasks)}。" + "".join(told) + end


def _summary(task: Task, reported: dict[int, Reported]) -> str:
    return reported[task.pk].summary if task.pk in reported else ""


def _sentence(text: str) -> str:
    line = " ".join(text.split())
    return line if line[-1:] in "。！？；" else f"{line}。"


def _problems(paper: Paper, tasks: Sequence[Task], reported: dict[int, Reported], on: datetime.date) -> None:
    """What is red or yellow, with its reason, and what units say of it."""
    behind = [task for task in tasks if LIGHT_OF[task.light_reason] in (Light.RED, Light.YELLOW)]
    if not behind:
        paper.paragraph("没有亮红灯、黄灯的任务。")
    for task in behind:
        light = wording.shown_light(task, on)
        said = reported[task.pk].problems if task.pk in reported else ""
        told = f"单位反映：{_sentence(said)}" if said else ""
        paper.paragraph(
            f"{task.code}　{task.title}（{task.lead_unit or '待明确'}），{light.label}灯，{light.reason}。{told}"
        )


def _requirements(paper: Paper, tasks: Sequence[Task], on: datetime.date) -> None:
    """Only what follows from the rules: what is overdue, near, unclear. Anything more is for the hand that edits."""
    number = Counter(task.light_reason for task in tasks)
    lines = []
    if number["overdue"]:
        lines.append(f"已超过完成时限的{number['overdue']}项任务，请牵头单位说明原因和办结日期；延期须另行申请。")
    if number["far_behind"] or number["behind"]:
        lines.append(f"落后于序时的{number['far_behind'] + number['behind']}项任务，请牵头单位逐项提出赶进度的措施。")
    if number["near_due"]:
        lines.append(f"临近时限的{number['near_due']}项任务，请按完成标准备齐佐证材料，及时申请销号。")
    if number["unconfirmed"] or number["no_due_date"]:
        lines.append(
            f"尚未明确的{number['unconfirmed'] + number['no_due_date']}项任务，请尽快明确牵头单位、责任人和时限。"
        )
    for line in lines or ["请各牵头单位按时填报，保持进度。"]:
        paper.paragraph(line)


def _row(task: Task, reported: dict[int, Reported], on: datetime.date) -> list[str]:
    light = wording.shown_light(task, on)
    return [
        task.code,
        task.title,
        str(task.lead_unit or "待明确"),
        official_date(task.due_on) if task.due_on else "未定",
        f"{light.label} {light.reason}".strip(),
        _summary(task, reported),
    ]
