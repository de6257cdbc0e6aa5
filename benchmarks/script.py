"""What the scripted model says, how it looks on the wire, and where in it the measured moment is written down."""

import json
import re

ZH = tuple(
    '[普通]| "|今天|天气|真好|，|我们|一起|去|公园|走走|吧|！|你|想|带点|什么|好吃|的|？|"|（|开心|地|笑|）'.split("|")
)
EN = tuple(
    '[happy]| "|That| sounds| lovely|,| let| us| take| a| walk| in| the| park|!| What| shall| we| bring'
    '| along|?|"| (|smiles|)'.split("|")
)
REPLIES = (ZH, EN)
"""Token by token; three pieces each, which the original's rules and ours cut at the same tokens."""

PIECE_MARKS = ("，", "！", "？", ",", "!", "?")
"""Every piece ends with such a token, and nothing else does."""

_STAMP = re.compile(rb"\{sent_s=([0-9.]+)\}")


def first_piece_end(reply: tuple[str, ...]) -> int:
    """The index of the token whose sending is the measured moment."""
    return next(index for index, token in enumerate(reply) if token in PIECE_MARKS)


def stamp(sent_s: float) -> str:
    """The reply's last token, outside the quotes: time.perf_counter() is the same clock in every process."""
    return f" {{sent_s={sent_s:.7f}}}"


def stamped_s(reply: bytes) -> float | None:
    """The moment that a reply carries; None when it carries none."""
    found = _STAMP.search(reply)
    return float(found.group(1)) if found else None


def content(token: str) -> bytes:
    """The part of a chunk that names the token; short enough to be looked for in received bytes."""
    return b'"content":' + json.dumps(token, ensure_ascii=False).encode()


def chunk(token: str) -> bytes:
    """One token as an OpenAI-compatible server sends it: a server-sent event inside an HTTP chunk."""
    delta = b'"choices":[{"index":0,"delta":{%b},"logprobs":null,"finish_reason":null}]' % content(token)
    return http_chunk(
        b'data: {"id":"chatcmpl-0","object":"chat.completion.chunk","created":0,"model":"scripted",%b}\n\n' % delta
    )


def http_chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
TAIL = (
    http_chunk(b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n')
    + http_chunk(b"data: [DONE]\n\n")
    + http_chunk(b"")
)
