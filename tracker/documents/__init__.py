"""Uploaded files made plain text for `tracker.reading`: no Django, no network, no processes."""

from tracker.documents.document import Document, read_document
from tracker.documents.errors import CODES, UnreadableDocument
from tracker.documents.limits import MOST_BYTES, MOST_CHARACTERS, MOST_PAGES, MOST_SECONDS

__all__ = [
    "CODES",
    "MOST_BYTES",
    "MOST_CHARACTERS",
    "MOST_PAGES",
    "MOST_SECONDS",
    "Document",
    "UnreadableDocument",
    "read_document",
]
