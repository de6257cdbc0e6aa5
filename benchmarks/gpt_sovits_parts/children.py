"""Runs one assignment in a process of its own, with a given number of threads, and without a network."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import IO

from benchmarks.gpt_sovits_parts.assignment import Assignment, Outcome
from benchmarks.processes import REPOSITORY

TIMEOUT_S = 300


def measured(python: Path, module: str, assignment: Assignment, timeout_s: float = TIMEOUT_S) -> Outcome:
    """What the program found; the failure named "all" says why that is not everything."""
    with tempfile.TemporaryDirectory() as scratch:
        asked, found = Path(scratch) / "assignment.json", Path(scratch) / "outcome.json"
        asked.write_text(json.dumps(asdict(assignment)), encoding="utf-8")
        command = [str(python), "-m", module, str(asked), str(found)]
        with (Path(scratch) / "words").open("w+b") as words:
            try:
                trouble = _run(command, _environment(assignment), Path(scratch), words, timeout_s)
            except OSError as error:
                trouble = f"It could not be started: {error}"
            words.seek(0)
            last = words.read().decode(errors="replace").strip().splitlines()[-1:]
        outcome = Outcome(**json.loads(found.read_text(encoding="utf-8"))) if found.exists() else Outcome()
    if trouble:
        outcome.failures["all"] = " ".join([trouble, *last])[:200]
    return outcome


def _run(command: list[str], environment: dict[str, str], folder: Path, words: IO[bytes], timeout_s: float) -> str:
    """What went wrong, or "". In a group of its own, so that the processes which a program has started end with it."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,  # its end tells the program that this one is gone
        stdout=words,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        code = process.wait(timeout_s)
        return f"It ended with code {code}:" if code else ""
    except subprocess.TimeoutExpired:
        return f"It was stopped after {timeout_s:g} s:"
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()
    if process.stdin:
        process.stdin.close()


def _environment(assignment: Assignment) -> dict[str, str]:
    threads = str(assignment.threads)
    return os.environ | {
        "PYTHONPATH": str(REPOSITORY),
        "OMP_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "GENIE_DATA_DIR": assignment.folder,
        **({} if assignment.device == "cuda" else {"CUDA_VISIBLE_DEVICES": ""}),
    }
