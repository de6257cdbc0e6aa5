"""One piece on its way from phones to sound: what the decoding and the vocoding thread tell each other about it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field, replace

from torch import Tensor

from tts.gpt_sovits.acoustic.model import AcousticModel, Conditions
from tts.gpt_sovits.guard import Expectation
from tts.gpt_sovits.pacing import Cut, Pacing
from tts.gpt_sovits.scheduler import Playback
from tts.gpt_sovits.semantic.decoder import Decoder
from tts.gpt_sovits.semantic.slots import Prompt
from tts.synthesizer import SynthesisFailed

OTHER_SEED = 0x5DEECE66D
"""What the seed of a second attempt differs by."""


class Listener:
    """Where sound waits until it is taken. Filled from the vocoding thread, emptied on an event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, rate_hz: int):
        self._loop = loop
        self._rate_hz = rate_hz
        self._chunks: asyncio.Queue[bytes | SynthesisFailed | None] = asyncio.Queue()
        self.asked_at_s = time.monotonic()
        self.began_at_s: float | None = None
        self.sent_s = 0.0
        self.taken_s = 0.0

    @property
    def playback(self) -> Playback:
        return Playback(self.asked_at_s, self.began_at_s, self.sent_s, self.sent_s - self.taken_s)

    def add(self, pcm: bytes) -> None:
        """pcm: 16-bit mono."""
        if self.began_at_s is None:
            self.began_at_s = time.monotonic()
        self.sent_s += self._duration_s(pcm)
        self._tell(pcm)

    def finish(self, failure: SynthesisFailed | None = None) -> None:
        self._tell(failure)

    async def sound(self) -> AsyncGenerator[bytes, None]:
        while chunk := await self._chunks.get():
            if isinstance(chunk, SynthesisFailed):
                raise chunk
            self.taken_s += self._duration_s(chunk)
            yield chunk

    def _duration_s(self, pcm: bytes) -> float:
        return len(pcm) / 2 / self._rate_hz

    def _tell(self, chunk: bytes | SynthesisFailed | None) -> None:
        try:
            self._loop.call_soon_threadsafe(self._chunks.put_nowait, chunk)
        except RuntimeError:  # the loop has ended: nobody is left to listen
            pass


@dataclass
class Request:
    """phones: int64 [phones], those to speak, without the reference's."""

    prompt: Prompt
    phones: Tensor
    conditions: Conditions
    decoder: Decoder
    acoustic: AcousticModel
    expected: Expectation
    speed: float
    pacing: Pacing
    listener: Listener
    tokens: list[int] = field(default_factory=list)
    """Written by the decoding thread only."""
    has_ended: bool = False
    """Set after the last token was added."""
    is_wanted: bool = True
    attempts: int = 1

    def __post_init__(self) -> None:
        self._cuts: Iterator[Cut] = self.pacing.cuts()
        self.cut: Cut = next(self._cuts)
        """The chunk that is made next."""
        self._settled = max(self.cut.tokens, self.expected.least)
        """With so many tokens an attempt stands. Counts decide it and not how far the sound is, which a busy machine
        delays: the same seed shall say the same every time."""

    @property
    def is_due(self) -> bool:
        """Whether the next chunk can be made; the first is not, as long as its tokens may be taken back."""
        return self.has_ended or len(self.tokens) >= max(self.cut.tokens, self._settled)

    def go_on(self) -> None:
        """The chunk at the cut was made."""
        self.cut = next(self._cuts)

    def start_again(self) -> bool:
        """Forget the tokens of an attempt that went wrong, to draw others; not twice, nor when some may be heard."""
        if self.attempts > 1 or len(self.tokens) >= self._settled:
            return False
        self.attempts += 1
        self.tokens = []
        self.prompt = replace(self.prompt, seed=self.prompt.seed ^ OTHER_SEED)
        return True
