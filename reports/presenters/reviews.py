"""The list of reviews, and the agenda of one."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
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

PROGRESS = ("pk", "task__code", "decided", "reasons")
MOST_UNDECIDED = 60
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


def order_of(review: Review, user: User, on: datetime.date) -> list[int]:
    """The items (keys) in the order of the agenda; two statements, and no task is read whole."""
    items = ReviewItem.objects.visible_to(user).filter(review=review).values_list("pk", "task", "reasons")
    tasks: Any = Task.objects.visible_to(user).with_light(review.plan, on).filter(review_items__review=review)
    names = ("pk", "area__number", "serial", "lead_unit__order", "lead_unit", "light_reason")
    places = {pk: facts for pk, *facts in tasks.order_by().values_list(*names)}
    found = [(_place(places[task], reasons, review.order), pk) for pk, task, reasons in items if task in places]
    return [pk for _key, pk in sorted(found)]


def _place(facts: list[Any], reasons: list[str], order: str) -> tuple[Any, ...]:
    area, serial, unit_order, unit, light_reason = facts
    if order == AgendaOrder.AREA:
        return (area, serial)
    if order == AgendaOrder.UNIT:
        return (unit is None, unit_order or 0, unit or 0, area, serial)
    first = min((REASON_RANK[reason] for reason in reasons), default=len(REASON_RANK))
    return (LIGHT_ORDER.index(LIGHT_OF[light_reason]), first, area, serial)


def items_of(review: Review, user: User, on: datetime.date, keys: Sequence[int]) -> list[ReviewItem]:
    """These items in this order, with their tasks (light and people fetched); two statements."""
    found = ReviewItem.objects.visible_to(user).filter(review=review).in_bulk(keys)
    items = [found[key] for key in keys if key in found]
    rows = Task.objects.visible_to(user).with_light(review.plan, on).with_people()
    tasks = rows.in_bulk([item.task_id for item in items])
    for item in items:
        item.task = tasks[item.task_id]
        item.task.plan = review.plan
    return items


def decisions_of(items: Iterable[ReviewItem]) -> dict[int, list[Decision]]:
    """{item: its decisions in order}; one statement."""
    found: dict[int, list[Decision]] = defaultdict(list)
    rows = Decision.objects.filter(item__in=[item.pk for item in items]).select_related("notice__plan", "demand")
    for row in rows:
        found[row.item_id].append(row)
    return found


def decision_words(decision: Decision, year: int) -> str:
    """督办　完成培训　9月30日前; the date with its own year outside `year`."""
    kind = str(decision.get_kind_display())
    date = _("until %(date)s") % {"date": wording.day_in_year(decision.by_date, year)} if decision.by_date else ""
    return "　".join(part for part in (kind, decision.words, date) if part)


def agenda_page(review: Review, user: User, page: Page[int]) -> dict[str, Any]:
    """The agenda as a list, with what may be done with the review; `page` holds keys in the order of `order_of`."""
    on = clock.today()
    items = items_of(review, user, on, list(page.object_list))
    decided = decisions_of(items)
    may = answers(permissions.check_conduct, user, review)
    rows = [_agenda_row(item, review, decided.get(item.pk, []), on, may) for item in items]
    return {
        "review": review,
        "plan": review.plan,
        "title": str(review),
        "period": period_words(review),
        "on": wording.full_date(review.on),
        "rows": _grouped(rows, items, review.order),
        "page_obj": page,
        "may": may,
        "orders": [{"value": order.value, "label": order.label, "on": order == review.order} for order in AgendaOrder],
        **_progress(review, user, page.paginator.object_list),
    }


def _progress(review: Review, user: User, keys: Any) -> dict[str, Any]:
    """How far the meeting is: what is decided, what is not, where it goes on, and why tasks stand there."""
    rows = ReviewItem.objects.visible_to(user).filter(review=review).annotate(decided=Count("decisions"))
    found = {pk: (code, decided, reasons) for pk, code, decided, reasons in rows.values_list(*PROGRESS)}
    drafts = rows.exclude(draft={}).values_list("pk", "task__code")
    undecided = [key for key in keys if key in found and not found[key][1]]
    first = next(iter(undecided or keys), None)
    return {
        "number": len(found),
        "done": len(found) - len(undecided),
        "counts": _counts(reasons for _code, _decided, reasons in found.values()),
        "undecided": [{"code": found[key][0], "url": address_of(review, key)} for key in undecided[:MOST_UNDECIDED]],
        "drafts": [{"code": code, "url": address_of(review, pk)} for pk, code in drafts],
        "more_undecided": max(len(undecided) - MOST_UNDECIDED, 0),
        "enter_url": address_of(review, first) if first else "",
    }


def address_of(review: Review, item: int) -> str:
    """The address of an item's screen in the meeting."""
    return reverse("meeting", args=[review.pk, item])


def _agenda_row(item: ReviewItem, review: Review, decisions: list[Decision], on: datetime.date, may: bool) -> AgendaRow:
    return AgendaRow(
        item=item.pk,
        row=task_row(item.task, on),
        url=address_of(review, item.pk),
        reasons=reason_words(item),
        words=item.words,
        decisions=[decision_words(row, review.plan.year) for row in decisions],
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


def _counts(found: Iterable[list[str]]) -> list[dict[str, Any]]:
    """How many tasks stand on the agenda for each reason."""
    number = Counter(reason for reasons in found for reason in reasons)
    return [{"label": reason.label, "number": number[reason]} for reason in AgendaReason if number[reason]]


def last_picture(review: Review) -> tuple[Review | None, picture.Picture | None]:
    """The picture that the review before this one left, with that review; one statement."""
    found = ReviewPicture.objects.before(review).first()
    return (found.review, picture.read(found.data)) if found else (None, None)


def home_line(plan: Plan, user: User) -> dict[str, str] | None:
    """The review that is prepared or under way, for those who conduct it; two statements for them, none for others."""
    if not answers(permissions.check_prepare, user, plan):
        return None
    rows = Review.objects.visible_to(user).filter(plan=plan).exclude(state=ReviewState.CLOSED)
    review = rows.annotate(number_of_items=Count("items", distinct=True)).order_by("on", "number").first()
    if review is None:
        return None
    review.plan = plan
    done = ReviewItem.objects.filter(review=review, decisions__isnull=False).distinct().count()
    words = {
        "review": review,
        "state": review.get_state_display(),
        "date": wording.day_in_year(review.on, plan.year),
        "done": done,
        "number": review.number_of_items,
    }
    return {
        "words": _("%(review)s, %(date)s: %(state)s, %(done)d of %(number)d tasks decided.") % words,
        "url": review.get_absolute_url(),
        "action": _("See the agenda"),
    }
