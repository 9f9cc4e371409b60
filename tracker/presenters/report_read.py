"""What the living report reads: the pieces of the published text and the plan's rows, in six queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, BooleanField, CharField, F, IntegerField, TextField, Value
from django.db.models.functions import Cast, Coalesce

from tracker.enums import LinkState, PartKind, Status, Strength
from tracker.models import (
    AnnualReport,
    Cause,
    Disposition,
    Duty,
    Figure,
    MeasureLink,
    Part,
    Plan,
    Section,
    Shortcoming,
    ShortcomingLink,
    Task,
    User,
)
from tracker.services import trace


def bare(number: str) -> str:
    """1 for “1.”, 一 for “（一）”."""
    return number.strip(" .．、,，()（）　")


class Words(NamedTuple):
    """A piece of the report; `above` is the key of the part (of the section, for duties) that it stands in.

    `words` is the heading of a part or section, else the piece itself; `kind` that of a part; `explains` the key of
    the shortcoming that a cause belongs to, or 0.
    """

    what: str
    pk: int
    above: int
    number: str
    words: str
    kind: str
    guessed: bool
    start: int
    end: int
    explains: int = 0


class Upstream(NamedTuple):
    """A standing link of a task up to a section of measures or to a shortcoming (`target`)."""

    what: str
    pk: int
    target: int
    task: int
    extent: str
    strength: str
    state: str
    digest: str
    words: str

    @property
    def direct(self) -> bool:
        return self.strength == Strength.DIRECT

    @property
    def proposed(self) -> bool:
        return self.state == LinkState.PROPOSED

    @property
    def suspect(self) -> bool:
        return self.digest != trace.digest_of(self.words)


def read_words(report: AnnualReport) -> list[Words]:
    """Parts, sections, shortcomings, causes and duties of a report in the order of the text, in one query."""
    no_words = {"number_": Value("", CharField()), "words": Value("", TextField())}
    numbered = {"number_": Cast("number", CharField()), "words": Cast("text", TextField())}
    headed = {"number_": F("number"), "words": Cast("heading", TextField())}
    explained = Coalesce("shortcoming_id", Value(0), output_field=BigIntegerField())
    caused = {"guessed": F("paired_by_position"), "explains": explained}
    pieces = [
        _columns(Part, "part", F("report_id"), report, {**headed, "kind_": F("kind")}),
        _columns(Section, "section", F("part_id"), report, headed),
        _columns(Shortcoming, "shortcoming", F("part_id"), report, numbered),
        _columns(Cause, "cause", F("part_id"), report, {**numbered, **caused}),
        _columns(Duty, "duty", F("section_id"), report, no_words),
    ]
    return [Words(*row) for row in pieces[0].union(*pieces[1:], all=True).order_by("start", "-end", "what")]


def _columns(model: Any, what: str, above: Any, report: AnnualReport, given: dict[str, Any]) -> Any:
    """The columns of `Words`; what `given` leaves out is empty."""
    empty = {"kind_": Value("", CharField()), "guessed": Value(False, BooleanField())}
    empty |= {"explains": Value(0, BigIntegerField())}
    named = {"what": Value(what, CharField()), "above": above, **empty, **given}
    rows = model.objects.of_report(report.pk).order_by().annotate(**named)
    columns = ("what", "pk", "above", "number_", "words", "kind_", "guessed", "start", "end", "explains")
    return rows.values_list(*columns)


def read_links(plan: Plan, user: User) -> list[Upstream]:
    """The standing links of the plan's tasks to sections of measures and to shortcomings, in one query."""
    links = [
        _link_columns(MeasureLink, "measure", plan, user, F("measure__section_id"), F("extent")),
        _link_columns(ShortcomingLink, "shortcoming", plan, user, F("shortcoming_id"), Value("", CharField())),
    ]
    return [Upstream(*row) for row in links[0].union(links[1], all=True).order_by("task_id", "target", "what", "pk")]


def _link_columns(model: Any, what: str, plan: Plan, user: User, target: Any, extent: Any) -> Any:
    rows = model.objects.visible_to(user).standing().filter(task__plan=plan).order_by()
    rows = rows.annotate(
        what=Value(what, CharField()),
        target=Cast(target, IntegerField()),
        reach=extent,
        words=Cast(f"{what}__text", TextField()),
    )
    return rows.values_list("what", "pk", "target", "task_id", "reach", "strength", "state", "upstream_digest", "words")


