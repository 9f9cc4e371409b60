"""Indicators: for open tasks alone, and never below nought."""

from decimal import Decimal

import pytest

from tracker.exceptions import InvalidInput, MoveRefused
from tracker.models import Indicator, Reading
from tracker.services import indicators, requests, tasks

BELOW = Decimal("-0.000001")


def add(world, task, **values):
    return indicators.add(task.pk, by=world.admin, name="培训人次", direction="up", **values)


def cancelled(world):
    task = world.started()
    asked = requests.ask(task.pk, by=world.staff, kind="cancellation", reason="职能划转")
    requests.decide(asked.pk, by=world.admin, approved=True, approving_body="区政府", basis_document="纪要3号")
    return tasks.cancel(task.pk, by=world.admin)


@pytest.mark.parametrize("close", [lambda world: world.completed(), cancelled])
def test_a_closed_task_takes_no_indicator(world, close):
    with pytest.raises(MoveRefused, match=r"."):
        add(world, close(world))
    assert not Indicator.objects.exists()


@pytest.mark.parametrize("field", ["baseline", "target"])
def test_neither_baseline_nor_target_lies_below_nought(world, field):
    with pytest.raises(InvalidInput) as refused:
        add(world, world.task, **{field: BELOW})
    assert refused.value.field == field
    assert getattr(add(world, world.task, **{field: Decimal(0)}), field) == 0


def test_a_reading_does_not_lie_below_nought(world):
    row = add(world, world.started())
    with pytest.raises(InvalidInput) as refused:
        indicators.read(row.pk, by=world.staff, value=BELOW)
    assert refused.value.field == f"reading_{row.pk}"
    assert not Reading.objects.exists()
    indicators.read(row.pk, by=world.staff, value=Decimal(0))
