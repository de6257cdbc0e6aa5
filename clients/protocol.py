"""The server as its clients see it: send a recording or a history, read frames."""

import base64
import threading
from collections.abc import Iterator
from typing import Any

import httpx

from clients.broken_socket import shut_down
from clients.frames import Frame, lines_of, read_frames
from clients.troubles import away, broken_off, nonsense, refused

TIMEOUT = httpx.Timeout(10, read=180)
"""Seconds. A model may think for minutes, and the server sends a sign of life meanwhile."""
REJECTED = "None"
"""What the server answers when speaker verification does not know the voice; never a transcript."""


class Server:
    """A server at an address. Every method raises ServerTrouble; it may be used from several threads."""

    def __init__(self, url: str, token: str = "", timeout: httpx.Timeout = TIMEOUT):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # Proxy variables of the environment must not catch calls to a machine in the next room.
        self._http = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=timeout, trust_env=False)
        self.url = url

    def health(self) -> dict[str, Any]:
        """The state of each engine."""
        return self._json(self._send("GET", "/health"), dict)

    def choices(self) -> dict[str, Any]:
        """What /api/chat may be asked for; nothing where the server is too old to say."""
        response = self._send("GET", "/api/choices")
        return {} if response.status_code == httpx.codes.NOT_FOUND else self._json(response, dict)

    def hear(self, recording: bytes, language: str | None = None) -> str | None:
        """The text of a recording in any audio format; "" when nothing was said, None when the voice is unknown."""
        # The first form of the request: it alone tells a stranger from silence, and every server knows it.
        body = {"data": base64.urlsafe_b64encode(recording).decode()}
        if language and language != "auto":
            body["language"] = language
        text = self._json(self._send("POST", "/api/asr", json=body), str)
        return None if text == REJECTED else text.strip()

    def answer(self, history: list[dict[str, str]], **options: Any) -> "Answer":
        """The answer to a history; the request is sent when its first frame is asked for."""
        return Answer(self, self._http, {"msg": history, **options})

    def close(self) -> None:
        self._http.close()

    def _send(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **content)
        except httpx.HTTPError as error:
            raise away(self.url, error) from None

    def _json(self, response: httpx.Response, kind: type) -> Any:
        self.check(response)
        try:
            content = response.json()
        except ValueError:
            content = None
        if not isinstance(content, kind):
            raise nonsense(self.url, response.text)
        return content

    def check(self, response: httpx.Response) -> None:
        """Raise what a refusal means."""
        if response.status_code != httpx.codes.OK:
            response.read()
            raise refused(self.url, response.status_code, response.headers, response.text)


class Answer:
    """The frames of one answer as they arrive, the last with is_last. Raises ServerTrouble while it is iterated.

    cancel() ends the request and the iteration from another thread.
    """

    def __init__(self, server: Server, http: httpx.Client, body: dict[str, Any]):
        self._server, self._http, self._body = server, http, body
        self._lock = threading.Lock()
        self._response: httpx.Response | None = None
        self.is_cancelled = False

    def __iter__(self) -> Iterator[Frame]:
        has_begun = False
        try:
            for frame in self._frames():
                if self.is_cancelled:
                    return
                has_begun = True
                yield frame
                if frame.is_last:
                    return
        except httpx.HTTPError as error:
            if not self.is_cancelled:
                raise (broken_off if has_begun else away)(self._server.url, error) from None
            return
        except ValueError as error:  # a frame that is none
            raise broken_off(self._server.url, error) from None
        if not self.is_cancelled:
            raise broken_off(self._server.url)

    def cancel(self) -> None:
        with self._lock:
            self.is_cancelled = True
            if self._response is not None:
                shut_down(self._response)

    def _frames(self) -> Iterator[Frame]:
        with self._http.stream("POST", "/api/chat", json=self._body) as response:
            with self._lock:
                if self.is_cancelled:
                    return
                self._response = response
            try:
                self._server.check(response)
                yield from read_frames(lines_of(response.iter_bytes()))
            finally:
                with self._lock:
                    self._response = None
