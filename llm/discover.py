"""Model servers that people run on their own machine, found on their usual ports."""

import asyncio
import importlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

_TIME_S = 0.5
_MOST_BYTES = 1024 * 1024

_NOT_FOR_CHAT = re.compile(
    r"embed|rerank|whisper|minilm|(?:^|[-_/.:])(?:tts|stt|asr|bge|gte|e5|clip|kokoro|piper|sdxl|flux|vits)(?:$|[-_/.:\d])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class LocalServer:
    name: str
    port: int


LOCAL_SERVERS = (
    LocalServer("Ollama", 11434),
    LocalServer("LM Studio", 1234),
    LocalServer("llama.cpp", 8080),
    LocalServer("vLLM", 8000),
)


@dataclass(frozen=True)
class Found:
    """A server that answered; `api` is its base URL, `models` those that can chat, the first being its own choice."""

    server: str
    api: str
    models: tuple[str, ...]


async def find_local(skip_ports: set[int], servers: Sequence[LocalServer] = LOCAL_SERVERS) -> Found | None:
    """Ask all servers at once for their models; return the first in the given order that has one to chat with.

    skip_ports: our own. Takes half a second at most; a machine without such servers refuses much sooner.
    """
    httpx = await asyncio.to_thread(importlib.import_module, "httpx")  # before the clock runs: it takes a while
    async with httpx.AsyncClient(trust_env=False, verify=False, timeout=_TIME_S) as client:
        asking = [asyncio.create_task(_ask(client, server)) for server in servers if server.port not in skip_ports]
        try:
            if asking:
                await asyncio.wait(asking, timeout=_TIME_S)
            return next((found for task in asking if task.done() and (found := task.result())), None)
        finally:
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)


def chat_models(answer: Any) -> tuple[str, ...]:
    """Return the ids in an OpenAI model list that are not for embeddings, ranking or audio; none if it is no list."""
    entries = answer.get("data") if isinstance(answer, dict) else None
    ids = [entry.get("id") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return tuple(name for name in ids if isinstance(name, str) and name and not _NOT_FOR_CHAT.search(name))


async def _ask(client: "httpx.AsyncClient", server: LocalServer) -> Found | None:
    import httpx

    url = f"http://127.0.0.1:{server.port}/v1"
    try:
        async with client.stream("GET", f"{url}/models") as response:
            body = bytearray()
            async for data in response.aiter_bytes():
                body += data
                if len(body) > _MOST_BYTES:
                    return None
        models = chat_models(json.loads(body)) if response.status_code == 200 else ()
    except (httpx.HTTPError, ValueError, RecursionError):
        return None
    return Found(server.name, url, models) if models else None
