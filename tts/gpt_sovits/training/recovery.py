"""Going on after memory did not suffice, or after numbers were none any more; never more than three times."""

import gc
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import torch

from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.remarks import Remark
from tts.gpt_sovits.training.watching import Watcher

MOST_ATTEMPTS_AGAIN = 3
"""For each of the two reasons."""
_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "CUBLAS_STATUS_ALLOC_FAILED")

Result = TypeVar("Result")


class NotFinite(Exception):
    """The loss or a gradient is no number; rate: the share of the learning rate at which that happened."""

    def __init__(self, rate: float):
        super().__init__(rate)
        self.rate = rate


class OutOfMemory(Exception):
    """What torch says by several names."""


@dataclass(frozen=True)
class Effort:
    """How much a training dares.

    at_once: sentences that are on the device at a time; what is learnt from a batch does not depend on it.
    """

    at_once: int
    rate: float | None = None
    """Share of the learning rate; None: as the checkpoint has it."""
    remarks: tuple[Remark, ...] = ()


def recovered(attempt: Callable[[Effort], Result], effort: Effort, watcher: Watcher) -> Result:
    """Call `attempt`, which goes on from its last checkpoint, with less effort each time.

    Raises TrainingRefused when that does not help, and whatever else `attempt` raises.
    """
    reasons: list[str] = []
    while True:
        try:
            return attempt(effort)
        except NotFinite as error:
            smaller = _slower(effort, error.rate, reasons.count("rate") + 1)
            reasons.append("rate")
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            smaller = _fewer_at_once(effort, reasons.count("memory") + 1)
            reasons.append("memory")
        effort = smaller
        remark = effort.remarks[-1]
        watcher.log(remark.english, "warning", remark.chinese)
        _give_memory_back()  # here, because an exception that is still being handled holds on to all of it


def is_out_of_memory(error: BaseException) -> bool:
    if isinstance(error, (torch.OutOfMemoryError, MemoryError, OutOfMemory)):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _NO_MEMORY)


def _fewer_at_once(effort: Effort, time: int) -> Effort:
    at_once = effort.at_once // 2
    if not at_once or time > MOST_ATTEMPTS_AGAIN:
        raise TrainingRefused(
            f"The memory does not suffice even for {effort.at_once} sentences at once. "
            "End other programs that use this device, or cut the longest recordings.",
            f"即使每次只处理 {effort.at_once} 句，内存（显存）仍然不足。"
            "请关闭占用该设备的其他程序，或把最长的录音切短。",
        )
    remark = Remark(
        f"The memory did not suffice for {effort.at_once} sentences at once; it goes on with {at_once}.",
        f"内存（显存）不足以同时处理 {effort.at_once} 句，改为 {at_once} 句后继续。",
    )
    return replace(effort, at_once=at_once, remarks=(*effort.remarks, remark))


def _slower(effort: Effort, rate: float, time: int) -> Effort:
    if time > MOST_ATTEMPTS_AGAIN:
        raise TrainingRefused(
            "The training diverges (its loss is no number) even at a lower learning rate. "
            "Check the recordings and their texts, and that the base model is an undamaged one.",
            "降低学习率后训练仍然发散（损失为非数值）。请检查录音和文本，并确认底模完好。",
        )
    remark = Remark(
        "The loss was no number; it goes on from the last checkpoint with half the learning rate.",
        "损失出现非数值，已从最近的存档以一半学习率继续。",
    )
    return replace(effort, rate=rate / 2, remarks=(*effort.remarks, remark))


def _give_memory_back() -> None:
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
