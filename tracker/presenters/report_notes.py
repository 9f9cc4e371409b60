"""The notes beside the paragraphs of the living report: what follows, what answers, what is missing."""

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from tracker import clock, coverage, lights, wording
from tracker.coverage import AnswerState, ItemState
from tracker.enums import Light, PartKind
from tracker.models import Disposition, Figure, Task
from tracker.presenters.report_read import Reading, Upstream, Words, bare
from tracker.presenters.rows import task_row

DECIMALS = re.compile(r"[0-9０-９][.．]([0-9０-９]+)\s*[%％]")
COLOURED = (Light.RED, Light.YELLOW, Light.BLUE)


@dataclass(frozen=True)
class Named:
    """A link with the words it carries."""

    label: str
    url: str


@dataclass(frozen=True)
class TaskNote:
    """A task on one line; `kind` is set on links that are not direct, `more` on what unfolds below the line."""

    row: Any
    css: str
    kind: str = ""
    doubt: str = ""
    more: dict[str, Any] | None = None


@dataclass(frozen=True)
class Gap:
    """Something that nobody has said the further course of. `url` is empty for those who may not say it.

    `partial` where tasks take it up, but in part or weakly.
    """

    title: str
    sentence: str
    url: str
    target: str
    name: str
    words: str
    short: str
    partial: bool


@dataclass(frozen=True)
class Group:
    """A head line with what stands below it."""

    head: str
    end: str = ""
    open: bool = False
    anchor: str = ""
    tasks: Sequence[TaskNote] = ()
    pairs: Sequence[tuple[str, Sequence[TaskNote]]] = ()
    ratios: Sequence[dict[str, Any]] = ()
    gap: Gap | None = None
    link_url: str = ""
    settled: dict[str, str] | None = None
    words: Sequence[str] = field(default_factory=tuple)


def numeral(number: int) -> str:
    """一 for 1 in Chinese, 1 in English; digits from eleven on."""
    known = pgettext("numbers from one to ten", "1 2 3 4 5 6 7 8 9 10").split()
    return known[number - 1] if 0 < number <= len(known) else str(number)


def shortcoming_name(number: int) -> str:
    return _("Shortcoming %(number)s") % {"number": numeral(number)}


def measure_name(number: str, place: int) -> str:
    """举措 8; `place` counts where the report gives no number."""
    return _("Measure %(number)s") % {"number": bare(number) or place}


