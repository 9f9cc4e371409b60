"""A small web site on 127.0.0.1 whose pages do what real ones do, and worse."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site(ThreadingHTTPServer):
    daemon_threads = True

    request_queue_size = 64

    def __init__(self, *, everywhere: bool = False) -> None:
        super().__init__(("0.0.0.0" if everywhere else "127.0.0.1", 0), Pages)
        self.counting = threading.Lock()
        self.present = self.most = 0
        self.asked: list[str] = []
        self.words = "三期培训已完成"
        self.failing = False

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def address(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """The other side hung up, as it should on some pages."""


class Pages(BaseHTTPRequestHandler):
    server: Site

    def log_message(self, *args: object) -> None:
        """Quiet."""

    def handle(self) -> None:
        """Count how many are here at once."""
        with self.server.counting:
            self.server.present += 1
            self.server.most = max(self.server.most, self.server.present)
        try:
            super().handle()
        finally:
            with self.server.counting:
                self.server.present -= 1

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.server.failing:
            self.send_error(503)
            return
        getattr(self, f"page_{self.path.strip('/').partition('/')[0]}", self.page_missing)()

    def _answer(self, content: bytes, *, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def page_fine(self) -> None:
        seen = len(self.server.asked)
        self._answer(f"<html><script>{seen}</script><p>{self.server.words}</p></html>".encode())

    def page_missing(self) -> None:
        self.send_error(404)

    def page_people(self) -> None:
        self.send_error(403)

    def page_broken(self) -> None:
        self.send_error(500)

    def page_loop(self) -> None:
        self._answer(b"", status=302, Location="/loop")

    def page_nowhere(self) -> None:
        self._answer(b"", status=302)

    def page_moved(self) -> None:
        self._answer(b"", status=301, Location="/fine")

    def page_inward(self) -> None:
        self._answer(b"", status=302, Location=f"http://localhost:{self.server.server_port}/fine")

    def page_file(self) -> None:
        self._answer(b"", status=302, Location="file:///etc/passwd")

    def page_odd(self) -> None:
        self._answer(b"", status=302, Location="http://[::1/")

    def page_drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _piece in range(200):
            self.wfile.write(b".")
            time.sleep(0.05)

    def page_heads(self) -> None:
        for piece in range(200):
            self.wfile.write(b"HTTP/1.0 200 OK\r\n" if not piece else b"X-%d: 1\r\n" % piece)
            time.sleep(0.05)

    def page_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x" * 65536)


@contextmanager
def site(*, everywhere: bool = False) -> Iterator[Site]:
    """The site while the block runs; `everywhere` lets it answer on every number of this machine."""
    server = Site(everywhere=everywhere)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
