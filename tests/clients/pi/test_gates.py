"""Who may speak when: the wake word, the button, the wake word and the button."""

import numpy as np
import pytest

from clients.bounds import FRAME_S
from clients.events import State
from clients.pi.gates import TAIL_S, Gate, HeldGate, OpenGate, WakeGate

PATIENCE = 4
WORD = np.ones(512, np.float32)


class ScriptedConversation:
    """Keeps what it was told, and names frames by their first sample."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.heard: list[float] = []

    def hear(self, frame: np.ndarray) -> None:
        self.heard.append(float(frame[0]))

    def listen(self, on: bool) -> None:
        self.calls.append("listen" if on else "sleep")

    def interrupt(self) -> None:
        self.calls.append("interrupt")


@pytest.fixture
def talk() -> ScriptedConversation:
    return ScriptedConversation()


def frame(number: float = 0) -> np.ndarray:
    return np.full(512, number, np.float32)


def feed(gate: Gate, count: int) -> None:
    for number in range(2, count + 2):
        gate.hear(frame(number))


def asleep(talk: ScriptedConversation) -> WakeGate:
    return WakeGate(talk, lambda frame: frame[0] == 1, patience_s=PATIENCE * FRAME_S)


def follow(gate: Gate, *states: State) -> None:
    for state in states:
        gate.follow(state)


def test_an_open_gate_listens_from_the_beginning(talk: ScriptedConversation):
    gate = OpenGate(talk)
    feed(gate, 3)
    assert (talk.calls, talk.heard) == (["listen"], [2, 3, 4])


def test_nothing_is_passed_on_before_the_wake_word(talk: ScriptedConversation):
    gate = asleep(talk)
    feed(gate, 100)
    assert (talk.calls, talk.heard) == ([], [])
    gate.hear(WORD)
    feed(gate, 2)
    assert (talk.calls, talk.heard) == (["listen"], [1, 2, 3])


def test_it_sleeps_again_when_nobody_speaks(talk: ScriptedConversation):
    gate = asleep(talk)
    gate.hear(WORD)
    follow(gate, "listening")
    feed(gate, 20)
    assert talk.calls == ["listen", "sleep"]
    assert len(talk.heard) == 1 + PATIENCE
    gate.hear(WORD)
    assert talk.calls == ["listen", "sleep", "listen"]


def test_speech_recognition_and_the_answer_take_their_time(talk: ScriptedConversation):
    gate = asleep(talk)
    gate.hear(WORD)
    for state in ("hearing", "recognising", "thinking", "speaking"):
        follow(gate, state)
        feed(gate, 10 * PATIENCE)
    assert talk.calls == ["listen"]


def test_after_an_answer_the_reply_needs_no_wake_word(talk: ScriptedConversation):
    gate = asleep(talk)
    gate.hear(WORD)
    follow(gate, "listening")
    feed(gate, PATIENCE - 1)
    follow(gate, "hearing", "recognising", "thinking", "speaking", "listening")
    feed(gate, PATIENCE - 1)
    assert talk.calls == ["listen"]
    feed(gate, 1)
    assert talk.calls == ["listen", "sleep"]


def test_noise_that_is_ignored_does_not_keep_it_awake(talk: ScriptedConversation):
    gate = asleep(talk)
    gate.hear(WORD)
    for _ in range(PATIENCE + 1):
        follow(gate, "listening")
        feed(gate, 1)
        follow(gate, "hearing", "recognising")
    assert talk.calls == ["listen", "sleep"]


@pytest.mark.parametrize("state", ["thinking", "speaking"])
def test_the_wake_word_silences_an_answer(talk: ScriptedConversation, state: State):
    gate = asleep(talk)
    gate.hear(WORD)
    follow(gate, "listening", "hearing", "recognising", state)
    gate.hear(WORD)
    assert talk.calls == ["listen", "interrupt"]


def test_the_wake_word_inside_a_question_is_part_of_it(talk: ScriptedConversation):
    gate = asleep(talk)
    gate.hear(WORD)
    follow(gate, "hearing")
    gate.hear(WORD)
    assert (talk.calls, talk.heard) == (["listen"], [1, 1])


def test_an_answer_to_what_was_said_while_falling_asleep_can_be_silenced(talk: ScriptedConversation):
    gate = asleep(talk)
    gate.hear(WORD)
    follow(gate, "listening")
    feed(gate, PATIENCE)
    follow(gate, "off", "thinking", "speaking")
    gate.hear(WORD)
    assert talk.calls == ["listen", "sleep", "interrupt", "listen"]


def test_a_button_wakes_like_the_word(talk: ScriptedConversation):
    gate = asleep(talk)
    gate.wake()
    feed(gate, 1)
    assert (talk.calls, talk.heard) == (["listen"], [2])


def test_only_what_is_said_with_the_button_held_counts_and_a_little_behind_it(talk: ScriptedConversation):
    gate = HeldGate(talk)
    feed(gate, 5)
    assert talk.heard == []
    gate.press()
    feed(gate, 3)
    gate.release()
    assert talk.calls == ["interrupt", "listen"]
    feed(gate, 50)
    assert talk.calls == ["interrupt", "listen", "sleep"]
    assert len(talk.heard) == 3 + round(TAIL_S / FRAME_S)


def test_pushing_the_button_again_at_once_goes_on_listening(talk: ScriptedConversation):
    gate = HeldGate(talk)
    gate.press()
    feed(gate, 3)
    gate.release()
    feed(gate, 1)
    gate.press()
    feed(gate, 50)
    assert "sleep" not in talk.calls
    gate.release()
    feed(gate, 50)
    assert talk.calls[-1] == "sleep"
    assert talk.calls.count("sleep") == 1
