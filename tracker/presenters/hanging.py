"""What changed of what hangs on a task between two days: its links, its evidence, its indicators with readings."""

import datetime
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tracker import wording
from tracker.enums import IndicatorDirection, LinkHealth, LinkState, Strength, Verdict
from tracker.presenters.report_notes import measure_name, shortcoming_name
from tracker.presenters.task_tables import TROUBLES, number

Held = dict[str, list[dict[str, Any]]]


def hanging(old: Held | None, new: Held | None) -> Iterator[dict[str, str]]:
    """{"label", "old", "new"} of each that came, went or changed; empty words for what was not there.

    `old` and `new` are `as_of.holdings` of one task.
    """
    if old == new:
        return
    yield from _compared(old, new, "links", _("Link"), _link)
    yield from _compared(old, new, "evidence", _("Evidence"), _item)
    yield from _compared(old, new, "indicators", _("Indicator"), _indicator)


def _compared(
    old: Held | None, new: Held | None, name: str, label: str, told: Callable[[dict[str, Any]], tuple[Any, str]]
) -> Iterator[dict[str, str]]:
    before, after = (dict(told(row) for row in (held or {}).get(name, ())) for held in (old, new))
    for key in dict.fromkeys([*before, *after]):
        if before.get(key) != after.get(key):
            yield {"label": label, "old": before.get(key, ""), "new": after.get(key, "")}


def _link(row: dict[str, Any]) -> tuple[Any, str]:
    measured = row["what"] == "measure"
    name = measure_name(row["number"], 0) if measured else shortcoming_name(int(row["number"]))
    state = _("suspect") if row["suspect"] else str(LinkState(row["state"]).label)
    return (row["what"], row["id"]), "　".join([name, str(Strength(row["strength"]).label), state])


def _item(row: dict[str, Any]) -> tuple[Any, str]:
    words = [row["number"], row["title"], str(Verdict(row["verdict"]).label)]
    if row["health"] in TROUBLES:
        words.append(str(LinkHealth(row["health"]).label))
    return row["id"], "　".join(words)


def _indicator(row: dict[str, Any]) -> tuple[Any, str]:
    """The readings with their days, beside what is to be reached."""
    words = [f"{row['name']} {row['unit']}".strip()]
    if row["baseline"]:
        words.append(_("baseline %(value)s") % {"value": number(Decimal(row["baseline"]))})
    for on, value in row["readings"]:
        words.append(f"{wording.full_date(datetime.date.fromisoformat(on))} {number(Decimal(value))}")
    reached = number(Decimal(row["target"])) if row["target"] else str(IndicatorDirection(row["direction"]).label)
    words.append(_("target %(value)s") % {"value": reached})
    return row["name"], "；".join(words)
