"""Files that are kept as evidence, told from their bytes. What could act on a reader's machine is not among them."""

from dataclasses import dataclass

from tracker.documents.errors import UnreadableDocument
from tracker.documents.kinds import recognise
from tracker.documents.package import Package

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
# Where Office keeps the programs of a document.
_MACROS = ("vbaproject.bin", "activex")


@dataclass(frozen=True)
class UploadKind:
    """A kind of file: what servers call it, how its name ends, and whether it can be shown as a picture or read."""

    media_type: str
    ending: str
    is_picture: bool = False
    has_text: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument."
PDF = UploadKind("application/pdf", ".pdf", has_text=True)
WORD = UploadKind(f"{_OFFICE}wordprocessingml.document", ".docx", has_text=True)
SHEET = UploadKind(f"{_OFFICE}spreadsheetml.sheet", ".xlsx")
SLIDES = UploadKind(f"{_OFFICE}presentationml.presentation", ".pptx")
OFD = UploadKind("application/ofd", ".ofd")
PNG = UploadKind("image/png", ".png", is_picture=True)
JPEG = UploadKind("image/jpeg", ".jpg", is_picture=True)
TEXT = UploadKind("text/plain", ".txt", has_text=True)
UPLOAD_KINDS = (PDF, WORD, SHEET, SLIDES, OFD, PNG, JPEG, TEXT)
KIND_OF_MEDIA_TYPE = {kind.media_type: kind for kind in UPLOAD_KINDS}
_READ = {"docx": WORD, "pdf": PDF, "text": TEXT}
_NAMED = {"spreadsheet": SHEET, "presentation": SLIDES, "ofd": OFD}


def recognise_upload(name: str, content: bytes) -> UploadKind:
    """The kind of the file, whatever its name says.

    Raises UnreadableDocument: empty, a program or macros (program), pages and drawings that can hold scripts
    (active_content), Office files of the old kinds, archives, passwords, anything unknown.
    """
    if not content:
        raise UnreadableDocument("empty")
    for beginning, picture in ((_PNG, PNG), (_JPEG, JPEG)):
        if content.startswith(beginning):
            return picture
    is_zip = content.startswith(b"PK")
    if is_zip and any(mark in entry.lower() for entry in Package(content).names for mark in _MACROS):
        raise UnreadableDocument("program")
    try:
        kind = recognise(name, content)
    except UnreadableDocument as refusal:
        if is_zip and refusal.code in _NAMED:
            return _NAMED[refusal.code]
        raise
    if kind == "html" or (kind == "text" and content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")):
        raise UnreadableDocument("active_content")
    return _READ[kind]
