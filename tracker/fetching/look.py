"""One look at a web address: at most ten seconds, one megabyte and five redirects."""

import contextlib
import enum
import hashlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urljoin

import lxml.html
from lxml.etree import LxmlError

from tracker.fetching.network import Forbidden, Place, place_of

MOST_SECONDS = 10.0
MOST_BYTES = 1024 * 1024
MOST_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
GONE = (404, 410)
CHUNK = 64 * 1024
AGENT = "plan-tracker link check"
UNREAD = ("script", "style", "noscript", "template")


class Outcome(enum.StrEnum):
    """What came of one look; the values of `enums.LookOutcome`."""

    ALIVE = "alive"
    GONE = "gone"
    FAULTY = "faulty"
    UNREACHABLE = "unreachable"
    SLOW = "slow"
    ASTRAY = "astray"
    REFUSED = "refused"
    UNTRUSTED = "untrusted"
    FORBIDDEN = "forbidden"


# Nobody would reach the page; the last three outcomes tell only that this server did not.
FAILED = frozenset({Outcome.GONE, Outcome.FAULTY, Outcome.UNREACHABLE, Outcome.SLOW, Outcome.ASTRAY})


@dataclass(frozen=True)
class Look:
    """Outcome, HTTP status (None without an answer), address arrived at, SHA-256 (hex) of the words read there."""

    outcome: Outcome
    status: int | None = None
    address: str = ""
    digest: str = ""


def look(address: str, *, allowed: Collection[str] = (), seconds: float = MOST_SECONDS) -> Look:
    """GET the address and what it leads to, each step judged anew; never raises for what the other side does."""
    until, at = time.monotonic() + seconds, address
    for _step in range(MOST_REDIRECTS + 1):
        try:
            answer = _ask(place_of(at, allowed), until)
        except Forbidden:
            return Look(Outcome.FORBIDDEN, address=at)
        except ssl.SSLCertVerificationError:
            return Look(Outcome.UNTRUSTED, address=at)
        except (OSError, http.client.HTTPException, ValueError):
            late = time.monotonic() >= until
            return Look(Outcome.SLOW if late else Outcome.UNREACHABLE, address=at)
        if answer.status not in REDIRECTS:
            return Look(_outcome(answer.status), answer.status, at, answer.digest)
        if not answer.location:
            break
        try:
            at = urljoin(at, answer.location)
        except ValueError:
            break
    return Look(Outcome.ASTRAY, address=at)


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome.ALIVE
    if status in GONE:
        return Outcome.GONE
    return Outcome.REFUSED if 400 <= status < 500 else Outcome.FAULTY


@dataclass(frozen=True)
class _Answer:
    status: int
    location: str = ""
    digest: str = ""


def _ask(place: Place, until: float) -> _Answer:
    """One request to exactly the number that was judged. A timer ends it, however slowly the answer drips."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection = http.client.HTTPConnection(place.host, place.port, timeout=left)
    line = _Line(socket.create_connection((place.number, place.port), timeout=left))
    timer = threading.Timer(left, line.hang_up)
    timer.daemon = True
    timer.start()
    try:
        if place.scheme == "https":
            line.encrypt(place.host)
        connection.sock = line.sock
        headers = {"User-Agent": AGENT, "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
        connection.request("GET", place.path, headers=headers)
        with connection.getresponse() as response:
            if response.status in REDIRECTS:
                return _Answer(response.status, response.headers.get("Location", ""))
            content = _read(response, until) if 200 <= response.status < 300 else b""
            return _Answer(response.status, "", _digest(content, response.headers.get("Content-Type", "")))
    finally:
        timer.cancel()
        connection.close()
        line.sock.close()


class _Line:
    """An open connection that another thread can cut."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def encrypt(self, host: str) -> None:
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=host, do_handshake_on_connect=False)
        self.sock.do_handshake()

    def hang_up(self) -> None:
        with contextlib.suppress(OSError):  # closed already
            self.sock.shutdown(socket.SHUT_RDWR)


def _read(response: http.client.HTTPResponse, until: float) -> bytes:
    """At most MOST_BYTES of the answer as it came: nothing is unpacked. Raises TimeoutError when it is cut short."""
    content = bytearray()
    while len(content) < MOST_BYTES:
        piece = response.read1(min(CHUNK, MOST_BYTES - len(content)))
        if not piece:
            break
        content += piece
    if time.monotonic() >= until:
        raise TimeoutError
    return bytes(content)


def _digest(content: bytes, media_type: str) -> str:
    """Of the words of a page, without its scripts and blanks; of the bytes of anything else."""
    if not content:
        return ""
    if "html" in media_type.lower():
        try:
            page = lxml.html.document_fromstring(content)
            for unread in list(page.iter(*UNREAD)):
                unread.drop_tree()
            content = " ".join(page.text_content().split()).encode()
        except (LxmlError, ValueError):
            return hashlib.sha256(content).hexdigest()
    return hashlib.sha256(content).hexdigest()
