"""What answers a user, and how it says that it cannot."""

from collections.abc import AsyncGenerator, Mapping
from types import MappingProxyType
from typing import Any, Protocol

Message = dict[str, Any]
"""One element of a chat history in OpenAI's form; forwarded to the model as it is."""
NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})


class LLMError(Exception):
    """The model could not answer, or stopped while answering; the message is a sentence without secrets.

    kind: llm_unreachable (no connection in time), llm_http_error (it answered 4xx or 5xx; `status` is set),
    llm_timeout (connected, but no text came in time), llm_stream_error (it broke off or sent nonsense).
    """

    def __init__(self, kind: str, message: str, status: int | None = None):
        super().__init__(message)
        self.kind = kind
        self.status = status


class Replier(Protocol):
    """Something that continues a conversation."""

    name: str

    async def warm_up(self) -> None:
        """Do beforehand what would delay the first reply; never fails because the model is away."""
        ...

    def stream_reply(
        self, messages: list[Message], options: Mapping[str, Any] = NO_OPTIONS
    ) -> AsyncGenerator[str, None]:
        """Yield the reply's text as it is written; closing the iterator early closes the connection.

        options: fields of the request, for this reply alone, e.g. temperature.
        Raises LLMError, also after some text has been yielded.
        """
        ...

    async def models(self) -> list[str]:
        """The names that `options` may ask for as `model`, the usual one first; empty when there is no choice."""
        ...

    async def close(self) -> None: ...
