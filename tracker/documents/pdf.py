"""The text layer of a PDF."""

import logging
from collections.abc import Iterator
from io import BytesIO
from itertools import count
from typing import Any

from pypdf import PageObject, PasswordType, PdfReader, apply_configuration
from pypdf.errors import DependencyError, LimitReachedError

from tracker.documents.budget import Budget
from tracker.documents.errors import UnreadableDocument, refusing_with
from tracker.documents.fonts import check_fonts
from tracker.documents.limits import (
    MOST_BYTES,
    MOST_CONTENT_BYTES,
    MOST_FORMS,
    MOST_OBJECTS,
    MOST_OPERATIONS,
    MOST_PAGE_OPERATIONS,
    MOST_PAGES,
    MOST_STREAM_BYTES,
)
from tracker.documents.lines import join_pages

# The library reports every oddity of a file: one upload could fill the log.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

_MOST_FILTERS = 4
_MOST_TREE_ENTRIES = 20 * MOST_PAGES
# The head of an object, and the line that names its place.
_OBJECT_MARKS = (b" obj", b" 00000 n")
# Fewer characters on all pages together are stamps and signatures on scanned pictures.
_LEAST_LETTERS = 10

_BOUNDS: dict[str, Any] = {
    "maximum_declared_stream_length": MOST_BYTES,
    "array_based_stream_maximum_output_length": MOST_STREAM_BYTES,
    "lzw_maximum_output_length": MOST_STREAM_BYTES,
    "run_length_maximum_output_length": MOST_STREAM_BYTES,
    "zlib_maximum_output_length": MOST_STREAM_BYTES,
    "brotli_maximum_output_length": MOST_STREAM_BYTES,
    "jbig2_maximum_output_length": MOST_STREAM_BYTES,
    "stream_filters_maximum_length": _MOST_FILTERS,
    "stream_decoding_work_maximum_length": _MOST_FILTERS * MOST_STREAM_BYTES,
    "stream_parsing_work_maximum_count": MOST_PAGE_OPERATIONS,
    "page_tree_maximum_entries": _MOST_TREE_ENTRIES,
    "xform_maximum_invocations_per_extraction": MOST_FORMS,
    # Pictures are never read, least of all by another program.
    "jbig2dec_binary": None,
    # The library's older constants stay as they are.
    "disable_legacy_handling": True,
}


def read_pdf(content: bytes, budget: Budget) -> str:
    """The text, a line for each paragraph, page numbers left out.

    Raises UnreadableDocument (damaged, encrypted, bomb, too_many_pages, too_long, too_slow, no_text_layer).
    """
    # Counted before the library builds a table of them.
    if max(content.count(mark) for mark in _OBJECT_MARKS) > MOST_OBJECTS:
        raise UnreadableDocument("bomb")
    with apply_configuration(**_BOUNDS), refusing_with("damaged"):
        try:
            reader = _opened(content)
            pages = list(_texts(reader, budget))
        except LimitReachedError as fault:
            raise UnreadableDocument("bomb") from fault
        except DependencyError as fault:
            # The stronger ciphers need a library that is not installed.
            raise UnreadableDocument("encrypted") from fault
    budget.check_time()
    text = join_pages(pages)
    if sum(map(str.isalnum, text)) < _LEAST_LETTERS:
        raise UnreadableDocument("no_text_layer", pages=len(pages))
    return text


def _opened(content: bytes) -> PdfReader:
    reader = PdfReader(BytesIO(content), strict=False)
    # Many files are encrypted with an empty password, which only asks not to print or change them.
    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        raise UnreadableDocument("encrypted")
    if len(reader.pages) > MOST_PAGES:
        raise UnreadableDocument("too_many_pages", pages=len(reader.pages), most_pages=MOST_PAGES)
    if not reader.pages:
        raise UnreadableDocument("damaged")
    return reader


def _texts(reader: PdfReader, budget: Budget) -> Iterator[str]:
    operations = count()

    def check(*_operation: object) -> None:
        budget.check_time()
        if next(operations) > MOST_OPERATIONS:
            raise UnreadableDocument("bomb")

    content_bytes = 0
    for page in reader.pages:
        content_bytes += _content_bytes(page)
        if content_bytes > MOST_CONTENT_BYTES:
            raise UnreadableDocument("bomb")
        check_fonts(page)
        yield budget.take(page.extract_text(visitor_operand_before=check))
        # The library keeps all that it has unpacked, which would add up over the pages.
        reader.resolved_objects.clear()


def _content_bytes(page: PageObject) -> int:
    content = page.get_contents()
    return 0 if content is None else len(content.get_data())
