"""The ledger's rows, groups, tabs and chips, formatted."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tracker import lights, wording
from tracker.enums import Light, Status
from tracker.models import Plan, Task


@dataclass(frozen=True)
class Tab:
    """One light above the table: its count, and the address that shows only it."""

    value: str
    label: str
    count: int
    query: str
    current: bool


@dataclass(frozen=True)
class Chip:
    """One filter that is on, in words, and the address without it; `ignored` where it was not understood."""

    words: str
    query: str
    name: str = ""
    value: str = ""
    ignored: bool = False


@dataclass(frozen=True)
class LedgerRow:
    """A row of the table, ready to print, with what groups and tests ask of it."""

    code: str
    light: str
    html: SafeString


# One format for a row instead of a template per row: of a page of fifty rows that was half of the cost.
ROW = (
    '<tr data-row><td class="ledger__light"><span class="light light--{light}"><svg class="light-shape '
    'light-shape--{light}" aria-hidden="true" focusable="false"><use href="{sprite}#light-{light}"></use></svg>'
    '<span class="light__name">{label}</span><span class="light__reason">{reason}</span></span></td>'
    '<td class="ledger__code">{code}</td><td class="ledger__title"><a href="{url}" data-row-link>{title}</a></td>'
    '<td class="ledger__unit">{unit}</td><td class="ledger__owner">{owner}</td>'
    '<td class="ledger__status{waits}">{status}</td>'
    '<td class="ledger__due{late}" data-long="{due_long}">{due}</td><td class="ledger__bar">{bar}</td>'
    '<td class="ledger__points{words}"><b>{points}</b><span>{scheduled}</span></td>'
    '<td class="ledger__updated">{updated}</td></tr>'
)
UNSET = '<span class="tag tag--open">{}</span> <small class="text-faint">{}</small>'


def ledger_rows(tasks: Iterable[Task], on: datetime.date) -> list[LedgerRow]:
    """The rows of tasks that carry the annotations of `with_light`; what all rows share is looked up once.

    Tasks restored from history lead to their page as of the same day.
    """
    sprite, stem = static("tracker/img/lights.svg"), reverse("task", args=[0]).removesuffix("0/")
    past = f"?as_of={on.isoformat()}"
    return [
        _ledger_row(task, on, sprite, f"{stem}{task.pk}/{past if hasattr(task, 'as_of') else ''}") for task in tasks
    ]


def _ledger_row(task: Task, on: datetime.date, sprite: str, url: str) -> LedgerRow:
    """One row; every value is escaped."""
    light = wording.shown_light(task, on)
    points, scheduled = _points(task)
    waits = task.returned or task.status in (Status.UNCONFIRMED, Status.UNDER_REVIEW, Status.AWAITING_SIGN_OFF)
    html = format_html(
        ROW,
        light=light.value,
        sprite=sprite,
        label=light.label,
        reason=light.reason,
        code=task.code,
        url=url,
        title=task.title,
        unit=task.lead_unit or format_html(UNSET, _("not yet set"), task.proposed_lead_unit or ""),
        owner=task.owner or "—",
        waits=" ledger__status--waits" if waits else "",
        status=_("Returned, to be changed") if task.returned else task.get_status_display(),
        late=" ledger__due--late" if task.light_reason == "overdue" else "",
        due_long=wording.date_in_year(task.due_on, task),
        due=wording.column_date(task.due_on, task.plan.year) if task.due_on else _("not set"),
        bar=bar(task, lights.LIGHT_OF[task.light_reason]),
        words="" if points else " ledger__points--words",
        points=points,
        scheduled=scheduled,
        updated=wording.column_date(task.completed_on or task.last_report_on, task.plan.year),
    )
    return LedgerRow(task.code, light.value, html)


BAR = (
    '<svg class="bar bar--{}" width="96" height="6" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" '
    'focusable="false">{}</svg>'
)
BAR_DONE = mark_safe('<rect class="bar__fill" width="100" height="6"/>')
BAR_NONE = mark_safe('<line class="bar__none" x1="0" x2="100" y1="3" y2="3" vector-effect="non-scaling-stroke"/>')
BAR_PARTS = (
    '<rect class="bar__track" width="100" height="6"/><rect class="bar__gap" width="{0}" height="6"/>'
    '<rect class="bar__fill" width="{1}" height="6"/>'
    '<line class="bar__tick" x1="{0}" x2="{0}" y1="-4" y2="10" vector-effect="non-scaling-stroke"/>'
)


def bar(task: Task, light: Light) -> SafeString:
    """The schedule bar of a row: the same drawing as `_schedule_bar.html`, without a template per row."""
    if light == Light.DONE:
        return format_html(BAR, light.value, BAR_DONE)
    if task.scheduled is None or task.status == Status.UNCONFIRMED:
        return format_html(BAR, light.value, BAR_NONE)
    return format_html(BAR, light.value, format_html(BAR_PARTS, task.scheduled, task.progress))


def _points(task: Task) -> tuple[str, str]:
    if task.status == Status.UNCONFIRMED or task.scheduled is None:
        return "—", ""
    if task.light_reason == "starts_later":
        return "", _("not begun")
    if task.status == Status.COMPLETED:
        return "100", ""
    return str(task.progress), f"／{task.scheduled}"


def grouped(tasks: list[Task], on: datetime.date) -> list[dict[str, Any]]:
    """Rows under their work areas, with the number of rows per light in fixed slots."""
    groups: list[dict[str, Any]] = []
    for task, row in zip(tasks, ledger_rows(tasks, on), strict=True):
        if not groups or groups[-1]["number"] != task.area.number:
            groups.append({"number": task.area.number, "title": task.area.title, "rows": []})
        groups[-1]["rows"].append(row)
    for group in groups:
        found = [row.light for row in group["rows"]]
        group["count"] = len(found)
        group["slots"] = [
            {"value": light.value, "label": light.label, "count": found.count(light.value)}
            for light in lights.LIGHT_ORDER
        ]
    return groups


def without(query: QueryDict, *names: str, **changed: Any) -> str:
    """The address's query without some names and with others set; the page always starts afresh."""
    kept = query.copy()
    for name in (*names, "page", *changed):
        kept.pop(name, None)
    for name, value in changed.items():
        kept[name] = str(value)
    return f"?{kept.urlencode()}" if kept else "?"


