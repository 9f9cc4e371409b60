"""Why a spreadsheet cannot be read: one exception with a stable code."""

from typing import Any

_WORDS = {
    "empty": "The file holds nothing.",
    "too_large": "The {part} is larger than the {most} {unit} that are read.",
    "not_a_spreadsheet": "The file is no .xlsx or .csv spreadsheet; it looks like: {looks_like}.",
    "old_xls": "The file is an old .xls workbook; open it and save it as .xlsx.",
    "encoding": "The text of the file is neither UTF-8, UTF-16 nor GB18030.",
    "damaged": "The file is damaged: {reason}.",
    "bomb": "The file unpacks to more than a ledger can need: {reason}.",
    "too_many_rows": "The sheet has more than {most} rows.",
    "no_head": "None of the first {lines} lines is the head of a ledger.",
    "encrypted": "The file is protected by a password; save it without one.",
    "doubled_head": "Two columns have the same head: {heads}.",
}
CODES = frozenset(_WORDS)


class UnreadableSheet(Exception):
    """The file cannot be read as a ledger. `str()` says so in plain English.

    `code` (str) is one of CODES and stays the same for ever; `facts` (dict) holds what a message needs:

    - too_large: part ("file" or "cell"), most, unit ("bytes" or "characters"), size; of a cell also row and head
    - not_a_spreadsheet: looks_like
    - damaged: reason; bomb: reason and most
    - too_many_rows: most
    - no_head: lines, found (heads understood in the best line), sheets (names of the worksheets looked at)
    - doubled_head: heads (names as written)
    """

    def __init__(self, code: str, **facts: Any) -> None:
        """Raises KeyError for an unknown code or a fact missing that the words need."""
        shown = {name: "、".join(value) if isinstance(value, tuple) else value for name, value in facts.items()}
        super().__init__(_WORDS[code].format(**shown))
        self.code = code
        self.facts = facts
