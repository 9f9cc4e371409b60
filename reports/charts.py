"""Pictures drawn on the server as SVG: no script, no style attribute, a title and words for who does not see them.

The text keeps its size and the drawing takes the width it is given: lines stand in an inner picture that is stretched,
words and marks at shares of the width. Colours come by class from the style sheet (`charts.css`), so that the dark
theme and paper have their own. The numbers stand in a table beside each picture.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

# At the head there is room for the words of the marks and for two labels above a line that ends at 100.
HEIGHT, TOP, FOOT = 286, 56, 28
GRID = (0, 25, 50, 75, 100)
PICTURE = (
    '<svg class="chart" role="img" aria-labelledby="{name}-title {name}-desc" width="100%" height="{height}" '
    'xmlns="http://www.w3.org/2000/svg"><title id="{name}-title">{title}</title><desc id="{name}-desc">{words}</desc>'
    "{content}</svg>"
)
STRETCHED = (
    '<svg x="0" y="{}" width="100%" height="{}" viewBox="0 0 100 100" preserveAspectRatio="none" '
    'overflow="visible">{}</svg>'
)
LINE = (
    '<polyline class="chart__line chart__line--{}" fill="none" vector-effect="non-scaling-stroke" points="{}">'
    "</polyline>"
)
# Where a word beside a mark would run out of the picture it stands on its other side.
FIRST_SHARE, LAST_SHARE = 34, 72
# How much of the narrowest picture a label may take, after its point and before it, where it names its day too.
AFTER, BEFORE = 36, 60
# Pixels between a label and its point, between a line and the label above or below it, and from label to label.
BESIDE, ABOVE, BELOW, ROW = 9, 8, 18, 17
# Below a lower point than this a label would stand on the months.
LEAST = 11


@dataclass(frozen=True)
class Line:
    """A line through (share of the width, height), both from 0 to 100; `kind` names its look.

    `marked` is a point of it with a disc and the word `label`.
    """

    kind: str
    points: Sequence[tuple[float, float]]
    label: str = ""
    marked: tuple[float, float] | None = None


@dataclass(frozen=True)
class Mark:
    """An upright line with a word at its head, at a share of the width; its word stands before it where `before`."""

    kind: str
    place: float
    label: str
    before: bool = False


@dataclass(frozen=True)
class Axis:
    """Words below the picture: (share of the width, word). Every second one may be left out where it is narrow."""

    labels: Sequence[tuple[float, str]] = field(default_factory=tuple)


def lines(name: str, title: str, words: str, drawn: Sequence[Line], marks: Iterable[Mark], axis: Axis) -> SafeString:
    """A picture of lines over 0 to 100; `name` is its own on the page, `words` say what is to be seen."""
    inner = [_gap(drawn), *(_line(line) for line in drawn)]
    height = HEIGHT - TOP - FOOT
    content = [
        *_grid(),
        *(_mark(mark) for mark in marks),
        format_html(STRETCHED, TOP, height, mark_safe("".join(inner))),  # made of escaped parts
        *_points(drawn),
        *_months(axis),
    ]
    return _picture(name, title, words, content)


def _picture(name: str, title: str, words: str, content: Iterable[SafeString]) -> SafeString:
    joined = mark_safe("".join(content))  # made of escaped parts
    return format_html(PICTURE, name=name, title=title, words=words, height=HEIGHT, content=joined)


def _height(value: float) -> float:
    """Where a value stands, in pixels from the top."""
    return round(TOP + (HEIGHT - TOP - FOOT) * (100 - value) / 100, 1)


def _grid() -> Iterable[SafeString]:
    for value in GRID:
        yield format_html(
            '<line class="chart__grid" x1="0" x2="100%" y1="{0}" y2="{0}"></line>'
            '<text class="chart__value" x="-8" y="{1}" text-anchor="end">{2}</text>',
            _height(value),
            _height(value) + 4,
            value,
        )


def _line(line: Line) -> SafeString:
    return format_html(LINE, line.kind, _corners(line.points))


def _corners(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.2f},{100 - y:.2f}" for x, y in points)


def _gap(drawn: Sequence[Line]) -> SafeString:
    """What lies between two lines as far as the second goes, where it lies below the first."""
    if len(drawn) != 2:
        return SafeString("")
    pairs = zip(drawn[0].points, drawn[1].points, strict=False)
    behind = groupby(pairs, key=lambda pair: pair[1][1] <= pair[0][1])
    runs = [list(run) for below, run in behind if below]
    outlines = ([high for high, _low in run] + [low for _high, low in reversed(run)] for run in runs if len(run) > 1)
    shapes = ((_corners(outline),) for outline in outlines)
    return format_html_join("", '<polygon class="chart__gap" points="{}"></polygon>', shapes)


def _mark(mark: Mark) -> SafeString:
    before = mark.before or mark.place > LAST_SHARE
    return format_html(
        '<line class="chart__mark chart__mark--{0}" x1="{1}%" x2="{1}%" y1="{2}" y2="{3}"></line>'
        '<text class="chart__word" x="{1}%" y="14" dx="{4}" text-anchor="{5}">{6}</text>',
        mark.kind,
        f"{mark.place:.2f}",
        4,
        _height(0),
        -5 if before else 5,
        "end" if before else "start",
        mark.label,
    )


def _points(drawn: Sequence[Line]) -> Iterable[SafeString]:
    """A disc at each line's marked point, and its label where no line runs."""
    ranked = sorted((line for line in drawn if line.marked), key=lambda line: -_marked(line)[1])
    for rank, line in enumerate(ranked):
        x, y = _marked(line)
        after, height = _place(drawn, (x, y), rank, len(ranked))
        yield format_html(
            '<circle class="chart__point chart__point--{0}" cx="{1}%" cy="{2}" r="4"></circle>'
            '<text class="chart__label chart__label--{0}" x="{1}%" y="{3}" dx="{4}" text-anchor="{5}">{6}</text>',
            line.kind,
            f"{x:.2f}",
            _height(y),
            height,
            BESIDE if after else -BESIDE,
            "start" if after else "end",
            line.label,
        )


