"""A conversation in virtual time: every frame, every answer of the server and every second is put there by the test."""

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from clients.bounds import FRAME, FRAME_S
from clients.dialogue import Dialogue
from clients.ear import Ear
from clients.errands import Errand, Errands
from clients.events import Answered, Event, Heard, Ignored, Playing, StateChanged, Trouble
from clients.frames import Frame
from clients.parts import Parts, TalkOptions
from clients.playout import Playout
from clients.sound_files import wav_of
from clients.troubles import ServerTrouble

PLAYER_HZ = 16_000
LIMIT_S = 20


class Gate:
    """Knows when every thread of the scene waits for the test."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._busy = 0

    def count(self, change: int) -> None:
        with self._changed:
            self._busy += change
            self._changed.notify_all()

    def settle(self) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._busy == 0, LIMIT_S), "a thread of the scene goes on for ever"


class Script:
    """Things for one thread to take, one after the other; an exception is raised there."""

    def __init__(self, gate: Gate):
        self._gate = gate
        self._things: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._waiting = 0
        self._lock = threading.Lock()

    def give(self, thing: Any) -> None:
        with self._lock:
            if self._waiting:
                self._waiting -= 1
                self._gate.count(+1)
            self._things.put(thing)

    def take(self) -> Any:
        with self._lock:
            if self._things.empty():
                self._waiting += 1
                self._gate.count(-1)
        thing = self._things.get(timeout=LIMIT_S)
        if isinstance(thing, Exception):
            raise thing
        return thing


@dataclass
class ScriptedAnswer:
    history: list[dict[str, str]]
    options: dict[str, Any]
    script: Script
    is_cancelled: bool = False

    def __iter__(self) -> Iterator[Frame]:
        while frame := self.script.take():
            yield frame
            if frame.is_last:
                return

    def cancel(self) -> None:
        if not self.is_cancelled:
            self.is_cancelled = True
            self.script.give(None)


@dataclass
class ScriptedServer:
    gate: Gate
    heard: list[bytes] = field(default_factory=list)
    answers: list[ScriptedAnswer] = field(default_factory=list)
    languages: list[str | None] = field(default_factory=list)
    readings: deque[Script] = field(default_factory=deque)
    """One for each recording that waits for its text."""

    def health(self) -> dict[str, Any]:
        return {"status": "ok"}

    def hear(self, recording: bytes, language: str | None = None) -> str | None:
        self.heard.append(recording)
        self.languages.append(language)
        script = Script(self.gate)
        self.readings.append(script)
        return script.take()[0]

    def answer(self, history: list[dict[str, str]], **options: Any) -> ScriptedAnswer:
        self.answers.append(ScriptedAnswer(history, options, Script(self.gate)))
        return self.answers[-1]


class SceneErrand(Errand):
    """Does not wait between attempts, and remembers how long it would have."""

    pauses_s: list[float]

    def pause(self, seconds: float) -> bool:
        self.pauses_s.append(seconds)
        return not self.is_cancelled


class SceneErrands(Errands):
    def __init__(self, post: Callable[[Callable[[], None]], None], gate: Gate):
        super().__init__(post)
        self._gate = gate
        self.pauses_s: list[float] = []

    def run(self, work: Any, then: Any, failed: Any) -> Errand:
        errand = SceneErrand(self._post)
        errand.pauses_s = self.pauses_s
        self._gate.count(+1)

        def carry_out() -> None:
            try:
                result = work(errand)
                errand.report(lambda: then(result))
            except ServerTrouble as error:
                trouble = error
                errand.report(lambda: failed(trouble))
            finally:
                self._gate.count(-1)

        threading.Thread(target=carry_out, daemon=True).start()
        return errand


class Scene:
    """Everything but the Dialogue is scripted. Speech is a frame full of its own probability."""

    def __init__(self, **options: Any):
        self.now_s = 100.0
        self.events: list[Event] = []
        self.player = Playout(PLAYER_HZ)
        self.sound: list[float] = []
        """The loudest sample of each 32 ms."""
        self._gate = Gate()
        self.server = ScriptedServer(self._gate)
        self._posted: deque[Callable[[], None]] = deque()
        self.errands = SceneErrands(self._posted.append, self._gate)
        server: Any = self.server
        parts = Parts(server, self.player, self.events.append, self.errands, lambda: self.now_s, TalkOptions(**options))
        self.history, self.parts = parts.history, parts
        ear = Ear(lambda frame: float(frame[0]), lambda: None, parts.options.silence_ms)
        self.dialogue = Dialogue(parts, ear)
        self.player.on_started = lambda number: self._posted.append(lambda: self.dialogue.player_started(number))
        self.player.on_ended = lambda number: self._posted.append(lambda: self.dialogue.player_ended(number))
        self.do(self.dialogue.begin)

    def do(self, step: Callable[[], None]) -> None:
        """One input, and everything that follows from it at once."""
        self._posted.append(step)
        while True:
            self._gate.settle()
            while not self.player._notes.empty():
                self.player.deliver(0)
            if not self._posted:
                return
            self._posted.popleft()()
            self.dialogue.tell_state()

    def listen(self, is_on: bool = True) -> None:
        self.do(lambda: self.dialogue.listen(is_on))

    def ask(self, text: str) -> None:
        self.do(lambda: self.dialogue.ask(text))

    def interrupt(self) -> None:
        self.do(self.dialogue.interrupt)

    def speak(self, seconds: float, probability: float = 0.9) -> None:
        """Frames of a microphone, while the player plays."""
        for _ in range(round(seconds / FRAME_S)):
            out = np.zeros(round(FRAME_S * PLAYER_HZ), np.float32)
            self.player.fill(out)
            self.sound.append(float(np.abs(out).max()))
            self.now_s += FRAME_S
            frame = np.full(FRAME, probability, np.float32)
            self.do(lambda frame=frame: self.dialogue.hear(frame))

    def wait(self, seconds: float) -> None:
        self.speak(seconds, 0.0)

    def recognise(self, text: str | Exception | None, which: int = 0) -> None:
        """What the recogniser makes of the oldest recording that waits, or of another."""
        script = self.server.readings[which]
        del self.server.readings[which]
        self.do(lambda: script.give(text if isinstance(text, Exception) else (text,)))

    def say(self, text: str, seconds: float = 1.0) -> None:
        """A whole utterance that is recognised as this."""
        self.speak(seconds)
        self.wait(0.6)
        while self.server.readings:
            self.recognise(text)

    def frame(self, text: str, seconds: float = 1.0) -> None:
        """A piece of the newest answer, or of its sound where the text is empty; 0 s: without sound."""
        sound = wav_of(np.full(round(seconds * PLAYER_HZ), 0.5, np.float32), PLAYER_HZ) if seconds else None
        self.send(Frame(text, sound, False))

    def done(self, text: str = "", **fields: Any) -> None:
        self.send(Frame(text, None, True, **fields))

    def send(self, frame: Frame | Exception) -> None:
        self.do(lambda: self.server.answers[-1].script.give(frame))

    @property
    def state(self) -> str:
        return self.dialogue.state

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def states(self) -> list[str]:
        return [event.state for event in self.of(StateChanged)]

    @property
    def story(self) -> list[str]:
        """What was heard, answered, ignored and wrong, in order."""
        told = {
            Heard: lambda event: f"heard {event.text}",
            Answered: lambda event: f"answered {event.text}" + " (broken)" * (not event.is_whole),
            Ignored: lambda event: f"ignored {event.text} ({event.why})",
            Trouble: lambda event: f"trouble {event.english}",
            Playing: lambda event: f"playing {event.number}",
        }
        return [told[type(event)](event) for event in self.events if type(event) in told]

    def close(self) -> None:
        self.do(self.dialogue.close)
        for script in self.server.readings:
            script.give(("",))
        self._gate.settle()
