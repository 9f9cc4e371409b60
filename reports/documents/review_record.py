"""The record of a closed review as a Word document, from its frozen picture alone."""

import datetime
from collections import defaultdict
from typing import Any

from reports import picture
from reports.documents.layout import Paper
from tracker import clock
from tracker.dates import official_date

LIGHTS = (("red", "红灯"), ("yellow", "黄灯"), ("blue", "蓝灯"), ("green", "绿灯"), ("grey", "灰灯"), ("done", "办结"))


def record(data: str, digest: str) -> bytes:
    """Who met, what was decided, and the plan as it stood; names and words are those of then."""
    shown = picture.read(data)
    head = shown.review
    paper = Paper(f"{head['title']}记录")
    paper.heading(1, "一、会议情况")
    paper.paragraph(
        f"{_date(head['on'])}，{head['chair']}主持召开{head['title']}，"
        f"评议{_date(head['since'])}至{_date(head['until'])}的进展。"
    )
    if head["participants"]:
        paper.paragraph(f"参加：{head['participants']}。")
    if head["notes"]:
        for line in head["notes"].splitlines():
            paper.paragraph(line)
    paper.heading(1, "二、总体进展")
    counts = "、".join(f"{label}{shown.totals[light]}项" for light, label in LIGHTS if shown.totals[light])
    paper.paragraph(f"{shown.plan['title']}共{len(shown.tasks)}项任务，其中{counts}。")
    paper.heading(1, "三、评审决定")
    _decisions(paper, shown)
    paper.landscape()
    paper.heading(1, "附件：任务进展一览")
    paper.table(
        ["序号", "任务", "牵头单位", "完成时限", "状态", "亮灯", "进度／序时"],
        [_row(task) for task in shown.tasks],
        (14, 70, 31, 40, 21, 29, 20),
    )
    closed = datetime.datetime.fromisoformat(head["closed_at"])
    paper.small(
        f"本记录依据{official_date(clock.local_date(closed))}由{head['closed_by']}结束评审时定格的全部任务数据生成；"
        f"序时进度按起止日期逐日计算，四舍五入到整数。定格数据摘要值（SHA-256）：{digest}。"
    )
    return paper.content()


def _decisions(paper: Paper, shown: picture.Picture) -> None:
    decided: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for decision in shown.decisions:
        decided[decision["task"]].append(decision)
    if not decided:
        paper.paragraph("本次评审未作出决定。")
    for task in shown.tasks:
        for decision in decided.get(task.id, ()):
            kept = task.past().kept
            until = f"，{_date(decision['by_date'])}前" if decision["by_date"] else ""
            papers = "".join(f"（{text}）" for text in (decision["notice"], decision["basis"]) if text)
            paper.paragraph(f"{kept.code}　{kept.title}：{decision['kind_label']}{until}。{decision['words']}{papers}")


def _date(text: str) -> str:
    return official_date(datetime.date.fromisoformat(text))


def _row(task: picture.FrozenTask) -> list[str]:
    kept, labels = task.past().kept, task.labels
    due = official_date(kept.due_on) if kept.due_on else "未定"
    scheduled = "" if task.scheduled is None else f"／{task.scheduled}"
    return [
        kept.code,
        kept.title,
        kept.lead_unit.label if kept.lead_unit else "待明确",
        due,
        labels["status"],
        f"{labels['light']} {labels['light_words']}".strip(),
        f"{kept.progress}{scheduled}",
    ]
