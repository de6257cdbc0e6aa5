"""A PulseAudio of a test's own: what a program plays can be recorded, and a file can be its microphone."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.waiting import until

PROGRAMS = ("pulseaudio", "pactl", "paplay", "parecord")
START_LIMIT_S = 15
RATE_HZ = 16_000
BLOCK_BYTES = 320
# PortAudio knows ALSA only; this leads ALSA's default device to the server.
ALSA_TO_PULSE = "pcm.!default { type pulse }\nctl.!default { type pulse }\n"


class SoundServer:
    """Sinks `speaker` and `micfeed`; the source `mic` hears what is played to `micfeed`.

    environment: of the programs that shall reach it; never of the test itself, whose PortAudio has looked already.
    """

    def __init__(self, environment: dict[str, str], socket: Path):
        self.environment = environment
        self._socket = socket
        self._daemon: subprocess.Popen[Any] | None = None

    def begin(self) -> None:
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._daemon = self.start(*_command(self._socket), **quiet)
        until(lambda: self._socket.exists() and self._answers(), "PulseAudio starts", within_s=START_LIMIT_S)

    def end(self) -> None:
        """Every device of it is gone, until it begins again."""
        if self._daemon:
            self._daemon.terminate()
            self._daemon.wait(10)

    def _answers(self) -> bool:
        defaults = (("set-default-sink", "speaker"), ("set-default-source", "mic"))
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return not any(self.start("pactl", *default, **quiet).wait(10) for default in defaults)

    def run(self, *command: str) -> str:
        """A program's output."""
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=30, check=True)
        return done.stdout

    def start(self, *command: str, **options: Any) -> "subprocess.Popen[Any]":
        return subprocess.Popen(command, env=self.environment, **options)

    def say(self, wav: Path) -> "subprocess.Popen[Any]":
        """Play a file into the microphone."""
        return self.start("paplay", "-d", "micfeed", str(wav))

    @contextmanager
    def monitor(self) -> Iterator["Monitor"]:
        """Listen to the loudspeaker meanwhile."""
        recorder = self.start(
            *("parecord", "-d", "speaker.monitor", f"--rate={RATE_HZ}", "--channels=1", "--format=s16le"),
            *("--latency-msec=10", "--process-time-msec=10", "--raw"),
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        monitor = Monitor(recorder.stdout)
        try:
            until(lambda: monitor.blocks, "the recorder begins")
            yield monitor
        finally:
            time.sleep(0.3)  # what was played last is still on its way
            recorder.terminate()
            recorder.wait(10)
            monitor.join(10)

    def unplug(self, name: str) -> None:
        """Take a sink or source away, as a cable does."""
        for line in self.run("pactl", "list", "short", "modules").splitlines():
            number, _, arguments = line.partition("\t")
            if f"sink_name={name}" in arguments or f"source_name={name}" in arguments:
                self.run("pactl", "unload-module", number)

    def plug_in(self, name: str) -> None:
        """Bring a sink back."""
        self.run("pactl", "load-module", "module-null-sink", f"sink_name={name}", "rate=48000")


class Monitor(threading.Thread):
    """What the loudspeaker plays, with the time of this machine's clock at which each block came."""

    def __init__(self, stream: Any):
        super().__init__(daemon=True)
        self.blocks: list[tuple[float, np.ndarray]] = []
        self._stream = stream
        self.start()

    def run(self) -> None:
        while part := self._stream.read(BLOCK_BYTES):
            self.blocks.append((time.monotonic(), np.frombuffer(part[: len(part) // 2 * 2], "<i2") / 32768))

    @property
    def sound(self) -> np.ndarray:
        """All of it, -1 to 1 at RATE_HZ."""
        return np.concatenate([block for _, block in self.blocks])

    def is_loud(self, since_s: float, threshold: float = 0.01) -> bool:
        return any(at_s >= since_s and np.abs(block).max() > threshold for at_s, block in list(self.blocks))

    def first_loud(self, since_s: float, threshold: float = 0.01) -> float | None:
        """Seconds from a time of the clock until something was heard; None where nothing was."""
        for at_s, block in list(self.blocks):
            if at_s >= since_s and np.abs(block).max() > threshold:
                return at_s - since_s
        return None

    def silent_from(self, since_s: float, for_s: float = 0.15, threshold: float = 0.01) -> float:
        """Seconds from a time of the clock until nothing was heard for a while; infinity where it never was."""
        quiet_s = since_s
        for at_s, block in list(self.blocks):
            if at_s < since_s:
                continue
            if np.abs(block).max() > threshold:
                quiet_s = at_s
            elif at_s - quiet_s >= for_s:
                return quiet_s - since_s
        return float("inf")


@contextmanager
def sound_server(folder: Path) -> Iterator[SoundServer]:
    """A server that ends with the block; skips the test where PulseAudio is not installed."""
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if missing or sys.platform != "linux":
        pytest.skip(f"not installed: {', '.join(missing) or 'PulseAudio'} (apt install pulseaudio pulseaudio-utils)")
    for name in ("home", "run", "xdg"):
        (folder / name).mkdir(mode=0o700)
    (folder / "home" / ".asoundrc").write_text(ALSA_TO_PULSE)
    socket = folder / "run" / "native"
    environment = os.environ | {
        "HOME": str(folder / "home"),
        "PULSE_RUNTIME_PATH": str(folder / "run"),
        "XDG_RUNTIME_DIR": str(folder / "xdg"),
        "PULSE_SERVER": f"unix:{socket}",
        "OMP_NUM_THREADS": "1",
    }
    server = SoundServer(environment, socket)
    try:
        server.begin()
        yield server
    finally:
        server.end()


def _command(socket: Path) -> list[str]:
    modules = (
        f"module-native-protocol-unix auth-anonymous=1 socket={socket}",
        "module-null-sink sink_name=speaker rate=48000",
        "module-null-sink sink_name=micfeed rate=48000",
        "module-remap-source master=micfeed.monitor source_name=mic",
    )
    loaded = [part for module in modules for part in ("-L", module)]
    # No D-Bus and no configuration of this machine; "speaker" and "mic" become the defaults by name below.
    return [
        "pulseaudio",
        "-n",
        "--daemonize=no",
        "--exit-idle-time=-1",
        "--disallow-exit=no",
        "--use-pid-file=no",
        *loaded,
    ]
