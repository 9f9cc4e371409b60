"""What every test stands on."""

import functools
from typing import Any

from django.test import TransactionTestCase

from tests.unguarded import lifted

_emptied = TransactionTestCase._fixture_teardown


@functools.wraps(_emptied)
def _emptied_past_the_guard(self: Any) -> None:
    """A test of real transactions empties every table afterwards, which the triggers of history would refuse."""
    with lifted():
        _emptied(self)


TransactionTestCase._fixture_teardown = _emptied_past_the_guard  # type: ignore[method-assign]
