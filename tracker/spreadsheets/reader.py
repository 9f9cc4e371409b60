"""The one way in: bytes of an uploaded file to a sheet."""

from pathlib import PurePosixPath

from tracker.spreadsheets import workbook
from tracker.spreadsheets.delimited import delimited_table
from tracker.spreadsheets.errors import UnreadableSheet
from tracker.spreadsheets.limits import MOST_BYTES
from tracker.spreadsheets.sheet import Progress, Sheet, first_sheet

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_LOCKED_STREAM = "EncryptedPackage".encode("utf-16-le")
_OTHER_KINDS = {
    b"%PDF": "a PDF document",
    b"{\\rtf": "a text document (.rtf)",
    b"<": "a web page or XML",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a rar archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}


def read_sheet(name: str, content: bytes, progress: Progress | None = None) -> Sheet:
    """Read a ledger from an .xlsx or .csv file; its kind is told from the content alone.

    `name` (str): of the file. `content`: at most MOST_BYTES bytes. `progress`: called now and then with the number
    of rows (int) read so far; what it raises is passed on.
    Raises UnreadableSheet, and nothing else.
    """
    _check_kind(content)
    if not content.startswith(_ZIP):
        stem = PurePosixPath(name.replace("\\", "/")).stem
        return first_sheet([delimited_table(stem, content)], (stem,), progress)
    with workbook.opened(content) as book:
        return first_sheet(workbook.tables(book), workbook.names(book), progress)


def _check_kind(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise UnreadableSheet("too_large", part="file", most=MOST_BYTES, unit="bytes", size=len(content))
    start = content[:1_000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start and not content.strip():
        raise UnreadableSheet("empty")
    if start.startswith(_OLE):
        raise UnreadableSheet("encrypted" if _LOCKED_STREAM in content else "old_xls")
    for mark, words in _OTHER_KINDS.items():
        if start.startswith(mark):
            raise UnreadableSheet("not_a_spreadsheet", looks_like=words)
