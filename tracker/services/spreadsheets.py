"""Uploaded spreadsheets as rows, and why one is refused, in the reader's language."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from tracker.exceptions import InvalidInput
from tracker.spreadsheets import Sheet, UnreadableSheet, read_sheet
from tracker.texts import enumeration

MEGABYTE = 1024 * 1024


def sheet_of(name: str, content: bytes, progress: Callable[[int], None] | None = None) -> Sheet:
    """The rows of an uploaded ledger. Raises InvalidInput (field "file") with a sentence saying what is wrong."""
    try:
        return read_sheet(name, content, progress)
    except UnreadableSheet as error:
        raise InvalidInput(sentence(error.code, error.facts), field="file") from error


def sentence(code: str, facts: dict[str, Any]) -> str:
    """The sentence for one of the codes of `tracker.spreadsheets`."""
    if code == "too_large":
        return _too_large(facts)
    sentences = {
        "empty": _("The file is empty."),
        "not_a_spreadsheet": _("This is no spreadsheet. Save the ledger as .xlsx or .csv."),
        "old_xls": _("This is an old .xls workbook. Open it and save it as .xlsx."),
        "encoding": _("The text is in none of the encodings UTF-8, UTF-16 and GB18030."),
        "damaged": _("The file is damaged or incomplete."),
        "bomb": _("The file unpacks to far more than a ledger needs."),
        "too_many_rows": _("The ledger has more than %(most)s rows. Split it into several files."),
        "no_head": _(
            "None of the first %(lines)s rows is the head of a ledger. It needs columns such as 序号, 重点任务, "
            "具体措施, 牵头单位."
        ),
        "encrypted": _("The file is protected by a password. Save it without one."),
        "doubled_head": _("Two columns have the same head: %(heads)s."),
    }
    shown = {name: enumeration(value) if isinstance(value, tuple) else value for name, value in facts.items()}
    return sentences[code] % shown


def _too_large(facts: dict[str, Any]) -> str:
    if facts["part"] == "file":
        return _("The file has more than %(most_mb)d MB.") % {"most_mb": facts["most"] // MEGABYTE}
    return _("Row %(row)s holds a cell of more than %(most)s characters.") % facts
