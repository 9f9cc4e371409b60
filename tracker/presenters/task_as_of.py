"""One task as it stood at the end of a past day: from its history alone."""

import datetime
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import lights, wording
from tracker.enums import IndicatorDirection, LinkHealth, LinkState, Nature, Status, Strength, Verdict
from tracker.models import Plan, Task, TaskEvent, User
from tracker.presenters import as_of
from tracker.presenters.report_notes import measure_name, shortcoming_name
from tracker.presenters.task_tables import TROUBLES, VERDICT_TAGS, number, replaced_words
from tracker.presenters.timeline import Snapshot, timeline
from tracker.texts import enumeration


def past_page(task: Task, day: datetime.date, user: User) -> dict[str, Any] | None:
    """The context of the page; None when the task had no history by then."""
    events = list(TaskEvent.objects.filter(task=task, on__lte=day).mark_seen(user).order_by("sequence"))
    if not events:
        return None
    plan, state = task.plan, events[-1].state
    snapshot = Snapshot.of(state)
    reason = snapshot.reason(day, plan)
    light = lights.LIGHT_OF[reason]
    held = as_of.holdings(plan, day, user, task=task).get(task.pk, {})
    uses = held.get("evidence", [])
    seen = {use["number"] for use in uses}
    return {
        "task": task,
        "past": day,
        "title": state["title"],
        "light": wording.ShownLight(light.value, str(light.label), ""),
        "reason": snapshot.words(day, plan),
        "status": Status(state["status"]).label,
        "facts": _facts(state, snapshot, day),
        "quote": wording.full_width(state["quote"]),
        "criteria": [line.strip() for line in state["criteria"].splitlines() if line.strip()],
        "milestones": [_milestone(step) for step in state["milestones"]],
        "links": [_link(link) for link in held.get("links", ())],
        "evidence": [_evidence(use, day, seen) for use in uses],
        "indicators": [_indicator(row, day) for row in held.get("indicators", ())],
        "timeline": timeline(task, events, show="all", until=day),
        "changes_url": _changes_url(plan, day, state["code"]),
    }


def _changes_url(plan: Plan, day: datetime.date, code: str) -> str:
    return f"{reverse('changes', args=[plan.pk])}?since={day.isoformat()}&q={code}"


def _facts(state: dict[str, Any], snapshot: Snapshot, day: datetime.date) -> list[tuple[str, str]]:
    scheduled = snapshot.scheduled(day)
    facts = [
        (_("Lead unit"), _label(state["lead_unit"] or state["proposed_lead_unit"])),
        (_("Supporting units"), enumeration(_label(unit) for unit in state["supporting_units"])),
        (_("Accountable leader"), state["accountable_leader"]),
        (_("Owner"), _label(state["owner"])),
        (_("Nature"), str(Nature(state["nature"]).label) if state["nature"] else ""),
        (_("Expected deliverable"), state["deliverable"]),
        (_("Progress"), f"{state['progress']}%" + ("" if scheduled is None else f"／{scheduled}%")),
        (_("Planned start"), _day(state["starts_on"])),
        (_("Due date"), _day(state["due_on"])),
        (_("Deadline basis"), state["due_basis"]),
        (_("Remarks"), state["remarks"]),
    ]
    return [(name, value or "—") for name, value in facts]


def _label(kept: dict[str, Any] | None) -> str:
    return str(kept["label"]) if kept else ""


def _day(kept: str | None) -> str:
    return wording.full_date(datetime.date.fromisoformat(kept)) if kept else ""


def _milestone(step: dict[str, Any]) -> dict[str, str]:
    return {
        "title": step["title"],
        "due": _day(step["due_on"]),
        "share": "" if step["share"] is None else f"{step['share']}%",
        "met": _day(step["met_on"]),
        "words": step.get("met_words", ""),
    }


def _link(link: dict[str, Any]) -> dict[str, Any]:
    name = measure_name(link["number"], 0) if link["what"] == "measure" else shortcoming_name(int(link["number"]))
    kinds = [str(Strength(link["strength"]).label), str(LinkState(link["state"]).label)]
    words = wording.full_width(link["words"])
    return {"name": name, "words": words, "kind": "　".join(kinds), "suspect": link["suspect"]}


def _evidence(use: dict[str, Any], day: datetime.date, seen: Collection[str]) -> dict[str, Any]:
    judged = ""
    if use["judged_at"]:
        when = wording.moment(datetime.datetime.fromisoformat(use["judged_at"]))
        judged = _("%(who)s on %(date)s") % {"who": use["judged_by"], "date": when}
    until = use["valid_until"]
    expired = bool(until) and datetime.date.fromisoformat(until) < day
    troubles = [_("expired")] if expired else []
    if use["health"] in TROUBLES:
        troubles.append(str(LinkHealth(use["health"]).label))
    return {
        "number": use["number"],
        "title": use["title"],
        "document_number": use["document_number"],
        "url": reverse("evidence", args=[use["id"]]),
        "claim": use["claim"],
        "verdict": str(Verdict(use["verdict"]).label),
        "tag": VERDICT_TAGS.get(Verdict(use["verdict"]), ""),
        "judged": judged,
        "version": replaced_words(use.get("replaced"), seen),
        "troubles": troubles,
    }


def _indicator(row: dict[str, Any], day: datetime.date) -> dict[str, str]:
    read = [(on, value) for on, value in row["readings"] if on <= day.isoformat()]
    return {
        "name": row["name"],
        "unit": row["unit"],
        "baseline": _number(row["baseline"]) or "—",
        "latest": f"{_number(read[-1][1])}　{_day(read[-1][0])}" if read else "—",
        "target": _number(row["target"]) or str(IndicatorDirection(row["direction"]).label),
    }


def _number(kept: str | None) -> str:
    return number(Decimal(kept)) if kept else ""
