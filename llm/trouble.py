"""What can go wrong with a model server, said so that a user knows what to change."""

from typing import TYPE_CHECKING

from llm.answer import message_in, without_surrogates
from llm.replier import LLMError

if TYPE_CHECKING:
    import openai

_LONGEST_QUOTE = 200
_LONGEST_PAUSE_S = 2.0
_USUAL_PAUSE_S = 0.3

_REMEDIES = {
    400: "rejected the request (400): check LLM.model and LLM.extra_config in config.yaml.",
    401: "did not accept the key (401): set LLM.key in config.yaml.",
    402: "wants to be paid (402): check the account that LLM.key in config.yaml belongs to.",
    403: "does not allow this (403): check that LLM.key in config.yaml may use LLM.model.",
    404: "knows no such address or model (404): check LLM.api and LLM.model in config.yaml.",
    405: "takes no chat at this address (405): check LLM.api in config.yaml.",
    413: "finds the conversation too long (413): start a new one, or shorten the persona.",
    422: "rejected the request (422): check LLM.model and LLM.extra_config in config.yaml.",
    429: "has too many requests or no credit left (429): wait, or check the account that LLM.key belongs to.",
}


class PassingError(LLMError):
    """A failure that may be gone after a short pause."""

    def __init__(
        self,
        kind: str,
        message: str,
        status: int | None = None,
        pause_s: float = _USUAL_PAUSE_S,
    ):
        super().__init__(kind, message, status)
        self.pause_s = pause_s


def refused(where: str, model: str, error: "openai.APIStatusError", secrets: list[str]) -> LLMError:
    """Name the remedy for a status of 3xx to 5xx and quote what the server said about it."""
    status = error.status_code
    remedy = _REMEDIES.get(
        status,
        f"failed with status {status}: see its own log." if status >= 500 else "",
    )
    sentence = f"The model server at {where} {remedy or f'refused the request ({status}).'}"
    said = message_in(error.body) if not isinstance(error.body, str) or "<" not in error.body else ""
    if said:
        sentence += f" It said: {scrub(said, secrets)}"
    if model and status == 404:
        sentence += f" LLM.model is {scrub(model, secrets)}."
    pause_s = _pause_s(error.response.headers) if status == 429 or status >= 500 else None
    if pause_s is None:
        return LLMError("llm_http_error", sentence, status)
    return PassingError("llm_http_error", sentence, status, pause_s)


def unreached(
    where: str,
    cause: BaseException | None,
    connect_timeout_s: float,
    answer_timeout_s: float,
) -> LLMError:
    """Tell a time-out while connecting, one while waiting for the answer, and a failed connection apart."""
    import httpx2

    if isinstance(cause, httpx2.ConnectTimeout):
        return LLMError(
            "llm_unreachable",
            f"The model server at {where} could not be reached within {connect_timeout_s:g} s; check LLM.api.",
        )
    if isinstance(cause, httpx2.TimeoutException):
        return silent(where, answer_timeout_s)
    if isinstance(cause, httpx2.ConnectError):
        reason = f"could not be reached ({_short(str(cause)) or 'no connection'}): is it running, is LLM.api right?"
    else:
        reason = "closed the connection without an answer; check LLM.api, and see its own log."
    return PassingError("llm_unreachable", f"The model server at {where} {reason}")


def interrupted(where: str, cause: BaseException, limit_s: float) -> LLMError:
    """For a failure while reading: nothing came in time, or the connection broke."""
    if isinstance(cause, TimeoutError):
        return silent(where, limit_s)
    return LLMError(
        "llm_stream_error",
        f"The model server at {where} broke off in the middle of its reply.",
    )


def silent(where: str, limit_s: float) -> LLMError:
    return LLMError(
        "llm_timeout",
        f"The model server at {where} sent no text for {limit_s:g} s; it may be overloaded.",
    )


def scrubbed(error: LLMError, secrets: list[str]) -> LLMError:
    return LLMError(error.kind, scrub(str(error), secrets), error.status)


def scrub(text: str, secrets: list[str]) -> str:
    """Return a server's words short, on one line and without the secrets they may repeat."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return _short(text)


def _short(text: str) -> str:
    line = " ".join(without_surrogates(text).split())
    return line if len(line) <= _LONGEST_QUOTE else line[:_LONGEST_QUOTE] + "…"


def _pause_s(headers) -> float | None:
    """Return how long to wait before trying again, None when the server asks for longer than a listener would wait."""
    asked = headers.get("retry-after")
    try:
        pause_s = float(asked) if asked else _USUAL_PAUSE_S
    except ValueError:
        return None
    return pause_s if 0 <= pause_s <= _LONGEST_PAUSE_S else None
