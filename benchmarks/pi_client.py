"""Measures what the voice client costs while it listens: memory, and processor time per second of sound.

    python -m benchmarks.pi_client [--seconds 30] [--own-microphone] [--write]

A PulseAudio of its own plays silence and then speech into the microphone of `python -m clients.pi`, whose server
understands nothing, so that it goes on listening. Without PulseAudio, on a Pi say, --own-microphone takes the real one
and needs no more than the client's own packages.
"""

import argparse
import datetime
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks import machine
from benchmarks.pi_memory import ROOT, peak_mb, resident_mb, stages
from benchmarks.report import replace_section, table

RESULTS = ROOT / "benchmarks" / "RESULTS.md"
SPEECH = ROOT / "tests" / "assets" / "jfk.wav"
TITLE = "The voice client while it listens"
NOWHERE = str(Path(tempfile.gettempdir()) / "yinliu-benchmark-without-options")
SETTLING_S = 5.0
"""The first seconds hold the start, and the loading of the speech detector."""


@dataclass(frozen=True)
class Cost:
    """Of one process over a stretch of time."""

    resident_mb: float
    peak_mb: float
    cpu_share: float
    """Processor seconds per second."""


def main() -> None:
    flags = _flags()
    with deaf_server() as url:
        costs = list(_own_microphone(url, flags.seconds) if flags.own_microphone else _scripted(url, flags.seconds))
    body = _page(costs, flags.seconds)
    print(body)
    if flags.write:
        page = RESULTS.read_text(encoding="utf-8")
        RESULTS.write_text(replace_section(page, TITLE, body), encoding="utf-8")


def _flags() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30, help="how long each row is measured")
    parser.add_argument("--own-microphone", action="store_true", help="use this machine's, whatever it hears")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    return parser.parse_args()


class _Deaf(BaseHTTPRequestHandler):
    """Understands nothing, so that the client goes on listening."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(b"{}")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(b'""')

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def deaf_server() -> Iterator[str]:
    """The address of a server that hears nothing in anything; it costs the measured process nothing."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Deaf)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _own_microphone(url: str, seconds: float) -> Iterator[tuple[str, Cost]]:
    with _client(url, dict(os.environ)) as pid:
        yield "whatever was to be heard", _measure(pid, seconds)


def _scripted(url: str, seconds: float) -> Iterator[tuple[str, Cost]]:
    # Only here, since the client's own environment has nothing of what the tests need.
    from tests.support.sound_server import sound_server

    with (
        tempfile.TemporaryDirectory() as folder,
        sound_server(Path(folder)) as sound,
        _client(url, sound.environment) as pid,
    ):
        yield "silence", _measure(pid, seconds)
        speaker = sound.start("bash", "-c", 'while paplay -d micfeed "$0"; do :; done', str(SPEECH))
        try:
            yield "speech", _measure(pid, seconds)
        finally:
            speaker.terminate()
            speaker.wait(20)


@contextmanager
def _client(url: str, environment: dict[str, str]) -> Iterator[int]:
    command = [sys.executable, "-m", "clients.pi", "--server", url]
    environment = environment | {"XDG_CONFIG_HOME": NOWHERE}  # where no options of the user lie
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        time.sleep(SETTLING_S)
        if process.poll() is not None:
            raise SystemExit("The client ended at once; python -m clients.pi --check says why.")
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)


def _measure(pid: int, seconds: float) -> Cost:
    before_s, began_s = _cpu_s(pid), time.monotonic()
    time.sleep(seconds)
    used_s, passed_s = _cpu_s(pid) - before_s, time.monotonic() - began_s
    return Cost(resident_mb(str(pid)), peak_mb(str(pid)), used_s / passed_s)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _page(costs: list[tuple[str, Cost]], seconds: float) -> str:
    rows = [
        [str(number), name, f"{cost.resident_mb:.0f}", f"{cost.peak_mb:.0f}", f"{cost.cpu_share:.1%}"]
        for number, (name, cost) in enumerate(costs, 1)
    ]
    parts, last_mb = [], 0.0
    for number, (name, mb) in enumerate(stages(), 1):
        parts.append([str(number), name, f"{mb:.0f}", f"{mb - last_mb:+.0f}"])
        last_mb = mb
    return "\n\n".join(
        [
            table(["no.", "it listens to", "resident MiB", "peak MiB", "of one core"], rows),
            table(["no.", "loaded, one after the other", "resident MiB", "more"], parts),
            f"{datetime.date.today()}, {machine.hardware()}. {seconds:.0f} s each. Load average {machine.load()}"
            " at the end."
            + ("" if _is_pi() else " This machine is no Raspberry Pi, where the share of a core will be larger."),
        ]
    )


def _is_pi() -> bool:
    model = Path("/proc/device-tree/model")
    return model.exists() and "Raspberry Pi" in model.read_text(errors="replace")


if __name__ == "__main__":
    main()
