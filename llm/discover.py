"""Model servers that people run on their own machine, found on their usual ports."""

import asyncio
import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llm.model_list import read_models

if TYPE_CHECKING:
    import httpx

_TIME_S = 0.5


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


async def _ask(client: "httpx.AsyncClient", server: LocalServer) -> Found | None:
    url = f"http://127.0.0.1:{server.port}/v1"
    models = await read_models(client, f"{url}/models")
    return Found(server.name, url, models) if models else None
