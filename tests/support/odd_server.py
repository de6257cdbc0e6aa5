"""A server of a few lines whose every answer a test decides, right or wrong."""

import base64
import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

from clients.sound_files import wav_of

Reply = Callable[[BaseHTTPRequestHandler], None]


def whole(content: Any, status: int = 200, **headers: str) -> Reply:
    """One JSON body."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        body = json.dumps(content).encode()
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def refusal(status: int, detail: str, **headers: str) -> Reply:
    return whole({"detail": detail}, status, **headers)


def frames(*lines: str, hold: threading.Event | None = None, is_cut: bool = False) -> Reply:
    """A stream; with `hold` it waits before it ends, with is_cut it ends in the middle of the transfer."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for line in lines:
            part = f"{line}\n\n".encode()
            handler.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        handler.wfile.flush()
        if hold:
            hold.wait(20)
        if is_cut:
            handler.close_connection = True
        else:
            handler.wfile.write(b"0\r\n\r\n")

    return reply


def piece(text: str, seconds: float = 0.1) -> str:
    sound = wav_of(np.full(round(seconds * 16_000), 0.3, np.float32)) if seconds else b""
    file = base64.urlsafe_b64encode(sound).decode() if sound else "None"
    return "data: " + json.dumps({"file": file, "message": text, "done": False})


def last(text: str, **fields: Any) -> str:
    return "data: " + json.dumps({"file": "", "message": text, "done": True, **fields})


def silence(until: threading.Event) -> Reply:
    """No answer at all."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        until.wait(20)
        handler.close_connection = True

    return reply


class OddServer:
    """Replies by path, in order; the last one of a path is repeated."""

    def __init__(self) -> None:
        self.replies: dict[str, deque[Reply]] = defaultdict(deque)
        self.asked: list[tuple[str, Any]] = []
        self.replies["/health"].append(whole({"status": "ok", "engines": {}}))

    def will(self, path: str, *replies: Reply) -> None:
        self.replies[path] = deque(replies)

    def bodies(self, path: str) -> list[Any]:
        return [body for asked, body in self.asked if asked == path]

    @contextmanager
    def running(self, port: int = 0) -> Iterator[str]:
        """The base URL."""
        server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        odd = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                odd._reply(self, None)

            def do_POST(self) -> None:
                odd._reply(self, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def log_message(self, format: str, *_: Any) -> None:
                pass

        return Handler

    def _reply(self, handler: BaseHTTPRequestHandler, body: Any) -> None:
        path = handler.path.partition("?")[0]
        self.asked.append((path, body))
        replies = self.replies[path]
        if not replies:
            refusal(404, "Not Found")(handler)
            return
        reply = replies.popleft() if len(replies) > 1 else replies[0]
        try:
            reply(handler)
        except OSError:  # the client has left
            handler.close_connection = True
