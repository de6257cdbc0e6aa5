"""A plain voice-chat server in the manner of the original: threads that hand work on through lists they poll.

Three stages a turn, each looking every 50 ms for what the one before it has left: a thread reads the model's answer
into a list of deltas, a thread cuts and voices them into a list of frames, the response sends those. Written here from
the description of that design, with the leanest tools at hand, and kinder than the original in one respect: it stops
when the turn ends.
"""

import asyncio
import base64
import http.client
import io
import json
import threading
import time
import wave
from collections.abc import AsyncGenerator, Iterator
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from benchmarks.scripted_voice import PCM, RATE_HZ, SILENCE

POLL_S = 0.05
FIRST_MARKS = "…~。？！?!,，"
LATER_MARKS = "…~。？！?!"


class Ask(BaseModel):
    msg: list[dict[str, Any]]


class Cutter:
    """Quoted text outside brackets, cut at marks: the first piece early, later ones from six characters on."""

    def __init__(self) -> None:
        self._quoted = self._hidden = False
        self._text = ""
        self._marks, self._shortest = FIRST_MARKS, 2

    def feed(self, delta: str) -> Iterator[str]:
        for char in delta:
            if char == '"':
                self._quoted = not self._quoted
            elif char in "(（":
                self._hidden = True
            elif char in ")）":
                self._hidden = False
            elif self._quoted and not self._hidden:
                self._text += char
                if char in self._marks and len(self._text) >= self._shortest:
                    yield self._take()

    def finish(self) -> Iterator[str]:
        if len(self._text) > 1:
            yield self._take()

    def _take(self) -> str:
        self._marks, self._shortest = LATER_MARKS, 6
        taken, self._text = self._text, ""
        return taken


class Turn:
    """The two lists of one turn, and the flags that tell when nothing more comes."""

    def __init__(self) -> None:
        self.deltas: list[str] = []
        self.frames: list[bytes] = []
        self.all_read = False
        self.all_voiced = False

    def read(self, llm_url: str, messages: list[dict[str, Any]]) -> None:
        """The first thread."""
        try:
            for delta in read_deltas(llm_url, messages):
                self.deltas.append(delta)
        finally:
            self.all_read = True

    def voice(self) -> None:
        """The second thread."""
        cutter, seen, is_over = Cutter(), 0, False
        while not is_over:
            is_over = self.all_read
            while seen < len(self.deltas):
                for text in cutter.feed(self.deltas[seen]):
                    self.frames.append(frame(wav(), text))
                seen += 1
            if not is_over:
                time.sleep(POLL_S)
        self.frames += [frame(wav(), text) for text in cutter.finish()]
        self.frames.append(frame("", "".join(self.deltas).replace("...", "…"), done=True))
        self.all_voiced = True

    async def send(self) -> AsyncGenerator[bytes, None]:
        """The response."""
        sent, is_over = 0, False
        while not is_over:
            is_over = self.all_voiced
            while sent < len(self.frames):
                yield self.frames[sent]
                sent += 1
            if not is_over:
                await asyncio.sleep(POLL_S)


def read_deltas(llm_url: str, messages: list[dict[str, Any]]) -> Iterator[str]:
    """The texts of a streamed answer, line by line."""
    address = urlsplit(llm_url)
    connection = http.client.HTTPConnection(address.netloc, timeout=60)
    body = json.dumps({"model": "scripted", "stream": True, "messages": messages})
    connection.request("POST", address.path, body, {"Content-Type": "application/json"})
    with connection.getresponse() as response:
        for line in response:
            value = line.strip().removeprefix(b"data: ")
            if value and value != b"[DONE]":
                yield json.loads(value)["choices"][0]["delta"].get("content") or ""
    connection.close()


def wav() -> str:
    """The scripted voice as a complete file, in base64."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(PCM + SILENCE)
    return base64.urlsafe_b64encode(file.getvalue()).decode()


def frame(file: str, message: str, done: bool = False) -> bytes:
    return f"data: {json.dumps({'file': file, 'message': message, 'done': done})}\n\n".encode()


def create_app(llm_url: str) -> FastAPI:
    """The baseline, answering from this model."""
    app = FastAPI()

    @app.post("/api/chat")
    async def chat(ask: Ask) -> StreamingResponse:
        turn = Turn()
        threading.Thread(target=turn.read, args=(llm_url, ask.msg), daemon=True).start()
        threading.Thread(target=turn.voice, daemon=True).start()
        return StreamingResponse(turn.send(), media_type="text/event-stream")

    return app
