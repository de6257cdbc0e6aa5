"""How a text is spoken, in upstream's words and with its defaults."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from tts.gpt_sovits.pacing import Pacing

Cut = Literal["cut0", "cut1", "cut2", "cut3", "cut4", "cut5"]
SEED_BITS = 62


@dataclass(frozen=True)
class SpeechOptions:
    """seed: -1 draws another every time. speed: 0.25 to 4. fragment_interval_s: silence between pieces of one text."""

    top_k: int = 15
    top_p: float = 1.0
    temperature: float = 1.0
    repetition_penalty: float = 1.35
    speed: float = 1.0
    seed: int = -1
    fragment_interval_s: float = 0.3
    cut: Cut = "cut0"
    pacing: Pacing = field(default_factory=Pacing)

    def __post_init__(self) -> None:
        _check(self.top_k >= 1, "top_k", "1 or more")
        _check(0 < self.top_p <= 1, "top_p", "above 0, and at most 1")
        _check(0 <= self.temperature <= 10, "temperature", "0 to 10")
        _check(0 < self.repetition_penalty <= 10, "repetition_penalty", "above 0, and at most 10")
        _check(0.25 <= self.speed <= 4, "speed", "0.25 to 4")
        _check(-1 <= self.seed < 1 << SEED_BITS, "seed", f"-1, or 0 to 2^{SEED_BITS} - 1")
        _check(0 <= self.fragment_interval_s <= 10, "fragment_interval_s", "0 to 10")
        _check(self.cut in get_args(Cut), "cut", f"one of {', '.join(get_args(Cut))}")


def _check(is_fine: bool, name: str, rule: str) -> None:
    if not is_fine:
        raise ValueError(f"{name} must be {rule}.")
