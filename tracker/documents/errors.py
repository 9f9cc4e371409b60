"""The one exception of this package, and the sentence for each of its codes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SENTENCES: dict[str, str] = {
    "empty": "The file is empty.",
    "too_large": "The file is larger than {most_mb} MB.",
    "too_long": "The file has more text than {most_characters} characters.",
    "too_many_pages": "The file has {pages} pages, more than {most_pages}.",
    "too_slow": "Reading the file took longer than {most_seconds} seconds.",
    "bomb": "The file unpacks to far more than a report needs.",
    "encoding": "The text is in none of the encodings UTF-8, UTF-16 and GB18030.",
    "broken_utf8": "The text is UTF-8 but broken at byte {byte}.",
    "not_text": "The file holds no readable text.",
    "no_text": "The document has no text.",
    "no_text_layer": "The PDF has {pages} pages but no text: it was probably scanned.",
    "encrypted": "The file is protected by a password.",
    "damaged": "The file is damaged or incomplete.",
    "not_docx": "The file is called .docx but is no Word document.",
    "not_pdf": "The file is called .pdf but is no PDF.",
    "forbidden_xml": "The document's XML declares entities, which no word processor writes.",
    "old_office": "This is an old Office or WPS file: save it as .docx.",
    "rtf": "This is a rich text file: save it as .docx.",
    "ofd": "This is an OFD file: save it as .docx or as a PDF with text.",
    "opendocument": "This is an OpenDocument file: save it as .docx.",
    "spreadsheet": "This is a spreadsheet, not a report.",
    "presentation": "This is a presentation, not a report.",
    "image": "This is a picture: only text can be read.",
    "web_archive": "This is a web archive: save the page as HTML only.",
    "archive": "This is a packed archive: upload the report itself.",
    "program": "This is a program, or a document that holds one.",
    "active_content": "This is a web page or a drawing, which can hold scripts.",
    "unknown_kind": "The file is none of the kinds that can be read: .docx, .pdf, .html, .txt.",
}
CODES = frozenset(SENTENCES)


class UnreadableDocument(Exception):
    """A file that is not read; `str()` says why in English.

    `code` is stable and one of `CODES`; `facts` holds the numbers of the sentence under stable names.
    """

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(SENTENCES[code].format(**facts))
        self.code = code
        self.facts: dict[str, Any] = facts


@contextmanager
def refusing_with(code: str) -> Iterator[None]:
    """Whatever a library raises on a file it cannot read becomes an `UnreadableDocument` with this code.

    The libraries document only some of what they raise: a malformed file may end in a KeyError or a
    RecursionError as well, so nothing narrower than Exception would do. Only calls of libraries stand inside.
    """
    try:
        yield
    except UnreadableDocument:
        raise
    except Exception as fault:
        raise UnreadableDocument(code) from fault
