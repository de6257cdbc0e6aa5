"""Stands in for the sites that hand out models: with ranges, and with every trouble that a network has."""

import http.server
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit


class FakeHub(http.server.ThreadingHTTPServer):
    """Serves files by their path, and remembers what it was asked for."""

    def __init__(self, files: dict[str, bytes]):
        super().__init__(("127.0.0.1", 0), _Request)
        self.files = files
        self.asked: list[tuple[str, str]] = []
        """Path and Range header of each request so far."""
        self.troubles: list[Callable[[_Request], object]] = []
        """What happens to the next requests in place of an answer, first to last."""
        self.knows_ranges = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Request(http.server.BaseHTTPRequestHandler):
    server: FakeHub  # pyright: ignore[reportIncompatibleVariableOverride]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.server.asked.append((path, self.headers.get("Range", "")))
        if self.server.troubles:
            self.server.troubles.pop(0)(self)
        elif path not in self.server.files:
            self.send_error(404)
        else:
            self.answer(self.server.files[path])

    def answer(self, content: bytes, cut_at: int | None = None, told_length: bool = True) -> None:
        """Send it, or what was asked of it; cut_at: hang up after so many bytes of it."""
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")) if self.server.knows_ranges else None
        start = int(asked[1]) if asked else 0
        if asked and start >= len(content):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(content)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = content[start:]
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if told_length:
            self.send_header("Content-Length", str(len(body)))
        else:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body if cut_at is None else body[:cut_at])
        self.close_connection = cut_at is not None or not told_length

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def fake_hub(files: dict[str, bytes]) -> Iterator[FakeHub]:
    server = FakeHub(files)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
