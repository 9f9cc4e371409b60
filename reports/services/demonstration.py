"""What the demonstration shows of reviews, duties, disclosure and rectification, each act at its own moment."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from reports.models import Review, ReviewItem
from reports.services import disclosure, duties, rectification, reviews
from tracker import clock
from tracker.exceptions import DatasetError, Refusal
from tracker.models import Plan, Shortcoming, User
from tracker.services.demonstration import Act
from tracker.services.imports import read_toml

STORY = "reports.toml"
# In order of time: the reviews of all files are numbered on.
STORIES = (STORY, "reports_year_end.toml")
HEAD = ("kind", "on", "chair", "participants", "since", "until")


def acts(folder: Path, plan: Plan) -> Iterator[Act]:
    """The acts of the files of the folder that are there.

    An act raises DatasetError naming its entry when it is refused.
    """
    stories = [read_toml(folder / name) for name in STORIES if (folder / name).exists()]
    for entry in _all(stories, "duty"):
        values = {name: entry[name] for name in duties.FIELDS if name in entry}
        yield _act(entry["added_at"], entry["by"], partial(duties.add, plan, **values))
    for number, entry in enumerate(_all(stories, "review"), 1):
        yield from _review(plan, number, entry)
    for entry in _all(stories, "continued"):
        yield from _held(plan, entry["number"], entry)
    for entry in _all(stories, "rectification"):
        yield _act(entry["at"], entry["by"], partial(_rectify, plan, entry))
    for entry in _all(stories, "disclosure"):
        yield _act(entry["at"], entry["by"], partial(_disclose, plan, entry))
    for entry in _all(stories, "public"):
        yield _act(entry["at"], entry["by"], partial(disclosure.switch, plan, on=entry["on"]))


def _all(stories: Iterable[dict[str, Any]], name: str) -> Iterator[dict[str, Any]]:
    """The entries of that name of all files, in their order."""
    return (entry for story in stories for entry in story.get(name, []))


def _act(moment: datetime.datetime, username: str, serve: Callable[..., object]) -> Act:
    """`serve(by=…)` at its moment."""

    def act() -> None:
        with clock.at(timezone.make_aware(moment)):
            try:
                serve(by=User.objects.select_related("unit").get(username=username))
            except Refusal as refusal:
                words = {"moment": moment, "refusal": refusal}
                raise DatasetError(_("Review or duty of %(moment)s: %(refusal)s") % words) from refusal

    return moment, act


def _review(plan: Plan, number: int, entry: dict[str, Any]) -> Iterator[Act]:
    by = entry["by"]
    head = {name: entry[name] for name in HEAD if name in entry}
    yield _act(entry["prepared_at"], by, partial(reviews.prepare, plan, **head))
    yield from _held(plan, number, entry)


def _held(plan: Plan, number: int, entry: dict[str, Any]) -> Iterator[Act]:
    """What happens to a review once it is prepared; one of an earlier file may be continued in a later one."""
    by = entry["by"]
    for task in entry.get("added", []):
        yield _act(task["at"], task.get("by", by), partial(_add, plan, number, task))
    for decision in entry.get("decisions", []):
        yield _act(decision["at"], decision.get("by", by), partial(_decide, plan, number, decision))
    for reopened in entry.get("reopened", []):
        yield _act(reopened["at"], by, partial(_reopen, plan, number, reopened["reason"]))
    for moment in entry.get("closed_at", []):
        yield _act(moment, by, partial(_close, plan, number))


def _found(plan: Plan, number: int) -> Review:
    return Review.objects.get(plan=plan, number=number)


def _add(plan: Plan, number: int, task: dict[str, Any], *, by: User) -> ReviewItem:
    review = _found(plan, number)
    key = plan.tasks.values_list("pk", flat=True).get(code=task["code"])
    return reviews.add_item(review.pk, by=by, task_id=key, words=task["words"])


def _decide(plan: Plan, number: int, decision: dict[str, Any], *, by: User) -> object:
    item = ReviewItem.objects.get(review=_found(plan, number), task__code=decision["code"])
    values = {name: decision[name] for name in ("kind", "words", "by_date", "changes") if name in decision}
    return reviews.decide(item.pk, by=by, **values)


def _reopen(plan: Plan, number: int, reason: str, *, by: User) -> object:
    return reviews.reopen(_found(plan, number).pk, by=by, reason=reason)


def _close(plan: Plan, number: int, *, by: User) -> object:
    return reviews.close(_found(plan, number).pk, by=by)


def _rectify(plan: Plan, entry: dict[str, Any], *, by: User) -> object:
    row = Shortcoming.objects.of_report(plan.report_id).select_related("part").get(number=entry["number"])
    return rectification.settle(plan, row, by=by, goal=entry["goal"], check_method=entry["check_method"])


def _disclose(plan: Plan, entry: dict[str, Any], *, by: User) -> object:
    """With the words of the entry, or those that the line itself says."""
    rulings = [
        disclosure.Ruling(line.task.pk, entry.get("words", line.reported), entry.get("reason", ""), line.seen)
        for line in disclosure.lines(plan)
        if line.task.code in entry["codes"]
    ]
    return disclosure.rule(plan, by=by, state=entry["state"], rulings=rulings)
