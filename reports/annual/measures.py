"""Part one: what was done, by area; from completed tasks and accepted evidence, with last year's figures beside."""

from collections.abc import Iterator

from reports.annual.facts import Facts, Told
from reports.annual.rows import Ground, Item, Piece, TaskRef
from reports.annual.text import sentence
from tracker.enums import Status
from tracker.models import Indicator, Reading, Task, WorkArea


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
    proofs = facts.proofs.get(task.pk, ())
    told = facts.told.get(task.pk, Told())
    words = (told.submitted if task.status == Status.COMPLETED else "") or told.summary
    ground = _ground(task, bool(proofs))
    if words:
        yield Piece(f"task:{task.pk}", sentence(words), ground, ground != Ground.UNPROVEN, ref(task), proofs)
    for indicator in facts.indicators.get(task.pk, ()):
        reading = facts.readings.get(indicator.pk)
        if reading is not None:
            yield _figure(task, indicator, reading, facts)


def _ground(task: Task, proven: bool) -> Ground:
    """What is closed out is told; what is not, only where some evidence of it was accepted."""
    if task.status == Status.COMPLETED:
        return Ground.COMPLETED
    return Ground.PROVEN if proven else Ground.UNPROVEN


def _figure(task: Task, indicator: Indicator, reading: Reading, facts: Facts) -> Piece:
    """This year's value with last year's beside it, which the report before stands for."""
    before = indicator.figure.value if indicator.figure else indicator.baseline
    unit = indicator.unit
    known: tuple[tuple[str, str], ...] = ()
    words = f"{indicator.name}{_number(reading.value)}{unit}"
    if before is not None:
        compared = f"{_number(before)}{unit}"
        words = f"{words}（上年{compared}）"
        known = ((compared, facts.report.title),) if indicator.figure else ()
    proofs = facts.proofs.get(task.pk, ())
    return Piece(f"indicator:{indicator.pk}", sentence(words), Ground.READING, True, ref(task), proofs, known)


def _number(value: object) -> str:
    """Without zeros behind the point."""
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
