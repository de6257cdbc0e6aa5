"""What happens between the microphone, the server and the loudspeaker. One worker's thread calls it all."""

import numpy as np

from clients.attending import Attending
from clients.ear import Ear
from clients.events import Heard, Level, State, StateChanged
from clients.parts import Parts
from clients.reach import Reach
from clients.talking import Talking


class Dialogue:
    """The states of one conversation; nothing here waits for anything."""

    def __init__(self, parts: Parts, ear: Ear):
        self._parts = parts
        self._talking = Talking(parts)
        self._attending = Attending(parts, self._talking, ear, self._say)
        self._reach = Reach(parts)
        parts.server_failed, parts.server_answered = self._reach.failed, self._reach.answered
        self._is_listening = False
        self.state: State = "off"

    def begin(self) -> None:
        self._reach.look()

    def hear(self, frame: np.ndarray) -> None:
        if self._is_listening:
            self._parts.tell(Level(float(np.sqrt(np.mean(np.square(frame))))))
            self._attending.hear(frame)

    def listen(self, is_on: bool) -> None:
        if not is_on and self._is_listening:
            self._attending.finish()
        self._is_listening = is_on

    def ask(self, text: str) -> None:
        """Typed text; what is being said at this moment is dropped."""
        if text.strip():
            self.interrupt()
            self._put(text.strip(), self._parts.clock(), {})

    def interrupt(self) -> None:
        # In this order: an utterance that is forgotten would let the answer go on.
        self._talking.drop()
        self._attending.forget()

    def forget(self) -> None:
        self.interrupt()
        self._parts.history.clear()

    def player_started(self, number: int) -> None:
        text = self._talking.started(number)
        if text:
            self._attending.piece_started(text)

    def player_ended(self, number: int) -> None:
        self._talking.ended(number)

    def close(self) -> None:
        self._is_listening = False
        self.interrupt()
        self._reach.close()

    def tell_state(self) -> None:
        """After everything that may have changed it."""
        state = self._state()
        if state != self.state:
            self.state = state
            self._parts.tell(StateChanged(state))

    def _state(self) -> State:
        attending, talking = self._attending, self._talking
        if attending.is_hearing:
            return "hearing"
        if attending.is_reading and (attending.has_stopped or not talking.is_active):
            return "recognising"
        if talking.is_active:
            return "speaking" if talking.has_begun else "thinking"
        return "listening" if self._is_listening else "off"

    def _say(self, text: str, ended_s: float) -> None:
        heard_ms = round((self._parts.clock() - ended_s) * 1000, 1)
        stages = {"speech_ended": 0.0, "heard": heard_ms}
        self._put(text, ended_s, stages)

    def _put(self, text: str, since_s: float, stages_ms: dict[str, float]) -> None:
        self._talking.drop()
        if stages_ms:
            self._parts.tell(Heard(text, dict(stages_ms)))
        self._parts.history.add_user(text)
        self._talking.ask(since_s, stages_ms)
        self._attending.hold_answer()
