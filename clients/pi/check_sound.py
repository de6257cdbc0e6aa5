"""The steps of `--check` that play and record."""

import threading
from collections.abc import Sequence

import numpy as np

from clients.bounds import RATE_HZ
from clients.events import Event, Trouble
from clients.listen import Microphone
from clients.pi.finding import Finding, Step
from clients.pi.levels import complaint, measure, tone
from clients.pi.sound_choice import choose_device, device_lines, is_echo_cancelled
from clients.play import Speaker
from clients.sound_devices import Device, devices

RECORDING_S = 3.0
LIMIT_S = 10.0
"""How long a device may take to record or play a few seconds."""


def list_devices() -> Step[list[Device]]:
    there = devices()
    for line in device_lines(there):
        yield Finding(line, line)
    if not there:
        yield Finding(
            "There are no sound devices. Is the card plugged in (`aplay -l`, `arecord -l`), is your user in the group"
            " audio (`sudo usermod -aG audio $USER`, then log in again)?",
            "没有声音设备。声卡插好了吗（`aplay -l`、`arecord -l`）？当前用户在 audio 组吗"
            "（`sudo usermod -aG audio $USER`，然后重新登录）？",
            is_good=False,
        )
    return there


def loudspeaker(wanted: str, there: Sequence[Device]) -> Step[None]:
    troubles: list[Event] = []
    is_played = threading.Event()
    speaker = Speaker(choose_device(wanted, there, is_input=False), troubles.append)
    try:
        speaker.on_idle = is_played.set
        # Closing the device throws away what it still holds: let that be silence.
        speaker.add(0, tone() + bytes(RATE_HZ), RATE_HZ)
        speaker.end(0)
        is_played.wait(LIMIT_S)
    finally:
        speaker.close()
    if is_played.is_set() and not troubles:
        yield Finding(
            "A tone was played. If you did not hear it: choose with --output, raise the volume with alsamixer.",
            "已播放提示音。如果没有听到：用 --output 选择设备，用 alsamixer 调高音量。",
        )
    else:
        yield from _failures(
            troubles,
            "The loudspeaker plays nothing: choose another with --output.",
            "扬声器没有播放：请用 --output 另选设备。",
        )


def microphone(wanted: str, there: Sequence[Device]) -> Step[np.ndarray | None]:
    source = choose_device(wanted, there, is_input=True)
    if is_echo_cancelled(source, there):
        yield Finding(
            "The microphone's echo is cancelled: you can interrupt by speaking.", "麦克风带回声消除：可以直接开口打断。"
        )
    yield Finding(f"Recording {RECORDING_S:g} s: please speak ...", f"录音 {RECORDING_S:g} 秒：请说话……")
    samples, troubles = record(source, RECORDING_S)
    if len(samples) < RECORDING_S * RATE_HZ / 2:
        yield from _failures(
            troubles,
            "The microphone records nothing: choose another with --input.",
            "麦克风没有录到声音：请用 --input 另选设备。",
        )
        return None
    loudness = measure(samples)
    level = f"{loudness.mean_dbfs:.0f} dBFS, {loudness.loudest_dbfs:.0f} dBFS"
    advice = complaint(loudness)
    if advice:
        yield Finding(f"{level}: {advice[0]}", f"{level}：{advice[1]}", is_good=False)
    else:
        yield Finding(f"The microphone works: mean and loudest {level}.", f"麦克风正常：平均与最大 {level}。")
    return samples


def record(source: int | str | None, duration_s: float) -> tuple[np.ndarray, list[Event]]:
    """So much sound of a microphone, or less where it gives less; and its troubles."""
    frames: list[np.ndarray] = []
    troubles: list[Event] = []
    is_enough = threading.Event()

    def keep(frame: np.ndarray) -> None:
        frames.append(frame.copy())
        if len(frames) * len(frame) >= duration_s * RATE_HZ:
            is_enough.set()

    with Microphone(source, keep, troubles.append):
        is_enough.wait(LIMIT_S)
    return (np.concatenate(frames) if frames else np.zeros(0, np.float32)), troubles


def _failures(events: Sequence[Event], english: str, chinese: str) -> Step[None]:
    """What the device itself complained about, or else these sentences."""
    troubles = [event for event in events if isinstance(event, Trouble)]
    for trouble in troubles or [Trouble(english, chinese)]:
        yield Finding(trouble.english, trouble.chinese, is_good=False)
