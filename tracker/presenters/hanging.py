"""What changed of what hangs on a task between two days: its links, its evidence, its indicators with readings."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from tracker import wording
from tracker.enums import IndicatorDirection, LinkHealth, LinkState, Strength, Verdict
from tracker.presenters.report_notes import measure_name, shortcoming_name
from tracker.presenters.task_tables import TROUBLES, number

Held = dict[str, list[dict[str, Any]]]


class Told(NamedTuple):
    """One thing that hangs on a task: how it is known again, its name, and what is said of it in parts."""

    key: Any
    name: str
    parts: tuple[str, ...]

    @property
    def words(self) -> str:
        return f"{self.name}　{_joined(self.parts)}"


def hanging(old: Held | None, new: Held | None) -> Iterator[dict[str, str]]:
    """{"name", "label", "old", "new"} of each that came, went or changed; empty words for what was not there.

    `old` and `new` are `as_of.holdings` of one task. Of what only changed the label names it, and only what differs is
    told.
    """
    if old == new:
        return
    yield from _compared(old, new, "links", _("Link"), _link)
    yield from _compared(old, new, "evidence", _("Evidence"), _item)
    yield from _compared(old, new, "indicators", _("Indicator"), _indicator)


def _compared(
    old: Held | None, new: Held | None, name: str, label: str, told: Callable[[dict[str, Any]], Told]
) -> Iterator[dict[str, str]]:
    before, after = ({row.key: row for row in map(told, (held or {}).get(name, ()))} for held in (old, new))
    for key in dict.fromkeys([*before, *after]):
        then, now = before.get(key), after.get(key)
        if then == now:
            continue
        if then and now:
            gone = _joined(part for part in then.parts if part not in now.parts)
            come = _joined(part for part in now.parts if part not in then.parts)
            yield {"name": name, "label": f"{label} {now.name}", "old": gone, "new": come}
        else:
            yield {"name": name, "label": label, "old": then.words if then else "", "new": now.words if now else ""}


def _joined(parts: Iterable[str]) -> str:
    return "；".join(parts)


def _link(row: dict[str, Any]) -> Told:
    measured = row["what"] == "measure"
    name = measure_name(row["number"], 0) if measured else shortcoming_name(int(row["number"]))
    state = _("suspect") if row["suspect"] else str(LinkState(row["state"]).label)
    return Told((row["what"], row["id"]), name, (str(Strength(row["strength"]).label), state))


def _item(row: dict[str, Any]) -> Told:
    parts = [str(Verdict(row["verdict"]).label)]
    if row["health"] in TROUBLES:
        parts.append(str(LinkHealth(row["health"]).label))
    return Told(row["id"], f"{row['number']} {row['title']}", tuple(parts))


def _indicator(row: dict[str, Any]) -> Told:
    """The readings with their days, beside what is to be reached."""
    parts = []
    if row["baseline"]:
        parts.append(_("baseline %(value)s") % {"value": number(Decimal(row["baseline"]))})
    for on, value in row["readings"]:
        parts.append(f"{wording.full_date(datetime.date.fromisoformat(on))} {number(Decimal(value))}")
    reached = number(Decimal(row["target"])) if row["target"] else str(IndicatorDirection(row["direction"]).label)
    parts.append(_("target %(value)s") % {"value": reached})
    return Told(row["name"], f"{row['name']} {row['unit']}".strip(), tuple(parts))
