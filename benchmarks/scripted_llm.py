"""A model server that writes its scripted replies at a steady pace: a process of its own, as light as can be."""

import argparse
import asyncio
import itertools
import random
import re
import time
from collections.abc import Callable, Iterator
from typing import cast

from benchmarks import script
from benchmarks.event_loop import run
from benchmarks.processes import end_with_parent

THINKS_S = 0.1
"""The first token comes after up to this long, so that no stream keeps step with another or with a polling server."""

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)

Script = tuple[list[bytes], int]
"""A reply's tokens as they go over the wire, and the index of the one that is timed."""


class _Connection(asyncio.Protocol):
    """One client; it may ask again when the answer is complete."""

    def __init__(self, scripts: Iterator[Script], token_s: float, think_s: Callable[[], float]):
        self._scripts = scripts
        self._token_s = token_s
        self._think_s = think_s
        self._received = b""
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its bases

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if separator and len(body) >= (int(length.group(1)) if length else 0):
            self._received = b""
            self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer:
            self._timer.cancel()

    def _begin(self) -> None:
        self._tokens, self._timed = next(self._scripts)
        self._index = 0
        self._sent_s = 0.0
        self._transport.write(script.HEAD)
        self._loop = asyncio.get_running_loop()
        self._due_s = self._loop.time() + self._think_s()
        self._timer = self._loop.call_at(self._due_s, self._write_next)

    def _write_next(self) -> None:
        if self._index == len(self._tokens):
            self._transport.write(script.chunk(script.stamp(self._sent_s)) + script.TAIL)
            return
        if self._index == self._timed:
            self._sent_s = time.perf_counter()
        self._transport.write(self._tokens[self._index])
        self._index += 1
        self._due_s += self._token_s
        self._timer = self._loop.call_at(self._due_s, self._write_next)


async def serve(tokens_per_s: float) -> None:
    """Print the address, then answer for ever."""
    chance = random.Random(1)
    scripts = itertools.cycle(
        ([script.chunk(token) for token in reply], script.first_piece_end(reply)) for reply in script.REPLIES
    )

    def connection() -> _Connection:
        return _Connection(scripts, 1 / tokens_per_s, lambda: chance.uniform(0, THINKS_S))

    server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/chat/completions", flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens-per-s", type=float, default=30.0)
    flags = parser.parse_args()
    end_with_parent()
    run(serve(flags.tokens_per_s))


if __name__ == "__main__":
    main()
