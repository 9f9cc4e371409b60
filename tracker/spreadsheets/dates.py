"""Dates as people type them into a ledger."""

import datetime
import re
import unicodedata

_TYPED = re.compile(
    r"((?:19|20|21)[0-9]{2})\s?(?:年|[-/.])\s?([0-9]{1,2})\s?(?:月|[-/.])\s?([0-9]{1,2})\s?[日号]?"
    r"(?:之?以?前)?(?:[ T]?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?)?"
)
_EIGHT = re.compile(r"((?:19|20|21)[0-9]{2})([01][0-9])([0-3][0-9])")
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_DAY_NOUGHT = datetime.date(1899, 12, 30)
_YEARS_1904 = 1462
_FIRST_SERIAL, _LAST_SERIAL = 36_526, 73_050  # 2000-01-01 and 2099-12-31, counted in days


def iso_date(typed: str, from_1904: bool = False) -> str:
    """The day as 2025-11-30; what is no day stays as typed.

    Understood: 2025-11-30, 2025/11/30, 2025.11.30, 2025年11月30日 (also with 前), 20251130, each with or without
    a time, and a spreadsheet's number of days from 2000 to 2099 (`from_1904` (bool): counted from the year 1904).
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    found = _TYPED.fullmatch(text) or _EIGHT.fullmatch(text)
    if found:
        return _day(int(found[1]), int(found[2]), int(found[3])) or typed
    serial = _SERIAL.fullmatch(text)
    if not serial:
        return typed
    days = int(serial[1]) + (_YEARS_1904 if from_1904 else 0)
    in_range = _FIRST_SERIAL <= days <= _LAST_SERIAL
    return (_DAY_NOUGHT + datetime.timedelta(days=days)).isoformat() if in_range else typed


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None
