"""Duties of leaders: fed by closed reviews, added by hand otherwise."""

from reports.enums import DutyKind
from reports.models import LeaderDuty, Review
from tracker import clock
from tracker.models import User


def of_review(review: Review, *, by: User) -> LeaderDuty:
    """The duty of chairing a review, made or brought up to date when it is closed."""
    values = {"plan": review.plan, "kind": DutyKind.REVIEW, "on": review.on, "leader": review.chair}
    duty, _created = LeaderDuty.objects.update_or_create(
        review=review,
        defaults={
            **values,
            "words": f"主持召开{review.name}",
            "added_by": by,
            "added_at": clock.now(),
        },
    )
    return duty
