"""Indicators of a task and their readings."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tracker import clock, permissions
from tracker.enums import EventKind, IndicatorDirection, Move
from tracker.exceptions import InvalidInput
from tracker.models import Figure, Indicator, Reading, User
from tracker.services import tasks


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
    """A number that the task is to move; a figure of the plan's own report gives unit and baseline."""
    task = tasks.locked(task_id, None)
    permissions.check_set_up(by, task.plan)
    if direction not in IndicatorDirection.values:
        raise InvalidInput(_("Choose whether the number is to rise, fall or reach its target."), field="direction")
    if not name.strip():
        raise InvalidInput(_("An indicator needs a name."), field="name")
    if figure is not None and figure.report_id != task.plan.report_id:
        raise InvalidInput(_("This figure belongs to another report than the plan's."), field="figure")
    if figure is not None:
        unit, baseline = unit or figure.unit, figure.value
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
    indicator_id: int, *, by: User, value: Any, on: datetime.date | None = None, task_id: int | None = None
) -> Reading:
    """The indicator's value on a day (today unless given); a second value for the same day replaces the first.

    With `task_id` the indicator must be one of that task's.
    """
    indicator = Indicator.objects.filter(pk=indicator_id).first()
    if indicator is None or task_id not in (None, indicator.task_id):
        raise InvalidInput(_("This indicator does not belong to the task."), field="readings")
    task = tasks.locked(indicator.task_id, None)
    permissions.check_move(by, task, Move.REPORT)
    day = on or clock.today()
    if day > clock.today():
        raise InvalidInput(_("A reading cannot lie in the future."), field="on")
    reading, _created = Reading.objects.update_or_create(
        indicator=indicator, on=day, defaults={"value": value, "by": by}
    )
    detail = f"{indicator.name} {value} {indicator.unit}".strip()
    tasks.note(task.pk, EventKind.INDICATOR, by=by, detail=detail)
    return reading
