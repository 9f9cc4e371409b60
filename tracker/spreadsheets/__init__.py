"""Reading a government's own task ledger from a spreadsheet: bytes to rows with canonical names, no Django."""

from tracker.spreadsheets.errors import UnreadableSheet
from tracker.spreadsheets.reader import read_sheet
from tracker.spreadsheets.sheet import Row, Sheet

__all__ = ["Row", "Sheet", "UnreadableSheet", "read_sheet"]
