"""Programs of other people, run for one file at a time: as a list of arguments, with an end in sight."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence

from voice.studio.refused import Refused

LOOK_EVERY_S = 0.2
LONGEST_WORDS = 300


def find_program(name: str, purpose: tuple[str, str]) -> str:
    """The path of an installed program; `purpose` says in both languages what it would do. Raises Refused."""
    found = shutil.which(name)
    if not found:
        raise Refused(
            f"The program for {purpose[0]} is not installed: there is no {name} here.",
            f"没有安装{purpose[1]}程序：找不到 {name}。",
        )
    return found


def run_program(arguments: Sequence[str], timeout_s: float, check: Callable[[], None]) -> None:
    """Run it to its end; its last words tell why it failed. check: called now and then, may raise to end it.

    It stays in the job's process group, so that nothing of it outlives the job. Raises Refused.
    """
    name = arguments[0]
    with tempfile.TemporaryFile() as words:
        try:
            process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=words, stderr=subprocess.STDOUT)
        except OSError as error:
            raise Refused(f"{name} cannot be started ({error}).", f"{name} 无法启动（{error}）。") from error
        try:
            status = _wait(process, timeout_s, check)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if status is None:
            raise Refused(f"{name} took longer than {timeout_s:g} s.", f"{name} 超过了 {timeout_s:g} 秒时限。")
        if status:
            words.seek(0)
            last = _last_line(words.read()[-10_000:].decode(errors="replace"))
            raise Refused(f"{name} failed (status {status}): {last}", f"{name} 失败（返回值 {status}）：{last}")


def _wait(process: subprocess.Popen, timeout_s: float, check: Callable[[], None]) -> int | None:
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        try:
            return process.wait(LOOK_EVERY_S)
        except subprocess.TimeoutExpired:
            check()
    return None


def _last_line(words: str) -> str:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return lines[-1][:LONGEST_WORDS] if lines else "it said nothing."