@dataclass
class Reading:
    """Everything the page shows, unformatted."""

    plan: Plan
    report: AnnualReport
    words: Sequence[Words]
    figures: Sequence[Figure]
    tasks: Sequence[Task]
    links: Sequence[Upstream]
    dispositions: Sequence[Disposition]

    def of(self, what: str, above: int | None = None) -> list[Words]:
        """The pieces of one sort, of one part or section where named."""
        return [row for row in self._sorted[what] if above is None or row.above == above]

    @cached_property
    def _sorted(self) -> dict[str, list[Words]]:
        found = defaultdict(list)
        for row in self.words:
            found[row.what].append(row)
        return found

    @cached_property
    def part_of(self) -> dict[int, Words]:
        return {part.pk: part for part in self.of("part")}

    @cached_property
    def section_of(self) -> dict[int, Words]:
        return {section.pk: section for section in self.of("section")}

    @cached_property
    def task_of(self) -> dict[int, Task]:
        return {task.pk: task for task in self.tasks}

    @cached_property
    def tasks_in(self) -> dict[int, list[Task]]:
        """Tasks by the key of the section they come from."""
        found = defaultdict(list)
        for task in self.tasks:
            found[task.area.section_id].append(task)
        return found

    @cached_property
    def links_to(self) -> dict[tuple[str, int], list[Upstream]]:
        """Links by ("measure", section) or ("shortcoming", shortcoming), the strongest of a task alone."""
        found: dict[tuple[str, int], dict[int, Upstream]] = defaultdict(dict)
        for link in sorted(self.links, key=lambda link: (not link.direct, link.proposed)):
            found[link.what, link.target].setdefault(link.task, link)
        return {
            target: sorted(links.values(), key=lambda link: self._place[link.task]) for target, links in found.items()
        }

    @cached_property
    def confirmed_to(self) -> dict[tuple[str, int], list[Upstream]]:
        """The links that count, by target: confirmed, and of a task that is not cancelled."""
        found = defaultdict(list)
        for link in self.links:
            if not link.proposed and self.task_of[link.task].status != Status.CANCELLED:
                found[link.what, link.target].append(link)
        return found

    @cached_property
    def proposed_to(self) -> dict[tuple[str, int], list[Upstream]]:
        """The links that wait to be confirmed, by target."""
        found = defaultdict(list)
        for link in self.links:
            if link.proposed and self.task_of[link.task].status != Status.CANCELLED:
                found[link.what, link.target].append(link)
        return found

    @cached_property
    def links_of(self) -> dict[int, list[Upstream]]:
        """Links by task, each target once."""
        found = defaultdict(list)
        for links in self.links_to.values():
            for link in links:
                found[link.task].append(link)
        return found

    @cached_property
    def _place(self) -> dict[int, int]:
        return {task.pk: place for place, task in enumerate(self.tasks)}

    @cached_property
    def disposition_of(self) -> dict[tuple[str, int], Disposition]:
        return {
            ("shortcoming", row.shortcoming_id) if row.shortcoming_id else ("measure", row.section_id or 0): row
            for row in self.dispositions
        }

    def sections_of_kind(self, kind: PartKind) -> list[Words]:
        return [section for section in self.of("section") if self.part_of[section.above].kind == kind]


@dataclass(frozen=True)
class Text:
    """The report as it read on a day: today's row, or one with the words before a correction, never saved.

    With a former text come its pieces, its figures, and {task: [start, end)} of the words of the plan's tasks in it;
    where `words` is None those of today are read.
    """

    report: AnnualReport
    words: Sequence[Words] | None = None
    figures: Sequence[Figure] = ()
    places: Mapping[int, tuple[int, int]] = field(default_factory=dict)


def read(
    plan: Plan,
    tasks: Sequence[Task],
    user: User,
    *,
    figures: bool = True,
    links: Sequence[Upstream] | None = None,
    dispositions: Sequence[Disposition] | None = None,
    text: Text | None = None,
) -> Reading:
    """Read what `plan` and its report hold beside `tasks`, the plan's visible ones with light and area.

    `figures` are left out where nothing of them is shown. `links`, `dispositions` and `text` are those of a past day,
    when given; without them those of today are read.
    """
    report = plan.report if text is None else text.report
    known = {task.pk for task in tasks}
    if text is not None and text.words is not None:
        words, counted = text.words, text.figures
    else:
        words = read_words(report)
        counted = list(Figure.objects.of_report(report.pk).order_by("position")) if figures else []
    return Reading(
        plan=plan,
        report=report,
        words=words,
        figures=counted,
        tasks=tasks,
        links=[link for link in (read_links(plan, user) if links is None else links) if link.task in known],
        dispositions=list(plan.dispositions.select_related("by")) if dispositions is None else dispositions,
    )
