"""What a service refuses with. Every one carries a sentence for the person who asked."""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """A request that the rules do not allow; `str()` is the sentence shown."""

    def __init__(self, sentence: Any, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field

    def __str__(self) -> str:
        return str(self.sentence)


class NotPermitted(Refusal):
    """This person may not do this to this object (though they may see it)."""


class MoveRefused(Refusal):
    """The task is not in a state from which this move is possible, or a need of the move is missing."""


class Stale(Refusal):
    """Someone else changed the object after this person opened it.

    `current` maps field names to their values now, so that a form can show both versions.
    """

    def __init__(self, sentence: Any, current: Mapping[str, Any]) -> None:
        super().__init__(sentence)
        self.current = dict(current)


class InvalidInput(Refusal):
    """A value that cannot be accepted; `field` names it."""


class SecrecyMark(InvalidInput):
    """A text that carries a mark of classification; nothing of it is kept."""


class BrokenChain(Exception):
    """A line of history whose digest does not follow from its content and its predecessor."""


class DatasetError(Exception):
    """A data file that does not fit the report it belongs to; the sentence says which entry."""
