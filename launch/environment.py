"""The environment in .venv: makes it, mends it, and runs its Python."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from launch.places import PYTHON, ROOT, VENV
from launch.words import Refusal, say, words

LOCK = VENV / "start.lock"
FITTING = ("(python 3.10)", "(python 3.11)", "(python 3.12)")


def make_environment() -> bool:
    """See to it that .venv holds a Python with pip; True if it had to be made anew and is empty."""
    if is_usable():
        return False
    if PYTHON.exists():
        say("Mending the half-made Python environment in .venv ...", "正在修复 .venv 中未完成的 Python 环境……")
        _run([str(PYTHON), "-m", "ensurepip", "--upgrade", "--default-pip"])
        if is_usable():
            return False
    _create()
    return True


def python_identity() -> str:
    """What the installed packages were built for; changes when the system's Python is exchanged below .venv."""
    try:
        made_by = (VENV / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return ""
    return f"{made_by}{os.path.realpath(PYTHON)} {sys.platform}" if PYTHON.exists() else ""


def run_python(arguments: list[str], directory: Path | None = None) -> int:
    """Become .venv's Python, so that signals reach it directly; on Windows wait for it and return its status.

    The repository can be imported from wherever the user stands.
    """
    command = [str(PYTHON), *arguments]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    if directory:
        os.chdir(directory)
    sys.stdout.flush()
    if sys.platform != "win32":
        os.execv(command[0], command)
    child = subprocess.Popen(command)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:  # the console has told the child, too
            continue


def ask_python(arguments: list[str], timeout_s: float) -> subprocess.CompletedProcess[str]:
    """Run .venv's Python in the repository and collect what it prints; a time-out or a missing Python is status 1."""
    try:
        return subprocess.run(
            [str(PYTHON), *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout_s,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(arguments, 1, "", str(error))


def is_usable() -> bool:
    """Whether .venv holds a Python that fits and can install packages."""
    told = _run([str(PYTHON), "-m", "pip", "--version"])  # ends with, for instance, "(python 3.11)"
    return told.returncode == 0 and told.stdout.strip().endswith(FITTING)


def has_venv_module() -> bool:
    """Debian and Ubuntu ship Python without it."""
    return bool(importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"))


def _create() -> None:
    say("Making a Python environment in .venv (10 s) ...", "正在创建 Python 环境 .venv（约 10 秒）……")
    _require_venv_module()
    for child in VENV.iterdir():
        if child != LOCK:
            shutil.rmtree(child) if child.is_dir() and not child.is_symlink() else child.unlink()
    base = getattr(sys, "_base_executable", None) or sys.executable
    made = _run([base, "-m", "venv", str(VENV)])
    if made.returncode or not is_usable():
        detail = (made.stdout or "").strip()[-1500:]
        raise Refusal(
            f"The Python environment could not be made. {detail}\nDelete {VENV} and try again.",
            f"无法创建 Python 环境。{detail}\n请删除 {VENV} 后重试。",
        )


def _require_venv_module() -> None:
    if has_venv_module():
        return
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    fix = f"sudo apt install python{version}-venv"
    raise Refusal(
        f"This Python {version} lacks the venv module. On Debian and Ubuntu: {fix}",
        f"当前的 Python {version} 缺少 venv 模块。Debian、Ubuntu 请运行：{fix}",
    )


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, 1, words(f"Cannot run: {error}", f"无法运行：{error}"))
