"""Months in one minute: thousands of turns may leave nothing behind."""

import gc
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from clients.conversation import Conversation, TalkOptions
from clients.events import Answered, Event
from clients.frames import Frame
from clients.pi.gates import OpenGate
from clients.pi.report import Report
from clients.protocol import Server

pytestmark = pytest.mark.slow
WARM_UP, TURNS = 300, 2000
KEEP_TURNS = 20
MOST_GROWTH_KB = 200


class ScriptedAnswer:
    def __init__(self) -> None:
        self.frames = iter([Frame("Hello there.", None, False), Frame('"Hello there."', None, True)])

    def __iter__(self) -> Iterator[Frame]:
        return self.frames

    def cancel(self) -> None:
        pass


class ScriptedServer(Server):
    """Answers at once, and keeps how long the longest history was."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9")
        self.longest = 0
        self.first_roles: set[str] = set()

    def health(self) -> dict[str, Any]:
        return {}

    def hear(self, recording: bytes, language: str | None = None) -> str | None:
        return "tell me something new"

    def answer(self, history: list[dict[str, str]], **options: Any) -> Any:
        self.longest = max(self.longest, len(history))
        self.first_roles.add(history[0]["role"])
        return ScriptedAnswer()


class LoudIsSpeech:
    def __call__(self, frame: np.ndarray) -> float:
        return float(frame[0] > 0)

    def reset(self) -> None:
        pass


class InstantPlayer:
    """Has played everything as soon as it is complete."""

    def __init__(self) -> None:
        self.on_started: Callable[[int], None] = lambda _: None
        self.on_ended: Callable[[int], None] = lambda _: None
        self.on_idle: Callable[[], None] = lambda: None
        self.is_idle = True

    def add(self, piece: int, pcm: bytes, rate_hz: int) -> None:
        pass

    def end(self, piece: int) -> None:
        self.on_started(piece)
        self.on_ended(piece)

    def duck(self, is_ducked: bool) -> None:
        pass

    def pause(self) -> None:
        pass

    def resume(self) -> None:
        pass

    def drop(self) -> None:
        pass

    def played_s(self, piece: int) -> float:
        return 0.0


class Room:
    """A conversation whose microphone says one utterance after the other."""

    def __init__(self) -> None:
        self.server = ScriptedServer()
        self.lines = 0
        self._answered = threading.Semaphore(0)
        self._report = Report("", self._count)
        options = TalkOptions(keep_turns=KEEP_TURNS, duplex="half")
        self.talk = Conversation(self.server, InstantPlayer(), self._tell, options, vad=LoudIsSpeech())
        self._gate = OpenGate(self.talk)

    def _count(self, _: str) -> None:
        self.lines += 1

    def _tell(self, event: Event) -> None:
        self._report.tell(event)
        if isinstance(event, Answered):
            self._answered.release()

    def turn(self) -> None:
        for level in [1.0] * 12 + [0.0] * 20:
            self._gate.hear(np.full(512, level, np.float32))
        assert self._answered.acquire(timeout=20)


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room()
    yield room
    room.talk.close()


def grown_kb(room: Room) -> float:
    """How much more memory is held after many turns."""
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(TURNS // 2):
        room.turn()
    gc.collect()
    return (tracemalloc.get_traced_memory()[0] - before) / 1024


@pytest.mark.long
def test_thousands_of_turns_leave_nothing_behind(room: Room):
    for _ in range(WARM_UP):
        room.turn()
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(50):
            room.turn()
        gc.collect()
        threads = threading.active_count()
        growth_kb = min(grown_kb(room), grown_kb(room))  # once it may be another test's thread that keeps something
    finally:
        tracemalloc.stop()
    print(f"{growth_kb:.0f} kB more after half of {TURNS} turns")
    assert 2 * growth_kb < MOST_GROWTH_KB
    assert threading.active_count() <= threads + 2
    assert room.lines == WARM_UP + 50 + TURNS


def test_the_history_is_bounded_and_the_system_message_stays(room: Room):
    for _ in range(3 * KEEP_TURNS):
        room.turn()
    assert room.server.first_roles == {"system"}
    assert room.server.longest <= 1 + 2 * KEEP_TURNS
    assert len(room.talk.history.messages()) <= 2 * KEEP_TURNS
