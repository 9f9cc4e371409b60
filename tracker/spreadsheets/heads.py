"""The names of a ledger's columns: what people write above them, and the one field each of them means."""

import re
import unicodedata
from functools import lru_cache

from tracker.spreadsheets.names import NAMES

DATE_FIELDS = frozenset({"starts_on", "due_on", "completed_on"})
KEY_FIELDS = frozenset({"code", "title", "quote"})

_FIELD_OF = {name: field for field, names in NAMES.items() for name in [*names.split(), field.replace("_", "")]}
_PRINTED = frozenset(names.split()[0] for names in NAMES.values())
_NOTES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|<[^<>]*>|\{[^{}]*\}")
_BETWEEN = re.compile(r"[\s_\-–—.·:;,、。*#★☆\"'“”‘’\u200b-\u200f\u2060\ufeff]+")
# 对应2024年举措/不足 names the year of the report.
_JOINTS = re.compile(r"(?:(?:19|20)[0-9]{2}|上|去)年度?|[/及和与]")
_PARTS = re.compile(r"[/|\n\r]+|或者?")
_LONGEST = 60


def as_written(head: str) -> str:
    """A head without what nobody sees as a difference: spaces, breaks, width and case."""
    return "".join(unicodedata.normalize("NFKC", head).casefold().split())


@lru_cache(maxsize=2_000)
def field_of(head: str) -> str | None:
    """The canonical field that a head (str, as written) means; None if it is not understood.

    Notes in brackets and punctuation do not count. A head of two names, as 牵头/责任单位 or one over the other in two
    languages, counts if those that are known agree.
    """
    if not head or len(head) > _LONGEST:
        return None
    if found := _FIELD_OF.get(_plain(head)):
        return found
    parts = _PARTS.split(unicodedata.normalize("NFKC", head))
    fields = {field for part in parts if (field := _FIELD_OF.get(_plain(part)))}
    return fields.pop() if len(fields) == 1 else None


def is_printed(head: str) -> bool:
    """Whether the head is the very name that this house prints above the column."""
    return _plain(head) in _PRINTED


def _plain(head: str) -> str:
    name = unicodedata.normalize("NFKC", head).casefold()
    name = _BETWEEN.sub("", _NOTES.sub("", name)) or _BETWEEN.sub("", name)
    return _JOINTS.sub("", name) if name.startswith("对应") else name
