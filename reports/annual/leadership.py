"""Part three: how the first responsible persons did their duty, from the register of the year."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator

from reports.annual.facts import Facts
from reports.annual.rows import Ground, Item, Piece
from reports.annual.text import clause, sentence
from reports.enums import DutyKind
from reports.models import LeaderDuty
from tracker.dates import official_date

# Acts that a report counts where a register lists them.
COUNTED = {DutyKind.REVIEW: "主持召开进度评审{number}次", DutyKind.STUDY: "组织专题学法{number}次"}

REGISTER = "履职登记"


def items(facts: Facts) -> tuple[Item, ...]:
    """One item a leader, in the order in which they first acted; the heading is who the sentences speak of."""
    found: dict[str, list[LeaderDuty]] = defaultdict(list)
    for duty in facts.duties:
        found[duty.leader].append(duty)
    return tuple(Item(f"leadership:{_key(leader)}", leader, tuple(_pieces(rows))) for leader, rows in found.items())


def _key(leader: str) -> str:
    """By name: the register grows at both ends."""
    return hashlib.sha256(leader.encode()).hexdigest()[:12]


def _pieces(duties: list[LeaderDuty]) -> Iterator[Piece]:
    """Acts in the order of the year; several of a kind that is counted become one sentence at the first of them."""
    counted = {kind: [duty for duty in duties if duty.kind == kind] for kind in COUNTED}
    for duty in duties:
        same = counted.get(DutyKind(duty.kind), [])
        if len(same) > 1 and duty is not same[0]:
            continue
        told = same if len(same) > 1 else [duty]
        words = _counted(same) if len(same) > 1 else duty.words
        yield Piece(f"duty:{duty.pk}", sentence(words), Ground.DUTY, known=((words, REGISTER),), source=_source(told))


def _source(duties: list[LeaderDuty]) -> str:
    """The entries of the register that a sentence tells of."""
    return f"{REGISTER}：" + "；".join(f"{official_date(duty.on)}{duty.number}" for duty in duties)


def _counted(duties: list[LeaderDuty]) -> str:
    words = COUNTED[DutyKind(duties[0].kind)].format(number=len(duties))
    if duties[0].kind == DutyKind.REVIEW:
        return words
    themes = dict.fromkeys(clause(duty.words).rpartition("：")[2] for duty in duties)
    return f"{words}，内容包括{'、'.join(themes)}"
