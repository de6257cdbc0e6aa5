"""Shows the state of the conversation: on an LED at a pin, or by a command that the user wrote."""

import contextlib
import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Callable
from typing import Any, Protocol

from launch.words import Refusal

COMMAND_LIMIT_S = 2.0
PIN_PREFIX = "gpio:"
BLINKS = {
    "listening": (0.05, 2.95),
    "recognising": (0.15, 0.15),
    "thinking": (0.15, 0.15),
    "speaking": (0.5, 0.5),
}
"""Seconds lit and dark; in `hearing` it is lit, in `off` it is dark."""


class Light(Protocol):
    def show(self, state: str) -> None:
        """Return at once, whatever the light does."""
        ...

    def close(self) -> None: ...


class NoLight:
    def show(self, state: str) -> None:
        pass

    def close(self) -> None:
        pass


class CommandLight:
    """Runs a command with the state as its last argument, one at a time; states that came and went are left out."""

    def __init__(self, command: str, complain: Callable[[str, str], None], limit_s: float = COMMAND_LIMIT_S):
        self._words = shlex.split(command)
        self._complain = complain
        self._limit_s = limit_s
        self._changed = threading.Condition()
        self._state: str | None = None
        self._is_closed = False
        self._has_complained = False
        self._process: subprocess.Popen[bytes] | None = None
        self._worker = threading.Thread(target=self._work, name="light", daemon=True)
        self._worker.start()

    def show(self, state: str) -> None:
        with self._changed:
            self._state = state
            self._changed.notify()

    def close(self) -> None:
        """Show `off` as the last thing, within the limit of one command."""
        with self._changed:
            self._state, self._is_closed = "off", True
            self._changed.notify()
        self._worker.join(self._limit_s)
        if self._worker.is_alive() and self._process:
            _kill(self._process)

    def _work(self) -> None:
        shown = None
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._state is not None or self._is_closed)
                state, self._state = self._state, None
            if state is None:
                return
            if state != shown:
                self._run(state)
                shown = state

    def _run(self, state: str) -> None:
        try:
            self._process = subprocess.Popen(
                [*self._words, state], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
            )
            status = self._process.wait(self._limit_s)
            if status:
                self._complain_once(f"it ended with status {status}", f"退出码 {status}")
        except subprocess.TimeoutExpired:
            assert self._process
            _kill(self._process)
            self._complain_once(f"it took longer than {self._limit_s:g} s", f"超过 {self._limit_s:g} 秒")
        except OSError as error:
            self._complain_once(str(error.strerror), str(error.strerror))

    def _complain_once(self, english: str, chinese: str) -> None:
        if not self._has_complained:
            self._has_complained = True
            name = self._words[0]
            self._complain(
                f"The LED command {name} does not work: {english}.", f"LED 命令 {name} 不起作用：{chinese}。"
            )


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """With what it has started: a shell's `sleep` would otherwise stay."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class PinLight:
    """An LED between a pin and ground, through a resistor."""

    def __init__(self, led: Any):
        self._led = led

    def show(self, state: str) -> None:
        if state in BLINKS:
            self._led.blink(*BLINKS[state])
        elif state == "hearing":
            self._led.on()
        else:
            self._led.off()

    def close(self) -> None:
        self._led.close()


def choose_light(which: str, complain: Callable[[str, str], None]) -> Light:
    """`gpio:17` is an LED at that pin, "" is none, everything else is a command. Raises Refusal."""
    if not which.strip():
        return NoLight()
    if not which.startswith(PIN_PREFIX):
        try:
            return CommandLight(which, complain)
        except ValueError as error:
            raise Refusal(f"--led {which}: {error}", f"--led {which}：{error}") from None
    from clients.pi.pins import open_pin

    return PinLight(open_pin("LED", which.removeprefix(PIN_PREFIX)))
