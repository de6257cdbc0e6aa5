"""A language model behind an OpenAI-compatible HTTP endpoint."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, cast

import anyio

from llm import address, trouble
from llm.answer import AnswerReader, without_surrogates
from llm.model_list import list_models
from llm.replier import NO_OPTIONS, LLMError, Message

if TYPE_CHECKING:
    import httpx2
    import openai

log = logging.getLogger("yinliu.llm")

_TAIL_S = 0.1
"""How long the end of a finished answer is awaited: a connection read to its end can be used again."""


class OpenAIReplier:
    """Streams replies from one model; see llm.replier.Replier.

    api: a complete URL, a base URL or a bare host. Raises ValueError when it is none of them.
    first_token_timeout_s: from sending the request to the first text or reasoning; the answer's head gets the same.
    between_tokens_timeout_s: silence after that; reasoning counts as life, comments and empty deltas do not, so a model
    may think for as long as it keeps sending its thoughts.
    """

    def __init__(
        self,
        api: str,
        key: str,
        model: str,
        extra_config: dict[str, Any],
        connect_timeout_s: float,
        first_token_timeout_s: float,
        between_tokens_timeout_s: float,
    ):
        self.url = address.completions_url(api)
        self._where = address.shown(api)
        self.name = f"{model or 'a model'} at {self._where}"
        self._key = key.strip()
        self._model = model
        self._extra_config = extra_config
        self._connect_timeout_s = connect_timeout_s
        self._first_token_timeout_s = first_token_timeout_s
        self._between_tokens_timeout_s = between_tokens_timeout_s
        self._client: openai.AsyncOpenAI | None = None
        self._opening = asyncio.Lock()

    async def stream_reply(
        self, messages: list[Message], options: Mapping[str, Any] = NO_OPTIONS
    ) -> AsyncGenerator[str, None]:
        """See Replier; a failure that may pass is tried once more while nothing has been said."""
        body = self._body(messages, options)
        for is_last_attempt in (False, True):
            try:
                async with aclosing(self._attempt(body)) as texts:
                    async for text in texts:
                        yield text
                return
            except trouble.PassingError as error:
                if is_last_attempt:
                    raise
                pause_s = error.pause_s
            log.info(
                "%s failed before its first word, trying once more in %.1f s.",
                self.name,
                pause_s,
            )
            await anyio.sleep(pause_s)

    async def models(self) -> list[str]:
        """What the server lists, after the configured one, which need not be listed."""
        trust_env = not address.is_loopback(self.url)
        listed = await list_models(address.models_url(self.url), self._key, trust_env)
        own = [self._model] if self._model else []
        return [*own, *(name for name in listed if name != self._model)]

    async def warm_up(self) -> None:
        """Import the SDK off the event loop, so that the first reply does not wait for it."""
        await self._opened()

    async def close(self) -> None:
        if self._client:
            await self._client.close()
            self._client = None

    async def _attempt(self, body: bytes) -> AsyncGenerator[str, None]:
        response = await self._post(body)
        try:
            async with (
                aclosing(response.aiter_bytes()) as chunks,
                aclosing(self._read(chunks)) as texts,
            ):
                async for text in texts:
                    yield text
        except LLMError as error:
            raise trouble.scrubbed(error, self._secrets()) from error.__cause__
        finally:
            await response.aclose()

    async def _read(self, chunks: AsyncIterator[bytes]) -> AsyncGenerator[str, None]:
        """Only waiting is counted against the limits, not the time the listener takes between two texts."""
        reader = AnswerReader()
        silence_s, limit_s = 0.0, self._first_token_timeout_s
        while not reader.is_done:
            started = anyio.current_time()
            chunk = await self._next(chunks, silence_s, limit_s, reader)
            silence_s += anyio.current_time() - started
            if not chunk:
                break
            for text in reader.feed(chunk):
                silence_s, limit_s = 0.0, self._between_tokens_timeout_s
                if text:
                    yield text
            if reader.is_finished:
                silence_s, limit_s = 0.0, _TAIL_S
        if reader.is_done:
            await _read_to_end(chunks)
        for text in reader.finish():
            if text:
                yield text

    async def _next(
        self,
        chunks: AsyncIterator[bytes],
        silence_s: float,
        limit_s: float,
        reader: AnswerReader,
    ) -> bytes:
        """Return the next bytes, or none at the end."""
        import httpx2

        try:
            with anyio.fail_after(max(limit_s - silence_s, 0)):
                return await anext(chunks, b"")
        except (TimeoutError, httpx2.HTTPError) as error:
            if reader.is_finished:
                return b""
            raise trouble.interrupted(self._where, error, limit_s) from error

    async def _post(self, body: bytes) -> "httpx2.Response":
        client = await self._opened()
        import httpx2
        import openai

        headers: dict[str, Any] = {
            "Authorization": f"Bearer {self._key}" if self._key else openai.omit,
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",  # a compressing proxy holds small tokens back
            "OpenAI-Organization": openai.omit,
            "OpenAI-Project": openai.omit,
        }
        try:
            answer = await client.post(
                self.url,
                cast_to=httpx2.Response,
                content=body,
                options={"headers": headers},
                stream=True,
                stream_cls=openai.AsyncStream[Any],
            )
        except openai.APIStatusError as error:
            raise trouble.refused(self._where, self._model, error, self._secrets()) from None
        except openai.APIConnectionError as error:
            limits = self._connect_timeout_s, self._first_token_timeout_s
            raise trouble.unreached(self._where, error.__cause__, *limits) from error
        # Asked for this type the SDK hands the open response over, unread; its signature does not say so.
        response = cast("httpx2.Response", answer)
        # From here on `_next` keeps the time; the transport's own limit, meant for the head, could be shorter.
        response.request.extensions.get("timeout", {})["read"] = None
        return response

    async def _opened(self) -> "openai.AsyncOpenAI":
        async with self._opening:
            if not self._client:
                try:
                    self._client = await asyncio.to_thread(self._open)
                except (OSError, ValueError, ImportError) as error:
                    raise LLMError(
                        "llm_unreachable",
                        f"The way to {self._where} cannot be set up: {error}",
                    ) from error
            return self._client

    def _open(self) -> "openai.AsyncOpenAI":
        import httpx2
        import openai

        try:
            httpx2.URL(self.url)
        except httpx2.InvalidURL as error:
            raise ValueError(f"LLM.api in config.yaml is not a valid address ({error}).") from error
        logging.getLogger("httpx2").setLevel(logging.WARNING)  # its line per request repeats the query, keys included
        timeout = httpx2.Timeout(self._first_token_timeout_s, connect=self._connect_timeout_s)
        http = httpx2.AsyncClient(
            timeout=timeout,
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=60),
            follow_redirects=True,
            trust_env=not address.is_loopback(self.url),  # a proxy cannot reach this machine's loopback
        )
        # The key is a placeholder: `_post` sets the header, and an empty one would be looked up in the environment.
        return openai.AsyncOpenAI(
            api_key="none",
            base_url=self.url,
            max_retries=0,
            timeout=timeout,
            http_client=http,
        )

    def _body(self, messages: list[Message], options: Mapping[str, Any]) -> bytes:
        """Encode the request here, since the SDK's typed call drops keys it does not know."""
        if not (self._key.isascii() and self._key.isprintable()):
            raise LLMError(
                "llm_http_error",
                "LLM.key in config.yaml has characters that no key has; correct it.",
            )
        body = {"model": self._model} | self._extra_config | dict(options) | {"stream": True, "messages": messages}
        try:
            text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise LLMError(
                "llm_http_error",
                f"The request to the model cannot be written as JSON: {error}",
            ) from error
        return without_surrogates(text).encode()

    def _secrets(self) -> list[str]:
        return [self._key, *address.secrets_in(self.url)]


async def _read_to_end(chunks: AsyncIterator[bytes]) -> None:
    import httpx2

    with anyio.move_on_after(_TAIL_S), suppress(httpx2.HTTPError):
        async for _ in chunks:
            pass
