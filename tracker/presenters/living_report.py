"""The living report: the published text in reading order, with what is known of every passage beside it."""

import datetime
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from tracker import clock, coverage, lights, permissions, wording
from tracker.coverage import AnswerState, ItemState
from tracker.enums import PartKind
from tracker.exceptions import Refusal
from tracker.models import Figure, Plan, Task, User
from tracker.presenters import as_of
from tracker.presenters.report_notes import COLOURED, Gap, Group, Notes, numeral, shortcoming_name
from tracker.presenters.report_read import Reading, Text, Words, bare, read
from tracker.presenters.report_text import Mark, Ref, Run, runs_of
from tracker.presenters.rows import address_of
from tracker.reading import read_body

RANK_OF = {light: rank for rank, light in enumerate(lights.LIGHT_ORDER)}
SHAPES_IN_OUTLINE = 4
SIGNATURE_LONGEST = 40


@dataclass(frozen=True)
class Flags:
    """How the text is shown: `raw` with the punctuation as stored, `plain` without anything of ours."""

    raw: bool = False
    plain: bool = False


@dataclass
class Passage:
    """Paragraphs with their notes: a heading of a part, an item, or what stands between them."""

    kind: str
    anchor: str = ""
    spans: list[tuple[int, int]] = field(default_factory=list)
    blocks: list[list[Run]] = field(default_factory=list)
    groups: Sequence[Group] = ()
    aside: str = ""
    lights: Sequence[dict[str, Any]] = ()


@dataclass(frozen=True)
class Entry:
    """A line of the outline; `shapes` are values of lights, `words` says them."""

    title: str
    url: str
    number: str = ""
    end: str = ""
    shapes: Sequence[str] = ()
    words: str = ""
    items: Sequence["Entry"] = ()


def present(
    plan: Plan,
    tasks: Sequence[Task],
    user: User,
    flags: Flags,
    past: datetime.date | None = None,
    text: Text | None = None,
) -> dict[str, Any]:
    """The context of the page; `tasks` carry light and area and share `plan`.

    With `past` it is the page of the end of that day, `tasks` and `text` are those of then, and nothing is settled on
    it.
    """
    on = past or clock.today()
    if past:
        links = as_of.past_links(as_of.holdings(plan, past, user))
        reading = read(plan, tasks, user, links=links, dispositions=as_of.past_dispositions(plan, past), text=text)
    else:
        reading = read(plan, tasks, user)
    notes = Notes(reading, on, may_settle=not past and permissions.can_set_up(user, plan))
    gaps = [] if flags.plain else notes.gaps()
    return {
        "plain": flags.plain,
        "title_lines": title_lines(reading),
        "published": published(reading),
        "as_of": wording.full_date(on),
        "raw": flags.raw,
        "plain_url": _address(plan, past, raw=flags.raw, plain=not flags.plain),
        "raw_url": _address(plan, past, raw=not flags.raw, plain=flags.plain),
        "outline": list(outline(reading, notes, flags)),
        "cells": [] if flags.plain else list(cells(reading, notes, gaps)),
        "passages": passages(reading, notes, flags),
        "gaps": gaps,
        "gaps_refusal": "" if not gaps or notes.may_settle else refusal(user, plan),
    }


def _address(plan: Plan, past: datetime.date | None, **flags: bool) -> str:
    day = {"as_of": past.isoformat()} if past else {}
    query = urlencode({**{name: 1 for name, on in flags.items() if on}, **day})
    return f"{reverse('living_report', args=[plan.pk])}{'?' if query else ''}{query}"


def refusal(user: User, plan: Plan) -> str:
    """Why this person may not settle gaps."""
    try:
        permissions.check_set_up(user, plan)
    except Refusal as sentence:
        return str(sentence)
    return ""


def title_lines(reading: Reading) -> list[str]:
    """The title, broken behind the name of the issuer."""
    title, issuer = reading.report.title, reading.report.issuer
    if issuer and title.startswith(issuer) and title != issuer:
        return [issuer, title.removeprefix(issuer)]
    return [title or reading.plan.title]


def published(reading: Reading) -> str:
    """By whom and when."""
    report = reading.report
    words = [report.issuer]
    if report.published_on:
        words.append(_("published on %(date)s") % {"date": wording.full_date(report.published_on)})
    return "　".join(word for word in words if word)


# ---------- The text ----------


