"""The models that an OpenAI-compatible server offers for a conversation."""

import asyncio
import importlib
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

_TIME_S = 3.0
_MOST_BYTES = 1024 * 1024

_NOT_FOR_CHAT = re.compile(
    r"embed|rerank|whisper|minilm|(?:^|[-_/.:])(?:tts|stt|asr|bge|gte|e5|clip|kokoro|piper|sdxl|flux|vits)(?:$|[-_/.:\d])",
    re.IGNORECASE,
)


def chat_models(answer: Any) -> tuple[str, ...]:
    """Return the ids in an OpenAI model list that are not for embeddings, ranking or audio; none if it is no list."""
    entries = answer.get("data") if isinstance(answer, dict) else None
    ids = [entry.get("id") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return tuple(name for name in ids if isinstance(name, str) and name and not _NOT_FOR_CHAT.search(name))


async def list_models(url: str, key: str, trust_env: bool) -> tuple[str, ...]:
    """What the server at this models URL offers; nothing when it does not answer within seconds."""
    httpx = await asyncio.to_thread(importlib.import_module, "httpx")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with httpx.AsyncClient(timeout=_TIME_S, trust_env=trust_env) as client:
        return await read_models(client, url, headers)


async def read_models(client: "httpx.AsyncClient", url: str, headers: dict[str, str] | None = None) -> tuple[str, ...]:
    """Ask once, with the client's own time limit; whatever is no model list counts as none."""
    import httpx

    try:
        async with client.stream("GET", url, headers=headers) as response:
            body = bytearray()
            async for data in response.aiter_bytes():
                body += data
                if len(body) > _MOST_BYTES:
                    return ()
        return chat_models(json.loads(body)) if response.status_code == httpx.codes.OK else ()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError):
        return ()
