"""What changed between the ends of two days: of a whole plan or of one task, from history alone."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import wording
from tracker.enums import Light, Status
from tracker.presenters.as_of import Past, fitting
from tracker.presenters.hanging import Held, hanging
from tracker.wording import field_label, shown

# What follows from an act, or is told by another of the fields.
UNTOLD = frozenset(
    {"code", "area", "last_report_on", "submitted_by", "confirmed_by", "returned", "raised_light", "raised_reason"}
)


def compared(
    before: Iterable[Past], after: Iterable[Past], hung: tuple[dict[int, Held], dict[int, Held]], words: str = ""
) -> dict[str, Any]:
    """The tasks that differ between two states of a plan, in the order of the report, with old and new values.

    {"rows": [{"code", "title", "url", "entered", "left", "changes": [{"name", "label", "old", "new"}]}], "totals",
    "same"}. `hung` is {task: what hung on it} of either state; `words` are as in the ledger's search.
    """
    old = {past.pk: past for past in before}
    new = {past.pk: past for past in after}
    either = {**old, **new}
    fits = {past.pk for past in fitting(either.values(), words)}
    found = (
        _row(past, old.get(pk), new.get(pk), hung[0].get(pk), hung[1].get(pk))
        for pk, past in sorted(either.items(), key=lambda item: item[1].place)
        if pk in fits
    )
    rows = [row for row in found if row["entered"] or row["left"] or row["changes"]]
    return {"rows": rows, "totals": _totals(old.values(), new.values()), "same": len(fits) - len(rows)}


def _row(past: Past, old: Past | None, new: Past | None, held: Held | None, holds: Held | None) -> dict[str, Any]:
    return {
        "code": past.kept.code,
        "title": past.kept.title,
        "url": reverse("task", args=[past.pk]),
        "entered": old is None,
        "left": new is None,
        "changes": changes_between(old, new, held, holds) if old and new else [],
    }


def changes_between(old: Past, new: Past, held: Held | None, holds: Held | None) -> list[dict[str, str]]:
    """What differs between two states of one task: {"name", "label", "old", "new"}, the light first.

    `held` and `holds` are what hung on it then and later.
    """
    return [*_changes(old, new), *hanging(held, holds)]


def _changes(old: Past, new: Past) -> Iterator[dict[str, str]]:
    if old.light != new.light:
        yield {
            "name": "light",
            "label": _("Light"),
            "old": str(Light(old.light).label),
            "new": str(Light(new.light).label),
        }
    if old.text == new.text:
        return
    for name, value in new.state.items():
        before = old.state.get(name)
        if name in UNTOLD or before == value or (name == "milestones" and not value and not before):
            continue
        if name == "milestones":
            yield {"name": name, "label": field_label(name), "old": _steps(before), "new": _steps(value)}
        else:
            yield {"name": name, "label": field_label(name), "old": _told(name, before), "new": _told(name, value)}


def _told(name: str, value: Any) -> str:
    if name == "status":
        return str(Status(value).label)
    if name == "progress":
        return f"{value}%"
    return shown(name, value)


def _steps(steps: list[dict[str, Any]] | None) -> str:
    """Milestones in a line: day, title, and a tick for those that are met."""
    told = []
    for step in steps or ():
        day = wording.full_date(datetime.date.fromisoformat(step["due_on"]))
        told.append(f"{day} {step['title']}{'✓' if step['met_on'] else ''}")
    return "；".join(told) or _("not set")


def _totals(old: Any, new: Any) -> list[dict[str, Any]]:
    """How many tasks of each light there were on either day."""
    then, now = [past.light for past in old], [past.light for past in new]
    return [
        {
            "value": light.value,
            "label": light.label,
            "old": then.count(light.value),
            "new": now.count(light.value),
        }
        for light in Light
        if light.value in then or light.value in now
    ]