def passages(reading: Reading, notes: Notes, flags: Flags) -> list[Passage]:
    """All words of the report's body once, in order, in passages with their notes."""
    text = reading.report.text
    shown = text if flags.raw else wording.full_width(text)
    marks = list(heading_marks(reading)) + ([] if flags.plain else list(tracking_marks(reading, notes)))
    found = split(reading)
    for passage in found:
        for start, end in passage.spans:
            inside = [mark for mark in marks if mark.start < end and mark.end > start]
            passage.blocks.append(runs_of(shown, start, end, inside))
    if not flags.plain:
        _annotate(found, reading, notes)
    return found


@dataclass(frozen=True)
class Stretch:
    """A stretch of the text that belongs to one passage."""

    start: int
    end: int
    kind: str
    anchor: str


def split(reading: Reading) -> list[Passage]:
    """The paragraphs of the body, cut where a part, its heading or a section begins or ends."""
    report = reading.report
    stretches = list(_stretches(reading))
    head = min((part.start for part in reading.of("part")), default=len(report.text))
    names = (report.issuer, report.source)
    found: list[Passage] = []
    used: set[str] = set()
    for start, end in read_body(report.text, head=head, title=report.title, names=names):
        for stretch in stretches:
            first, last = _trim(report.text, max(start, stretch.start), min(end, stretch.end))
            if first >= last:
                continue
            kind, anchor = stretch.kind, stretch.anchor
            if kind == "tail" and (last - first > SIGNATURE_LONGEST or report.text[last - 1] in "。.：:"):
                kind = "text"
            if not found or (found[-1].kind, found[-1].anchor) != (kind, anchor):
                # An item that is taken up again behind another one must not repeat its anchor.
                anchor = "" if anchor in used else anchor
                found.append(Passage(kind, anchor))
                used.add(anchor)
            found[-1].spans.append((first, last))
    return found


def _stretches(reading: Reading) -> Iterator[Stretch]:
    """The text from end to end in stretches; the innermost piece names each."""
    text = reading.report.text
    parts, sections = reading.of("part"), reading.of("section")
    headings = {part.pk: coverage.heading_end(text, part.start, part.end, part.number, part.words) for part in parts}
    cuts = {0, len(text), *headings.values()}
    cuts |= {cut for row in (*parts, *sections) for cut in (row.start, row.end)}
    edges = sorted(cut for cut in cuts if cut <= len(text))
    for start, end in pairwise(edges):
        part = next((row for row in parts if row.start <= start < row.end), None)
        section = next((row for row in sections if row.start <= start < row.end), None)
        if part and end <= headings[part.pk]:
            yield Stretch(start, end, "head", f"part-{part.pk}")
        elif section:
            yield Stretch(start, end, "section", f"section-{section.pk}")
        elif part:
            yield Stretch(start, end, "part", f"words-{part.pk}")
        else:
            before = not parts or any(row.start >= end for row in parts)
            yield Stretch(start, end, "preamble" if before else "tail", "preamble" if before else "tail")


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def heading_marks(reading: Reading) -> Iterator[Mark]:
    """The run-in headings of numbered items."""
    text = reading.report.text
    for row in reading.of("section"):
        end = coverage.heading_end(text, row.start, row.end, row.number, row.words)
        if end > row.start:
            yield Mark(row.start, end, bold=True)


def tracking_marks(reading: Reading, notes: Notes) -> Iterator[Mark]:
    """What tracking lays over the words: tasks by light, figures, shortcomings, causes, words without a task."""
    for figure in reading.figures:
        start, end = number_span(figure)
        yield Mark(start, end, figure=True)
    for row in reading.of("shortcoming"):
        ref = Ref(shortcoming_name(int(row.number)), f"#shortcoming-{row.pk}")
        yield Mark(row.start, row.end, "clause clause--done", anchor=f"words-of-shortcoming-{row.pk}", ref=ref)
    for row in reading.of("cause"):
        ref = Ref(pgettext("mark in the text", "Cause %(number)s") % {"number": numeral(int(row.number))})
        yield Mark(row.start, row.end, "clause clause--guess" if row.guessed else "clause clause--done", ref=ref)
    for task in reading.tasks:
        light = lights.LIGHT_OF[task.light_reason]
        name = f"{task.code} {task.title}　{light.label}"
        yield Mark(
            task.start,
            task.end,
            f"clause clause--{light.value}",
            code=task.code,
            anchor=f"task-{task.code}",
            rank=RANK_OF[light],
            ref=Ref(task.code, address_of(task), task.code, name),
        )
    gaps = [span for section in notes.covered.values() for span in section.gaps]
    for number, (start, end) in enumerate(gaps, 1):
        yield Mark(start, end, "clause clause--gap", anchor=f"uncovered-{number}")


