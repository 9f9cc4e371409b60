"""Looking at web addresses: one bounded GET that never enters the internal network unbidden. Pure Python."""

from tracker.fetching.look import FAILED, Look, Outcome, look
from tracker.fetching.network import Forbidden, Place, host_of, place_of

__all__ = ["FAILED", "Forbidden", "Look", "Outcome", "Place", "host_of", "look", "place_of"]
