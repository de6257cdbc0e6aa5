"""A decoder that says what a test has written down, and requests for it."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import torch

from tts.gpt_sovits.guard import Expectation
from tts.gpt_sovits.pacing import Pacing
from tts.gpt_sovits.request import Request
from tts.gpt_sovits.scheduler import Playback
from tts.gpt_sovits.semantic.decoder import Drawn
from tts.gpt_sovits.semantic.sampling import Sampling
from tts.gpt_sovits.semantic.slots import Prompt
from tts.synthesizer import SynthesisFailed

ROOMY = Expectation(least=0, most=1500)


class ScriptedDecoder:
    """Says the tokens that belong to a prompt's seed, then the end. lag: as decoders on a GPU have it."""

    def __init__(self, scripts: Mapping[int, Iterable[int]], rows: int = 3, lag: int = 0):
        self.scripts = scripts
        self.lag = lag
        self.lengths = [0] * rows
        self.slots = self
        self.seeds: list[int] = []
        """Of the prompts, as they came in."""
        self.counts: list[int] = []
        """Of the rows, step by step."""
        self._rows: list[Iterator[int]] = [iter(()) for _ in range(rows)]

    def prefill(self, row: int, prompt: Prompt) -> None:
        self.seeds.append(prompt.seed)
        self._rows[row] = iter(self.scripts[prompt.seed])

    def move(self, source: int, target: int) -> None:
        self._rows[target] = self._rows[source]

    def step(self, count: int) -> Drawn:
        self.counts.append(count)
        said = [next(row, None) for row in self._rows[:count]]
        tokens = [0 if token is None else token for token in said]
        return Drawn(torch.tensor(tokens), torch.tensor([token is None for token in said]))


class ToldListener:
    """Remembers what it was told; how well it is provided for is up to the test."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        self.endings: list[SynthesisFailed | None] = []
        self.is_told = threading.Event()
        self.playback = Playback(0.0, None, 0.0, 0.0)

    def add(self, pcm: bytes) -> None:
        self.chunks.append(pcm)

    def finish(self, failure: SynthesisFailed | None = None) -> None:
        self.endings.append(failure)
        self.is_told.set()


def requested(
    decoder: Any, seed: int = 0, expected: Expectation = ROOMY, pacing: Pacing | None = None
) -> tuple[Request, ToldListener]:
    listener: Any = ToldListener()
    nothing: Any = None
    acoustic: Any = SimpleNamespace(device=torch.device("cpu"))
    phones = torch.zeros(0, dtype=torch.int64)
    prompt = Prompt(phones, torch.zeros(1024, 0), phones, Sampling(), seed)
    request = Request(prompt, phones, nothing, decoder, acoustic, expected, 1.0, pacing or Pacing(), listener)
    return request, listener