def number_span(figure: Figure) -> tuple[int, int]:
    """The number with its unit inside the words of a figure; the words as a whole where it is not found."""
    unit = re.escape(figure.unit)
    # The last number that its unit follows: 2020年度行政诉讼案件1件 is about 1件.
    found = list(re.finditer(rf"[0-9０-９][0-9０-９.,，．]*[十百千万亿]*[余多]?[万亿]?{unit}", figure.quote))
    if not found or figure.end - figure.start != len(figure.quote):
        return figure.start, figure.end
    return figure.start + found[-1].start(), figure.start + found[-1].end()


# ---------- Notes beside the passages ----------


def _annotate(found: Sequence[Passage], reading: Reading, notes: Notes) -> None:
    for passage in found:
        what, _dash, key = passage.anchor.rpartition("-")
        if passage.kind == "section" and key:
            passage.groups = notes.of_section(reading.section_of[int(key)])
        elif passage.kind == "head" and key:
            part = reading.part_of[int(key)]
            passage.aside = part_words(part, reading, notes)
            passage.lights = light_counts(reading) if part.kind == PartKind.ARRANGEMENTS else ()
        elif what == "words" and reading.part_of[int(key)].kind == PartKind.SHORTCOMINGS:
            passage.groups = notes.of_shortcomings(reading.part_of[int(key)])
        elif passage.anchor == "preamble":
            passage.groups = [Group(head=_("Preamble"), words=[_("No tasks are set for it.")])]


def part_words(part: Words, reading: Reading, notes: Notes) -> str:
    """What a part holds, in numbers."""
    if part.kind == PartKind.MEASURES:
        sections = [row.pk for row in reading.of("section", part.pk)]
        figures = [figure for pk in sections for figure in notes.figures.get(pk, ())]
        words = [_counted("item", len(sections)), _counted("figure", len(figures))]
        ratios = [row for pk in sections for row in notes.ratios(reading.section_of[pk])]
        agree = sum(row["agrees"] for row in ratios)
        words += [_counted("ratio", agree)] if agree else []
        words += [_counted("doubt", len(ratios) - agree)] if agree < len(ratios) else []
        return _(", ").join(words)
    if part.kind == PartKind.SHORTCOMINGS:
        shortcomings, causes = reading.of("shortcoming", part.pk), reading.of("cause", part.pk)
        return _(", ").join([_counted("shortcoming", len(shortcomings)), _counted("cause", len(causes))])
    return ""


def _counted(what: str, number: int) -> str:
    words = {
        "item": ngettext("%(number)d measure", "%(number)d measures", number),
        "figure": ngettext("%(number)d figure in all", "%(number)d figures in all", number),
        "ratio": ngettext("%(number)d ratio recomputed and right", "%(number)d ratios recomputed and right", number),
        "doubt": ngettext("%(number)d ratio does not agree", "%(number)d ratios do not agree", number),
        "shortcoming": ngettext("%(number)d shortcoming", "%(number)d shortcomings", number),
        "cause": ngettext("%(number)d cause", "%(number)d causes", number),
    }
    return words[what] % {"number": number}


def light_counts(reading: Reading) -> list[dict[str, Any]]:
    """Lights of all tasks with their numbers, those that occur."""
    counts = Counter(lights.LIGHT_OF[task.light_reason] for task in reading.tasks)
    return [
        {"value": light.value, "label": str(light.label), "number": counts[light]}
        for light in lights.LIGHT_ORDER
        if counts[light]
    ]


# ---------- Outline ----------


def outline(reading: Reading, notes: Notes, flags: Flags) -> Iterator[Entry]:
    """Parts and numbered items with gaps and lights."""
    parts = reading.of("part")
    if parts and reading.report.text[: parts[0].start].strip():
        yield Entry(_("Preamble"), "#preamble")
    for part in parts:
        items = [entry for row in reading.of("section", part.pk) if (entry := _section_entry(row, notes, flags))]
        items += [_shortcoming_entry(row, notes, flags) for row in reading.of("shortcoming", part.pk)]
        title = wording.full_width(f"{part.number}{part.words}") or part_label(part)
        anchor = f"#part-{part.pk}" if part.words else items[0].url if items else f"#words-{part.pk}"
        yield Entry(title, anchor, items=items)


def part_label(part: Words) -> str:
    return str(PartKind(part.kind).label)


