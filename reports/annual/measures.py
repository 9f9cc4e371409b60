"""Part one: what was done, by area; from completed tasks and accepted evidence, with last year's figures beside."""

from collections.abc import Iterator
from decimal import Decimal

from reports.annual.facts import Facts, Told
from reports.annual.rows import Ground, Item, Piece, TaskRef
from reports.annual.text import sentence
from tracker.enums import Status
from tracker.models import Indicator, Reading, Task, WorkArea
from tracker.reading import counted_numbers

MARKS = "，。；、）"


def items(facts: Facts) -> tuple[Item, ...]:
    """One item a work area, in the order of the plan."""
    return tuple(_item(area, facts) for area in facts.areas)


def ref(task: Task) -> TaskRef:
    return TaskRef(task.pk, task.code, task.title)


def _item(area: WorkArea, facts: Facts) -> Item:
    tasks = [task for task in facts.tasks if task.area_id == area.pk and task.status != Status.CANCELLED]
    pieces = [piece for task in tasks for piece in _pieces(task, facts)]
    return Item(f"measures:{area.number}", area.title, tuple(pieces))


def _pieces(task: Task, facts: Facts) -> Iterator[Piece]:
    """What was done, with last year's figures put behind this year's; a figure that is not told stands by itself."""
    proofs = facts.proofs.get(task.pk, ())
    told = facts.told.get(task.pk, Told())
    words = sentence((told.submitted if task.status == Status.COMPLETED else "") or told.summary)
    ground = _ground(task, bool(proofs))
    known: list[tuple[str, str]] = []
    places: dict[int, Indicator] = {}
    alone = []
    for indicator in facts.indicators.get(task.pk, ()):
        reading = facts.readings.get(indicator.pk)
        if reading is None:
            continue
        place = _place(words, indicator, reading)
        if place is None or place in places:
            alone.append(_figure(task, indicator, reading, facts))
        else:
            places[place] = indicator
            known += _known(indicator, facts)
    # From the end, so that the places before hold.
    for place, indicator in sorted(places.items(), reverse=True):
        words = f"{words[:place]}（上年{_last_year(indicator)}）{words[place:]}"
    if words:
        stands = ground not in (Ground.UNPROVEN, Ground.RETURNED)
        yield Piece(f"task:{task.pk}", words, ground, stands, ref(task), proofs, tuple(known))
    yield from alone


def _ground(task: Task, proven: bool) -> Ground:
    """What is closed out is told; what is not, only where some evidence of it was accepted and nothing was returned."""
    if task.status == Status.COMPLETED:
        return Ground.COMPLETED
    if task.returned:
        return Ground.RETURNED
    return Ground.PROVEN if proven else Ground.UNPROVEN


def _place(words: str, indicator: Indicator, reading: Reading) -> int | None:
    """Where last year's figure goes: behind the reading, where the words name it once and a mark follows it.

    Inside a phrase (15个街道) the brackets would tear it apart.
    """
    found = [row.end for row in counted_numbers(words) if (row.value, row.unit) == (reading.value, indicator.unit)]
    if len(found) != 1 or _baseline(indicator) is None or words[found[0] : found[0] + 1] not in MARKS:
        return None
    return found[0]


def _figure(task: Task, indicator: Indicator, reading: Reading, facts: Facts) -> Piece:
    """This year's value with last year's beside it."""
    words = f"{indicator.name}{_number(reading.value)}{indicator.unit}"
    if _baseline(indicator) is not None:
        words = f"{words}（上年{_last_year(indicator)}）"
    proofs, known = facts.proofs.get(task.pk, ()), tuple(_known(indicator, facts))
    return Piece(f"indicator:{indicator.pk}", sentence(words), Ground.READING, True, ref(task), proofs, known)


def _baseline(indicator: Indicator) -> Decimal | None:
    return indicator.figure.value if indicator.figure else indicator.baseline


def _last_year(indicator: Indicator) -> str:
    return f"{_number(_baseline(indicator))}{indicator.unit}"


def _known(indicator: Indicator, facts: Facts) -> list[tuple[str, str]]:
    """Last year's figure stands on the report before, where it was taken from there."""
    return [(_last_year(indicator), facts.report.title)] if indicator.figure else []


def _number(value: Decimal | None) -> str:
    """Without zeros behind the point."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
