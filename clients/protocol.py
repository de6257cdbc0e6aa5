"""The server as its clients see it: send a recording or a history, read frames."""

import base64
import io
import json
import wave
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

PREFIX = "data:"
TIMEOUT = httpx.Timeout(10, read=180)
"""Seconds. A model may think for minutes, and the server sends a sign of life meanwhile."""


class ServerTrouble(Exception):
    """The server cannot be reached, or refused; the message is what it said."""


@dataclass(frozen=True)
class Frame:
    """One frame of /api/chat."""

    text: str
    audio: bytes | None
    """A complete file in the requested encoding, WAV unless another was asked for."""
    is_last: bool
    timing_ms: dict[str, float] = field(default_factory=dict)
    hint: str = ""
    error: str = ""


def read_frames(lines: Iterable[str]) -> Iterator[Frame]:
    """Frames from the lines of a stream; everything that is no data line is skipped, as the SSE format asks."""
    for line in lines:
        if not line.startswith(PREFIX):
            continue
        fields = json.loads(line[len(PREFIX) :])
        yield _frame(fields)
        if fields.get("done"):
            return


def _frame(fields: dict[str, Any]) -> Frame:
    file = fields.get("file") or ""
    # No audio is shorter than this; the contract writes the word None where there is none.
    audio = base64.urlsafe_b64decode(file) if len(file) > 20 else None
    return Frame(
        text=fields.get("message", ""),
        audio=audio,
        is_last=bool(fields.get("done")),
        timing_ms=fields.get("timing") or {},
        hint=fields.get("hint") or "",
        error=(fields.get("error") or {}).get("message", ""),
    )


class Server:
    """A server at an address. Every method raises ServerTrouble."""

    def __init__(self, url: str, token: str = ""):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # Proxy variables of the environment must not catch calls to a machine in the next room.
        self._http = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=TIMEOUT, trust_env=False)
        self.url = url

    def health(self) -> dict[str, Any]:
        """The state of each engine."""
        return self._answer(self._send("GET", "/health"))

    def hear(self, recording: bytes) -> str:
        """The text of a recording in any audio format; "" when nothing was said."""
        body = {"audio": base64.urlsafe_b64encode(recording).decode()}
        return self._answer(self._send("POST", "/api/asr", json=body))["text"] or ""

    def answer(self, history: list[dict[str, str]], **options: Any) -> Iterator[Frame]:
        """The frames of the answer to a history as they arrive, the last with is_last."""
        try:
            with self._http.stream("POST", "/api/chat", json={"msg": history, **options}) as response:
                if response.status_code != httpx.codes.OK:
                    response.read()
                    self._answer(response)
                yield from read_frames(response.iter_lines())
        except (httpx.HTTPError, ValueError) as error:
            raise self._unreachable(error) from None

    def close(self) -> None:
        self._http.close()

    def _send(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **content)
        except httpx.HTTPError as error:
            raise self._unreachable(error) from None

    def _answer(self, response: httpx.Response) -> Any:
        try:
            if response.status_code == httpx.codes.OK:
                return response.json()
            detail = response.json()["detail"]
        except (ValueError, KeyError, TypeError):
            detail = f"no answer of this server's: {response.text[:100]!r}"
        raise ServerTrouble(f"{self.url} answered {response.status_code}: {detail}")

    def _unreachable(self, error: Exception) -> ServerTrouble:
        return ServerTrouble(f"{self.url} does not answer ({error or type(error).__name__}).")


def join_wavs(files: list[bytes]) -> bytes:
    """The pieces of one answer as one WAV file; they share one sample rate."""
    joined = io.BytesIO()
    with wave.open(joined, "wb") as out:
        for number, file in enumerate(files):
            with wave.open(io.BytesIO(file)) as piece:
                if not number:
                    out.setparams(piece.getparams())
                out.writeframes(piece.readframes(piece.getnframes()))
    return joined.getvalue()


def seconds_of(wav: bytes) -> float:
    """How long a WAV file plays."""
    with wave.open(io.BytesIO(wav)) as file:
        return file.getnframes() / file.getframerate()
