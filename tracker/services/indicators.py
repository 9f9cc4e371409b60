"""Indicators of a task and their readings."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tracker import clock, permissions
from tracker.enums import EventKind, IndicatorDirection, Move, Status
from tracker.exceptions import InvalidInput, MoveRefused
from tracker.models import Figure, Indicator, Reading, User
from tracker.services import tasks
from tracker.services.secrecy import refuse_marks

NOTE_LENGTH = Reading._meta.get_field("note").max_length or 0


@transaction.atomic
def add(
    task_id: int,
    *,
    by: User,
    name: str,
    direction: str,
    unit: str = "",
    figure: Figure | None = None,
    baseline: Decimal | None = None,
    target: Decimal | None = None,
) -> Indicator:
    """A number that the task is to move; a figure of the plan's own report gives unit and baseline.

    Raises MoveRefused for a closed task, InvalidInput per field.
    """
    task = tasks.locked(task_id, None)
    permissions.check_set_up(by, task.plan)
    if task.status in (Status.COMPLETED, Status.CANCELLED):
        raise MoveRefused(_("The task is closed; it takes no new indicator."), field="task")
    if direction not in IndicatorDirection.values:
        raise InvalidInput(_("Choose whether the number is to rise, fall or reach its target."), field="direction")
    if not name.strip():
        raise InvalidInput(_("An indicator needs a name."), field="name")
    if figure is not None and figure.report_id != task.plan.report_id:
        raise InvalidInput(_("This figure belongs to another report than the plan's."), field="figure")
    if figure is not None:
        unit, baseline = unit or figure.unit, figure.value
    for field, value in (("baseline", baseline), ("target", target)):
        _refuse_below_nought(value, field)
    if Indicator.objects.filter(task=task, name=name.strip()).exists():
        raise InvalidInput(_("The task has an indicator of this name already."), field="name")
    indicator = Indicator.objects.create(
        task=task,
        name=name.strip(),
        direction=direction,
        unit=unit.strip(),
        figure=figure,
        baseline=baseline,
        target=target,
    )
    tasks.note(task.pk, EventKind.INDICATOR, by=by, detail=indicator.name)
    return indicator


@transaction.atomic
def read(
    indicator_id: int,
    *,
    by: User,
    value: Any,
    on: datetime.date | None = None,
    note: str = "",
    task_id: int | None = None,
) -> Reading:
    """The indicator's value on a day (today unless given); a second value for the same day replaces the first.

    With `task_id` the indicator must be one of that task's. Raises InvalidInput (field "reading_<id>") for a value
    that contradicts what was read before and comes without a word of explanation: another one for the same day, or
    one that goes against the indicator's direction.
    """
    indicator = Indicator.objects.filter(pk=indicator_id).first()
    if indicator is None or task_id not in (None, indicator.task_id):
        raise InvalidInput(_("This indicator does not belong to the task."), field="readings")
    task = tasks.locked(indicator.task_id, None)
    permissions.check_move(by, task, Move.REPORT)
    day = on or clock.today()
    if day > clock.today():
        raise InvalidInput(_("A reading cannot lie in the future."), field="on")
    _refuse_below_nought(value, f"reading_{indicator.pk}")
    text = note.strip()
    refuse_marks({"note": text}, by=by, task=task)
    contradiction = _contradiction(indicator, day, Decimal(value))
    if contradiction and not text:
        raise InvalidInput(contradiction, field=f"reading_{indicator.pk}")
    if len(text) > NOTE_LENGTH:
        words = _("At most %(most)d characters.") % {"most": NOTE_LENGTH}
        raise InvalidInput(words, field=f"reading_{indicator.pk}")
    reading, _created = Reading.objects.update_or_create(
        indicator=indicator, on=day, defaults={"value": value, "by": by, "note": text}
    )
    detail = f"{indicator.name} {value} {indicator.unit}".strip()
    tasks.note(task.pk, EventKind.INDICATOR, by=by, detail=detail, reason=text)
    return reading


def _refuse_below_nought(value: Any, field: str) -> None:
    """What the indicators of a plan count or measure is never less than nothing."""
    if value is not None and Decimal(value) < 0:
        raise InvalidInput(_("A value below 0 cannot be right here; check it."), field=field)


def _contradiction(indicator: Indicator, day: datetime.date, value: Decimal) -> str:
    """What `value` contradicts, in a sentence; "" for nothing."""
    known = list(indicator.readings.filter(on__lte=day).order_by("-on")[:2])
    same = known[0] if known and known[0].on == day else None
    if same is not None and same.value != value:
        words = _("%(value)s was entered for the same day by %(who)s. Say why it is %(new)s now.")
        return words % {"value": plain_number(same.value), "who": same.by, "new": plain_number(value)}
    before = next((reading for reading in known if reading.on < day), None)
    if before is None:
        return ""
    facts = {"value": plain_number(before.value), "date": before.on.isoformat(), "new": plain_number(value)}
    if indicator.direction == IndicatorDirection.UP and value < before.value:
        return _("It was %(value)s on %(date)s already and is to rise. Say why it is %(new)s now.") % facts
    if indicator.direction == IndicatorDirection.DOWN and value > before.value:
        return _("It was %(value)s on %(date)s already and is to fall. Say why it is %(new)s now.") % facts
    return ""


def plain_number(value: Decimal) -> str:
    """1,986 or 43.2."""
    return f"{value.normalize():,f}"
