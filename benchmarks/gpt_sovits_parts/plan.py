"""What is measured in which order. Pure."""

from dataclasses import dataclass, replace
from typing import Literal

from benchmarks.gpt_sovits_parts.assignment import Assignment, Version
from benchmarks.gpt_sovits_parts.figures import OURS
from benchmarks.gpt_sovits_parts.limits import MACHINE

RIVALS = "rivals"
RIVALS_ON_GPU = ("gsv-tts-lite",)
CORES = 2
"""Rivals take all cores for one thing at a time; ours gives each thread its own thing."""
AS_SUITS = 0
"""As many threads as the engine decodes faster with: on a busy machine, two may be many times slower than one."""


@dataclass(frozen=True)
class Step:
    """One measure by one or more engines, one after the other. who: names of engines, or RIVALS for all others.

    threads: a number, or AS_SUITS, for which decoding is measured before with one and with all cores.
    """

    measure: str
    who: tuple[str, ...]
    version: Version = "v2"
    runs: int = 3
    threads: int = 1
    device: Literal["cpu", "cuda"] = "cpu"

    @property
    def title(self) -> str:
        return f"{self.measure}, {self.version}{', GPU' if self.device == 'cuda' else ''}"

    def is_for(self, engine: str) -> bool:
        if engine in (OURS, MACHINE):
            return engine in self.who
        return RIVALS in self.who or engine.startswith(tuple(set(self.who) - {OURS, MACHINE}))

    def assigned(self, common: Assignment, suits: int) -> Assignment:
        """suits: how many threads suit the engine."""
        return replace(
            common,
            measure=self.measure,
            version=self.version,
            runs=self.runs,
            threads=self.threads or suits,
            device=self.device,
        )


def threads_that_suit(one: float | None, all_cores: float | None) -> int:
    """From the tokens a second with one thread and with all cores; all, unless they are slower than one."""
    return 1 if one and (not all_cores or all_cores < one) else CORES


QUICK = (
    Step("ceilings", (MACHINE,)),
    Step("decoding", (OURS, RIVALS), runs=2),
    Step("decoding", (RIVALS,), runs=1, threads=CORES),
    Step("speaking", (OURS,), runs=1),
    Step("reference", (OURS,), runs=1),
    Step("speaking", (RIVALS,), runs=1, threads=AS_SUITS),
    Step("bare", (OURS,)),
    Step("memory", (OURS,)),
    Step("loading", (OURS,)),
    Step("breakdown", (OURS,), runs=1),
    Step("quality", (OURS,), runs=1),
)
FULL = (
    Step("ceilings", (MACHINE,)),
    Step("decoding", (OURS,)),
    Step("decoding", (RIVALS,), runs=2),
    Step("decoding", (RIVALS,), runs=2, threads=CORES),
    Step("speaking", (OURS,), "v2"),
    Step("reference", (OURS,), "v2"),
    Step("speaking", (RIVALS,), "v2", threads=AS_SUITS),
    Step("speaking", (OURS,), "v2ProPlus"),
    Step("reference", (OURS,), "v2ProPlus"),
    Step("speaking", (RIVALS,), "v2ProPlus", runs=2, threads=AS_SUITS),
    Step("bare", (OURS,)),
    Step("memory", (OURS, RIVALS)),
    *[Step("loading", (OURS,))] * 3,
    Step("breakdown", (OURS,)),
    Step("quality", (OURS,)),
)
GPU = (
    Step("ceilings", (MACHINE,), device="cuda"),
    Step("decoding", (OURS, *RIVALS_ON_GPU), device="cuda"),
    Step("speaking", (OURS, *RIVALS_ON_GPU), device="cuda"),
    Step("reference", (OURS,), device="cuda"),
    Step("streams", (OURS,), device="cuda"),
    Step("breakdown", (OURS,), device="cuda"),
    Step("quality", (OURS,), device="cuda"),
)
