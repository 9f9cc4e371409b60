"""Text files with separated values: .csv, also with semicolons or tabs, in the encodings in use in China."""

import codecs
import csv
import io
import itertools
from collections.abc import Iterator

from tracker.spreadsheets.cells import clean
from tracker.spreadsheets.errors import UnreadableSheet
from tracker.spreadsheets.layout import Line, known_fields
from tracker.spreadsheets.limits import HEAD_LINES, MOST_COLUMNS
from tracker.spreadsheets.sheet import Table

_DELIMITERS = ",;\t"


def delimited_table(name: str, content: bytes) -> Table:
    """The text of a file as a table named `name`.

    Raises UnreadableSheet: encoding, not_a_spreadsheet; while its lines are walked: damaged.
    """
    text = decoded(content)
    if "\x00" in text:
        raise UnreadableSheet("not_a_spreadsheet", looks_like="binary data")
    return Table(name, _lines(text, _delimiter(text)))


def decoded(content: bytes) -> str:
    """The text of the bytes: UTF-16 with its mark, UTF-8 with or without, else GB18030.

    Raises UnreadableSheet ("encoding").
    """
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableSheet("encoding")


def _delimiter(text: str) -> str:
    """The separator with which most names of columns are found in one line; a comma if it is all the same."""
    return max(_DELIMITERS, key=lambda delimiter: _best_head(text, delimiter))


def _best_head(text: str, delimiter: str) -> int:
    try:
        return max(len(known_fields(line.cells)) for line in itertools.islice(_lines(text, delimiter), HEAD_LINES + 1))
    except (ValueError, UnreadableSheet):
        return 0


def _lines(text: str, delimiter: str) -> Iterator[Line]:
    """The records; one record is one line of a spreadsheet, though it may hold line ends of its own."""
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, record in enumerate(records, 1):
            yield Line(number, [clean(cell) for cell in record[:MOST_COLUMNS]])
    except csv.Error as error:
        raise UnreadableSheet("damaged", reason=f"line {records.line_num}: {error}") from error