def _marked(line: Line) -> tuple[float, float]:
    return line.marked or (0.0, 0.0)


def _place(drawn: Sequence[Line], point: tuple[float, float], rank: int, number: int) -> tuple[bool, float]:
    """(whether the label stands after its point, its height) for the point of that rank from above.

    Lines rise: before a point what is above it is free, and after it what is below. Where there is no room to both
    sides the labels stand one on the other, above all that runs beneath them.
    """
    x, y = point
    inside = FIRST_SHARE <= x < LAST_SHARE and min(_marked(line)[1] for line in drawn if line.marked) > LEAST
    if inside and rank:
        return True, _height(min(y, _lowest(drawn, x, x + AFTER))) + BELOW
    after = x < FIRST_SHARE
    start, end = (x, x + AFTER) if after else (x - BEFORE, x)
    row = 0 if inside else number - 1 - rank
    return after, _height(_highest(drawn, start, end)) - ABOVE - ROW * row


def _highest(drawn: Iterable[Line], start: float, end: float) -> float:
    return max(value for line in drawn for value in _values(line.points, start, end))


def _lowest(drawn: Iterable[Line], start: float, end: float) -> float:
    return min(value for line in drawn for value in _values(line.points, start, end))


def _values(points: Sequence[tuple[float, float]], start: float, end: float) -> Iterator[float]:
    """The values of a line at the corners between two shares of the width, and at the shares where it gets there."""
    yield from (y for x, y in points if start <= x <= end)
    for (x1, y1), (x2, y2) in pairwise(points):
        yield from (y1 + (y2 - y1) * (edge - x1) / (x2 - x1) for edge in (start, end) if x1 < edge < x2)


def _months(axis: Axis) -> Iterable[SafeString]:
    rows = (
        (" chart__month--second" if place % 2 else "", f"{share:.2f}", HEIGHT - 8, word)
        for place, (share, word) in enumerate(axis.labels)
    )
    yield format_html_join("", '<text class="chart__month{}" x="{}%" y="{}" text-anchor="middle">{}</text>', rows)
