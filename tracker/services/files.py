"""Uploaded evidence on disk: each file once, under its SHA-256, never changed and never run."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from tracker.documents import (
    KIND_OF_MEDIA_TYPE,
    UnreadableDocument,
    UploadKind,
    read_document,
    recognise_upload,
)
from tracker.exceptions import InvalidInput
from tracker.models import Evidence, Task, User
from tracker.services.documents import upload_sentence
from tracker.services.secrecy import refuse_marks
from tracker.texts import clean

LONGEST_STEM = 100
MEGABYTE = 1024 * 1024
SALT = "tracker.evidence-file"
# A draft may wait for the next report, a month or a quarter later.
KEPT_SECONDS = 100 * 24 * 3600
# Separators of folders, what Windows refuses, and the marks that turn the direction of writing.
UNFIT = re.compile('[\\\\/:*?"<>|\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]')
CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class StoredFile:
    """A file that lies in the store: its SHA-256 (hex), the name it is handed out under, type and size in bytes."""

    digest: str
    name: str
    media_type: str
    size: int


def keep(name: str, content: bytes, *, by: User, task: Task | None = None) -> StoredFile:
    """Put a file into the store and say what it is.

    The bytes decide its type; the name only lends its beginning. Raises InvalidInput (field "file") for a kind that
    is not kept, for one that is too large or cannot be opened, and SecrecyMark for a text that carries one.
    """
    refuse_size(len(content))
    try:
        kind = recognise_upload(name, content)
    except UnreadableDocument as error:
        raise InvalidInput(upload_sentence(error.code, error.facts), field="file") from error
    named = fitting_name(name, kind)
    refuse_marks({"file": f"{PurePath(named).stem}\n{_words(named, content, kind)}"}, by=by, task=task)
    digest = hashlib.sha256(content).hexdigest()
    _write(digest, content)
    return StoredFile(digest, named, kind.media_type, len(content))


def refuse_size(size: int) -> None:
    """Raise InvalidInput for a file of `size` bytes that is larger than the setting allows."""
    if size > settings.EVIDENCE_MOST_MB * MEGABYTE:
        words = _("The file is larger than %(most)d MB.") % {"most": settings.EVIDENCE_MOST_MB}
        raise InvalidInput(words, field="file")


def fitting_name(name: str, kind: UploadKind) -> str:
    """The name under which the file is handed out: no path, nothing odd in it, and the ending of its real kind."""
    last = re.split(r"[\\/]", name)[-1]
    base = UNFIT.sub("", clean(last)).strip(" .")
    stem = base.rpartition(".")[0] if "." in base else base
    return f"{stem[:LONGEST_STEM].strip(' .') or 'file'}{kind.ending}"


def _words(name: str, content: bytes, kind: UploadKind) -> str:
    """The text of the file where it has one that can be read; a scan or a picture has none."""
    if not kind.has_text:
        return ""
    try:
        return read_document(name, content).text
    except UnreadableDocument:
        return ""


def path_of(digest: str) -> Path:
    """Where the file with this digest lies."""
    return Path(settings.EVIDENCE_DIR) / digest[:2] / digest


def _write(digest: str, content: bytes) -> None:
    """Whole or not at all, and on disk before anything refers to it."""
    place = path_of(digest)
    if place.exists() and place.stat().st_size == len(content):
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, passing = tempfile.mkstemp(dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(passing).chmod(0o440)
        Path(passing).replace(place)
    except BaseException:
        Path(passing).unlink(missing_ok=True)
        raise
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def ticket(file: StoredFile, *, by: User) -> str:
    """A signed word for a stored file, so that a form that was refused need not send it again."""
    return signing.dumps({**asdict(file), "by": by.pk}, salt=SALT)


def redeem(text: str, *, by: User) -> StoredFile | None:
    """The file of a ticket of the same person while the store has it; None for any other text."""
    try:
        found = signing.loads(text, salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return None
    if found.pop("by") != by.pk:
        return None
    file = StoredFile(**found)
    return file if path_of(file.digest).is_file() else None


def preview(item: Evidence) -> str:
    """The words of a stored file, "" when it has none that can be read. Raises FileNotFoundError."""
    kind = KIND_OF_MEDIA_TYPE[item.file_type]
    return _words(item.file_name, path_of(item.file_digest).read_bytes(), kind) if kind.has_text else ""


def damaged() -> Iterator[tuple[str, bool]]:
    """(number of the item, whether a file is there) for every item whose file is missing or no longer itself."""
    rows = Evidence.objects.exclude(file_digest="").order_by("file_digest", "number")
    known: dict[str, tuple[bool, bool]] = {}
    for number, digest in rows.values_list("number", "file_digest").iterator():
        if digest not in known:
            known = {digest: _state(digest)}
        there, whole = known[digest]
        if not whole:
            yield number, there


def _state(digest: str) -> tuple[bool, bool]:
    place = path_of(digest)
    if not place.is_file():
        return False, False
    found = hashlib.sha256()
    with place.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            found.update(chunk)
    return True, found.hexdigest() == digest
