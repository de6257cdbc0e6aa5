"""The studio's routes as programs call them."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from clients.cli.studio_words import sentences
from clients.frames import lines_of
from clients.troubles import ServerTrouble, away, nonsense

TIMEOUT = httpx.Timeout(10, read=120)
FOLLOWING = httpx.Timeout(10, read=45)
"""A stream says something every 15 s."""


class Refused(ServerTrouble):
    """The server answered, and said no. status: as HTTP has it."""

    def __init__(self, status: int, english: str, chinese: str, retry_after_s: float | None = None):
        super().__init__(english, chinese, "token" if status == 401 else "refused", retry_after_s)
        self.status = status


@dataclass(frozen=True)
class Happening:
    """Something in the story of a job. type: state, progress, log, point; number: where to go on."""

    number: str
    type: str
    data: dict[str, Any]


class StudioServer:
    """Every method raises ServerTrouble; Refused where the server did answer."""

    def __init__(self, url: str, token: str = ""):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # Proxy variables of the environment must not catch calls to a machine in the next room.
        self._http = httpx.Client(headers=headers, timeout=TIMEOUT, trust_env=False)
        self.url = url.rstrip("/")
        self.api = f"{self.url}/api/v1"

    def get(self, *path: str, **options: Any) -> Any:
        return self.json(self.send("GET", self.place(*path), **options))

    def post(self, *path: str, **options: Any) -> Any:
        return self.json(self.send("POST", self.place(*path), **options))

    def put(self, *path: str, **options: Any) -> Any:
        return self.json(self.send("PUT", self.place(*path), **options))

    def patch(self, *path: str, **options: Any) -> Any:
        return self.json(self.send("PATCH", self.place(*path), **options))

    def delete(self, *path: str) -> Any:
        return self.json(self.send("DELETE", self.place(*path)))

    def download(self, *path: str) -> bytes:
        return self.send("GET", self.place(*path)).content

    def place(self, *path: str) -> str:
        """The address of a route; each part is one name, whatever it holds."""
        return "/".join([self.api, *(quote(part, safe="") for part in path)])

    def send(self, method: str, address: str, **options: Any) -> httpx.Response:
        """One request. address: complete."""
        try:
            response = self._http.request(method, address, **options)
        except httpx.HTTPError as error:
            raise away(self.url, error) from None
        if not response.is_success:
            raise refusal(response)
        return response

    def json(self, response: httpx.Response) -> Any:
        try:
            return response.json()
        except ValueError:
            raise nonsense(self.url, response.text) from None

    def happenings(self, job: str, after: str) -> Iterator[Happening]:
        """What has happened to a job since `after`, and what happens; ends with the job, or where the line breaks."""
        headers = {"Last-Event-ID": after} if after else {}
        place = self.place("jobs", job, "events")
        try:
            with self._http.stream("GET", place, headers=headers, timeout=FOLLOWING) as answer:
                if not answer.is_success:
                    answer.read()
                    raise refusal(answer)
                yield from _happenings(lines_of(answer.iter_bytes()))
        except (httpx.HTTPError, ValueError) as error:
            raise away(self.url, error) from None

    def close(self) -> None:
        self._http.close()


def refusal(response: httpx.Response) -> Refused:
    """What a status that is no success means."""
    body = None
    with contextlib.suppress(ValueError):
        body = response.json()
    after = response.headers.get("Retry-After", "")
    told = sentences(body, response.status_code)
    return Refused(response.status_code, *told, float(after) if after.isdigit() else None)


def _happenings(lines: Iterator[str]) -> Iterator[Happening]:
    """Server-sent events, as the format has them. Raises ValueError for data that is no JSON."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        elif "data" in fields:
            data = json.loads(fields["data"])
            if isinstance(data, dict):
                yield Happening(fields.get("id", ""), fields.get("event", ""), data)
            fields = {}
