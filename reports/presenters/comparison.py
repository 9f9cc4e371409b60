"""Two reviews, or any two days, side by side: entered, left, light, date, unit, text, each with the old value."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reports import picture
from reports.enums import ReviewState
from reports.models import Review, ReviewPicture
from tracker import clock, wording
from tracker.models import Plan, User
from tracker.presenters.as_of import Past, holdings, past_tasks
from tracker.presenters.differences import compared
from tracker.presenters.hanging import Held
from tracker.texts import key_of

REVIEW_PREFIX = "review-"
# What a change of each field counts as; everything else is counted as "other".
SORTS = {
    "light": "light",
    "due_on": "date",
    "starts_on": "date",
    "milestones": "date",
    "lead_unit": "unit",
    "supporting_units": "unit",
    "owner": "unit",
    "accountable_leader": "unit",
    "title": "text",
    "quote": "text",
    "criteria": "text",
    "deliverable": "text",
    "remarks": "text",
    "due_basis": "text",
    "links": "proof",
    "evidence": "proof",
    "indicators": "proof",
}


def sort_labels() -> dict[str, str]:
    """The sorts of change in the order of the page."""
    return {
        "entered": _("entered"),
        "left": _("left"),
        "light": _("light changed"),
        "date": _("date moved"),
        "unit": _("unit or person changed"),
        "text": _("text changed"),
        "proof": _("links, evidence, readings"),
        "other": _("other changes"),
    }


@dataclass(frozen=True)
class Side:
    """One side of a comparison: `value` names it in the address, `label` on the page, `on` the day it shows."""

    value: str
    label: str
    on: datetime.date
    tasks: Sequence[Past]
    held: dict[int, Held]
    is_picture: bool


def choices(plan: Plan, user: User) -> list[dict[str, str]]:
    """The closed reviews of the plan as they can be chosen, the newest first; one statement."""
    found = Review.objects.visible_to(user).filter(plan=plan, state=ReviewState.CLOSED)
    rows = []
    for review in found:
        review.plan = plan
        rows.append({"value": f"{REVIEW_PREFIX}{review.pk}", "label": _labelled(str(review), review.on)})
    return rows


def _labelled(title: str, on: datetime.date) -> str:
    return _("%(review)s, %(date)s") % {"review": title, "date": wording.full_date(on)}


def side_of(plan: Plan, typed: str, user: User) -> Side | None:
    """The state that `typed` names: "review-12", or a day of the plan; None for what is neither. Two statements."""
    if typed.startswith(REVIEW_PREFIX):
        return _of_review(plan, typed, user)
    try:
        day = datetime.date.fromisoformat(typed)
    except ValueError:
        return None
    if not min(plan.starts_on, clock.today()) <= day <= clock.today():
        return None
    held = holdings(plan, day, user)
    return Side(typed, wording.full_date(day), day, past_tasks(plan, day, user), held, is_picture=False)


def _of_review(plan: Plan, typed: str, user: User) -> Side | None:
    key = key_of(typed.removeprefix(REVIEW_PREFIX))
    pictures = ReviewPicture.objects.visible_to(user).filter(review=key, review__plan=plan)
    kept = pictures.order_by("-version").first()
    if kept is None:
        return None
    shown = picture.read(kept.data)
    label = _labelled(shown.review["title"], datetime.date.fromisoformat(shown.review["on"]))
    held = {task.id: task.held for task in shown.tasks}
    return Side(
        typed, label, clock.local_date(kept.taken_at), [task.past() for task in shown.tasks], held, is_picture=True
    )


def _hung(plan: Plan, old: Side, new: Side) -> tuple[dict[int, Held], dict[int, Held]]:
    """What hung on the tasks of either side. A picture has no internal evidence, so the other side goes without too."""
    if not (old.is_picture or new.is_picture):
        return old.held, new.held
    internal = picture.internal_evidence(plan)
    return picture.without(old.held, internal), picture.without(new.held, internal)


def compare(plan: Plan, old: Side, new: Side, words: str = "", sort: str = "") -> dict[str, Any]:
    """The rows that differ, with totals by light and by sort of change; with `sort` only rows that have it."""
    found = compared(old.tasks, new.tasks, _hung(plan, old, new), words)
    for row in found["rows"]:
        row["sorts"] = sorts_of(row)
    counts = {name: sum(name in row["sorts"] for row in found["rows"]) for name in sort_labels()}
    rows = [row for row in found["rows"] if not sort or sort in row["sorts"]]
    sorts = [
        {"value": name, "label": label, "number": counts[name], "on": name == sort}
        for name, label in sort_labels().items()
    ]
    return {**found, "rows": rows, "sorts": sorts}


def sorts_of(row: dict[str, Any]) -> set[str]:
    """The sorts of change that a row shows."""
    if row["entered"] or row["left"]:
        return {"entered" if row["entered"] else "left"}
    return {SORTS.get(change["name"], "other") for change in row["changes"]}


def lines(rows: Iterable[dict[str, Any]]) -> list[list[str]]:
    """The rows for a table: number, title, what changed, old, new; a line for each change."""
    labels = sort_labels()
    found = []
    for row in rows:
        if row["entered"] or row["left"]:
            found.append([row["code"], row["title"], labels["entered" if row["entered"] else "left"], "", ""])
        found += [
            [row["code"], row["title"], change["label"], change["old"], change["new"]] for change in row["changes"]
        ]
    return found
