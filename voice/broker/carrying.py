"""Kinds of jobs for a worker that has not the server's files: fetched before, and sent back stage by stage."""

import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voice.jobs.work import JobFailed, JobFunction, Work

if TYPE_CHECKING:
    from voice.broker.file_client import FilesOfJob

CARRIED = "$carried"
"""The parameter that says from where the files of a job come."""


def carrying(kinds: Mapping[str, JobFunction]) -> dict[str, JobFunction]:
    """The same kinds; jobs whose files are here already are done as ever."""
    return {kind: partial(_carry_out, function) for kind, function in kinds.items()}


def _carry_out(function: JobFunction, work: Work) -> Mapping[str, Any] | None:
    told = work.parameters.get(CARRIED)
    if not told:
        return function(work)
    from voice.broker.carrier import Carrier, FilesRefused
    from voice.broker.file_client import FilesOfJob

    work.parameters = {name: value for name, value in work.parameters.items() if name != CARRIED}
    folder = Path(told["folder"])
    files = FilesOfJob(Carrier(told["server"], told["token"]), told["job"], told["fence"], folder, work.check)
    try:
        result = _between(files, function, work)
    except FilesRefused as refusal:
        raise JobFailed(str(refusal), refusal.chinese) from None
    finally:
        files.close()
    # Recordings of voices do not lie about on machines that only lend their power.
    shutil.rmtree(folder, ignore_errors=True)
    return result


def _between(files: "FilesOfJob", function: JobFunction, work: Work) -> Mapping[str, Any] | None:
    number, size = files.fetch()
    work.log(f"Fetched {number} files ({size / 1e6:.1f} MB) from the server.")
    begin = work.stage

    def stage(name: str, progress: float) -> None:
        files.send()  # a worker that dies later leaves what the earlier stages have made
        begin(name, progress)

    work.stage = stage
    result = function(work)
    work.log(f"Sent {files.send()} files to the server.")
    return result
