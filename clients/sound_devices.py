"""The sound devices of this machine, and PortAudio itself, which is loaded only when sound is wanted."""

import atexit
import contextlib
import threading
import weakref
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from clients.troubles import ClientTrouble

PREFERRED_HZ = 48_000
"""What most devices run at; also three times the rate of recognition."""

END_LIMIT_S = 3.0


@dataclass(frozen=True)
class Device:
    """A microphone or loudspeaker, or both."""

    number: int
    name: str
    inputs: int
    """Channels."""
    outputs: int
    rate_hz: int
    is_default_input: bool
    is_default_output: bool


@dataclass(frozen=True)
class Opening:
    """How a device is to be opened."""

    device: int
    channels: int
    rate_hz: int


class User(Protocol):
    """Somebody with a stream."""

    @property
    def can_pause(self) -> bool:
        """Whether nobody would notice if the stream were closed and opened again."""
        ...

    def release(self) -> None:
        """Close the stream; it may be opened again at once."""
        ...


class _Library:
    """PortAudio has one state per process: whoever makes it look for devices anew ends everybody's streams."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.users: weakref.WeakSet[User] = weakref.WeakSet()
        self.endings: set[threading.Thread] = set()
        """Streams being ended; one of a device that is gone may take for ever, and PortAudio's own end waits for it."""


_library = _Library()


def portaudio() -> Any:
    """The sounddevice module. Raises ClientTrouble, with what to install."""
    try:
        import sounddevice
    except ImportError as error:
        what = "pip install -r requirements-clients.txt"
        raise ClientTrouble(f"sounddevice is missing ({error}): {what}", f"缺少 sounddevice：{what}") from None
    except OSError:  # the package is there, the C library is not
        what = "sudo apt install libportaudio2"
        raise ClientTrouble(
            f"PortAudio is missing, without which there is no sound: {what}",
            f"缺少 PortAudio，没有它就没有声音：{what}",
        ) from None
    return sounddevice


def devices() -> list[Device]:
    """What is there now. Raises ClientTrouble when PortAudio is missing."""
    library = portaudio()
    with _library.lock:
        found, (usual_input, usual_output) = library.query_devices(), library.default.device
    return [
        Device(
            number=number,
            name=device["name"],
            inputs=device["max_input_channels"],
            outputs=device["max_output_channels"],
            rate_hz=int(device["default_samplerate"]),
            is_default_input=number == usual_input,
            is_default_output=number == usual_output,
        )
        for number, device in enumerate(found)
    ]


def alone() -> AbstractContextManager[Any]:
    """To be held while a stream is opened and kept: nobody looks for devices meanwhile."""
    return _library.lock


def use(user: User) -> None:
    """Register somebody who will open a stream."""
    _library.users.add(user)


def end_stream(stream: Any) -> None:
    """Close a stream; one of a device that is gone may never end, and is then left to itself."""

    def end() -> None:
        with contextlib.suppress(Exception):  # whatever a device that is gone may answer
            stream.abort()
        with contextlib.suppress(Exception):
            stream.close()
        _library.endings.discard(threading.current_thread())

    ending = threading.Thread(target=end, name="ending a stream", daemon=True)
    _library.endings.add(ending)
    ending.start()
    ending.join(END_LIMIT_S)
    if ending.is_alive():  # sounddevice ends PortAudio when the program ends, which would wait for this one
        atexit.unregister(portaudio()._exit_handler)


def look_again() -> None:
    """Let PortAudio see devices that came or went, unless somebody's sound would be cut by it.

    Every open stream is closed for it, and opened again by its owner.
    """
    library = portaudio()
    with _library.lock:
        users = list(_library.users)
        if not all(user.can_pause for user in users):
            return
        for user in users:
            user.release()
        if _library.endings:
            return  # their owners wait outside the lock, so this is looked at last
        # It reads the list of devices when it is initialised, and never again.
        library._terminate()
        library._initialize()


def opened(make: Any, wanted: int | str | None, *, is_input: bool, **settings: Any) -> Any:
    """A running stream, `make` being one of sounddevice's classes. Raises ClientTrouble."""
    library = portaudio()
    with _library.lock:
        try:
            how = _opening(library, wanted, is_input)
            stream = make(device=how.device, channels=how.channels, samplerate=how.rate_hz, dtype="float32", **settings)
            stream.start()
        except (library.PortAudioError, ValueError) as error:
            raise _no_device(library, wanted, is_input, error) from None
    return stream


def _opening(library: Any, wanted: int | str | None, is_input: bool) -> Opening:
    device = library.query_devices(wanted, "input" if is_input else "output")
    channels = min(2, device["max_input_channels" if is_input else "max_output_channels"])
    check = library.check_input_settings if is_input else library.check_output_settings
    try:
        check(device=device["index"], channels=channels, samplerate=PREFERRED_HZ, dtype="float32")
        rate_hz = PREFERRED_HZ
    except library.PortAudioError:
        rate_hz = int(device["default_samplerate"])
    return Opening(device["index"], channels, rate_hz)


def absent(is_input: bool) -> ClientTrouble:
    """What to say where there is no device at all."""
    if is_input:
        return ClientTrouble("This machine has no microphone; plug one in.", "没有找到麦克风，请接上一个。")
    return ClientTrouble("This machine has no loudspeaker; plug one in.", "没有找到扬声器，请接上一个。")


def _no_device(library: Any, wanted: int | str | None, is_input: bool, error: Exception) -> ClientTrouble:
    channels = "max_input_channels" if is_input else "max_output_channels"
    if not any(device[channels] for device in library.query_devices()):
        return absent(is_input)
    named = "" if wanted is None else f" {wanted!r}"
    reason = str(error).splitlines()[0]
    if is_input:
        return ClientTrouble(f"No microphone{named} can be opened: {reason}", f"无法打开麦克风{named}：{reason}")
    return ClientTrouble(f"No loudspeaker{named} can be opened: {reason}", f"无法打开扬声器{named}：{reason}")
