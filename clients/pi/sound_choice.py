"""Which microphone and loudspeaker were meant, and whether the microphone's echo is cancelled."""

import os
import re
import subprocess
from collections.abc import Callable, Sequence

from clients.sound_devices import Device
from launch.words import Refusal, words

ECHO_CANCELLED = re.compile(r"echo[ _.-]?cancel|(?<![a-z])aec(?![a-z])", re.IGNORECASE)
PULSE = "pulse"
SOUND_SERVERS = ("default", PULSE, "pipewire")
"""Devices behind which a sound server has a choice of its own."""
PACTL_LIMIT_S = 3.0

Ask = Callable[..., str]


def pactl(*arguments: str) -> str:
    """What the sound server says; "" where there is none, or no pactl."""
    try:
        answer = subprocess.run(
            ["pactl", *arguments], capture_output=True, text=True, timeout=PACTL_LIMIT_S, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def choose_device(wanted: str, devices: Sequence[Device], is_input: bool, ask: Ask = pactl) -> int | str | None:
    """What Microphone and Speaker take: a name where one was given, since numbers change when something is plugged in.

    A source or sink of the sound server, which PortAudio cannot see, is chosen in the environment. Raises Refusal
    for what is not there; a name may be waited for, since a device may still be plugged in.
    """
    if not wanted:
        return None
    fitting = [device for device in devices if (device.inputs if is_input else device.outputs)]
    if wanted.isdecimal():
        if any(device.number == int(wanted) for device in fitting):
            return int(wanted)
    elif any(wanted.lower() in device.name.lower() for device in fitting):
        return wanted
    elif _is_known_to_server(wanted, is_input, ask):
        if not any(device.name == PULSE for device in fitting):
            raise Refusal(
                f"{wanted!r} is reached through the ALSA device {PULSE!r}: sudo apt install libasound2-plugins",
                f"{wanted!r} 需通过 ALSA 设备 {PULSE!r} 使用：sudo apt install libasound2-plugins",
            )
        os.environ["PULSE_SOURCE" if is_input else "PULSE_SINK"] = wanted
        return PULSE
    raise _unknown(wanted, fitting, is_input)


def _is_known_to_server(name: str, is_input: bool, ask: Ask) -> bool:
    lines = ask("list", "short", "sources" if is_input else "sinks").splitlines()
    return any(line.split("\t")[1:2] == [name] for line in lines)


def _unknown(wanted: str, fitting: Sequence[Device], is_input: bool) -> Refusal:
    there = "; ".join(f"{device.number} {device.name}" for device in fitting)
    kind = ("microphone", "麦克风") if is_input else ("loudspeaker", "扬声器")
    return Refusal(
        f"There is no {kind[0]} {wanted!r}. There are: {there or 'none'}.",
        f"没有{kind[1]} {wanted!r}。现有：{there or '无'}。",
    )


def is_echo_cancelled(device: int | str | None, devices: Sequence[Device], ask: Ask = pactl) -> bool:
    """Whether what this microphone hears lacks what the loudspeaker says, as far as its name tells."""
    name = _name(device, devices)
    if name.lower() in SOUND_SERVERS:
        name = os.environ.get("PULSE_SOURCE") or ask("get-default-source")
    return bool(ECHO_CANCELLED.search(name))


def _name(device: int | str | None, devices: Sequence[Device]) -> str:
    if isinstance(device, str):
        return device
    for other in devices:
        if other.number == device or (device is None and other.is_default_input):
            return other.name
    return ""


def device_lines(devices: Sequence[Device]) -> list[str]:
    """One line per device, for --list."""
    kinds = {
        (True, False): words("microphone", "麦克风"),
        (False, True): words("loudspeaker", "扬声器"),
        (True, True): words("both", "输入输出"),
    }
    lines = []
    for device in devices:
        kind = kinds.get((device.inputs > 0, device.outputs > 0))
        if kind:
            default = words(" (default)", "（默认）") if device.is_default_input or device.is_default_output else ""
            lines.append(f"{device.number:3}  {device.name}  {kind}, {device.rate_hz} Hz{default}")
    return lines
