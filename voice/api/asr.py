"""The route that hears: /api/asr in both its forms."""

import asyncio
import json
import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AliasChoices, BaseModel, Field

import audio
from asr.recognizer import RATE_HZ, RecognitionFailed, SpeechModelMissing
from voice.api.body import json_body, read_body, unless_gone
from voice.api.errors import ApiError
from voice.hearing import TooManyWaiting
from voice.metrics import Metrics
from voice.parts import Parts, PartUnavailable
from voice.settings import LimitSettings

log = logging.getLogger("yinliu.asr")

REJECTED = "None"
"""What the first form answers when speaker verification rejects the speaker; never a transcript."""


class AsrRequest(BaseModel):
    """One utterance: an audio file of any kind as base64, in `data` or, from later clients, in `audio`."""

    sound: str = Field(validation_alias=AliasChoices("data", "audio"))
    data: Any = None
    audio: Any = None
    language: str | None = None
    """zh, en, yue, ja or ko, when the sender knows."""

    @property
    def is_later_form(self) -> bool:
        """Whoever sends `audio` alone expects an object as the answer."""
        return self.data is None


def asr_routes(parts: Parts, limits: LimitSettings, metrics: Metrics) -> APIRouter:
    """The recognition family."""
    router = APIRouter(tags=["asr"])
    # Base64 takes four bytes for three, and a data URI or JSON escapes a little more.
    limit_bytes = int(limits.audio_mb * 1024 * 1024 * 4 / 3) + 4096

    @router.post("/api/asr", openapi_extra=json_body(AsrRequest))
    async def asr(request: Request) -> Response:
        """The recognised text as one JSON string; with `audio` instead of `data`, as {"text": ...}."""
        asked = await read_body(request, AsrRequest, limit_bytes)
        text = await unless_gone(request, recognise(asked.sound, asked.language or ""))
        if asked.is_later_form:
            return JSONResponse({"text": text or None})
        return Response(json.dumps(text, ensure_ascii=False), media_type="application/json")

    async def recognise(base64: str, language: str) -> str:
        started_s = time.perf_counter()
        metrics.waiting_recognitions.inc()
        try:
            with _as_api_errors():
                hearing = await parts.hearing.ready(limits.loading_wait_s)
                with hearing.place():
                    samples = await asyncio.to_thread(_decode, base64, limits)
                    text = _one_line((await hearing.transcribe(samples, language)).text)
        except ApiError as error:
            metrics.errors.labels(error.code).inc()
            raise
        finally:
            metrics.waiting_recognitions.dec()
        took_s = time.perf_counter() - started_s
        metrics.recognition.observe(took_s)
        metrics.heard_seconds.inc(len(samples) / RATE_HZ)
        log.info("heard %.1f s of audio in %.0f ms: %d characters", len(samples) / RATE_HZ, took_s * 1000, len(text))
        return text

    return router


def _decode(base64: str, limits: LimitSettings) -> np.ndarray:
    """Audio as the recognisers want it: mono float32 at RATE_HZ."""
    heard = audio.decode(audio.from_base64(base64), limits.audio_s)
    return audio.resample(heard.samples, heard.rate_hz, RATE_HZ)


@contextmanager
def _as_api_errors() -> Iterator[None]:
    """What can be wrong with a recording or its recogniser, as clients see it."""
    try:
        yield
    except audio.AudioTooLong as error:
        raise ApiError(413, str(error), code="audio_too_long") from None
    except audio.AudioError as error:
        raise ApiError(400, str(error), code="bad_audio") from None
    except PartUnavailable as error:
        code = "loading" if error.is_loading else "speech_model_missing"
        raise ApiError(503, str(error), code=code, retry_after_s=5 * error.is_loading) from None
    except SpeechModelMissing as error:
        raise ApiError(503, str(error), code="speech_model_missing") from None
    except TooManyWaiting as error:
        raise ApiError(503, str(error), code="busy", retry_after_s=2) from None
    except RecognitionFailed as error:
        raise ApiError(500, str(error), code="recognition_failed") from None


def _one_line(text: str) -> str:
    """Without line breaks, which the field clients would show as they are escaped, and never the reserved word."""
    text = re.sub(r"\s*[\r\n\v\f\x85\u2028\u2029]+\s*", " ", text).strip()
    return "none" if text == REJECTED else text
