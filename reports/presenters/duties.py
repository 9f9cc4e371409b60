"""Duties of leaders as rows, in the order of the year."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from reports.models import LeaderDuty
from tracker import wording
from tracker.models import Plan


def rows(found: Iterable[LeaderDuty], plan: Plan, *, may_change: bool) -> list[dict[str, Any]]:
    """One row a duty; those that a review proves lead to it and are not changed by hand."""
    return [_row(duty, plan, may_change) for duty in found]


def _row(duty: LeaderDuty, plan: Plan, may_change: bool) -> dict[str, Any]:
    by_hand = duty.review_id is None
    return {
        "date": wording.month_day(duty.on) if duty.on.year == plan.year else wording.full_date(duty.on),
        "day": duty.on.isoformat(),
        "kind": duty.get_kind_display(),
        "leader": duty.leader,
        "words": duty.words,
        "number": duty.number,
        "review": str(duty.review) if duty.review else "",
        "review_url": duty.review.get_absolute_url() if duty.review else "",
        "edit_url": reverse("duty", args=[duty.pk]) if may_change and by_hand else "",
    }


def state(duty: LeaderDuty) -> list[dict[str, str]]:
    """What a duty says now, for whoever typed something else meanwhile."""
    return [
        {"label": _("Kind of act"), "value": duty.get_kind_display()},
        {"label": _("Date"), "value": wording.full_date(duty.on)},
        {"label": _("Leader concerned"), "value": duty.leader},
        {"label": _("What the leader did"), "value": duty.words},
        {"label": _("Document number"), "value": duty.number or "—"},
    ]