def tabs(counts: dict[str, int], query: QueryDict) -> list[Tab]:
    """All, then every light with its count."""
    chosen = query.get("light", "")
    total = sum(counts.values())
    found = [Tab("", _("All"), total, without(query, "light"), chosen not in Light.values)]
    for light in lights.LIGHT_ORDER:
        found.append(
            Tab(light.value, str(light.label), counts[light], without(query, light=light.value), chosen == light)
        )
    return found


def chips(form: Any, query: QueryDict) -> list[Chip]:
    """What narrows the list now, each removable; also what was typed and is no valid filter."""
    found = []
    for name, field in form.fields.items():
        raw = query.get(name, "").strip()
        # A box that is not ticked narrows nothing.
        if not raw or form.cleaned_data.get(name) is False:
            continue
        words = _value_words(field, raw)
        named = _("Search") if name == "q" else field.label
        label = f"{named}{_(': ')}{words}" if words else str(field.label)
        found.append(_chip(query, name, label, words, ignored=name in form.errors))
    light = query.get("light", "").strip()
    if light:
        known = light in Light.values
        words = wording.light_label(light) if known else light
        found.append(_chip(query, "light", f"{_('Light')}{_(': ')}{words}", words, ignored=not known))
    return found


def _chip(query: QueryDict, name: str, label: str, value: str, *, ignored: bool) -> Chip:
    if ignored:
        label = _("%(filter)s (not understood, ignored)") % {"filter": label[:80]}
    return Chip(label, without(query, name), name, value, ignored)


def _value_words(field: Any, raw: str) -> str:
    if field.widget.__class__.__name__ in ("CheckboxInput", "BooleanWidget"):
        return ""
    choices = getattr(field, "choices", None) or getattr(field.widget, "choices", None) or []
    for value, label in choices:
        if str(value) == raw:
            return str(label)
    return raw[:60]


def heads(query: QueryDict, sort: str) -> dict[str, dict[str, Any]]:
    """For each sortable column: the address that sorts by it (again: the other way), and how it is sorted now."""
    found = {}
    for name in ("code", "light", "due", "progress", "updated"):
        down = sort == f"-{name}"
        current = sort in (name, f"-{name}")
        wanted = name if not current or down else f"-{name}"
        state = ("descending" if down else "ascending") if current else ""
        found[name] = {"query": without(query, sort=wanted), "state": state}
    return found


FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
CSV_HEADS = (
    "序号",
    "类别",
    "重点任务",
    "具体措施",
    "对应2024年举措/不足",
    "牵头单位",
    "配合单位",
    "责任领导",
    "责任人",
    "阶段节点",
    "完成时限",
    "时限来源",
    "状态",
    "亮灯",
    "进展情况",
    "存在问题",
    "下一步措施",
    "佐证编号",
    "审核意见",
    "销号日期",
    "备注",
)


def csv_head(plan: Plan) -> list[str]:
    """The 21 columns of the internal ledger (practice of 督办台账), with the year of the plan's report."""
    return [head.replace("2024", str(plan.year - 1)) for head in CSV_HEADS]


def csv_row(task: Task, on: datetime.date, extra: dict[str, str]) -> list[str]:
    """One row of the CSV: as `file_row`, with no cell that is a formula."""
    return [inert(cell) for cell in file_row(task, on, extra)]


def file_row(task: Task, on: datetime.date, extra: dict[str, str]) -> list[str]:
    """One row of a file; `extra` holds what other tables say about the task, already visible to the reader."""
    light = wording.shown_light(task, on)
    return [
        task.code,
        str(task.area.title),
        task.title,
        wording.full_width(task.quote),
        extra.get("links", ""),
        str(task.lead_unit or ""),
        extra.get("supporting", ""),
        task.accountable_leader,
        str(task.owner or ""),
        extra.get("milestones", ""),
        task.due_on.isoformat() if task.due_on else "",
        task.due_basis,
        str(Status(task.status).label),
        f"{light.label} {light.reason}",
        extra.get("summary", ""),
        extra.get("problems", ""),
        extra.get("next_steps", ""),
        extra.get("evidence", ""),
        extra.get("opinion", ""),
        task.completed_on.isoformat() if task.completed_on else "",
        task.remarks,
    ]


def inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe before = + - @, tab and carriage return.

    East Asian versions take the full-width signs for the others.
    """
    return f"'{cell}" if cell[:1] in FORMULA_SIGNS else cell
