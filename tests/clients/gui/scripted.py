"""What stands for voice and microphone in the tests of the window."""

from collections.abc import Callable

import numpy as np

from clients.bounds import FRAME
from clients.events import Event
from clients.gui.sound import Sound
from clients.play import Player, SilentPlayer
from clients.sound_devices import Device
from clients.troubles import ClientTrouble

REPLY = ['[开心]"今天天气真不错！', "我们去公园走走吧。", '"（微笑）"然后喝杯茶。"']


class HandMicrophone:
    """A microphone into which a test speaks."""

    def __init__(self, on_frame: Callable[[np.ndarray], None]):
        self.on_frame = on_frame
        self.is_open = False
        self.opened = 0

    def start(self) -> None:
        self.is_open = True
        self.opened += 1

    def close(self) -> None:
        self.is_open = False

    def say(self, sound: np.ndarray) -> None:
        """Frames of sound at 16 kHz, followed by a second of silence, as fast as they are taken."""
        sound = np.concatenate([sound.astype(np.float32), np.zeros(16_000, np.float32)])
        for start in range(0, len(sound) - FRAME, FRAME):
            self.on_frame(sound[start : start + FRAME])


class HandSound(Sound):
    """No sound device is touched. trouble: what opening the microphone comes to."""

    def __init__(self, trouble: ClientTrouble | None = None):
        super().__init__()
        self.trouble = trouble
        self.microphones: list[HandMicrophone] = []

    def player(self, device: str, tell: Callable[[Event], None]) -> tuple[Player, None]:
        return SilentPlayer(), None

    def microphone(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, device: str, on_frame: Callable[[np.ndarray], None], tell: Callable[[Event], None]
    ) -> HandMicrophone:
        if self.trouble:
            raise self.trouble
        self.microphones.append(HandMicrophone(on_frame))
        return self.microphones[-1]

    def devices(self) -> list[Device]:
        return [Device(0, "Headset", 1, 2, 48_000, True, True)]
