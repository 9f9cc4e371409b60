"""What the update form shows beside its fields."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _

from tracker import clock, lights, wording
from tracker.enums import EventKind, Verdict
from tracker.models import Evidence, Task, TaskEvent, User
from tracker.presenters.review import source_of
from tracker.services import tasks


def offered_items(task: Task, user: User) -> list[Evidence]:
    """Evidence of the person's unit in this plan that the task does not use yet, newest first."""
    used = task.evidence_uses.exclude(verdict=Verdict.WITHDRAWN).values("evidence")
    found = Evidence.objects.visible_to(user).filter(plan=task.plan, unit=user.unit_id)
    return list(found.exclude(pk__in=used).order_by("-deposited_at")[:20])


def aside(task: Task, user: User) -> dict[str, Any]:
    """Source sentence, criteria and the last report."""
    last = (
        TaskEvent.objects.visible_to(user)
        .filter(task=task, kind__in=[EventKind.REPORT, EventKind.SUBMIT])
        .order_by("-sequence")
        .first()
    )
    return {
        "source": source_of(task),
        "criteria": task.criteria.splitlines(),
        "last": last,
        "last_on": wording.date_in_year(last.on, task) if last else "",
        "returned": _return_of(task) if task.returned else None,
    }


def _return_of(task: Task) -> TaskEvent | None:
    found: TaskEvent | None = task.events.filter(kind=EventKind.RETURN).order_by("-sequence").first()
    return found


def progress_facts(task: Task) -> dict[str, Any]:
    """Last and scheduled progress, and the light as it is."""
    on = clock.today()
    task.light_reason, task.scheduled = tasks.reason_of(task, on), tasks.scheduled_of(task, on)
    light = wording.shown_light(task, on)
    return {
        "light": light,
        "bar": {"progress": task.progress, "scheduled": task.scheduled, "light": light.value},
        "hint": _("Against the criteria, 0 to 100. Last %(last)d, scheduled %(scheduled)s.")
        % {"last": task.progress, "scheduled": "—" if task.scheduled is None else task.scheduled},
    }


def forecast(task: Task, typed: str) -> dict[str, Any] | None:
    """The light that this progress would give, in words; None for what is no progress."""
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 3 and int(typed) <= 100):
        return None
    on, progress = clock.today(), int(typed)
    before = lights.LIGHT_OF[tasks.reason_of(task, on)]
    reason = tasks.reason_of(task, on, progress=progress, returned=False, last_report_on=on)
    after = lights.LIGHT_OF[reason]
    would_be: Any = SimpleNamespace(
        progress=progress,
        light_reason=reason,
        scheduled=tasks.scheduled_of(task, on),
        due_on=task.due_on,
        starts_on=task.starts_on,
        completed_on=None,
        plan=task.plan,
    )
    words = {"before": before.label, "after": after.label}
    turn = _("from %(before)s to %(after)s") if before != after else _("stays %(after)s")
    return {"light": wording.shown_light(would_be, on), "turn": turn % words}


def conflict(task: Task, form: Any, current: dict[str, Any]) -> dict[str, Any]:
    """Both versions of what was typed and of what is there now, field by field."""
    names = {
        "progress": _("Total progress"),
        "summary": _("Summary"),
        "problems": _("Problems"),
        "next_steps": _("Next steps"),
    }
    rows = []
    for name, label in names.items():
        mine, theirs = str(form.data.get(name, "")).strip(), str(current.get(name, "")).strip()
        if mine != theirs:
            rows.append({"name": name, "label": label, "mine": mine, "theirs": theirs})
    at = current.get("at")
    return {"rows": rows, "who": current.get("by", ""), "when": wording.moment(at) if at else ""}


def reading_rows(task: Task, form: Any) -> list[dict[str, Any]]:
    """One row per indicator: field, unit, last reading, target."""
    rows = []
    for indicator in form.indicators:
        readings = list(indicator.readings.all())
        last = readings[-1] if readings else None
        facts = [indicator.unit]
        if last:
            facts.append(_("last %(value)s") % {"value": number(last.value)})
        if indicator.target is not None:
            facts.append(_("target %(value)s") % {"value": number(indicator.target)})
        rows.append({"field": form[f"reading_{indicator.pk}"], "facts": "　".join(fact for fact in facts if fact)})
    return rows


def number(value: Decimal) -> str:
    """2,559 or 43.2: grouped, without trailing zeros."""
    return f"{value.normalize():,f}"
