"""Which loudspeaker and microphone the window uses, and what it does on a machine without."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from clients.events import Event
from clients.gui.words import TEXTS
from clients.listen import Microphone
from clients.play import Player, SilentPlayer, Speaker
from clients.sound_devices import Device, devices
from clients.troubles import ClientTrouble


@dataclass(frozen=True)
class Silence:
    """Why nothing is played."""

    english: str
    chinese: str


class Sound:
    """is_silent: play nothing, as on a machine without a loudspeaker. Every method may take a while."""

    def __init__(self, is_silent: bool = False):
        self.is_silent = is_silent

    def player(self, device: str, tell: Callable[[Event], None]) -> tuple[Player, Silence | None]:
        """The loudspeaker of this name, "" for the usual one; or a silent one, and why."""
        if self.is_silent:
            return SilentPlayer(), Silence(*TEXTS["silent_wanted"])
        try:
            if not any(found.outputs for found in devices()):
                return SilentPlayer(), Silence(*TEXTS["silent_no_device"])
            return Speaker(device or None, tell), None
        except ClientTrouble as trouble:
            return SilentPlayer(), Silence(trouble.english, trouble.chinese)

    def microphone(
        self, device: str, on_frame: Callable[[np.ndarray], None], tell: Callable[[Event], None]
    ) -> Microphone:
        """The microphone of this name, "" for the usual one; not open yet. Raises ClientTrouble."""
        if not any(found.inputs for found in devices()):
            raise ClientTrouble(*TEXTS["no_microphone"])
        return Microphone(device or None, on_frame, tell)

    def devices(self) -> list[Device]:
        """What there is now; nothing where sound is impossible, which opening a device explains."""
        try:
            return devices()
        except ClientTrouble:
            return []


class Ears:
    """The microphone, open or closed."""

    def __init__(self, sound: Sound, on_frame: Callable[[np.ndarray], None], tell: Callable[[Event], None]):
        self._sound = sound
        self._on_frame = on_frame
        self._tell = tell
        self._microphone: Microphone | None = None

    @property
    def is_open(self) -> bool:
        return self._microphone is not None

    def open(self, device: str) -> None:
        """Open the microphone of this name, unless one is open. Raises ClientTrouble."""
        if not self._microphone:
            microphone = self._sound.microphone(device, self._on_frame, self._tell)
            microphone.start()
            self._microphone = microphone

    def close(self) -> None:
        microphone, self._microphone = self._microphone, None
        if microphone:
            microphone.close()
