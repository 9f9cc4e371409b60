"""督办单 as a Word sheet: one task, one page."""

from reports.documents.layout import Paper
from tracker import clock, wording
from tracker.dates import official_date
from tracker.models import SupervisionNotice, Task


def sheet(notice: SupervisionNotice) -> bytes:
    """The sheet of a notice read with plan, task, unit and issuer. It carries no red head and no seal."""
    paper = Paper("督办单")
    task: Task = notice.task
    before = notice.previous
    issued = clock.local_date(notice.issued_at)
    rows = [
        ("编号", notice.number),
        ("级别", str(notice.get_level_display()) + (f"（承接{before.number}）" if before else "")),
        ("主送单位", notice.unit.name),
        ("督办事项", f"{task.code}　{task.title}"),
        ("报告原文", wording.full_width(task.quote)),
        ("督办要求", notice.demand),
        ("办理时限", official_date(notice.limit_on)),
        ("督办依据", notice.basis),
        ("责任人", str(task.owner or "")),
        ("办理结果", ""),
    ]
    paper.facts([(label, value) for label, value in rows if value or label == "办理结果"])
    paper.small("请在时限前签收并回复办理情况，附佐证材料。超过时限未回复，或回复未通过，将提高督办级别。")
    paper.signature(str(notice.issued_by.unit or notice.plan.government), issued)
    return paper.content()
