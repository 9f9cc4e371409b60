"""What a page asks of a draft: codes of tasks, counts, and the furniture around the text."""

from dataclasses import dataclass

from tracker.importing.corrections import Planned, planned
from tracker.importing.draft import ClausePiece, Draft, SectionPiece
from tracker.reading.text import Source


@dataclass(frozen=True)
class Area:
    """An item of the arrangements: its number in the plan, its section, its tasks, and what was left out."""

    number: int
    section: SectionPiece
    tasks: list[Planned]
    left: list[ClausePiece]

    def code(self, place: int) -> str:
        """The code that the task at this place (from 0) will have."""
        return f"{self.number}.{place + 1}"


def areas(draft: Draft) -> list[Area]:
    """The work areas that the plan will have, in order."""
    return [
        Area(
            number,
            section,
            tasks,
            [row for row in draft.inside(draft.clauses, section) if row.role == "left"],
        )
        for number, (section, tasks) in enumerate(planned(draft), 1)
    ]


def codes(found: list[Area]) -> dict[int, str]:
    """{key of a clause: code of its task}; the goals of a task carry its code."""
    named = {}
    for area in found:
        for place, task in enumerate(area.tasks):
            for clause in (task.clause, *task.goals):
                named[clause.key] = area.code(place)
    return named


def paragraphs(draft: Draft) -> list[tuple[int, int, bool]]:
    """(start, end, whether it is furniture of the page) of every paragraph, in order."""
    source = Source(draft.text)
    prose = [(start, end, False) for start, end in source.paragraphs(0, len(draft.text))]
    return sorted([*prose, *((start, end, True) for start, end in source.furniture)])
