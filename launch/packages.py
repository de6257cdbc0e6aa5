"""Which requirements files are installed in .venv, and how the missing ones get there."""

import hashlib
import json
import shutil
from collections.abc import Iterable

from launch import pip
from launch.environment import LOCK, ask_python, make_environment, python_identity
from launch.lock import exclusive
from launch.places import ROOT, VENV
from launch.words import say

SERVER, DEMO, ML, DEV = "requirements.txt", "requirements-demo.txt", "requirements-ml.txt", "requirements-dev.txt"
CLIENTS, GUI = "requirements-clients.txt", "requirements-gui.txt"
CUDA = "requirements-cuda.txt"
COMPANIONS = {ML: ("requirements-data.txt", "requirements-vad.txt"), CLIENTS: ("requirements-vad.txt",)}
"""What comes with a file, by a call of its own: pip knows --no-deps for a whole call only."""
EVERYTHING = (SERVER, DEMO, ML, CLIENTS, GUI, DEV)
STAMP = VENV / "installed.json"


def ensure(names: Iterable[str]) -> None:
    """Install what these requirements files list, unless that is done; two at once wait for each other.

    Raises Refusal with pip's last words and a remedy.
    """
    if is_current(names):
        return
    with exclusive(LOCK, _say_waiting) as lock:
        if not is_current(names):
            _install(names, lock)


def _with_companions(names: Iterable[str]) -> list[str]:
    names = list(names)
    return [*names, *_companions(names)]


def _companions(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(companion for name in COMPANIONS if name in names for companion in COMPANIONS[name]))


def is_installed(name: str) -> bool:
    """Whether the file was installed once, in whatever state it is now."""
    return name in _read_stamp().get("files", {})


def _install(names: Iterable[str], lock: int) -> None:
    before = () if make_environment() else tuple(_read_stamp().get("files", {}))
    # What is there already goes along, or pip would be free to exchange what it rests upon.
    names = [name for name in EVERYTHING if name in {*names, *before}]
    STAMP.unlink(missing_ok=True)
    _drop_half_installed()
    _say_installing(names)
    pip.install(_as_arguments(names), lock)
    if companions := _companions(names):
        pip.install(["--no-deps", *_as_arguments(companions)], lock)
    if ML in names:
        _install_for_cuda(lock)
    stamp = {"python": python_identity(), "files": {name: _digest(name) for name in _with_companions(names)}}
    STAMP.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    say("Installed.", "安装完成。")


def _as_arguments(names: Iterable[str]) -> list[str]:
    return [argument for name in names for argument in ("-r", str(ROOT / name))]


def _install_for_cuda(lock: int) -> None:
    """Nothing depends on these packages, so a failure costs some speed and stops nobody."""
    if not ask_python(["-c", "import torch; print(torch.version.cuda or '')"], timeout_s=120).stdout.strip():
        return
    try:
        pip.install(["--no-deps", "-r", str(ROOT / CUDA)], lock)
    except pip.PipFailed:
        say("torchaudio could not be installed; it is not needed.", "torchaudio 未能安装；它不是必需的。")


def _drop_half_installed() -> None:
    """Forget packages whose installation was cut off: pip writes INSTALLER after all files, and never looks for it."""
    for site_packages in (*VENV.glob("lib/python*/site-packages"), VENV / "Lib" / "site-packages"):
        for about in site_packages.glob("*.dist-info"):
            if not (about / "INSTALLER").exists():
                shutil.rmtree(about)


def is_current(names: Iterable[str]) -> bool:
    """Whether everything these files list is installed, for the Python that is there."""
    stamp = _read_stamp()
    same_python = stamp.get("python") == python_identity() != ""
    return same_python and all(stamp["files"].get(name) == _digest(name) for name in _with_companions(names))


def _read_stamp() -> dict:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) and isinstance(stamp.get("files"), dict) else {}


def _digest(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def _say_waiting() -> None:
    say("Another start.py is installing; waiting for it ...", "另一个 start.py 正在安装，等待其完成……")


def _say_installing(names: Iterable[str]) -> None:
    if ML in names:
        say(
            "Installing, with the packages for speech recognition (2 GB, 6 GB with CUDA; 5 to 20 minutes) ...",
            "正在安装，包括语音识别所需的包（2 GB，带 CUDA 约 6 GB；5 到 20 分钟）……",
        )
    else:
        say("Installing packages (100 MB to fetch, about a minute) ...", "正在安装依赖（下载约 100 MB，约一分钟）……")
