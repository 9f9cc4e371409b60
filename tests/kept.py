"""A world that is built once for the tests of a module; what a test changes in the database is undone after it.

For modules that ask hundreds of questions of the same rows. Rows that a test holds in memory are shared: what it
changes there it must not leave behind.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.test import override_settings

from tests.tracker.conftest import TODAY
from tests.worlds import World
from tracker import clock

QUICK = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}


@contextmanager
def kept(blocker: Any, furnish: Callable[[World], World]) -> Iterator[World]:
    """The furnished world inside a transaction that is undone when the block ends."""
    with blocker.unblock(), transaction.atomic():
        with override_settings(**QUICK), clock.at(TODAY):
            world = furnish(World())
        yield world
        transaction.set_rollback(True)
