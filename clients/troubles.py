"""What can go wrong around a client, each with a sentence in English and one in Chinese."""

import json
from collections.abc import Mapping
from typing import Literal

Kind = Literal["away", "busy", "token", "no_recogniser", "broken", "refused"]


class ClientTrouble(Exception):
    """Something the user can act on; str() gives the English sentence."""

    def __init__(self, english: str, chinese: str):
        super().__init__(english)
        self.english = english
        self.chinese = chinese


class ServerTrouble(ClientTrouble):
    """The server cannot be reached, refused, or broke off; the sentences hold what it said."""

    def __init__(self, english: str, chinese: str = "", kind: Kind = "refused", retry_after_s: float | None = None):
        super().__init__(english, chinese or english)
        self.kind: Kind = kind
        self.retry_after_s = retry_after_s


def away(url: str, error: Exception) -> ServerTrouble:
    reason = str(error) or type(error).__name__
    return ServerTrouble(
        f"{url} does not answer ({reason}). Is the server running, and is the address right?",
        f"{url} 没有应答（{reason}）。服务是否已启动，地址是否正确？",
        "away",
    )


def given_up(trouble: ServerTrouble, after_s: float) -> ServerTrouble:
    """It was told before that the server does not answer; this is about the question."""
    return ServerTrouble(
        f"Given up after {after_s:.0f} s; please ask again when the server is back. {trouble.english}",
        f"等待 {after_s:.0f} 秒后放弃，请在服务恢复后再问。{trouble.chinese}",
        trouble.kind,
    )


def broken_off(url: str, error: Exception | None = None) -> ServerTrouble:
    reason = f" ({str(error) or type(error).__name__})" if error else ""
    return ServerTrouble(f"The answer of {url} broke off{reason}.", f"{url} 的回答中断了{reason}。", "broken")


def nonsense(url: str, body: str) -> ServerTrouble:
    shown = repr(body[:100])
    return ServerTrouble(
        f"{url} gave no answer of this server's: {shown}. Is the address right?",
        f"{url} 的应答不是本服务的：{shown}。地址是否正确？",
    )


def refused(url: str, status: int, headers: Mapping[str, str], body: str) -> ServerTrouble:
    """A status other than 200, with the sentence that the server gave."""
    detail = _detail(body)
    said = f"{url} answered {status}: {detail}"
    said_zh = f"{url} 应答 {status}：{detail}"
    if status == 401:
        return ServerTrouble(said, f"{said_zh}（需要访问令牌，或令牌不对。）", "token")
    if status == 503 and "speech model" in detail:
        return ServerTrouble(detail, f"服务器没有语音识别模型：{detail}", "no_recogniser")
    if status in (429, 503):
        return ServerTrouble(said, f"{said_zh}（服务器正忙。）", "busy", _seconds(headers.get("retry-after", "")))
    return ServerTrouble(said, said_zh)


def _detail(body: str) -> str:
    try:
        detail = json.loads(body)["detail"]
    except (ValueError, KeyError, TypeError):
        return f"no answer of this server's: {body[:100]!r}"
    return detail if isinstance(detail, str) else json.dumps(detail, ensure_ascii=False)[:200]


def _seconds(text: str) -> float | None:
    try:
        return max(0.0, float(text))
    except ValueError:
        return None
