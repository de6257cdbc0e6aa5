"""A training on one device in this process, on several in a process for each, which this one watches."""

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import distributed

from tts.gpt_sovits.training.member import Member
from tts.gpt_sovits.training.recovery import NotFinite, OutOfMemory, is_out_of_memory
from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.watching import Watcher

LONGEST_WAIT = timedelta(minutes=30)
"""Of one process for another: as long as a slow disk needs for a checkpoint."""
CHECKED_EVERY_S = 1.0
"""Whether the training is still wanted, also while the first process has nothing to ask."""

Outcome = TypeVar("Outcome")
Train = Callable[[Member, Watcher], Outcome]
"""One process's part; of several, only the first one's watcher is anybody's."""


def on_devices(devices: Sequence[str], train: Train[Outcome], watcher: Watcher) -> list[Outcome]:
    """What `train` answers on each device; or raise what went wrong in any of the processes, of which none is left.

    train: for several devices it must be something that can be sent to another process.
    """
    if len(devices) == 1:
        return [train(Member(devices[0]), watcher)]
    with tempfile.TemporaryDirectory() as folder:
        meeting = Path(folder) / "meeting"
        members = [Member(device, rank, len(devices)) for rank, device in enumerate(devices)]
        children = [_Child(train, member, meeting) for member in members]
        try:
            return _watched(children, watcher)
        finally:
            for child in children:
                child.end()


class _Child:
    """A process and what it says."""

    def __init__(self, train: Train[Any], member: Member, meeting: Path):
        context = multiprocessing.get_context("spawn")  # CUDA does not survive a fork
        self.ours, theirs = context.Pipe()
        arguments = (train, member, meeting, theirs)
        self.process: BaseProcess = context.Process(target=_take_part, args=arguments, daemon=True)
        self.process.start()
        theirs.close()

    def end(self) -> None:
        if self.process.is_alive():
            self.process.kill()
        self.process.join()
        self.ours.close()


def _watched(children: Sequence[_Child], watcher: Watcher) -> list[Any]:
    """Pass on what the processes say, until all have come to their end."""
    pipes = [child.ours for child in children]
    outcomes: dict[Connection, Any] = {}
    while len(outcomes) < len(pipes):
        for pipe in wait([pipe for pipe in pipes if pipe not in outcomes], CHECKED_EVERY_S):
            assert isinstance(pipe, Connection)
            kind, values = _heard(pipe)
            if kind == "outcome":
                outcomes[pipe] = values
                continue
            getattr(watcher, kind)(*values[0], **values[1])
            if kind == "check":
                pipe.send(None)
        watcher.check()
    return [outcomes[pipe] for pipe in pipes]


def _heard(pipe: Connection) -> tuple[str, Any]:
    """The next thing that a process says; raises what has gone wrong there."""
    try:
        kind, values = pipe.recv()
    except (EOFError, OSError) as error:
        raise RuntimeError("a process of the training ended without a word") from error
    if kind == "failed":
        raise values
    return kind, values


class _Far:
    """A watcher whose words go through the pipe; those of the other processes nobody asks for."""

    def __init__(self, pipe: Connection, is_first: bool):
        self._pipe = pipe
        self._is_first = is_first

    def progress(self, share: float, eta_s: float | None = None) -> None:
        self._tell("progress", share, eta_s)

    def check(self) -> None:
        self._tell("check")
        if self._is_first:
            self._pipe.recv()

    def log(self, line: str, level: str = "info", chinese: str = "") -> None:
        self._tell("log", line, level, chinese)

    def point(self, step: int, **values: float) -> None:
        self._tell("point", step, **values)

    def exported(self, path: Path) -> None:
        self._tell("exported", path)

    def _tell(self, kind: str, *values: Any, **named: Any) -> None:
        if self._is_first:
            self._pipe.send((kind, (values, named)))


def _take_part(train: Train[Any], member: Member, meeting: Path, pipe: Connection) -> None:
    """What a process does from its beginning to its end."""
    try:
        _meet(member, meeting)
        pipe.send(("outcome", train(member, _Far(pipe, member.rank == 0))))
        distributed.destroy_process_group()
    except BaseException as error:
        pipe.send(("failed", _sendable(error)))
        raise SystemExit(1) from error


def _meet(member: Member, meeting: Path) -> None:
    is_cuda = member.device.startswith("cuda")
    if is_cuda:
        torch.cuda.set_device(member.device)
    else:
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")  # or it asks the network for this machine's name
    distributed.init_process_group(
        "nccl" if is_cuda else "gloo",
        init_method=meeting.as_uri(),
        rank=member.rank,
        world_size=member.team_size,
        timeout=LONGEST_WAIT,
    )


def _sendable(error: BaseException) -> Exception:
    """The same for whoever recovers from it: not every exception can be sent."""
    if isinstance(error, (NotFinite, TrainingRefused)):
        return error
    if is_out_of_memory(error):
        return OutOfMemory(str(error))
    english, chinese = getattr(error, "english", None), getattr(error, "chinese", None)
    if isinstance(english, str) and isinstance(chinese, str):  # as models and checkpoints that are refused have them
        return TrainingRefused(english, chinese)
    if isinstance(error, OSError):
        return OSError(error.errno, str(error))
    return RuntimeError(f"{type(error).__name__}: {error}")
