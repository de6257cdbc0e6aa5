"""A watcher that times a training's steps, counts the operations of one, looks into one, and ends it."""

import contextlib
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

WARMING = 1
"""Steps that are not counted: libraries choose their kernels in them."""


class Enough(Exception):
    """The steps that were to be measured are done."""


class Stopwatch:
    """Behind the timed steps come one whose operations are counted, and one that is looked into."""

    def __init__(self, steps: int, device: str):
        self._steps = steps
        self._is_cuda = device.startswith("cuda")
        self._began_s: list[tuple[float, float]] = []
        self._counter = FlopCounterMode(display=False)
        activities = [ProfilerActivity.CUDA] if self._is_cuda else [ProfilerActivity.CPU]
        self._profile = profile(activities=activities)
        self._under_way = contextlib.ExitStack()

    def check(self) -> None:
        """Called by the training before each step."""
        if self._is_cuda:
            torch.cuda.synchronize()
        self._began_s.append((time.perf_counter(), time.process_time()))
        self._under_way.close()
        done = len(self._began_s) - 1
        if done == WARMING + self._steps:
            self._under_way.enter_context(self._counter)
        elif done == WARMING + self._steps + 1:
            self._under_way.enter_context(self._profile)
        elif done > WARMING + self._steps + 1:
            raise Enough

    def progress(self, share: float, eta_s: float | None = None) -> None:
        pass

    def log(self, line: str, level: str = "info", chinese: str = "") -> None:
        if level != "info":
            print(line)

    def point(self, step: int, **values: float) -> None:
        pass

    def exported(self, path: Path) -> None:
        pass

    def mean_s(self, clock: int) -> float:
        """A step that counts, by the clock (0) or in the processor's time of this process (1)."""
        counted = self._began_s[WARMING : WARMING + self._steps + 1]
        return float(np.mean([after[clock] - before[clock] for before, after in pairwise(counted)]))

    def operations(self) -> float:
        """Multiplications and additions of a step in matrix products, convolutions and attention."""
        return float(self._counter.get_total_flops())

    def shares(self) -> dict[str, float]:
        """The parts of a step's time that torch's own operations take, the largest first."""
        taken = Counter[str]()
        for event in self._profile.key_averages():
            if self._is_cuda == (event.device_type.name == "CUDA"):
                taken[event.key] += event.self_device_time_total if self._is_cuda else event.self_cpu_time_total
        whole = sum(taken.values()) or 1.0
        return {name.removeprefix("aten::"): time_us / whole for name, time_us in taken.most_common()}
