"""Turns as the server takes them: with its engines, its voices and its rules, counted and logged."""

import itertools
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any

from llm.replier import LLMError, Message
from tts.synthesizer import SynthesisFailed
from voice.characters import Character, Wishes, with_system
from voice.chat.cuts import CutRules
from voice.chat.events import Done, Event
from voice.chat.spans import SpanRules
from voice.chat.split import Piece, SplitRules, Splitter
from voice.chat.stopwatch import Stopwatch
from voice.chat.turn import take_turn
from voice.company import Company
from voice.metrics import Metrics
from voice.parts import Parts, PartUnavailable
from voice.settings import Settings, SplitSettings
from voice.voices import Voices

log = logging.getLogger("yinliu.turn")


class TooManyTurns(Exception):
    """The server talks to as many people as it may."""


class Seat:
    """A turn's share of the limit; releasing it twice counts once."""

    def __init__(self, release: Callable[[], None]):
        self._release: Callable[[], None] | None = release

    def release(self) -> None:
        release, self._release = self._release, None
        if release:
            release()


def split_rules(settings: SplitSettings, tags: frozenset[str]) -> SplitRules:
    """The configured rules; `classic` keeps the original's, brackets that do not nest included."""
    is_classic = settings.style == "classic"
    spans = SpanRules(
        tags=tags,
        speak_all=settings.speak == "all",
        curly_quotes=settings.curly_quotes,
        corner_quotes=settings.corner_quotes,
        nested=not is_classic,
    )
    cuts = CutRules(
        first_comma=settings.first_comma,
        min_length=settings.min_length,
        max_length=settings.max_length,
        flush_at_quote=settings.flush_at_quote,
        full_stop=settings.full_stop,
        line_break=settings.line_break,
        keep_last=settings.keep_last,
        merge_marks=settings.merge_marks,
    )
    return SplitRules(spans, None if is_classic else cuts, settings.keep_thinking)


class Conversations:
    """Takes turns; keeps no history. watcher: is told how many turns are open, whenever that changes."""

    def __init__(
        self,
        settings: Settings,
        parts: Parts,
        company: Company,
        metrics: Metrics,
        watcher: Callable[[int], None] | None = None,
    ):
        self._settings = settings
        self._parts = parts
        self._company = company
        self._metrics = metrics
        self._tags = frozenset(company.usual.voices.by_tag)
        self._numbers = itertools.count(1)
        self._open = 0
        self._watcher = watcher

    def admit(self) -> "Seat":
        """A seat for one more turn, to be released whatever becomes of it. Raises TooManyTurns."""
        if self._open >= self._settings.limits.turns:
            raise TooManyTurns(f"{self._open} conversations are going on already; try again in a moment.")
        self._count_seat(+1)
        return Seat(lambda: self._count_seat(-1))

    async def choose(self, wishes: Wishes) -> Character:
        """Who answers a listener with these wishes. Raises UnknownName."""
        return await self._company.choose(wishes)

    async def turn(
        self, messages: list[Message], seat: "Seat", *, character: Character | None = None, in_parts: bool = False
    ) -> AsyncGenerator[Event, None]:
        """One answer as events; closing the generator cancels the turn."""
        character = character or self._company.usual
        rules = split_rules(self._settings.split, self._tags | character.voices.by_tag.keys())
        number, watch = next(self._numbers), Stopwatch()
        pieces, outcome, error = 0, "left", ""
        events = take_turn(
            self._reply(with_system(messages, character.system), character.options),
            Splitter(rules),
            lambda piece: self._speak(piece, character.voices),
            watch,
            in_parts=in_parts,
            ahead=self._settings.tts.look_ahead,
        )
        try:
            async with aclosing(events):
                async for event in events:
                    if isinstance(event, Done):
                        outcome = "failed" if event.error else "answered"
                        error = event.error.type if event.error else ""
                        self._warn(number, event)
                        seat.release()  # before the listener can ask again
                    elif event.text:
                        pieces += 1
                        self._metrics.pieces.labels("yes" if event.pcm else "no").inc()
                        self._count_error("synthesis_failed" if event.error else "")
                    yield event
        finally:
            seat.release()
            self._count_error(error)
            self._record(number, watch, pieces, outcome, error)

    async def _reply(self, messages: list[Message], options: Mapping[str, Any]) -> AsyncGenerator[str, None]:
        try:
            replier = await self._parts.answering.ready(self._settings.limits.loading_wait_s)
        except PartUnavailable as error:
            raise LLMError("llm_unavailable", str(error)) from None
        limit, written = self._settings.limits.reply_characters, 0
        async with aclosing(replier.stream_reply(messages, options)) as deltas:
            async for delta in deltas:
                yield delta
                written += len(delta)
                if written > limit:
                    raise LLMError("llm_stream_error", f"The model wrote more than {limit} characters and was cut off.")

    async def _speak(self, piece: Piece, voices: Voices) -> AsyncGenerator[bytes, None]:
        try:
            synthesizer = await self._parts.speaking.ready(self._settings.limits.loading_wait_s)
        except PartUnavailable as error:
            raise SynthesisFailed(str(error)) from None
        async with aclosing(synthesizer.speak(piece.spoken, voices.select(piece.tag))) as parts:
            part = b""
            async for part in parts:
                yield part
        if part:
            yield bytes(2 * int(synthesizer.rate_hz * self._settings.tts.fragment_interval_s))

    def _count_seat(self, change: int) -> None:
        self._open += change
        self._metrics.open_streams.set(self._open)
        if self._watcher:
            self._watcher(self._open)

    def _count_error(self, kind: str) -> None:
        if kind:
            self._metrics.errors.labels(kind).inc()

    def _warn(self, number: int, done: Done) -> None:
        if done.hint:
            log.warning("turn %d: %s", number, done.hint)

    def _record(self, number: int, watch: Stopwatch, pieces: int, outcome: str, error: str) -> None:
        self._metrics.turns.labels(outcome).inc()
        for stage, ms in watch.marks_ms.items():
            self._metrics.stages.labels(stage).observe(ms / 1000)
        stages = ", ".join(f"{stage.replace('_', ' ')} {ms:.0f} ms" for stage, ms in watch.marks_ms.items())
        log.info("turn %d %s%s: %d pieces; %s", number, outcome, error and f" ({error})", pieces, stages or "no text")
