"""The sentence of the report that a task came from, and its place there."""

import re
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import wording
from tracker.models import Task
from tracker.presenters.report_notes import numeral
from tracker.presenters.review import sentence_around

SENTENCE_END = re.compile(r"[。！？\n]")
NUMBER_MARKS = " .．、,，()（）　"
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Place:
    """A link to a task of the plan by its number."""

    code: str
    url: str


@dataclass(frozen=True)
class Source:
    """The whole sentence in three pieces, `words` being the task's own, and the other tasks from it."""

    before: str
    words: str
    after: str
    place: str
    report: str
    url: str
    others: tuple[Place, ...]


def source_of(task: Task) -> Source:
    """The sentence around the words of a task read `with_surroundings`."""
    offset, text = task.area.start, task.paragraph
    left, right = task.start - offset, task.end - offset
    first, last = sentence_around(text, left, right)
    return Source(
        before=wording.full_width(text[first:left]),
        words=wording.full_width(text[left:right]),
        after=wording.full_width(text[right:last]),
        place=_place(task, text, first),
        report=task.report_title,
        url=f"{reverse('living_report', args=[task.plan_id])}#task-{task.code}",
        others=tuple(
            _linked(row)
            for row in in_order(task)
            if row["pk"] != task.pk and row["start"] < offset + last and row["end"] > offset + first
        ),
    )


def _place(task: Task, text: str, first: int) -> str:
    section = task.area.section
    heading = text.find(section.heading, 0, first) if section.heading else -1
    body = text[heading + len(section.heading) if heading >= 0 else 0 : first]
    before = [sentence for sentence in SENTENCE_END.split(body) if sentence.strip(NUMBER_MARKS)]
    return _("Part %(part)s, item %(item)s, sentence %(sentence)d") % {
        "part": _numeral(section.part.number.strip(NUMBER_MARKS)) or section.part.position,
        "item": section.number.strip(NUMBER_MARKS) or section.position,
        "sentence": len(before) + 1,
    }


def _numeral(number: str) -> str:
    """四 as the reader's language writes it; any other number as the report has it."""
    return numeral(NUMERALS.index(number) + 1) if len(number) == 1 and number in NUMERALS else number


def in_order(task: Task) -> list[dict[str, Any]]:
    """The places of the tasks whose words stand near, in the order of the report."""
    return sorted(task.neighbours or [], key=lambda row: row["start"])


def neighbours_of(task: Task) -> tuple[Place | None, Place | None]:
    """The tasks before and after this one in the report."""
    before, after = task.place_before, task.place_after
    return _linked(before) if before else None, _linked(after) if after else None


def _linked(row: dict[str, Any]) -> Place:
    return Place(row["code"], reverse("task", args=[row["pk"]]))
