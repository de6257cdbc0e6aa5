"""The clients: many streams at once, each taking turn after turn, read with as little work as possible."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

from benchmarks import script
from benchmarks.processes import Meter

TURN_LIMIT_S = 30.0
LONGEST_OFFSET_S = 1.0
"""Streams begin spread over about a turn's length, so that they do not march in step."""

_BODY = '{"msg": [{"role": "user", "content": "你好 hello"}]}'.encode()
_FRAME_END = b"}\n\n"
_LAST = b'"done": true'
_AUDIBLE = b'"file": "UklGR'
_KEPT = 4096
"""Bytes of the stream's beginning and end that are looked at; audio lies between."""


class _Turn(asyncio.BufferedProtocol):
    """One request. `delay` becomes seconds, or an exception that says what was wrong with the answer."""

    def __init__(self, request: bytes, buffer: memoryview):
        self._request = request
        self._buffer = buffer
        self._head = self._tail = b""
        self._first_frame_s: float | None = None
        self.delay: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its bases
        self._transport.write(self._request)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        now_s = time.perf_counter()
        received = bytes(self._buffer[:nbytes])
        if len(self._head) < _KEPT:
            self._head += received[:_KEPT]
        if self._first_frame_s is None and _FRAME_END in self._tail[1 - len(_FRAME_END) :] + received:
            self._first_frame_s = now_s
        self._tail = (self._tail + received)[-_KEPT:]
        last = self._tail.find(_LAST)
        if last >= 0 and _FRAME_END in self._tail[last:]:
            self._settle(self._tail[: self._tail.index(_FRAME_END, last)])

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.delay.done():
            self.delay.set_exception(ConnectionError(f"the answer broke off: {self._head[:200]!r}"))

    def _settle(self, reply: bytes) -> None:
        """A client of the field leaves when it has seen the last frame, and so does this one."""
        self._transport.close()
        sent_s = script.stamped_s(reply)
        if self.delay.done():
            return
        if sent_s and self._first_frame_s and _AUDIBLE in self._head:
            self.delay.set_result(self._first_frame_s - sent_s)
        else:
            self.delay.set_exception(ValueError(f"no audio or no moment in the answer: {self._head[:200]!r}"))


@dataclass
class Measured:
    """What some streams saw, and what happened while all of them were under way."""

    delays_s: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    turns: int = 0
    """Turns that ended in the measured stretch, counted ones and others."""
    wall_s: float = 0.0


class _Streams:
    """Nobody's turns count until everybody has taken one, and nobody stops until everybody is through: steady load."""

    def __init__(self, url: str, streams: int, turns: int, meter: Meter):
        self.measured = Measured()
        self._streams = streams
        self._turns = turns
        self._meter = meter
        self._warm = self._through = 0
        address = urlsplit(url)
        self._host, self._port = address.hostname or "", address.port or 80
        head = (
            f"POST /api/chat HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(_BODY)}\r\n\r\n"
        )
        self._request = head.encode() + _BODY
        self._buffer = memoryview(bytearray(256 * 1024))  # shared: it is emptied before anybody else can fill it

    async def run(self) -> None:
        chance = random.Random(self._streams)
        longest_s = LONGEST_OFFSET_S if self._streams > 1 else 0.0
        await asyncio.gather(*[self._stream(chance.uniform(0, longest_s)) for _ in range(self._streams)])

    async def _stream(self, offset_s: float) -> None:
        await asyncio.sleep(offset_s)
        await self._take_turn(is_counted=False)
        self._warm += 1
        if self._warm == self._streams:
            self._begin()
        while self._warm < self._streams:
            await self._take_turn(is_counted=False)
        for _ in range(self._turns):
            await self._take_turn(is_counted=True)
        self._through += 1
        if self._through == self._streams:
            self._end()
        while self._through < self._streams:
            await self._take_turn(is_counted=False)

    def _begin(self) -> None:
        self.measured.turns = 0
        self._began_s = time.perf_counter()
        self._meter.begin()

    def _end(self) -> None:
        self.measured.wall_s = time.perf_counter() - self._began_s
        self._meter.end()

    async def _take_turn(self, is_counted: bool) -> None:
        try:
            delay_s = await asyncio.wait_for(self._answer(), TURN_LIMIT_S)
            if is_counted:
                self.measured.delays_s.append(delay_s)
        except (OSError, ValueError, asyncio.TimeoutError) as error:
            self.measured.problems.append(f"{type(error).__name__}: {error}")
        if self._through < self._streams:
            self.measured.turns += 1

    async def _answer(self) -> float:
        loop = asyncio.get_running_loop()
        transport, turn = await loop.create_connection(
            lambda: _Turn(self._request, self._buffer), self._host, self._port
        )
        try:
            return await turn.delay
        finally:
            transport.close()


async def measure(url: str, streams: int, turns: int, meter: Meter) -> Measured:
    """Take `turns` counted turns in each of `streams` streams; the meter runs while all of them are under way."""
    work = _Streams(url, streams, turns, meter)
    await work.run()
    return work.measured
