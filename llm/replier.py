"""What answers a user, and how it says that it cannot."""

from collections.abc import AsyncGenerator
from typing import Any, Protocol

Message = dict[str, Any]
"""One element of a chat history in OpenAI's form; forwarded to the model as it is."""


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

    def stream_reply(self, messages: list[Message]) -> AsyncGenerator[str, None]:
        """Yield the reply's text as it is written; closing the iterator early closes the connection.

        Raises LLMError, also after some text has been yielded.
        """
        ...

    async def close(self) -> None: ...
