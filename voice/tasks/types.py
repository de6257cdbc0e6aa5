"""The seven types of task: what each is called on the broker, in the table of jobs and in addresses."""

from dataclasses import dataclass

from voice.tasks.requests import (
    AsrRequest,
    DenoiseRequest,
    FormatRequest,
    GptRequest,
    OneClickRequest,
    SliceRequest,
    SovitsRequest,
    TaskRequest,
)
from voice.tasks.stages import ASR, DENOISE, FORMAT, GPT, SLICE, SOVITS, STAGES

START, PROCESS, END = "start", "process", "end"
"""Routing keys."""


@dataclass(frozen=True)
class TaskType:
    """exchange: also the task's name. stages: in their order."""

    exchange: str
    route: str
    request: type[TaskRequest]
    stages: tuple[str, ...]

    @property
    def kind(self) -> str:
        return f"task_{self.exchange}"

    @property
    def queue(self) -> str:
        return f"start_{self.exchange}_queue"

    @property
    def is_chain(self) -> bool:
        """Whether it tells about each of its stages."""
        return len(self.stages) > 1


TYPES = {
    task.exchange: task
    for task in (
        TaskType("one_click", "one_click", OneClickRequest, tuple(STAGES)),
        TaskType("slice", "open_slice", SliceRequest, (SLICE,)),
        TaskType("denoise", "open_denoise", DenoiseRequest, (DENOISE,)),
        TaskType("asr", "open_asr", AsrRequest, (ASR,)),
        TaskType("1abc", "open1abc", FormatRequest, (FORMAT,)),
        TaskType("1Ba", "sovits_train", SovitsRequest, (SOVITS,)),
        TaskType("1Bb", "gpt_train", GptRequest, (GPT,)),
    )
}
BY_KIND = {task.kind: task for task in TYPES.values()}
