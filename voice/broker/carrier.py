"""The server that hands out the files of jobs: where it is, what opens it, and whether it lets us in."""

from dataclasses import dataclass, field

import httpx

TIMEOUT = httpx.Timeout(60.0, connect=10.0)


class FilesRefused(Exception):
    """The server will not hand out or take the files; the message is a sentence, `chinese` the same in Chinese."""

    def __init__(self, english: str, chinese: str):
        super().__init__(english)
        self.chinese = chinese


@dataclass(frozen=True)
class Carrier:
    """A server's address and what opens it."""

    server: str
    token: str = field(default="", repr=False)

    def client(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return httpx.Client(base_url=self.server, headers=headers, timeout=TIMEOUT)

    def check(self) -> None:
        """Raises FilesRefused where the address or the token is wrong; a server that is away is no error yet."""
        try:
            with self.client() as client:
                answer = client.get("/api/v1/jobs", params={"limit": 1})
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise FilesRefused(
                f"{self.server!r} is no address of a server, such as http://192.168.1.10:8001.",
                f"{self.server!r} 不是服务地址，正确的形式如 http://192.168.1.10:8001。",
            ) from None
        except httpx.TransportError:
            return
        if answer.status_code in (401, 403):
            raise FilesRefused(
                f"The server at {self.server} refuses this token: give --token-file with its data/token.",
                f"位于 {self.server} 的服务拒绝了令牌：请用 --token-file 指定它的 data/token。",
            )
        if answer.status_code != 200:
            raise FilesRefused(
                f"{self.server} is no server with a studio (status {answer.status_code}).",
                f"{self.server} 不是提供声音制作的服务（状态 {answer.status_code}）。",
            )
