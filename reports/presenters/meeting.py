"""The screen of a meeting: one task at a time, for a projector and a keyboard."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports import permissions, picture
from reports.enums import DecisionKind
from reports.models import Decision, Review, ReviewItem
from reports.presenters.reviews import (
    address_of,
    decision_words,
    decisions_of,
    items_of,
    last_picture,
    order_of,
    reason_words,
)
from tracker import clock, wording
from tracker.enums import DemandState, Disclosure, EventKind, Light, NoticeState, RequestState, Verdict
from tracker.exceptions import Refusal
from tracker.lights import LIGHT_OF
from tracker.models import ChangeRequest, SupervisionNotice, Task, TaskEvent, User
from tracker.presenters import requests as request_rows
from tracker.presenters import task_tables as tables
from tracker.presenters.as_of import Past, frozen, holdings
from tracker.presenters.differences import changes_between
from tracker.presenters.rows import task_row
from tracker.presenters.source import source_of
from tracker.services import history
from tracker.texts import enumeration

STRIP = 11  # tasks of the agenda that stand above the one in hand
LONG_TITLE = 14  # characters above which the title is set smaller
KEYS = "1234567"
BEHIND_LIGHTS = (Light.RED, Light.YELLOW)


@dataclass(frozen=True)
class Option:
    """A kind of decision: `refusal` says why it is not possible now."""

    value: str
    label: str
    key: str
    refusal: str
    follows: str
    chosen: bool


def page(review: Review, item: ReviewItem, task: Task, user: User, values: dict[str, str]) -> dict[str, Any]:
    """Everything on the screen for `item`, whose task was read with `tracker.presenters.task.readable`.

    `values` are what is typed: the form's, or the draft.
    """
    on = clock.today()
    keys = order_of(review, user, on)
    place = keys.index(item.pk)
    items = items_of(review, user, on, _window(keys, place))
    row = next(other.task for other in items if other.pk == item.pk)
    task.light_reason, task.scheduled = row.light_reason, row.scheduled
    decided = decisions_of(items)
    before_review, before = last_picture(review)
    then = next((frozen_task for frozen_task in before.tasks if frozen_task.id == task.pk), None) if before else None
    request = _request(task, user)
    return {
        "review": review,
        "plan": review.plan,
        "item": item,
        "title": str(review),
        "on": wording.month_day(review.on),
        "task": task,
        "row": task_row(task, on),
        "is_long": len(task.title) > LONG_TITLE,
        "strip": [_cell(other, review, decided, item, on) for other in items],
        "number": place + 1,
        "total": len(keys),
        "previous": _address(review, keys, place - 1),
        "next": _address(review, keys, place + 1),
        "bar": _bar(task),
        "last_light": _last_light(then, row, before_review),
        "reasons": reason_words(item),
        "due": wording.date_in_year(task.due_on, task),
        "support": _support(task),
        "source": source_of(task),
        "upstream": [link["head"] + _(": ") + link["words"] for link in tables.upstream(task) if "edit_url" in link],
        "criteria": [line.strip() for line in task.criteria.splitlines() if line.strip()],
        "report": _report(task),
        "evidence": _evidence(task),
        "changed": _changed(then, task, row, user) if then else [],
        "changed_since": wording.month_day(before_review.on) if before_review else "",
        "earlier": list(_earlier(task, review, user)),
        "decisions": [decision_words(decision, review.plan.year) for decision in decided.get(item.pk, [])],
        "request": request,
        "request_key": request["key"] if request else None,
        "options": list(_options(task, request, values.get("kind", ""))),
        "may": _refusal(user, review) == "",
        "may_not": _refusal(user, review),
        "values": values,
    }


def _refusal(user: User, review: Review) -> str:
    try:
        permissions.check_conduct(user, review)
    except Refusal as refusal:
        return str(refusal)
    return ""


def _window(keys: Sequence[int], place: int) -> Sequence[int]:
    """The items around the one in hand."""
    first = max(0, min(place - STRIP // 2, len(keys) - STRIP))
    return keys[first : first + STRIP]


def _cell(
    other: ReviewItem, review: Review, decided: dict[int, list[Decision]], item: ReviewItem, on: datetime.date
) -> dict[str, Any]:
    light = wording.shown_light(other.task, on)
    last = decided.get(other.pk, [])
    return {
        "code": other.task.code,
        "light": light,
        "words": _("decided: %(what)s") % {"what": last[-1].get_kind_display()} if last else _why(other, light),
        "decided": bool(last),
        "url": address_of(review, other.pk),
        "current": other.pk == item.pk,
    }


def _why(other: ReviewItem, light: wording.ShownLight) -> str:
    told = reason_words(other)
    return told if told and light.value not in BEHIND_LIGHTS else f"{light.label} {light.reason}"


def _address(review: Review, keys: Sequence[int], place: int) -> str:
    return address_of(review, keys[place]) if 0 <= place < len(keys) else ""


def _bar(task: Task) -> dict[str, Any] | None:
    """Numbers of the wide bar: points done and scheduled, and the words between them."""
    if task.scheduled is None:
        return None
    behind = task.scheduled - task.progress
    words = ngettext("%(points)d point behind", "%(points)d points behind", behind) % {"points": behind}
    ahead = ngettext("%(points)d point ahead", "%(points)d points ahead", -behind) % {"points": -behind}
    return {
        "progress": task.progress,
        "scheduled": task.scheduled,
        "from": min(task.progress, task.scheduled),
        "gap": max(behind, 0),
        "words": words if behind > 0 else ahead if behind < 0 else _("on schedule"),
        "light": LIGHT_OF[task.light_reason].value,
    }


def _last_light(then: picture.FrozenTask | None, row: Task, before: Review | None) -> dict[str, Any] | None:
    """The light at the last review, and whether it has burned twice running."""
    if then is None or before is None:
        return None
    now = LIGHT_OF[row.light_reason]
    twice = now in BEHIND_LIGHTS and then.light in BEHIND_LIGHTS
    label = str(Light(then.light).label)
    return {
        "light": wording.ShownLight(then.light, label, ""),
        "words": _("red or yellow at two reviews running") if twice else "",
    }


def _support(task: Task) -> str:
    units = [str(unit) for unit in task.supporting_units.all()]
    if len(units) > 3:
        return ngettext("%(number)d unit", "%(number)d units", len(units)) % {"number": len(units)}
    return enumeration(units)


def _report(task: Task) -> dict[str, str] | None:
    """The latest report that this person may see, from the lines read with the task."""
    said = [line for line in task.events.all() if line.seen and line.kind in picture.SAYING]
    # A report sent along with a submission has no words of its own.
    lines = [line for line in said if line.summary or line.kind == EventKind.NO_CHANGE]
    if not lines:
        return None
    line: TaskEvent = lines[-1]
    return {
        "on": wording.month_day(line.on),
        "by": line.by_label,
        "summary": line.summary or str(line.get_kind_display()),
        "problems": line.problems,
        "next_steps": line.next_steps,
    }


def _evidence(task: Task) -> str:
    """How the evidence stands, in a line."""
    uses = [use for use in task.evidence_uses.all() if tables.is_shown(use)]
    if not uses:
        return _("no evidence yet")
    counts = [(verdict, sum(use.verdict == verdict for use in uses)) for verdict in Verdict]
    told = [f"{verdict.label} {number}" for verdict, number in counts if number]
    troubled = {word for use in uses for word in tables.troubles(use.evidence, clock.today())}
    return "　".join([*told, *sorted(troubled)])


def _changed(then: picture.FrozenTask, task: Task, row: Task, user: User) -> list[dict[str, str]]:
    """What is otherwise than at the last review, old and new."""
    text = msgspec.json.encode(history.state_of(task)).decode()
    now = frozen(task.pk, text, row.light_reason, LIGHT_OF[row.light_reason].value)
    past: Past = then.past()
    held = picture.without(holdings(task.plan, clock.today(), user, task=task), _internal(task))
    return changes_between(past, now, then.held, held.get(task.pk))


def _internal(task: Task) -> set[int]:
    """The internal items among the evidence read with the task: the picture has none of them."""
    items = (use.evidence for use in task.evidence_uses.all())
    return {item.pk for item in items if item.disclosure == Disclosure.INTERNAL}


def _earlier(task: Task, review: Review, user: User) -> Iterator[dict[str, str]]:
    """What earlier reviews decided on the task, the latest first, and what came of it."""
    rows = Decision.objects.visible_to(user).filter(item__task=task, item__review__number__lt=review.number)
    found = rows.select_related("item__review", "demand", "notice__plan", "change").order_by("-at")
    for decision in found[:3]:
        yield {
            "on": wording.month_day(decision.item.review.on),
            "words": decision_words(decision, review.plan.year),
            "outcome": _outcome(decision),
            "is_open": "yes" if _is_open(decision) else "",
        }


def _outcome(decision: Decision) -> str:
    """What came of a decision, in a word."""
    if decision.notice is not None:
        return str(decision.notice.get_state_display())
    if decision.demand is not None:
        late = decision.demand.state == DemandState.OPEN and _has_passed(decision)
        return _("not done") if late else str(decision.demand.get_state_display())
    return ""


def _is_open(decision: Decision) -> bool:
    if decision.notice is not None:
        return decision.notice.state not in (NoticeState.ACCEPTED, NoticeState.WITHDRAWN)
    return decision.demand is not None and decision.demand.state == DemandState.OPEN


def _has_passed(decision: Decision) -> bool:
    wanted = decision.demand.wanted_by if decision.demand else None
    return wanted is not None and wanted < clock.today()


def _request(task: Task, user: User) -> dict[str, Any] | None:
    """The open change request, with old and new values; two statements at most."""
    rows = ChangeRequest.objects.visible_to(user).filter(task=task, state=RequestState.OPEN)
    found = rows.select_related("task__plan__government", "task__lead_unit", "asked_by", "decided_by").first()
    return request_rows.rows([found], user)[0] if found else None


def _options(task: Task, request: dict[str, Any] | None, chosen: str) -> Iterator[Option]:
    refusals = _refusals(task, request)
    for kind, key in zip(DecisionKind, KEYS, strict=True):
        yield Option(
            value=kind.value,
            label=str(kind.label),
            key=key,
            refusal=refusals.get(kind, ""),
            follows=FOLLOWS[kind](),
            chosen=kind.value == (chosen or DecisionKind.NOTE),
        )


FOLLOWS = {
    DecisionKind.NOTE: lambda: _("A line in the history of the task, once the review is closed."),
    DecisionKind.URGE: lambda: _("The lead unit finds it on its home page; its next report answers it."),
    DecisionKind.SUPERVISE: lambda: _("A blue supervision notice is issued; it needs a date."),
    DecisionKind.APPROVE: lambda: _("The open request is approved and applied at once."),
    DecisionKind.REFUSE: lambda: _("The open request is refused; the words say why."),
    DecisionKind.ADJUST: lambda: _("The fields set below are changed at once, on this meeting's authority."),
    DecisionKind.REPORT: lambda: _("The lead unit is to report by the date."),
}


def _refusals(task: Task, request: dict[str, Any] | None) -> dict[str, str]:
    found: dict[str, str] = {}
    if request is None:
        sentence = _("No change request is open on this task.")
        found |= {DecisionKind.APPROVE: sentence, DecisionKind.REFUSE: sentence}
    else:
        found[DecisionKind.ADJUST] = _("A change request is open on this task: decide it first.")
    if task.lead_unit_id is None:
        sentence = _("The task has no lead unit yet: confirm it first.")
        found |= dict.fromkeys((DecisionKind.URGE, DecisionKind.SUPERVISE, DecisionKind.REPORT), sentence)
    elif SupervisionNotice.objects.open().filter(task=task).exists():
        found[DecisionKind.SUPERVISE] = _("A supervision notice is open on this task already.")
    return found
