"""Reviews over the small world of `tests.worlds`."""

import datetime
from typing import Any

from reports.models import Review, ReviewItem
from reports.services import reviews
from tests.tracker.conftest import SHANGHAI
from tests.worlds import World
from tracker import clock


def on(day: str, hour: int = 10) -> Any:
    """The clock at that hour of a day of 2025."""
    return clock.at(datetime.datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=SHANGHAI))


def prepared(world: World, **values: Any) -> Review:
    """A monthly review of today, prepared by the reviewer."""
    given = {"kind": "monthly", "on": clock.today(), "chair": "王区长", **values}
    return reviews.prepare(world.plan, by=world.reviewer, **given)


def item_of(review: Review, task: Any) -> ReviewItem:
    found: ReviewItem = review.items.get(task=task.pk)
    return found
