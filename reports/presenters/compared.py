"""What the overview of a day is compared with: a closed review, or an earlier day."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from reports import picture
from reports.enums import ReviewState
from reports.models import Review, ReviewPicture
from reports.presenters.comparison import REVIEW_PREFIX
from reports.presenters.standing import Standing
from tracker import clock, wording
from tracker.models import Plan, User
from tracker.presenters import as_of
from tracker.texts import key_of


@dataclass(frozen=True)
class Before:
    """What the day is compared with: `value` names it in the address, `label` in words; {task: light} of then."""

    value: str
    label: str
    on: datetime.date
    is_review: bool
    lights: Mapping[int, str]


def reviews(plan: Plan, user: User, on: datetime.date, wanted: str) -> list[Review]:
    """The plan's reviews that this person sees, the newest first; one statement.

    Each carries `taken_at` of its last picture by the end of `on`, and the one to compare with `frozen`, its picture:
    the review `wanted`, or the last one that was closed before the day.
    """
    end = clock.start_of(on + datetime.timedelta(days=1))
    pictures = ReviewPicture.objects.visible_to(user).filter(review__state=ReviewState.CLOSED, taken_at__lt=end)
    chosen = pictures.filter(review__plan=plan)
    if wanted.startswith(REVIEW_PREFIX):
        chosen = chosen.filter(review=key_of(wanted.removeprefix(REVIEW_PREFIX)))
    else:
        chosen = chosen.filter(taken_at__lt=clock.start_of(on)) if not wanted else chosen.none()
    newest = chosen.order_by("-review__number", "-version").values("pk")[:1]
    own = pictures.filter(review=OuterRef("pk"))
    rows = (
        Review.objects.visible_to(user)
        .filter(plan=plan)
        .annotate(
            taken_at=Subquery(own.order_by("-version").values("taken_at")[:1]),
            frozen=Subquery(own.filter(pk__in=newest).values("data")[:1]),
        )
    )
    found = list(rows)
    for review in found:
        review.plan = plan
    return found


def before(held: Standing, found: Sequence[Review], day: datetime.date | None) -> Before | None:
    """The picture that one of `found` carries, else the end of `day`, else the beginning of the month.

    One more statement where it is a day; None where there was no task yet.
    """
    kept = next((review for review in found if review.frozen), None)
    if kept is not None and day is None:
        label = _review_words(kept, held.plan)
        return Before(f"{REVIEW_PREFIX}{kept.pk}", label, kept.on, True, picture.lights_in(kept.frozen))
    day = day or month_before(held)
    if day >= held.on:
        return None
    then = {past.pk: past.light for past in as_of.past_tasks(held.plan, day, held.user)}
    label = wording.day_in_year(day, held.plan.year)
    return Before(day.isoformat(), label, day, False, then) if then else None


def _review_words(review: Review, plan: Plan) -> str:
    return _("the review of %(date)s") % {"date": wording.day_in_year(review.on, plan.year)}


def month_before(held: Standing) -> datetime.date:
    """The last day of the month before, or the plan's first."""
    return max(held.on.replace(day=1) - datetime.timedelta(days=1), held.plan.starts_on)


def choices(held: Standing, found: Iterable[Review], chosen: Before | None) -> list[dict[str, Any]]:
    """What the day can be compared with: closed reviews, and the beginning of the month."""
    rows = [(f"{REVIEW_PREFIX}{row.pk}", _review_words(row, held.plan)) for row in found if row.taken_at]
    day = month_before(held)
    if day < held.on:
        rows.append((day.isoformat(), wording.day_in_year(day, held.plan.year)))
    kept = {"as_of": held.past.isoformat()} if held.past else {}
    return [
        {"words": words, "query": urlencode({**kept, "since": value}), "on": bool(chosen and chosen.value == value)}
        for value, words in rows
    ]
