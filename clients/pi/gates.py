"""Who decides when the conversation listens: nobody, a wake word, or a button that is held."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from clients.bounds import FRAME_S
from clients.events import State

PATIENCE_S = 6.0
"""How long a woken conversation waits for speech, also after an answer: nobody says the word again to reply."""
TAIL_S = 0.25
"""Buttons are let go while the last syllable still sounds."""
HELD_SILENCE_MS = 2000
"""A pause for thought does not end what is said with the button held."""


class Listener(Protocol):
    """What a gate needs of a Conversation."""

    def hear(self, frame: np.ndarray) -> None: ...
    def listen(self, on: bool) -> None: ...
    def interrupt(self) -> None: ...


class Gate(Protocol):
    def hear(self, frame: np.ndarray) -> None:
        """A frame of the microphone, from its thread."""
        ...

    def follow(self, state: State) -> None:
        """The conversation is in this state now."""
        ...


class OpenGate:
    """Always listens."""

    def __init__(self, conversation: Listener):
        self._conversation = conversation
        conversation.listen(True)

    def hear(self, frame: np.ndarray) -> None:
        self._conversation.hear(frame)

    def follow(self, state: State) -> None:
        pass


class WakeGate:
    """Listens after the wake word, or a push of the button, until nobody has spoken for a while."""

    def __init__(self, conversation: Listener, was_said: Callable[[np.ndarray], bool], patience_s: float = PATIENCE_S):
        self._conversation = conversation
        self._was_said = was_said
        self._patience = round(patience_s / FRAME_S)
        self._left = 0
        """Frames until it sleeps; 0 is asleep. Counted in sound, so that tests need no clock."""
        self._state: State = "off"

    def hear(self, frame: np.ndarray) -> None:
        if self._was_said(frame):
            self.wake()
        if not self._left:
            return
        self._conversation.hear(frame)
        if self._state == "listening":
            self._left -= 1
            if not self._left:
                self._conversation.listen(False)

    def follow(self, state: State) -> None:
        # What was ignored gives no new time: a television would keep it awake for ever.
        if state == "listening" and self._state in ("thinking", "speaking") and self._left:
            self._left = self._patience
        self._state = state

    def wake(self) -> None:
        """Silence an answer and listen, as on the wake word."""
        if self._state in ("thinking", "speaking"):
            self._conversation.interrupt()
        if not self._left:
            self._conversation.listen(True)
        self._left = self._patience


class HeldGate:
    """Push to talk: listens while the button is held; pushing it silences an answer."""

    def __init__(self, conversation: Listener):
        self._conversation = conversation
        self._is_held = False
        self._tail = 0

    def hear(self, frame: np.ndarray) -> None:
        if self._is_held:
            self._conversation.hear(frame)
        elif self._tail:
            self._conversation.hear(frame)
            self._tail -= 1
            if not self._tail:
                self._conversation.listen(False)

    def follow(self, state: State) -> None:
        pass

    def press(self) -> None:
        self._conversation.interrupt()
        self._conversation.listen(True)
        self._is_held = True

    def release(self) -> None:
        self._tail = round(TAIL_S / FRAME_S)
        self._is_held = False
