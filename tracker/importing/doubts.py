"""Places where the reading may be wrong, with the ways to decide each; the first choice is the suggestion.

Doubts follow from the draft as it stands: one that no longer holds is gone, and `Draft.settled` remembers those
that a person has looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tracker import coverage
from tracker.importing import corrections
from tracker.importing.draft import ClausePiece, Draft
from tracker.importing.terms import shared_terms

_CONNECTIVE = re.compile(r"\s*(?:和|与|及|以及|并)\s*")
_SAME_SENTENCE = re.compile(r"\s*[，,]\s*")
# A clause that opens with one of these mostly says by what means the next one is done.
_MEANS = re.compile(r"(?:运用|统筹|整合|依托|发挥|借助|利用|围绕|立足|坚持)")
_LONG_ENOUGH = 3


@dataclass(frozen=True)
class Doubt:
    """`name` is stable between corrections; `choices` in order; `chosen` is what a person decided, or ""."""

    name: str
    code: str
    start: int
    end: int
    choices: tuple[str, ...]
    key: int = 0
    chosen: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        return not self.chosen


def doubts(draft: Draft) -> list[Doubt]:
    """All unsure places in the order of the text; those about the whole report come first."""
    found = [*_warnings(draft), *_causes(draft), *_commitments(draft), *_uncovered(draft)]
    return sorted(found, key=lambda doubt: doubt.start)


def settle(draft: Draft, name: str, choice: str) -> None:
    """Decide one doubt. Raises CannotCorrect("unknown_piece") when there is no such doubt or choice."""
    doubt = next((row for row in doubts(draft) if row.name == name), None)
    if doubt is None or choice not in doubt.choices:
        raise corrections.CannotCorrect("unknown_piece")
    _ACTS.get((doubt.code, choice), _nothing)(draft, doubt)
    draft.settled[name] = choice


def settle_all(draft: Draft) -> int:
    """Decide every open doubt as suggested; returns how many."""
    count = 0
    while True:
        waiting = next((doubt for doubt in doubts(draft) if doubt.open), None)
        if waiting is None:
            return count
        settle(draft, waiting.name, waiting.choices[0])
        count += 1


def _doubt(draft: Draft, code: str, start: int, end: int, choices: tuple[str, ...], **more: Any) -> Doubt:
    name = f"{code}-{start}"
    return Doubt(name, code, start, end, choices, chosen=draft.settled.get(name, ""), **more)


def _warnings(draft: Draft) -> Iterator[Doubt]:
    for warning in draft.warnings:
        start, end = warning["start"] or 0, warning["end"] or 0
        name = f"warning-{warning['code']}-{start}"
        facts = {"code": warning["code"], "message": warning["message"]}
        yield Doubt(name, "warning", start, end, ("noted",), chosen=draft.settled.get(name, ""), facts=facts)


def _causes(draft: Draft) -> Iterator[Doubt]:
    paired = [cause for cause in draft.causes if cause.by_position]
    settled = draft.settled.get(f"causes-{draft.causes[0].start}") if draft.causes else None
    if paired or settled:
        start, end = draft.causes[0].start, draft.causes[-1].end
        yield _doubt(draft, "causes", start, end, ("pairs", "common"), facts={"count": len(draft.causes)})


def _commitments(draft: Draft) -> Iterator[Doubt]:
    for _section, clauses in draft.areas():
        for before, clause in zip([None, *clauses], clauses, strict=False):
            if clause.role == "left":
                continue
            found = _pairwise(draft, before, clause) if before is not None and before.role != "left" else None
            if found is not None:
                yield found
            elif clause.role == "task" and not clause.nature and not clause.title:
                yield _doubt(draft, "no_verb", clause.start, clause.end, ("task", "left"), key=clause.key)


def _pairwise(draft: Draft, before: ClausePiece, clause: ClausePiece) -> Doubt | None:
    """The doubt about whether two neighbours are one task, if there is one."""
    between = draft.text[before.end : clause.start]
    span = (before.start, clause.end)
    if _CONNECTIVE.fullmatch(between):
        return _doubt(draft, "shared_verb", *span, ("two", "one"), key=clause.key)
    if not _SAME_SENTENCE.fullmatch(between):
        return None
    if f"goal-{clause.start}" in draft.settled or clause.role == "goal":
        return _doubt(draft, "goal", clause.start, clause.end, ("goal", "task"), key=clause.key)
    terms = shared_terms(draft.words(before), draft.words(clause), shortest=_LONG_ENOUGH)
    if terms:
        return _doubt(draft, "elaboration", *span, ("one", "two"), key=clause.key, facts={"terms": terms})
    if _MEANS.match(draft.words(before)):
        return _doubt(draft, "means", *span, ("one", "two"), key=clause.key)
    return None


def _uncovered(draft: Draft) -> Iterator[Doubt]:
    for start, end in progress(draft).gaps:
        yield _doubt(draft, "uncovered", start, end, ("add", "leave"))


def progress(draft: Draft) -> coverage.Coverage:
    """How much of the arrangements' words belongs to a task or a goal."""
    total = coverage.Coverage()
    for section, clauses in draft.areas():
        spans = [(clause.start, clause.end) for clause in clauses if clause.role != "left"]
        total += coverage.coverage(draft.text, draft.body_start(section), section.end, spans)
    return total


def _nothing(draft: Draft, doubt: Doubt) -> None:
    """The reading stays as it is."""


def _join(draft: Draft, doubt: Doubt) -> None:
    corrections.join(draft, doubt.key)


def _common(draft: Draft, doubt: Doubt) -> None:
    for cause in draft.causes:
        cause.shortcoming, cause.by_position = None, False


def _pairs(draft: Draft, doubt: Doubt) -> None:
    """Each cause explains the shortcoming at its place in the order; that stays a reading of ours."""
    if len(draft.causes) == len(draft.shortcomings):
        for cause, row in zip(draft.causes, draft.shortcomings, strict=True):
            cause.shortcoming, cause.by_position = row.key, True


def _add(draft: Draft, doubt: Doubt) -> None:
    corrections.add(draft, doubt.start, doubt.end)


def _role(role: str) -> Any:
    return lambda draft, doubt: corrections.set_role(draft, doubt.key, role)


_ACTS: dict[tuple[str, str], Any] = {
    ("causes", "pairs"): _pairs,
    ("causes", "common"): _common,
    ("shared_verb", "one"): _join,
    ("elaboration", "one"): _join,
    ("means", "one"): _join,
    ("goal", "task"): _role("task"),
    ("goal", "goal"): _role("goal"),
    ("no_verb", "left"): _role("left"),
    ("uncovered", "add"): _add,
}