class Notes:
    """Makes the notes of one page; `may_settle` says whether its reader may settle gaps."""

    def __init__(self, reading: Reading, on: datetime.date, *, may_settle: bool) -> None:
        self.reading, self.on, self.may_settle = reading, on, may_settle
        self.plan = reading.plan
        self.figures: dict[int, list[Figure]] = {}
        for figure in reading.figures:
            self.figures.setdefault(figure.section_id or 0, []).append(figure)
        self.figure_of = {figure.pk: figure for figure in reading.figures}
        self.measure_names = {
            section.pk: measure_name(section.number, place)
            for part in reading.of("part")
            for place, section in enumerate(reading.of("section", part.pk), 1)
        }
        self.shortcoming_names = {row.pk: shortcoming_name(int(row.number)) for row in reading.of("shortcoming")}

    @cached_property
    def covered(self) -> dict[int, coverage.Coverage]:
        """How much of each arrangement its tasks take up; reckoned for those alone who show it."""
        return {row.pk: self._coverage(row) for row in self.reading.sections_of_kind(PartKind.ARRANGEMENTS)}

    # ---------- What is followed, answered, covered ----------

    def _coverage(self, section: Words) -> coverage.Coverage:
        text = self.reading.report.text
        start = coverage.body_start(text, section.start, section.end, section.number, section.words)
        taken = [(task.start, task.end) for task in self.reading.tasks]
        return coverage.coverage(text, start, section.end, taken)

    def item_state(self, section: Words) -> ItemState:
        confirmed = self.reading.confirmed_to.get(("measure", section.pk), ())
        proposed = self.reading.proposed_to.get(("measure", section.pk), ())
        return coverage.item_state((link.extent for link in confirmed), (link.extent for link in proposed))

    def answer_state(self, shortcoming: Words) -> AnswerState:
        confirmed = self.reading.confirmed_to.get(("shortcoming", shortcoming.pk), ())
        proposed = self.reading.proposed_to.get(("shortcoming", shortcoming.pk), ())
        return coverage.answer_state((link.strength for link in confirmed), (link.strength for link in proposed))

    # ---------- Groups by sort of paragraph ----------

    def of_section(self, section: Words) -> list[Group]:
        kind = self.reading.part_of[section.above].kind
        if kind == PartKind.MEASURES:
            return [self._measure(section)]
        if kind == PartKind.ARRANGEMENTS:
            return [self._arrangement(section)]
        duties = len(self.reading.of("duty", section.pk))
        if not duties:
            return []
        head = ngettext("%(number)d duty", "%(number)d duties", duties) % {"number": duties}
        return [Group(head=head, end=self._figure_words(section))]

    def _measure(self, section: Words) -> Group:
        links = self.reading.links_to.get(("measure", section.pk), [])
        number = len(links)
        return Group(
            head=ngettext("%(number)d follow-up task", "%(number)d follow-up tasks", number) % {"number": number},
            end=self._figure_words(section),
            tasks=[self._linked(link) for link in links],
            ratios=list(self.ratios(section)),
            gap=self.measure_gap(section),
            settled=self.settled("measure", section.pk),
            link_url=self._add_url("measure", section.pk, f"section-{section.pk}"),
        )

    def _arrangement(self, section: Words) -> Group:
        tasks = self.reading.tasks_in.get(section.pk, [])
        missing = self.covered[section.pk].missing
        words = ngettext("%(number)d character without a task", "%(number)d characters without a task", missing)
        return Group(
            head=ngettext("%(number)d task", "%(number)d tasks", len(tasks)) % {"number": len(tasks)},
            end=words % {"number": missing} if missing else _("every word has a task"),
            open=bool(missing),
            tasks=[self._own(task) for task in tasks],
        )

    def of_shortcomings(self, part: Words) -> list[Group]:
        """The groups of a part's shortcomings, and a word on how causes were paired with them."""
        groups = [self._shortcoming(row) for row in self.reading.of("shortcoming", part.pk)]
        if groups and any(cause.guessed for cause in self.reading.of("cause", part.pk)):
            words = _("Causes are paired with shortcomings by their order: presumed, the report does not say it.")
            groups.append(Group(head="", words=[words]))
        return groups

    def _shortcoming(self, row: Words) -> Group:
        links = self.reading.links_to.get(("shortcoming", row.pk), [])
        pairs = [
            (_("Direct"), [self._linked(link) for link in links if link.direct]),
            (_("Indirect"), [self._linked(link) for link in links if not link.direct]),
        ]
        ends = {
            AnswerState.ANSWERED: _("answered directly"),
            AnswerState.WEAK: _("answered indirectly only"),
            AnswerState.PROPOSED: _("to be confirmed"),
            AnswerState.GAP: _("not answered"),
        }
        return Group(
            head=self.shortcoming_names[row.pk],
            end=ends[self.answer_state(row)],
            anchor=f"shortcoming-{row.pk}",
            pairs=[pair for pair in pairs if pair[1]],
            gap=self.shortcoming_gap(row),
            settled=self.settled("shortcoming", row.pk),
            link_url=self._add_url("shortcoming", row.pk, f"shortcoming-{row.pk}"),
        )

    # ---------- Lines of tasks ----------

    def _linked(self, link: Upstream) -> TaskNote:
        task = self.reading.task_of[link.task]
        doubt = _("suspect") if link.suspect else _("to be confirmed") if link.proposed else ""
        return TaskNote(self._row(task), light_css(task), "" if link.direct else _("indirect"), doubt)

    def _own(self, task: Task) -> TaskNote:
        links = self.reading.links_of.get(task.pk, [])
        row = self._row(task)
        more = {
            "owner": row.owner,
            "due": wording.date_in_year(task.due_on, task),
            "continues": [self.upstream(link) for link in links if link.what == "measure"],
            "answers": [self.upstream(link) for link in links if link.what == "shortcoming"],
        }
        return TaskNote(row, light_css(task), more=more)

    def upstream(self, link: Upstream) -> Named:
        if link.what == "measure":
            return Named(self.measure_names[link.target], f"#section-{link.target}")
        return Named(self.shortcoming_names[link.target], f"#shortcoming-{link.target}")

    def _row(self, task: Task) -> Any:
        if not hasattr(task, "shown_row"):
            task.shown_row = task_row(task, self.on)
        return task.shown_row

    # ---------- Gaps and what became of them ----------

    def measure_gap(self, section: Words) -> Gap | None:
        state = self.item_state(section)
        if state in (ItemState.FOLLOWED, ItemState.PROPOSED) or self._disposition("measure", section.pk):
            return None
        year = {"year": self.plan.year}
        none = _("No task of the %(year)d arrangements continues this item.") % year
        some = _("The %(year)d arrangements continue single sentences of this item only.") % year
        return Gap(
            title=_("continued in part") if state == ItemState.PARTLY else _("no follow-up task"),
            sentence=some if state == ItemState.PARTLY else none,
            url=self._dispose_url("dispose_section", section.pk),
            target=f"#section-{section.pk}",
            name=self.measure_names[section.pk],
            words=wording.full_width(section.words),
            short=pgettext("gap", "Part") if state == ItemState.PARTLY else pgettext("gap", "Gap"),
            partial=state == ItemState.PARTLY,
        )

    def shortcoming_gap(self, row: Words) -> Gap | None:
        state = self.answer_state(row)
        if state in (AnswerState.ANSWERED, AnswerState.PROPOSED) or self._disposition("shortcoming", row.pk):
            return None
        links = self.reading.links_to.get(("shortcoming", row.pk), [])
        weak = state == AnswerState.WEAK
        return Gap(
            title=_("answered weakly") if weak else _("no task answers it"),
            sentence=_weakness(links) if weak else _("No task answers this shortcoming."),
            url=self._dispose_url("dispose_shortcoming", row.pk),
            target=f"#shortcoming-{row.pk}",
            name=self.shortcoming_names[row.pk],
            words=wording.full_width(row.words),
            short=pgettext("gap", "Weak") if weak else pgettext("gap", "Gap"),
            partial=weak,
        )

    def gaps(self) -> list[Gap]:
        """All open gaps in the order of the report."""
        found = [self.measure_gap(row) for row in self.reading.sections_of_kind(PartKind.MEASURES)]
        found += [self.shortcoming_gap(row) for row in self.reading.of("shortcoming")]
        return [gap for gap in found if gap]

    def _dispose_url(self, view: str, pk: int) -> str:
        return reverse(view, args=[self.plan.pk, pk]) if self.may_settle else ""

    def link_url(self, what: str, pk: int) -> str:
        """Where tasks are picked for a measure or shortcoming, for those who may."""
        view = "link_section" if what == "measure" else "link_shortcoming"
        return reverse(view, args=[self.plan.pk, pk]) if self.may_settle else ""

    def _add_url(self, what: str, pk: int, anchor: str) -> str:
        """As `link_url`, and back to the place in the report afterwards."""
        back = f"{reverse('living_report', args=[self.plan.pk])}#{anchor}"
        return f"{self.link_url(what, pk)}?{urlencode({'next': back})}" if self.may_settle else ""

    def _disposition(self, what: str, pk: int) -> Disposition | None:
        return self.reading.disposition_of.get((what, pk))

    def settled(self, what: str, pk: int) -> dict[str, str] | None:
        row = self._disposition(what, pk)
        if row is None:
            return None
        view = "dispose_section" if what == "measure" else "dispose_shortcoming"
        return {
            "kind": row.get_kind_display(),
            "reason": row.reason,
            "who": str(row.by),
            "when": wording.full_date(clock.local_date(row.at)),
            "url": self._dispose_url(view, pk),
        }

    # ---------- Figures ----------

    def _figure_words(self, section: Words) -> str:
        number = len(self.figures.get(section.pk, ()))
        return (
            ngettext("%(number)d figure", "%(number)d figures", number) % {"number": number}
            if number
            else _("no figures")
        )

    def ratios(self, section: Words) -> Iterable[dict[str, Any]]:
        for figure in self.figures.get(section.pk, ()):
            if figure.numerator_id in self.figure_of and figure.denominator_id in self.figure_of:
                top, bottom = self.figure_of[figure.numerator_id], self.figure_of[figure.denominator_id]
                if bottom.value:
                    yield ratio(figure, top, bottom)


