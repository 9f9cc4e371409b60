"""Proposals with reasons: which measures and shortcomings a new task goes back to, and which unit may lead it.

A proposal rests on words that both sides share, shown beside it, and counts for nothing until a person confirms it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.importing.corrections import Planned, planned
from tracker.importing.draft import Draft, Proposal
from tracker.importing.terms import Match, matches

# Below this, two texts share no more than by chance: one rare word of two characters weighs about three.
LEAST_SCORE = 2.4
SECOND_BEST = 0.75
DIRECT_SCORE = 8.0
# What a whole work area has in common with an item of measures helps its tasks, but proposes nothing alone.
OF_AREA = 0.3


@dataclass(frozen=True)
class KnownUnit:
    """A unit that may lead: its key, its names, and its remit in words."""

    key: int
    names: tuple[str, ...]
    remit: str


def propose_links(draft: Draft) -> int:
    """Propose links for tasks that have none yet; returns how many were added."""
    linked = {row.clause for row in draft.proposals}
    upstream = Upstream(draft)
    before = len(draft.proposals)
    for section, tasks in planned(draft):
        area = draft.text[section.start : section.end]
        near = {match.place: match.score * OF_AREA for match in matches(area, upstream.items, upstream.corpus)}
        for task in tasks:
            if task.clause.key not in linked:
                words = f"{task.clause.title}，{draft.text[task.start : task.end]}"
                _propose_measures(draft, task, words, upstream, near)
                _propose_shortcoming(draft, task, f"{words}，{section.heading}", upstream)
    return len(draft.proposals) - before


class Upstream:
    """The words of last year that a task can go back to.

    `texts` of the measures, `items` of the numbered items that hold them (`item_of` by place of the measure),
    `weak` of the shortcomings with their causes; `corpus` is all of them, to tell rare words from common ones.
    """

    def __init__(self, draft: Draft) -> None:
        self.measures = [clause for clause in draft.clauses if clause.kind == "measure"]
        self.texts = [draft.words(measure) for measure in self.measures]
        sections = [
            section for part in draft.parts_of_kind("measures") for section in draft.inside(draft.sections, part)
        ]
        self.items = [draft.words(section) for section in sections]
        places = {section.key: place for place, section in enumerate(sections)}
        homes = [draft.section_of(measure) for measure in self.measures]
        self.item_of = [places.get(home.key, 0) if home else 0 for home in homes]
        self.weak = [
            "，".join(
                [draft.words(row), *(draft.words(cause) for cause in draft.causes if cause.shortcoming == row.key)]
            )
            for row in draft.shortcomings
        ]
        self.corpus = [*self.texts, *self.weak]


def _propose_measures(draft: Draft, task: Planned, words: str, upstream: Upstream, near: dict[int, float]) -> None:
    """The best measure of the best item, and of a second item that fits nearly as well."""
    best: dict[int, tuple[float, Match]] = {}
    for match in matches(words, upstream.texts, upstream.corpus):
        item = upstream.item_of[match.place]
        score = match.score + near.get(item, 0.0)
        if match.score >= LEAST_SCORE and score > best.get(item, (0.0,))[0]:
            best[item] = (score, match)
    rows = sorted(best.values(), key=lambda row: -row[0])[:2]
    for score, match in rows:
        if score >= SECOND_BEST * rows[0][0]:
            _add(draft, task, upstream.measures[match.place].key, match)


def _propose_shortcoming(draft: Draft, task: Planned, words: str, upstream: Upstream) -> None:
    for match in matches(words, upstream.weak, upstream.corpus)[:1]:
        if match.score >= LEAST_SCORE:
            _add(draft, task, draft.shortcomings[match.place].key, match)


def _add(draft: Draft, task: Planned, target: int, match: Match) -> None:
    strength = "direct" if match.score >= DIRECT_SCORE else "indirect"
    draft.proposals.append(
        Proposal(key=draft.new_key(), clause=task.clause.key, target=target, strength=strength, terms=list(match.terms))
    )


def propose_units(draft: Draft, units: Sequence[KnownUnit]) -> int:
    """Propose lead units for tasks without one: as the report names them, else by remit. Returns how many."""
    count = 0
    remits = [unit.remit for unit in units]
    corpus = [*remits, *Upstream(draft).corpus]
    for _section, tasks in planned(draft):
        for task in tasks:
            clause = task.clause
            if clause.unit is not None or clause.unit_settled:
                continue
            named = unit_named(clause.responsible, units)
            if named is not None:
                clause.unit, clause.unit_reason = named.key, "named"
            else:
                words = f"{clause.title}，{draft.text[task.start : task.end]}"
                best = next(iter(matches(words, remits, corpus)), None)
                if best is not None and best.score >= LEAST_SCORE:
                    clause.unit, clause.unit_reason = units[best.place].key, "、".join(best.terms)
            count += clause.unit is not None
    return count


def unit_named(responsible: str, units: Sequence[KnownUnit]) -> KnownUnit | None:
    """The unit whose name the report gives first in the brackets behind an item, or None."""
    first = re.split("[、，,；;和 ]", responsible.strip())[0]
    if not first:
        return None
    for unit in units:
        if first in unit.names:
            return unit
    return next(
        (unit for unit in units if any(name.endswith(first) or first.endswith(name) for name in unit.names)), None
    )
