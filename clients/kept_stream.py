"""A sound stream that is opened again when its device failed or vanished."""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

from clients.backoff import delays_s
from clients.events import Event, Hint, Trouble
from clients.sound_devices import alone, end_stream, look_again, use
from clients.troubles import ClientTrouble
from launch.words import words

STALLED_S = 2.0
"""A stream that has not called for so long belongs to a device that is gone."""
LOOK_S = 0.25


class KeptStream:
    """Opens with `open_stream`, whose callback must call beat(). name: what the user calls it, English and Chinese.

    is_needed: whether sound would be lost by closing it for a moment.
    """

    def __init__(
        self,
        open_stream: Callable[[], Any],
        name: tuple[str, str],
        tell: Callable[[Event], None],
        is_needed: Callable[[], bool] = lambda: False,
    ):
        self._open_stream, self._name, self._tell, self._is_needed = open_stream, name, tell, is_needed
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stream: Any = None
        self._is_wanted = self._is_closed = self._is_missing = False
        self._beat_s = 0.0
        self._thread = threading.Thread(target=self._keep, name=name[0], daemon=True)
        use(self)
        self._thread.start()

    def want(self, is_wanted: bool = True) -> None:
        """Open the device, or give it back; returns at once."""
        if is_wanted != self._is_wanted:
            self._is_wanted = is_wanted
            self._wake.set()

    def beat(self) -> None:
        self._beat_s = time.monotonic()

    @property
    def can_pause(self) -> bool:
        return not (self.is_open and self._is_needed())

    @property
    def is_open(self) -> bool:
        return self._stream is not None

    @property
    def latency_s(self) -> float:
        """What the device says of itself; 0 while it is closed."""
        stream = self._stream
        return float(stream.latency) if stream is not None else 0.0

    def release(self) -> None:
        """Close the device; one that is wanted is opened again."""
        with self._lock:
            stream, self._stream = self._stream, None
        if stream is not None:
            end_stream(stream)

    def close(self) -> None:
        """Waits for the stream to end, at most two seconds."""
        self._is_closed = True
        self._wake.set()
        self._thread.join(2)

    def _keep(self) -> None:
        pauses_s = delays_s()
        while not self._is_closed:
            self._wake.clear()
            if self._is_wanted and self._stream is None:
                if self._try_to_open():
                    pauses_s = delays_s()
                else:
                    self._wake.wait(next(pauses_s))
                continue
            if self._stream is not None and not (self._is_wanted and self._is_alive()):
                self._lose() if self._is_wanted else self.release()
                continue
            self._wake.wait(LOOK_S if self._is_wanted else None)
        self.release()

    def _try_to_open(self) -> bool:
        try:
            if self._is_missing:
                look_again()
            self.beat()
            # Nobody may make PortAudio forget the stream before release() can find it.
            with alone(), self._lock:
                self._stream = self._open_stream()
        except ClientTrouble as error:
            if not self._is_missing:
                self._tell(Trouble(error.english, error.chinese))
            self._is_missing = True
            return False
        self.beat()
        if self._is_missing:
            self._is_missing = False
            english, chinese = self._name
            self._tell(Hint(words(f"The {english} is back.", f"{chinese}已恢复。")))
        return True

    def _is_alive(self) -> bool:
        with self._lock, contextlib.suppress(Exception):  # asking a device that is gone may fail as well
            return self._stream is None or (self._stream.active and time.monotonic() - self._beat_s < STALLED_S)
        return False

    def _lose(self) -> None:
        self._is_missing = True
        english, chinese = self._name
        self._tell(Trouble(f"The {english} is gone; looking for it.", f"{chinese}断开了，正在重新寻找。"))
        self.release()
