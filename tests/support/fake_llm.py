"""A model server over real TCP that behaves as badly as a test asks: raw bytes, scripted per request."""

import asyncio
import json
import threading
import time
from dataclasses import dataclass
from typing import Any

Step = bytes | float | str
"""What a script does next: send these bytes, pause this many seconds, or one of HANG, CLOSE, RESET."""

HANG, CLOSE, RESET = "hang", "close", "reset"

STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"


def chunked(data: bytes) -> bytes:
    """Frame data as one chunk of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def event(data: object) -> bytes:
    """Return one `data:` event, the object written as raw UTF-8 JSON."""
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"


def delta(content: str | list[Any] | None = None, finish_reason: str | None = None, **fields: Any) -> dict[str, Any]:
    """Return a chunk object; without a content the delta has no such key."""
    said = fields if content is None else {"content": content, **fields}
    return {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": said, "finish_reason": finish_reason}]}


def say(*tokens: str, delay_s: float = 0, first_delay_s: float = 0) -> list[Step]:
    """A well-behaved streamed answer."""
    steps: list[Step] = [STREAM_HEAD, first_delay_s, chunked(event(delta("", role="assistant")))]
    for token in tokens:
        steps += [chunked(event(delta(token))), delay_s]
    return [*steps, chunked(event(delta(finish_reason="stop")) + b"data: [DONE]\n\n") + END]


def stream(*pieces: bytes | float | str, end: bool = True) -> list[Step]:
    """A streamed answer of exactly these bytes, each in its own packet, with pauses and HANG, CLOSE, RESET between."""
    framed = [chunked(piece) if isinstance(piece, bytes) else piece for piece in pieces]
    return [STREAM_HEAD, *framed, *([END] if end else [])]


def status(code: int, body: object = None, headers: dict[str, str] | None = None) -> list[Step]:
    """A refusal: an object becomes JSON, a string HTML, nothing an error in OpenAI's form."""
    default = {"error": {"message": f"scripted {code}", "type": "scripted"}}
    return [plain(default if body is None else body, code, headers)]


def plain(body: object, code: int = 200, headers: dict[str, str] | None = None) -> bytes:
    """A complete answer that is no stream."""
    is_page = isinstance(body, str)
    data = body.encode() if isinstance(body, str) else json.dumps(body, ensure_ascii=False).encode()
    head = {"Content-Type": "text/html" if is_page else "application/json", "Content-Length": str(len(data))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in (head | (headers or {})).items())
    return f"HTTP/1.1 {code} Scripted\r\n{lines}\r\n".encode() + data


@dataclass
class Received:
    """One request: header names in lower case, times from time.monotonic()."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int
    at_s: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class FakeLLM:
    """`async with FakeLLM(say("hi"))`, or `with` in a synchronous test: it then runs in a thread of its own.

    Each request plays the next script; the last is repeated. Also answers `GET /v1/models` when `models` is given.
    `requests` holds what came in, `disconnects` a (connection, time.monotonic()) for every client that left while a
    script was running, `connections` counts the connections made.
    """

    def __init__(self, *scripts: list[Step], models: list[str] | None = None):
        self.scripts = list(scripts) or [say("Hello.")]
        self.models = models
        self.requests: list[Received] = []
        self.disconnects: list[tuple[int, float]] = []
        self.connections = self.port = 0
        self._played = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def wait_for_request(self, count: int = 1, within_s: float = 5.0) -> Received:
        """Return the request of that number, counted from 1, once it has come in whole."""
        until = time.monotonic() + within_s
        while len(self.requests) < count:
            assert time.monotonic() < until, "no request has come"
            await asyncio.sleep(0.002)
        return self.requests[count - 1]

    async def wait_for_disconnect(self, within_s: float = 2.0) -> float:
        """Return when the last client left (time.monotonic()); fails when none does."""
        until = time.monotonic() + within_s
        while not self.disconnects:
            assert time.monotonic() < until, "the client has not left"
            await asyncio.sleep(0.002)
        return self.disconnects[-1][1]

    async def __aenter__(self) -> "FakeLLM":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def __enter__(self) -> "FakeLLM":
        started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run_until_ended(started)), daemon=True)
        self._thread.start()
        assert started.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(5)

    async def _run_until_ended(self, started: threading.Event) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        async with self:
            started.set()
            await self._ended.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        self.connections += 1
        connection = _Connection(reader, writer, self.connections)
        try:
            while request := await connection.read_request():
                self.requests.append(request)
                if not await connection.play(self._script_for(request)):
                    self.disconnects.append((connection.number, time.monotonic()))
                    return
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            connection.close()
            self._tasks.discard(task)

    def _script_for(self, request: Received) -> list[Step]:
        if request.method == "GET" and self.models is not None:
            return [plain({"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]})]
        script = self.scripts[min(self._played, len(self.scripts) - 1)]
        self._played += 1
        return script


class _Connection:
    """One client: a pump reads all the time, so that its leaving is seen while a script plays."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int):
        self.number = number
        self._writer = writer
        self._received = bytearray()
        self._news = asyncio.Event()
        self._gone = asyncio.Event()
        self._pump = asyncio.create_task(self._read_all(reader))

    async def read_request(self) -> Received | None:
        while b"\r\n\r\n" not in self._received:
            if not await self._more():
                return None
        head, _, _ = bytes(self._received).partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        method, target, _ = first.split(" ")
        length = len(head) + 4 + int(headers.get("content-length", 0))
        while len(self._received) < length:
            if not await self._more():
                return None
        body = bytes(self._received[len(head) + 4 : length])
        del self._received[:length]
        return Received(method, target, headers, body, self.number, time.monotonic())

    async def play(self, script: list[Step]) -> bool:
        """Return whether the client stayed to the end of the script."""
        playing = asyncio.create_task(self._play(script))
        leaving = asyncio.create_task(self._gone.wait())
        await asyncio.wait({playing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        stayed = playing.done() and not playing.exception()
        for task in (playing, leaving):
            task.cancel()
        await asyncio.gather(playing, leaving, return_exceptions=True)
        return stayed

    def close(self) -> None:
        self._pump.cancel()
        self._writer.close()

    async def _play(self, script: list[Step]) -> None:
        for step in script:
            if isinstance(step, bytes):
                self._writer.write(step)
                await self._writer.drain()
            elif isinstance(step, str):
                await self._end(step)
            elif step:
                await asyncio.sleep(step)

    async def _end(self, how: str) -> None:
        if how == HANG:
            await asyncio.Event().wait()
        elif how == RESET:
            self._writer.transport.abort()
        else:
            self._writer.close()

    async def _more(self) -> bool:
        self._news.clear()
        if not self._gone.is_set():
            await self._news.wait()
        return not self._gone.is_set()

    async def _read_all(self, reader: asyncio.StreamReader) -> None:
        try:
            while data := await reader.read(65536):
                self._received += data
                self._news.set()
        except ConnectionError:
            pass
        self._gone.set()
        self._news.set()
