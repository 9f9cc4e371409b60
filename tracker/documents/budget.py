"""What one file may still cost: time and characters."""

import time

from tracker.documents.errors import UnreadableDocument
from tracker.documents.limits import MOST_CHARACTERS, MOST_SECONDS


class Budget:
    """Begins to run when it is made; one for each file."""

    def __init__(self) -> None:
        self._end = time.monotonic() + MOST_SECONDS
        self._characters = MOST_CHARACTERS

    def check_time(self) -> None:
        """Raises UnreadableDocument (too_slow) once the time is spent."""
        if time.monotonic() > self._end:
            raise UnreadableDocument("too_slow", most_seconds=int(MOST_SECONDS))

    def take(self, text: str) -> str:
        """The same text, counted. Raises UnreadableDocument (too_long, too_slow)."""
        self.check_time()
        self._characters -= len(text)
        if self._characters < 0:
            raise UnreadableDocument("too_long", most_characters=MOST_CHARACTERS)
        return text
