"""Events as server-sent frames, in the form of each route that streams them."""

import asyncio
import json
from dataclasses import asdict
from typing import Any

import audio
from voice.chat.events import Done, Event, Spoken

OPUS_HZ = 48_000
"""What every Opus decoder gives, whatever went in."""
NO_AUDIO = "None"
"""What the contract puts in the place of audio that does not exist."""


async def chat_frame(event: Event, rate_hz: int, audio_format: str | None) -> bytes:
    """The frame of /api/chat and /api/stream_chat: {file, message, done}.

    A requested format adds `format` and `rate`; the last frame always adds `timing`, if need be `error` and `hint`.
    """
    if isinstance(event, Done):
        return frame({"file": "", "message": event.reply, "done": True} | _about(event))
    fields: dict[str, Any] = {"message": event.text, "done": False}
    if audio_format:
        fields |= {"format": audio_format, "rate": OPUS_HZ if audio_format == "opus" else rate_hz}
    file = await _audio_text(event, rate_hz, audio_format)
    # Base64 needs no escaping, and to look through 100 kB for what does takes 0.2 ms.
    return f'data: {{"file": "{file}", {json.dumps(fields)[1:]}\n\n'.encode("ascii")


async def typed_frames(event: Event, rate_hz: int, audio_format: str | None) -> bytes:
    """The frames of /api/chat_v2: text and audio apart, {type, data, done}."""
    if isinstance(event, Done):
        return frame({"type": "text", "data": event.reply, "done": True} | _about(event))
    frames = b""
    if event.text:
        frames += frame({"type": "text", "data": event.text, "done": False})
    if event.pcm:
        frames += frame({"type": "audio", "data": await _audio_text(event, rate_hz, audio_format), "done": False})
    return frames


def frame(fields: dict[str, Any]) -> bytes:
    """One `data: ` line and the empty line that ends it.

    ASCII only: clients that cut lines the Unicode way would break a raw U+2028 or U+0085 in two.
    """
    return b"data: " + json.dumps(fields).encode("ascii") + b"\n\n"


async def _audio_text(event: Spoken, rate_hz: int, audio_format: str | None) -> str:
    if not event.pcm:
        return NO_AUDIO
    if audio_format in ("mp3", "opus"):
        return audio.to_base64(await asyncio.to_thread(audio.encode, event.pcm, rate_hz, audio_format))
    return audio.to_base64(audio.encode(event.pcm, rate_hz, audio_format or "wav"))


def _about(done: Done) -> dict[str, Any]:
    about: dict[str, Any] = {"timing": done.timing_ms}
    if done.hint:
        about["hint"] = done.hint
    if done.error:
        about["error"] = {name: value for name, value in asdict(done.error).items() if value is not None}
    return about
