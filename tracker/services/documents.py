"""Uploaded files as text, and why one is refused, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _

from tracker.documents import UnreadableDocument, read_document
from tracker.exceptions import InvalidInput


def text_of(name: str, content: bytes) -> str:
    """The text of an uploaded report. Raises InvalidInput (field "file") with a sentence saying what is wrong."""
    try:
        return read_document(name, content).text
    except UnreadableDocument as error:
        raise InvalidInput(sentence(error.code, error.facts), field="file") from error


def upload_sentence(code: str, facts: dict[str, Any]) -> str:
    """The same where a file is kept, not read: what is accepted is wider there."""
    sentences = {
        "old_office": _("This is an old Office or WPS file. Save it as .docx, .xlsx or PDF."),
        "spreadsheet": _("This is an old spreadsheet. Save it as .xlsx or PDF."),
        "presentation": _("This is an old presentation. Save it as .pptx or PDF."),
        "rtf": _("This is a rich text file. Save it as .docx or PDF."),
        "opendocument": _("This is an OpenDocument file. Save it as .docx, .xlsx or PDF."),
        "image": _("This kind of picture is not kept; save it as PNG or JPEG."),
        "archive": _("This is a packed archive. Give the files in it one by one."),
        "unknown_kind": _(
            "The file is none of the kinds that are kept: PDF, OFD, Word, Excel, PowerPoint, PNG, JPEG, text."
        ),
    }
    return sentences[code] if code in sentences else sentence(code, facts)


def sentence(code: str, facts: dict[str, Any]) -> str:
    """The sentence for one of `tracker.documents.CODES`."""
    sentences = {
        "empty": _("The file is empty."),
        "too_large": _("The file is larger than %(most_mb)s MB."),
        "too_long": _("The file has more text than %(most_characters)s characters."),
        "too_many_pages": _("The file has %(pages)s pages; at most %(most_pages)s are read."),
        "too_slow": _("Reading the file took longer than %(most_seconds)s seconds."),
        "bomb": _("The file unpacks to far more than a report needs."),
        "encoding": _("The text is in none of the encodings UTF-8, UTF-16 and GB18030."),
        "broken_utf8": _("The text is UTF-8 but broken at byte %(byte)s."),
        "not_text": _("The file holds no readable text."),
        "no_text": _("The document has no text."),
        "no_text_layer": _(
            "The PDF has %(pages)s pages but no text: it was probably scanned. Paste the text, or have it recognised "
            "first."
        ),
        "encrypted": _("The file is protected by a password. Save it without one."),
        "damaged": _("The file is damaged or incomplete."),
        "not_docx": _("The file is called .docx but is no Word document."),
        "not_pdf": _("The file is called .pdf but is no PDF."),
        "forbidden_xml": _("The document declares entities, which no word processor writes; it is not opened."),
        "old_office": _("This is an old Office or WPS file. Save it as .docx."),
        "rtf": _("This is a rich text file. Save it as .docx."),
        "ofd": _("This is an OFD file. Save it as .docx or as a PDF with text."),
        "opendocument": _("This is an OpenDocument file. Save it as .docx."),
        "spreadsheet": _("This is a spreadsheet, not a report."),
        "presentation": _("This is a presentation, not a report."),
        "image": _("This is a picture; only text can be read."),
        "web_archive": _("This is a web archive. Save the page as HTML only."),
        "archive": _("This is a packed archive. Upload the report itself."),
        "program": _("This is a program, or a document that holds one."),
        "active_content": _(
            "This is a web page or a drawing, which can hold scripts. Give its address, or save it as a PDF."
        ),
        "unknown_kind": _("The file is none of the kinds that can be read: .docx, .pdf, .html, .txt."),
    }
    return sentences[code] % facts