def _section_entry(row: Words, notes: Notes, flags: Flags) -> Entry | None:
    reading = notes.reading
    kind = reading.part_of[row.above].kind
    if not row.words and kind not in (PartKind.MEASURES, PartKind.ARRANGEMENTS):
        return None
    title = row.words or reading.report.text[row.start : row.end][:SIGNATURE_LONGEST]
    shown: dict[str, Any] = {
        "title": wording.full_width(title),
        "url": f"#section-{row.pk}",
        "number": bare(row.number),
    }
    if flags.plain:
        return Entry(**shown)
    if kind == PartKind.MEASURES:
        gap = notes.measure_gap(row)
        return Entry(**shown, end=gap.short if gap else "")
    tasks = reading.tasks_in.get(row.pk, [])
    found = [light for task in tasks if (light := lights.LIGHT_OF[task.light_reason]) in COLOURED]
    found.sort(key=lambda light: RANK_OF[light])
    counts = [f"{light.label} {number}" for light, number in Counter(found).items()]
    return Entry(**shown, shapes=[light.value for light in found[:SHAPES_IN_OUTLINE]], words=_(", ").join(counts))


def _shortcoming_entry(row: Words, notes: Notes, flags: Flags) -> Entry:
    gap = None if flags.plain else notes.shortcoming_gap(row)
    return Entry(
        title=wording.full_width(row.words),
        url=f"#words-of-shortcoming-{row.pk}" if not flags.plain else f"#words-{row.above}",
        number=numeral(int(row.number)),
        end=gap.short if gap else "",
    )


# ---------- Coverage ----------


def cells(reading: Reading, notes: Notes, gaps: Sequence[Gap]) -> Iterator[dict[str, str]]:
    """The four cells under the title: head, words, and where they lead."""
    yield _arrangement_cell(reading, notes)
    yield _measure_cell(reading, notes)
    yield _shortcoming_cell(reading, notes)
    number = len(gaps)
    yield {
        "head": _("Gaps"),
        "value": ngettext("%(number)d to explain", "%(number)d to explain", number) % {"number": number},
        "words": _("One by one") if gaps else _("Nothing is left unexplained."),
        "url": "#gaps" if gaps else "",
    }


def _arrangement_cell(reading: Reading, notes: Notes) -> dict[str, str]:
    whole = sum(notes.covered.values(), coverage.Coverage())
    areas, tasks = len(notes.covered), len(reading.tasks)
    left = ngettext("%(number)d character without a task", "%(number)d characters without a task", whole.missing)
    items = ngettext("%(number)d arrangement", "%(number)d arrangements", areas) % {"number": areas}
    words = ngettext("%(items)s, %(number)d task", "%(items)s, %(number)d tasks", tasks)
    return {
        "head": _("Arrangements"),
        "value": _("%(percent)d%% covered") % {"percent": whole.percent} if whole.total else "—",
        "words": left % {"number": whole.missing} if whole.missing else words % {"items": items, "number": tasks},
        "url": "#uncovered-1" if whole.missing else "",
    }


def _measure_cell(reading: Reading, notes: Notes) -> dict[str, str]:
    states = Counter(notes.item_state(row) for row in reading.sections_of_kind(PartKind.MEASURES))
    partly, none, waiting = states[ItemState.PARTLY], states[ItemState.GAP], states[ItemState.PROPOSED]
    words = [ngettext("%(number)d in part", "%(number)d in part", partly) % {"number": partly}] if partly else []
    words += [ngettext("%(number)d not followed", "%(number)d not followed", none) % {"number": none}] if none else []
    words += [_proposed(waiting)] if waiting else []
    return {
        "head": _("Measures"),
        "value": _("%(number)d/%(all)d followed") % {"number": states[ItemState.FOLLOWED], "all": states.total()},
        "words": _(", ").join(words) or _("every item is followed"),
        "url": "",
    }


def _shortcoming_cell(reading: Reading, notes: Notes) -> dict[str, str]:
    states = Counter(notes.answer_state(row) for row in reading.of("shortcoming"))
    weak, none, waiting = states[AnswerState.WEAK], states[AnswerState.GAP], states[AnswerState.PROPOSED]
    words = [ngettext("%(number)d indirectly only", "%(number)d indirectly only", weak) % {"number": weak}]
    words = words if weak else []
    words += [ngettext("%(number)d not answered", "%(number)d not answered", none) % {"number": none}] if none else []
    words += [_proposed(waiting)] if waiting else []
    return {
        "head": _("Shortcomings"),
        "value": _("%(number)d/%(all)d answered directly")
        % {"number": states[AnswerState.ANSWERED], "all": states.total()},
        "words": _(", ").join(words) or _("each has a direct answer"),
        "url": "",
    }


def _proposed(number: int) -> str:
    """Those that only proposed links lead to; they count once somebody has confirmed one."""
    return ngettext("%(number)d to be confirmed", "%(number)d to be confirmed", number) % {"number": number}
