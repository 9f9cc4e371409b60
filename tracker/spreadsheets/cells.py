"""What stands in a cell, as the text that a person sees there."""

import datetime
import re
from typing import Any

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff]"
)
# Spreadsheet programs write a control character inside a text as its number, between two low lines.
_ESCAPED = re.compile(r"_x00(?:0[0-8B-F]|1[0-9A-F]|7F)_", re.IGNORECASE)
_INERT = re.compile(r"'(?=[=+\-@＝＋－＠\t\r])")
_DECIMALS = re.compile(r"[#0,]*0\.(0+)")
_PADDED = re.compile(r"0{2,15}")
_DISPLAY_NOISE = re.compile(r'_.|\\.|\*.|"[^"]*"|\[[^\]]*\]|\s')
_EXACT = 2**53


def clean(text: str) -> str:
    """Text (str) without invisible characters, stripped, with \\n as only line end.

    The apostrophe that this house puts before = + - @ (of either width) in its own files is taken off again.
    """
    if text.isalnum():
        return text
    text = text.lstrip(" \ufeff")
    if text.startswith("'"):
        text = _INERT.sub("", text, count=1)
    return _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text)).replace("\t", " ").strip()


def text_of(value: Any, number_format: str = "General") -> str:
    """The value of a workbook's cell (None, str, bool, int, float, date, time, timedelta) as text.

    Numbers are written as their format shows them where it is plain (0.00, 000, 0%), else as short as they are;
    dates as ISO 8601, with the time only if it is not midnight.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(_ESCAPED.sub("", value) if "_x00" in value else value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number_text(value, number_format)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "seconds")
    return clean(str(value))


def number_text(value: int | float, number_format: str) -> str:
    """A number as a person sees it: 1.1 with the format 0.00 is 1.10, 7.0 is 7, 0.5 with 0% is 50%."""
    shown = _DISPLAY_NOISE.sub("", number_format.split(";", maxsplit=1)[0])
    if abs(value) >= _EXACT:
        return str(value)
    if shown.endswith("%"):
        return f"{_rounded(value * 100, shown[:-1])}%"
    if value == int(value) and value >= 0 and _PADDED.fullmatch(shown):
        return f"{int(value):0{len(shown)}d}"
    return _rounded(value, shown)


def _rounded(value: int | float, shown: str) -> str:
    decimals = _DECIMALS.fullmatch(shown)
    if decimals:
        return f"{value:.{len(decimals[1])}f}"
    # Fifteen digits, as spreadsheet programs show them: 0.1 + 0.2 is 0.3.
    return str(int(value)) if value == int(value) else f"{value:.15g}"