def ratio(figure: Figure, top: Figure, bottom: Figure) -> dict[str, Any]:
    """A published share recomputed; it agrees when it differs by less than one of its last place.

    Published shares are rounded or cut off; an approximate one (近四成) is given the room of one point.
    """
    written = DECIMALS.search(figure.quote)
    places = max(len(written[1]) if written else 0, -int(figure.value.normalize().as_tuple().exponent))
    computed = (100 if figure.unit in ("%", "％") else 1) * top.value / bottom.value
    room = Decimal(1) if figure.approximate else Decimal(1).scaleb(-places)
    agrees = abs(computed - figure.value) < room
    shown = round(computed, places if round(computed, places) == figure.value else places + 2)
    return {
        "words": f"{_plain(top.value)} ÷ {_plain(bottom.value)} = {shown}{figure.unit}",
        "agrees": agrees,
        "stated": "" if agrees else f"{_plain(figure.value)}{figure.unit}",
    }


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _weakness(links: Sequence[Upstream]) -> str:
    number, proposed = len(links), sum(link.proposed for link in links)
    words = {"number": number, "proposed": proposed}
    if proposed == number:
        return (
            ngettext(
                "The only link is indirect and to be confirmed.",
                "All %(number)d links are indirect and to be confirmed.",
                number,
            )
            % words
        )
    if proposed:
        return _("All %(number)d links are indirect, %(proposed)d of them to be confirmed.") % words
    return ngettext("The only link is indirect.", "All %(number)d links are indirect.", number) % words


def light_css(task: Task) -> str:
    """The class of the words of a light that asks for attention."""
    light = lights.LIGHT_OF[task.light_reason]
    return f"text-{light.value}" if light in COLOURED else ""
