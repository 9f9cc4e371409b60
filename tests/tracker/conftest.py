"""The small world and the day on which the tests stand."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from tests.worlds import World
from tracker import clock
from tracker.models import User

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = datetime.datetime(2025, 6, 16, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Accounts are made by the dozen; how passwords are hashed is Django's own concern."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def world(db: None, quick_passwords: None) -> Iterator[World]:
    """The world of `tests.worlds` on Monday, 16 June 2025, 10:00."""
    with clock.at(TODAY):
        yield World()


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser in which this person is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="tracker.authentication.UnitBackend")
        return client

    return sign_in
