"""The same small world as the tracker's tests."""

from tests.tracker.conftest import quick_passwords, signed_in, world

__all__ = ["quick_passwords", "signed_in", "world"]
