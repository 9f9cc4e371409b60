"""Part four: what is carried into the coming year, by area; what is new is written by hand."""

from collections.abc import Iterator

from reports.annual.facts import Facts
from reports.annual.measures import ref
from reports.annual.rows import Ground, Item, Piece
from reports.annual.text import sentence
from tracker.enums import OPEN_STATUSES, CarryOverKind, Nature, Status
from tracker.models import Task, WorkArea


def items(facts: Facts) -> tuple[Item, ...]:
    """One item a work area; what nothing is carried into stays empty until somebody writes a sentence."""
    return tuple(Item(f"arrangements:{area.number}", area.title, tuple(_pieces(area, facts))) for area in facts.areas)


def _pieces(area: WorkArea, facts: Facts) -> Iterator[Piece]:
    for task in facts.tasks:
        if task.area_id == area.pk:
            piece = _piece(task, facts)
            if piece is not None:
                yield piece


def _piece(task: Task, facts: Facts) -> Piece | None:
    """What the roll-over carries stands in its words; an open task that nobody has settled is offered in its own.

    So is completed work that is continuous by nature: most of it goes on in the coming year.
    """
    settled = facts.carried.get(task.pk)
    if settled is not None and task.status in OPEN_STATUSES:
        if settled.kind != CarryOverKind.CARRIED:
            return None
        return Piece(f"next:{task.pk}", sentence(settled.words or task.quote), Ground.CARRIED, True, ref(task))
    if task.status in OPEN_STATUSES:
        return Piece(f"next:{task.pk}", sentence(task.quote), Ground.UNSETTLED, False, ref(task))
    if task.status == Status.COMPLETED and task.nature == Nature.CONTINUOUS:
        return Piece(f"next:{task.pk}", sentence(task.quote), Ground.CONTINUOUS, False, ref(task))
    return None
