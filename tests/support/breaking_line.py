"""A line to a server that breaks: each connection ends without a word after so many bytes."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit


class BreakingLine:
    """cuts: bytes after which the next connections end, both directions together; later ones stay whole."""

    def __init__(self, target: str, cuts: list[int]):
        address = urlsplit(target)
        assert address.hostname
        self._target = (address.hostname, address.port or 80)
        self._cuts = list(cuts)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.carried = 0
        """Bytes to the server."""

    @property
    def cuts_left(self) -> int:
        return len(self._cuts)

    @contextlib.contextmanager
    def running(self) -> Iterator["BreakingLine"]:
        threading.Thread(target=self._accept, daemon=True).start()
        try:
            yield self
        finally:
            self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._target)
                left = [self._cuts.pop(0) if self._cuts else 1 << 60]
                for source, sink, is_up in ((near, far, True), (far, near, False)):
                    threading.Thread(target=self._carry, args=(source, sink, left, is_up), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, left: list[int], is_up: bool) -> None:
        with contextlib.suppress(OSError):
            while (data := source.recv(4096)) and left[0] > 0:
                left[0] -= len(data)
                self.carried += len(data) * is_up
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()  # besides: a line that is only shut down goes on taking what its window holds
