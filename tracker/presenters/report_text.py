"""The words of a report cut into pieces at the marks on them: every character once, in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

# What must not start a line stays with the number before it.
NO_LINE_START = frozenset("，。；：、！？）》」』”’〕】,.;:!?)")


@dataclass(frozen=True)
class Ref:
    """What stands raised behind the last character of marked words; `name` is its full name for those who listen."""

    label: str
    url: str = ""
    code: str = ""
    name: str = ""


@dataclass(frozen=True)
class Mark:
    """Marked words [start, end). Of overlapping marks the one of lowest `rank` gives class and `code`."""

    start: int
    end: int
    css: str = ""
    bold: bool = False
    figure: bool = False
    code: str = ""
    anchor: str = ""
    rank: int = 0
    ref: Ref | None = None


@dataclass(frozen=True)
class Piece:
    """Characters that carry the same marks, and the references that stand behind them.

    `anchor` is the name of the words that begin here, `more_anchors` the names of others that do.
    """

    text: str
    css: str = ""
    bold: bool = False
    figure: bool = False
    code: str = ""
    anchor: str = ""
    more_anchors: tuple[str, ...] = ()
    refs: tuple[Ref, ...] = ()


@dataclass
class Run:
    """Pieces in order; the line does not break inside a run that is kept together."""

    keep: bool
    pieces: list[Piece] = field(default_factory=list)


def runs_of(shown: str, start: int, end: int, marks: Sequence[Mark]) -> list[Run]:
    """Cut `shown[start:end]` at the marks; they may nest, overlap and reach beyond the span.

    The last character of words with a reference, the reference, and closing punctuation behind it are one
    kept run, so that no line starts with the reference.
    """
    inside = sorted((mark for mark in marks if mark.start < end and mark.end > start), key=lambda mark: mark.rank)
    keeps = list(_keeps(shown, start, end, inside))
    edges = {start, end, *(edge for keep in keeps for edge in keep)}
    edges |= {edge for mark in inside for edge in (mark.start, mark.end) if start < edge < end}
    cuts = sorted(edges)
    runs: list[Run] = []
    for first, last in pairwise(cuts):
        kept = next((keep for keep in keeps if keep[0] <= first < keep[1]), None)
        if not runs or not (runs[-1].keep and kept and kept[0] != first):
            runs.append(Run(keep=kept is not None))
        runs[-1].pieces.append(_piece(shown, first, last, (start, end), inside))
    return runs


def _keeps(shown: str, start: int, end: int, marks: Sequence[Mark]) -> Iterator[tuple[int, int]]:
    """The spans that must not break, in order and apart from each other."""
    first = last = -1
    for place in sorted({_last_place(shown, end, mark) for mark in marks if mark.ref}):
        if not start < place <= end:
            continue
        if place - 1 >= last:
            if last > 0:
                yield first, last
            first = place - 1
        last = place
        while last < end and shown[last] in NO_LINE_START:
            last += 1
    if last > 0:
        yield first, last


def _last_place(shown: str, end: int, mark: Mark) -> int:
    """Where the mark ends; the end of the paragraph when only blanks of it lie beyond."""
    return end if mark.end > end and not shown[end : mark.end].strip() else mark.end


def _piece(shown: str, first: int, last: int, block: tuple[int, int], marks: Sequence[Mark]) -> Piece:
    here = [mark for mark in marks if mark.start < last and mark.end > first]
    opening = [mark for mark in here if first in (mark.start, block[0]) and not shown[mark.start : first].strip()]
    closing = [mark for mark in here if _last_place(shown, block[1], mark) == last]
    anchors = [mark.anchor for mark in opening if mark.anchor]
    return Piece(
        text=shown[first:last],
        css=next((mark.css for mark in here if mark.css), ""),
        bold=any(mark.bold for mark in here),
        figure=any(mark.figure for mark in here),
        code=next((mark.code for mark in here if mark.code), ""),
        anchor=anchors[0] if anchors else "",
        more_anchors=tuple(anchors[1:]),
        refs=tuple(mark.ref for mark in closing if mark.ref),
    )
