"""The server in the background: starts it, ends it, tells how it is."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from launch.lock import exclusive
from launch.places import LOGS, PYTHON, SERVER
from launch.probe import get_json
from launch.words import Refusal, say, words

RECORD = LOGS / "server.pid"
LOG = LOGS / "server.log"
OUTPUT = LOGS / "server.out"
START_TIMEOUT_S = 20
TERM_TIMEOUT_S = 2.5
"""The server ends itself within this, or is killed: three seconds in all."""
NOT_RUNNING = 3
"""Exit status of `status`, as init scripts have it."""


@dataclass(frozen=True)
class Daemon:
    """A server that was started in the background."""

    pid: int
    url: str
    started: str

    def is_alive(self) -> bool:
        """Whether the process still is that server, and not another one that was given its number."""
        if sys.platform == "win32":
            return "engines" in (get_json(f"{self.url}/health", timeout_s=2) or {})
        return f" {SERVER} --log-file {LOG}" in _command_line(self.pid)


def start(arguments: list[str]) -> int:
    """Start chat_server.py with these arguments, detached, and wait until it answers. Raises Refusal."""
    with exclusive(LOGS / "start.lock", _say_waiting):
        running = _find()
        if running:
            raise Refusal(
                f"A server is running already: {running.url} (process {running.pid}). `stop` ends it.",
                f"已有服务在运行：{running.url}（进程 {running.pid}）。可用 stop 结束它。",
            )
        daemon = _start(arguments)
        RECORD.write_text(json.dumps(asdict(daemon)), encoding="utf-8")
    print(_read(OUTPUT).rstrip())
    print(
        words(f"Running in the background, process {daemon.pid}; logs:", f"已在后台运行，进程 {daemon.pid}；日志："),
        LOGS,
    )
    return 0


def stop() -> int:
    """End the server, and after a while whatever is left of it."""
    running = _find()
    if not running:
        print(words("No server is running in the background.", "后台没有运行中的服务。"))
        return 0
    if sys.platform == "win32":
        _kill(running.pid)
    else:
        os.kill(running.pid, signal.SIGTERM)
    if not _wait(lambda: not running.is_alive(), TERM_TIMEOUT_S):
        _kill(running.pid)
    RECORD.unlink(missing_ok=True)
    print(words(f"Stopped: {running.url}", f"已停止：{running.url}"))
    return 0


def status() -> int:
    """Print whether the server runs, where, and how its engines are."""
    running = _find()
    if not running:
        print(words("No server is running in the background.", "后台没有运行中的服务。"))
        return NOT_RUNNING
    print(
        words(
            f"Running: {running.url} (process {running.pid}, since {running.started})",
            f"运行中：{running.url}（进程 {running.pid}，启动于 {running.started}）",
        )
    )
    health = get_json(f"{running.url}/health", timeout_s=3)
    if health is None:
        print(words("  It does not answer at the moment.", "  它目前没有应答。"))
    for name, engine in (health or {}).get("engines", {}).items():
        print(
            f"  {name}: {engine.get('state', '')}  {words(engine.get('note', ''), engine.get('note_zh', ''))}".rstrip()
        )
    return 0


def _start(arguments: list[str]) -> Daemon:
    say("Starting the server in the background ...", "正在后台启动服务……")
    process = _spawn(arguments)
    url = None
    try:
        url = _wait_until_healthy(process)
    finally:
        if url is None:
            _kill(process.pid)
    if url is None:
        raise Refusal(
            f"The server did not start. Its last words (all of them: {LOGS}):\n{_last_words()}",
            f"服务未能启动。最后的输出（全部内容见 {LOGS}）：\n{_last_words()}",
        )
    return Daemon(process.pid, url, time.strftime("%Y-%m-%d %H:%M:%S"))


def _say_waiting() -> None:
    say("Another start.py is starting the server; waiting ...", "另一个 start.py 正在启动服务，等待中……")


def _spawn(arguments: list[str]) -> subprocess.Popen[bytes]:
    # The access token is printed on first use, so the file is its owner's alone.
    OUTPUT.unlink(missing_ok=True)
    output = os.open(OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    try:
        return subprocess.Popen(
            [str(PYTHON), str(SERVER), "--log-file", str(LOG), *arguments],
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            creationflags=flags,
        )
    finally:
        os.close(output)


def _wait_until_healthy(process: subprocess.Popen[bytes]) -> str | None:
    """The address at which the server answers; None when it ended instead or took too long."""

    def healthy_url() -> str | None:
        # The server's own banner knows the port, whether it came from a flag, the settings or the system.
        banner = re.search(r"^Yinliu .*?(https?://\S+)", _read(OUTPUT), re.MULTILINE)
        return banner[1] if banner and get_json(f"{banner[1]}/health", timeout_s=1) else None

    _wait(lambda: process.poll() is not None or healthy_url(), START_TIMEOUT_S)
    return healthy_url() if process.poll() is None else None


def _wait(condition: Callable[[], object], timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _kill(pid: int) -> None:
    """End the process and its children at once."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/PID", str(pid), "/T", "/F"], capture_output=True)
        return
    try:
        os.killpg(pid, signal.SIGKILL)  # it leads a group of its own
    except ProcessLookupError:
        pass


def _command_line(pid: int) -> str:
    """What the process was started as; "" when there is none, or only its exit status is left."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        if Path("/proc/self").exists():
            return ""
    listed = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True)  # macOS
    return listed.stdout


def _find() -> Daemon | None:
    """The recorded server if it is still running; forgets it otherwise."""
    try:
        daemon = Daemon(**json.loads(RECORD.read_text(encoding="utf-8")))
        if daemon.is_alive():
            return daemon
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        pass  # cut off while it was written: nothing can be known from it
    RECORD.unlink(missing_ok=True)
    return None


def _last_words() -> str:
    lines = _read(OUTPUT).splitlines() or _read(LOG).splitlines()
    return "\n".join(f"  {line}" for line in lines[-15:])


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
