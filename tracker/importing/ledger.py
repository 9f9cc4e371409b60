"""A ledger that becomes a plan: its rows written as a text, and understood as they say themselves."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.importing.draft import ClausePiece, Draft, Head, PartPiece, SectionPiece
from tracker.reading.clauses import nature_of

_BLANKS = re.compile(r"\s+")
_END = "。．.；;，, "
NATURES = frozenset({"one_off", "phased", "continuous"})


@dataclass(frozen=True)
class LedgerRow:
    """One row as it stands in the ledger; `number` is its line, `nature` a value of `Nature` or ""."""

    number: int
    code: str = ""
    area: str = ""
    title: str = ""
    words: str = ""
    nature: str = ""
    responsible: str = ""
    due_on: str = ""
    due_basis: str = ""


def from_rows(rows: Sequence[LedgerRow], *, title: str, issuer: str, year: int, area: str) -> Draft:
    """The draft of a plan whose words are those of the ledger's rows.

    `year` is the one before the plan's; `area` the name of the work area of rows that give none. Rows without words
    are left out. A due date that is no date, and numbers that will differ, become warnings.
    """
    draft = Draft(text="", head=Head(title=title, issuer=issuer, year=year))
    pieces = _Pieces(draft)
    pieces.line(title)
    heading = f"{year + 1}年工作安排"
    start = pieces.line(heading)
    part = PartPiece(key=draft.new_key(), start=start, end=start, kind="arrangements", heading=heading)
    draft.parts.append(part)
    for number, (name, members) in enumerate(_areas(rows, area).items(), 1):
        _section(draft, pieces, number, name, members)
    draft.text = pieces.text
    part.end = len(draft.text.rstrip())
    return draft


class _Pieces:
    """The text as it grows, line by line."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self._lines: list[str] = []
        self._length = 0

    @property
    def text(self) -> str:
        return "".join(self._lines)

    def line(self, words: str) -> int:
        """Add a line; returns where it starts."""
        start = self._length
        self._lines.append(f"{words}\n")
        self._length += len(words) + 1
        return start


def _areas(rows: Sequence[LedgerRow], unnamed: str) -> dict[str, list[LedgerRow]]:
    """Rows that have words, by work area in the order in which the areas first stand."""
    found: dict[str, list[LedgerRow]] = {}
    for row in rows:
        if words_of(row):
            found.setdefault(_plain(row.area) or unnamed, []).append(row)
    return found


def words_of(row: LedgerRow) -> str:
    """What the task stands on: the measure, else the title, in one line without a closing mark."""
    return _plain(row.words) or _plain(row.title)


def _plain(words: str) -> str:
    return _BLANKS.sub(" ", words).strip().rstrip(_END)


def _section(draft: Draft, pieces: _Pieces, number: int, name: str, rows: Sequence[LedgerRow]) -> None:
    heading = name.lstrip("0123456789.、 ") or name
    start = pieces.line(f"{number}.{heading}")
    section = SectionPiece(key=draft.new_key(), start=start, end=start, number=f"{number}.", heading=heading)
    draft.sections.append(section)
    for serial, row in enumerate(rows, 1):
        words = words_of(row)
        begin = pieces.line(f"{words}。")
        section.end = begin + len(words) + 1
        clause = ClausePiece(
            key=draft.new_key(),
            start=begin,
            end=begin + len(words),
            kind="commitment",
            title=_plain(row.title) if _plain(row.words) else "",
            nature=row.nature or _nature(words),
            responsible=_plain(row.responsible),
            due_on=row.due_on if _is_day(row.due_on) else "",
            due_basis=row.due_basis if _is_day(row.due_on) else "",
        )
        draft.clauses.append(clause)
        draft.warnings += _warnings(row, f"{number}.{serial}", clause)


def _nature(words: str) -> str:
    found = nature_of(words)
    return found if found in NATURES else ""


def _is_day(words: str) -> bool:
    try:
        date.fromisoformat(words)
    except ValueError:
        return False
    return True


def _warnings(row: LedgerRow, code: str, clause: ClausePiece) -> list[dict[str, Any]]:
    place = {"start": clause.start, "end": clause.end}
    found = []
    if row.due_on and not _is_day(row.due_on):
        message = f"第{row.number}行的完成时限“{row.due_on}”不是日期，没有采用。"
        found.append({"code": "due_date", "message": message, **place})
    if row.code and row.code != code:
        found.append({"code": "renumbered", "message": f"第{row.number}行的编号{row.code}将改为{code}。", **place})
    return found
