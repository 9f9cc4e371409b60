"""Which numbers of a sentence stand on accepted evidence.

A number is proved when the claim of an accepted use of evidence of the same task names it, with the same unit; or when
it is one that the report before or the tracker's own counting stands for. Everything else is marked ［待核］. Where the
claim has other words before the number, the two may speak of different things: what people wrote is then compared.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from reports.annual.rows import Mark, Proof
from tracker.reading import counted_numbers
from tracker.texts import UNPROVED

_HAN = "〇零一二两三四五六七八九十百千万亿"
_UNIT = "(?:个百分点|人次|件次|户次|批次|[个件项次人名家户条份期批卷篇册张辆台套间座处所支类种位例栋笔票倍亩吨元场起])"
# Numbers that people write beside the usual form: 三百余人次, 百分之九十, 10-20件, 3/4, 5成, and bare ones.
_OTHER = re.compile(
    rf"百分之[{_HAN}点]{{1,8}}"
    rf"|(?<![第{_HAN}])[{_HAN}]{{2,9}}[余多]?{_UNIT}"
    rf"|(?<![第{_HAN}])[两三四五六七八九十](?:次|件|场|起|期|批|份)(?![{_HAN}])"
    rf"|(?<![0-9.])[0-9]+(?:\.[0-9]+)?[-—~～至][0-9]+(?:\.[0-9]+)?(?:%|{_UNIT})"
    r"|(?<![0-9./])[0-9]+/[0-9]+(?![0-9/])"
    r"|(?<![0-9.])[0-9](?:\.[0-9])?成"
    r"|(?<![0-9.〔\[-])[0-9]{3,}(?:\.[0-9]+)?(?![0-9年号〕\].-])"
)
_QUOTED = re.compile(r"“[^”]*”|《[^》]*》|〔[^〕]*〕")
BEFORE = 2


def numbers(text: str) -> list[tuple[int, int, str]]:
    """(start, end, name) of the numbers of a text that want proof, in order; equal names are the same number."""
    found = [(row.start, row.end, f"{row.value.normalize():f}{row.unit}") for row in counted_numbers(text)]
    taken = [(start, end) for start, end, _name in found] + [match.span() for match in _QUOTED.finditer(text)]
    others = [(*match.span(), match[0]) for match in _OTHER.finditer(text)]
    found += [row for row in others if not any(row[0] < end and start < row[1] for start, end in taken)]
    return sorted(found)


def marks(text: str, proofs: Iterable[Proof], known: Iterable[tuple[str, str]] = ()) -> tuple[Mark, ...]:
    """Every number of the text that wants proof, with the evidence (or the words of `known`) it stands on."""
    grounds: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    for words, ground in known:
        for _start, _end, name in numbers(words):
            grounds[name].append((ground, None))
    for proof in proofs:
        for start, _end, name in numbers(proof.claim):
            grounds[name].append((proof.number, proof.claim[max(start - BEFORE, 0) : start]))
    return tuple(_mark(text, start, end, grounds.get(name, [])) for start, end, name in numbers(text))


def _mark(text: str, start: int, end: int, grounds: list[tuple[str, str | None]]) -> Mark:
    """What names the number with the same words before it comes first; "" before it fits anything."""
    before = text[max(start - BEFORE, 0) : start]
    fitting = [ground for ground, words in grounds if words is None or words == before]
    if fitting or not grounds:
        return Mark(start, end, fitting[0] if fitting else "")
    return Mark(start, end, grounds[0][0], loose=True)


def marked(text: str, found: Sequence[Mark]) -> str:
    """The text with ［待核］ behind every number that nothing stands behind."""
    return "".join(words + (UNPROVED if state == "unproved" else "") for words, state, _on in segments(text, found))


def segments(text: str, found: Sequence[Mark]) -> Iterator[tuple[str, str, str]]:
    """The words cut at their numbers: (words, state, what they stand on); state is "", "proved" or "unproved"."""
    last = 0
    for mark in found:
        yield text[last : mark.start], "", ""
        yield text[mark.start : mark.end], "proved" if mark.stands_on else "unproved", mark.stands_on
        last = mark.end
    yield text[last:], "", ""


def unmarked(text: str) -> str:
    """What was typed, without marks that somebody copied along."""
    return text.replace(UNPROVED, "").replace("[待核]", "")
