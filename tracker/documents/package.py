"""A zip file whose promises are not believed."""

import stat
import zipfile
from collections.abc import Iterator
from io import BytesIO

from tracker.documents.errors import UnreadableDocument, refusing_with
from tracker.documents.limits import LEAST_BOMB_BYTES, MOST_ENTRIES, MOST_RATIO, MOST_UNPACKED_BYTES

_ENTRY_MARK = b"PK\x01\x02"
_ENCRYPTED_FLAG = 0x1
_CHUNK_BYTES = 64 * 1024
# Word writes nothing else, and only these two unpack piece by piece in bounded memory.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Package:
    """The entries of a zip. Making one reads the list only, never an entry.

    Raises UnreadableDocument (damaged, bomb, encrypted).
    """

    def __init__(self, content: bytes) -> None:
        # Counted before the library builds an object for each.
        if content.count(_ENTRY_MARK) > MOST_ENTRIES:
            raise UnreadableDocument("bomb")
        with refusing_with("damaged"):
            self._file = zipfile.ZipFile(BytesIO(content))
            entries = self._file.infolist()
        _check_sizes(entries)
        self._entries = {entry.filename: entry for entry in entries}
        self.names = frozenset(self._entries)

    def chunks(self, name: str, most_bytes: int) -> Iterator[bytes]:
        """The entry's bytes in pieces. What the list says of its size is not believed.

        Raises UnreadableDocument: bomb if it is longer than `most_bytes`, encrypted, or damaged.
        """
        entry = self._entries[name]
        _check_entry(entry)
        with refusing_with("damaged"):
            read = 0
            with self._file.open(entry) as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    read += len(chunk)
                    if read > most_bytes or _is_bomb(read, entry.compress_size):
                        raise UnreadableDocument("bomb")
                    yield chunk


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES:
        raise UnreadableDocument("bomb")
    if any(_is_bomb(entry.file_size, entry.compress_size) for entry in entries):
        raise UnreadableDocument("bomb")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & _ENCRYPTED_FLAG:
        raise UnreadableDocument("encrypted")
    if entry.compress_type not in _METHODS or stat.S_ISLNK(entry.external_attr >> 16):
        raise UnreadableDocument("damaged")


def _is_bomb(unpacked_bytes: int, packed_bytes: int) -> bool:
    return unpacked_bytes > LEAST_BOMB_BYTES and unpacked_bytes > packed_bytes * MOST_RATIO
