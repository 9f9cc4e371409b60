"""Uploaded files made plain text for `tracker.reading`: no Django, no network, no processes."""

from tracker.documents.document import Document, read_document
from tracker.documents.errors import CODES, UnreadableDocument
from tracker.documents.limits import MOST_BYTES, MOST_CHARACTERS, MOST_PAGES, MOST_SECONDS
from tracker.documents.numerals import han_counting
from tracker.documents.uploads import KIND_OF_MEDIA_TYPE, UPLOAD_KINDS, UploadKind, recognise_upload

__all__ = [
    "CODES",
    "KIND_OF_MEDIA_TYPE",
    "MOST_BYTES",
    "MOST_CHARACTERS",
    "MOST_PAGES",
    "MOST_SECONDS",
    "UPLOAD_KINDS",
    "Document",
    "UnreadableDocument",
    "UploadKind",
    "han_counting",
    "read_document",
    "recognise_upload",
]
