"""The list of reviews, and the agenda of one."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from reports import permissions, picture
from reports.enums import AgendaOrder, AgendaReason, ReviewState
from reports.models import Decision, Review, ReviewItem, ReviewPicture
from tracker import clock, wording
from tracker.lights import LIGHT_OF, LIGHT_ORDER
from tracker.models import Plan, Task, User
from tracker.permissions import answers
from tracker.presenters.rows import Row, task_row
from tracker.texts import enumeration

REASON_RANK = {reason.value: rank for rank, reason in enumerate(AgendaReason)}


def reviews_of(plan: Plan, user: User) -> list[dict[str, Any]]:
    """The reviews of a plan that this person sees, the newest first; three statements.

    A review that is open tells its head to those alone who conduct it; of a closed one everyone sees all.
    """
    found = Review.objects.visible_to(user).filter(plan=plan).annotate(decided=Count("items__decisions"))
    versions: dict[int, int] = defaultdict(int)
    for review, version in (
        ReviewPicture.objects.visible_to(user).filter(review__plan=plan).values_list("review", "version")
    ):
        versions[review] = max(versions[review], version)
    return [_listed(review, plan, versions.get(review.pk, 0)) for review in found]


def _listed(review: Review, plan: Plan, versions: int) -> dict[str, Any]:
    review.plan = plan
    closed = review.state == ReviewState.CLOSED
    return {
        "title": str(review),
        "url": reverse("review_record", args=[review.pk]) if closed else review.get_absolute_url(),
        "kind": review.get_kind_display(),
        "period": period_words(review),
        "on": wording.full_date(review.on),
        "chair": review.chair,
        "state": review.get_state_display(),
        "is_open": not closed,
        "decided": review.decided,
        "versions": versions,
    }


def period_words(review: Review) -> str:
    return _("%(since)s to %(until)s") % {
        "since": wording.full_date(review.since),
        "until": wording.full_date(review.until),
    }


@dataclass(frozen=True)
class AgendaRow:
    """A task on the agenda, with why it stands there and what was decided; `head` begins a group of the order."""

    item: int
    row: Row
    url: str
    reasons: str
    words: str
    decisions: Sequence[str]
    drafted: bool
    removable: bool
    head: str = ""


def items_in_order(review: Review, user: User, on: datetime.date) -> list[ReviewItem]:
    """The items with their tasks (light and people fetched) in the order of the agenda; two statements."""
    items = list(ReviewItem.objects.visible_to(user).filter(review=review))
    tasks = Task.objects.visible_to(user).with_light(review.plan, on).with_people()
    found = tasks.filter(review_items__review=review).in_bulk()
    for item in items:
        item.task = found[item.task_id]
        item.task.plan = review.plan
    return sorted(items, key=lambda item: _place(item, review.order))


def _place(item: ReviewItem, order: str) -> tuple[Any, ...]:
    task = item.task
    place = (task.area.number, task.serial)
    if order == AgendaOrder.AREA:
        return place
    if order == AgendaOrder.UNIT:
        unit = task.lead_unit
        return (unit is None, unit.order if unit else 0, unit.pk if unit else 0, *place)
    first = min((REASON_RANK[reason] for reason in item.reasons), default=len(REASON_RANK))
    return (LIGHT_ORDER.index(LIGHT_OF[task.light_reason]), first, *place)


def decisions_of(items: Iterable[ReviewItem]) -> dict[int, list[Decision]]:
    """{item: its decisions in order}; one statement."""
    found: dict[int, list[Decision]] = defaultdict(list)
    rows = Decision.objects.filter(item__in=[item.pk for item in items]).select_related("notice__plan", "demand")
    for row in rows:
        found[row.item_id].append(row)
    return found


def decision_words(decision: Decision) -> str:
    """督办：9月30日前完成培训."""
    kind = str(decision.get_kind_display())
    date = _("until %(date)s") % {"date": wording.month_day(decision.by_date)} if decision.by_date else ""
    return "　".join(part for part in (kind, decision.words, date) if part)


def agenda_page(review: Review, user: User) -> dict[str, Any]:
    """The agenda as a list, with what may be done with the review; nine statements, whatever its length."""
    on = clock.today()
    items = items_in_order(review, user, on)
    decided = decisions_of(items)
    may = answers(permissions.check_conduct, user, review)
    rows = [_agenda_row(item, review, decided.get(item.pk, []), on, may) for item in items]
    first = next((row for row in rows if not row.decisions), rows[0] if rows else None)
    return {
        "review": review,
        "plan": review.plan,
        "title": str(review),
        "period": period_words(review),
        "on": wording.full_date(review.on),
        "rows": _grouped(rows, items, review.order),
        "counts": _counts(items),
        "done": sum(bool(row.decisions) for row in rows),
        "number": len(rows),
        "may": may,
        "enter_url": first.url if first else "",
        "prepared": review.state == ReviewState.PREPARED,
        "orders": [{"value": order.value, "label": order.label, "on": order == review.order} for order in AgendaOrder],
    }


def address_of(review: Review, item: ReviewItem) -> str:
    """The address of an item's screen in the meeting."""
    return reverse("meeting", args=[review.pk, item.pk])


def _agenda_row(item: ReviewItem, review: Review, decisions: list[Decision], on: datetime.date, may: bool) -> AgendaRow:
    return AgendaRow(
        item=item.pk,
        row=task_row(item.task, on),
        url=address_of(review, item),
        reasons=reason_words(item),
        words=item.words,
        decisions=[decision_words(row) for row in decisions],
        drafted=bool(item.draft),
        removable=may and not decisions,
    )


def reason_words(item: ReviewItem) -> str:
    """Why the task stands on the agenda; what its light says already is not said again."""
    told = [AgendaReason(reason) for reason in item.reasons if reason not in (AgendaReason.RED, AgendaReason.YELLOW)]
    return enumeration(reason.label for reason in told)


def _grouped(rows: list[AgendaRow], items: list[ReviewItem], order: str) -> list[dict[str, Any]]:
    """The rows under the heads of the order."""
    groups: list[dict[str, Any]] = []
    for row, item in zip(rows, items, strict=True):
        head = _head(item.task, row, order)
        if not groups or groups[-1]["head"] != head:
            groups.append({"head": head, "rows": []})
        groups[-1]["rows"].append(row)
    return groups


def _head(task: Task, row: AgendaRow, order: str) -> str:
    if order == AgendaOrder.AREA:
        return str(task.area)
    return row.row.unit if order == AgendaOrder.UNIT else row.row.light.label


def _counts(items: Iterable[ReviewItem]) -> list[dict[str, Any]]:
    """How many tasks stand on the agenda for each reason."""
    number: dict[str, int] = defaultdict(int)
    for item in items:
        for reason in item.reasons:
            number[reason] += 1
    return [{"label": reason.label, "number": number[reason]} for reason in AgendaReason if number[reason]]


def last_picture(review: Review) -> tuple[Review | None, picture.Picture | None]:
    """The picture that the review before this one left, with that review; one statement."""
    found = ReviewPicture.objects.before(review).first()
    return (found.review, picture.read(found.data)) if found else (None, None)
