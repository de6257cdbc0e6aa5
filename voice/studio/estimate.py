"""How long a training will take, told before anyone presses the button."""

import math
from dataclasses import dataclass
from typing import Literal

Hardware = Literal["gpu", "cpu"]

FEWEST_ITEMS = 100
FEATURE_SHARE = 0.2
SECONDS_PER_CLIP: dict[Hardware, tuple[float, float]] = {"gpu": (0.05, 0.03), "cpu": (5.0, 1.8)}
"""One clip through one training step: SoVITS, GPT; for "cpu" with one core. See `estimate` for where they come from."""
UNCERTAINTY = 3.0
MEASURED_UNCERTAINTY = 1.3


@dataclass(frozen=True)
class Estimate:
    """shortest_s and longest_s bound what is to be expected; the steps are exact."""

    steps_s2: int
    steps_s1: int
    shortest_s: float
    longest_s: float
    english: str
    chinese: str


def estimate(
    clips: int,
    batch_size: int,
    epochs_s2: int,
    epochs_s1: int,
    hardware: Hardware,
    cores: int = 1,
    measured_s_per_clip: tuple[float, float] | None = None,
) -> Estimate:
    """The time from pressing train to a finished voice.

    time = (steps_s2 * t2 * batch_s2 + steps_s1 * t1 * batch_s1) / (1 - FEATURE_SHARE),
    steps = epochs * ceil(items / batch).
    items: the clips; fewer than FEWEST_ITEMS are repeated max(2, FEWEST_ITEMS // clips) times, and GPT's batch is
    at most a quarter of them. That much is GPT-SoVITS's own rule, and exact but for clips that training leaves out.
    t2, t1 (SECONDS_PER_CLIP) on a processor: benchmarks/training_speed.py, v2 at full size, clips of 4 s: 4.4 and 0.8 s
    of one core, the latter without the steps that change parameters; whole GPT trainings took 1.8 and more. On a GPU
    they are guesses, hence UNCERTAINTY, either way. t2: relatives of SoVITS took 0.03 s (an A4000,
    github.com/jaywalnut310/vits/issues/122) and 0.04 s (a 3090, github.com/innnky/so-vits-svc/issues/62); ours has more
    discriminators. t1: 6 operations per weight and token, 78 million weights, 400 tokens, at 7 teraflops.
    FEATURE_SHARE: how such pipelines usually divide their time.
    measured_s_per_clip: SoVITS and GPT as the newest training on this machine has measured them; then those count.
    """
    items = items_of(clips)
    batch_s1 = max(min(batch_size, items // 4), 1)
    steps_s2, steps_s1 = epochs_s2 * math.ceil(items / batch_size), epochs_s1 * math.ceil(items / batch_s1)
    each = tuple(each_s / (cores if hardware == "cpu" else 1) for each_s in SECONDS_PER_CLIP[hardware])
    each_s2, each_s1 = measured_s_per_clip or each
    expected_s = (steps_s2 * each_s2 * batch_size + steps_s1 * each_s1 * batch_s1) / (1 - FEATURE_SHARE)
    factor = MEASURED_UNCERTAINTY if measured_s_per_clip else UNCERTAINTY
    bounds = expected_s / factor, expected_s * factor
    return Estimate(steps_s2, steps_s1, *bounds, *_sentences(*bounds, hardware, factor))


def items_of(clips: int) -> int:
    """How many clips an epoch hears: few are heard several times in it."""
    return clips if clips >= FEWEST_ITEMS else clips * max(2, FEWEST_ITEMS // max(clips, 1))


def _sentences(shortest_s: float, longest_s: float, hardware: Hardware, factor: float) -> tuple[str, str]:
    unit_s, unit, unit_zh = _unit(longest_s)
    low, high = max(round(shortest_s / unit_s), 1), max(round(longest_s / unit_s), 1)
    english = f"About {low} to {high} {unit}" if low < high else f"About {high} {unit}"
    chinese = f"大约 {low} 到 {high} {unit_zh}" if low < high else f"大约 {high} {unit_zh}"
    if factor == MEASURED_UNCERTAINTY:
        return f"{english}, as an earlier training went here.", f"{chinese}（按本机上一次训练推算）。"
    if hardware == "cpu":
        return (
            f"{english}: a rough guess, and without a graphics card hardly worth waiting for.",
            f"{chinese}：粗略估计；没有显卡不建议训练。",
        )
    return (
        f"{english} on one graphics card: a rough guess until a training was timed here.",
        f"{chinese}（单张显卡）：本机训练过一次之前只是粗略估计。",
    )


def _unit(longest_s: float) -> tuple[float, str, str]:
    for unit_s, unit, unit_zh in ((2 * 86_400, "days", "天"), (2 * 3600, "hours", "小时")):
        if longest_s >= unit_s:
            return unit_s / 2, unit, unit_zh
    return 60, "minutes", "分钟"
