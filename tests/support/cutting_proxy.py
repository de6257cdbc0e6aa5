"""A network between two programs that breaks: connections end after so many bytes, as often as asked."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

BLOCK = 4096


class CuttingProxy:
    """after_bytes: of answers, or of requests where is_up. cuts: how many connections are cut."""

    def __init__(self, target: str, after_bytes: int, cuts: int, is_up: bool = False):
        address = urlsplit(target)
        self._target = (address.hostname or "", address.port or 0)
        self._after_bytes = after_bytes
        self._is_up = is_up
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.cuts_left = cuts
        self.bytes_down = 0
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                for source, sink, is_up in ((client, server, True), (server, client, False)):
                    threading.Thread(target=self._carry, args=(source, sink, is_up), daemon=True).start()

    def close(self) -> None:
        # A thread that waits in accept() holds the socket open until it is shut down.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _carry(self, source: socket.socket, sink: socket.socket, is_up: bool) -> None:
        carried = 0
        with contextlib.suppress(OSError):
            while block := source.recv(BLOCK):
                carried += len(block)
                if not is_up:
                    self.bytes_down += len(block)
                sink.sendall(block)
                if is_up == self._is_up and carried > self._after_bytes and self.cuts_left > 0:
                    self.cuts_left -= 1
                    break
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutting_proxy(target: str, after_bytes: int, cuts: int, is_up: bool = False) -> Iterator[CuttingProxy]:
    """In front of the server at this address."""
    proxy = CuttingProxy(target, after_bytes, cuts, is_up)
    threading.Thread(target=proxy.serve, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.close()
