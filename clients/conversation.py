"""A conversation by voice: frames of a microphone in, an answer out of a player, events to whoever shows it."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Protocol

import numpy as np

from clients.dialogue import Dialogue
from clients.ear import Ear
from clients.errands import Errands
from clients.events import Event, State, Trouble
from clients.history import History
from clients.parts import Parts, TalkOptions
from clients.play import Player
from clients.protocol import Server
from clients.silero import Silero
from clients.troubles import ClientTrouble

__all__ = ["Conversation", "TalkOptions"]
log = logging.getLogger("yinliu.client")


class Vad(Protocol):
    """The probability of speech in a frame; reset() forgets the frames before."""

    def __call__(self, frame: np.ndarray) -> float: ...

    def reset(self) -> None: ...


class Conversation:
    """Every method returns at once and may be called from any thread; `tell` is called from the worker's.

    It begins without listening. `options` may be replaced at any time and counts from the next turn on. Neither the
    server nor the player is closed with it. vad and clock are for tests; the default is Silero.
    """

    def __init__(
        self,
        server: Server,
        player: Player,
        tell: Callable[[Event], None],
        options: TalkOptions | None = None,
        *,
        vad: Vad | None = None,
        clock: Callable[[], float] = time.monotonic,
    ):
        options = options or TalkOptions()
        self._inputs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._ears = _LateVad(vad, tell)
        history = History(options.keep_turns)
        self._parts = Parts(server, player, tell, Errands(self._inputs.put), clock, options, history)
        self._dialogue = Dialogue(self._parts, Ear(self._ears, self._ears.reset, options.silence_ms))
        player.on_started = lambda number: self._inputs.put(lambda: self._dialogue.player_started(number))
        player.on_ended = lambda number: self._inputs.put(lambda: self._dialogue.player_ended(number))
        player.on_idle = lambda: None
        self._inputs.put(self._dialogue.begin)
        self._worker = threading.Thread(target=self._work, name="conversation", daemon=True)
        self._worker.start()

    @property
    def options(self) -> TalkOptions:
        return self._parts.options

    @options.setter
    def options(self, options: TalkOptions) -> None:
        self._parts.options = options

    @property
    def state(self) -> State:
        return self._dialogue.state

    @property
    def history(self) -> History:
        """To be read; forget() empties it."""
        return self._parts.history

    def hear(self, frame: np.ndarray) -> None:
        """512 samples at 16 kHz, float32."""
        self._inputs.put(lambda: self._dialogue.hear(frame))

    def ask(self, text: str) -> None:
        """Send typed text; an answer under way is interrupted, and so is speech."""
        self._inputs.put(lambda: self._dialogue.ask(text))

    def interrupt(self) -> None:
        """Silence the answer and drop what is being said or recognised."""
        self._inputs.put(self._dialogue.interrupt)

    def listen(self, on: bool) -> None:
        """Follow the microphone or not. Switching off sends what has been said so far, as push-to-talk wants it."""
        self._inputs.put(lambda: self._dialogue.listen(on))

    def forget(self) -> None:
        """Begin a new conversation."""
        self._inputs.put(self._dialogue.forget)

    def close(self) -> None:
        """Fall silent and end every thread; waits for the worker, at most a second."""
        self._inputs.put(self._dialogue.close)
        self._inputs.put(None)
        if threading.current_thread() is not self._worker:
            self._worker.join(1)

    def _work(self) -> None:
        while step := self._inputs.get():
            try:
                step()
                self._dialogue.tell_state()
            except Exception as error:  # whatever a listener or a defect raises: the next turn shall find us listening
                log.exception("The conversation failed unexpectedly")
                self._parts.tell(Trouble(f"The client failed: {error!r}", f"客户端出错：{error!r}"))


class _LateVad:
    """Loads the real one with the first frame: typing needs none. Hears nothing where it is not installed."""

    def __init__(self, vad: Vad | None, tell: Callable[[Event], None]):
        self._vad, self._tell = vad, tell
        self._is_missing = False

    def __call__(self, frame: np.ndarray) -> float:
        if self._vad is None and not self._is_missing:
            try:
                self._vad = Silero()
            except ClientTrouble as error:
                self._is_missing = True
                self._tell(Trouble(error.english, error.chinese))
        return self._vad(frame) if self._vad else 0.0

    def reset(self) -> None:
        if self._vad:
            self._vad.reset()
