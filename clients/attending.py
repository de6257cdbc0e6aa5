"""What somebody says: where it begins and ends, what it says, and whether it interrupts the answer."""

from collections import deque
from collections.abc import Callable

import numpy as np

from clients.bounds import FRAME_S, Ended, Started
from clients.ear import Ear
from clients.events import Ignored, Why
from clients.interruption import SURE_S, is_backchannel, is_echo, judge
from clients.parts import Parts
from clients.reader import Reader
from clients.talking import Talking
from clients.text_words import words_of
from clients.utterance import Utterance

PAUSE_FRAMES = 5
"""After 160 ms of silence the recording is sent: it is the whole utterance more often than not, and time is won."""
EARLY_LIMIT_S = 10.0
"""Longer speech has many pauses, and reading it to no purpose costs the recogniser more than is won."""
LATER = 1.5
"""Speech that goes on beside the answer is read again when it is so many times as long."""
DEAF_S = 0.3
"""A half-duplex microphone hears the room's echo for so long."""


class Attending:
    """Utterances in order; `say` is given each one that is meant for the assistant, with when it ended."""

    def __init__(self, parts: Parts, talking: Talking, ear: Ear, say: Callable[[str, float], None]):
        self._parts, self._talking, self._ear, self._say = parts, talking, ear, say
        self._utterances: deque[Utterance] = deque()
        self._reader = Reader(parts, self._on_reading)

    @property
    def is_hearing(self) -> bool:
        """Whether somebody speaks."""
        return bool(self._utterances) and not self._utterances[-1].is_over

    @property
    def is_reading(self) -> bool:
        """Whether an utterance is being recognised."""
        return any(utterance.is_over for utterance in self._utterances)

    @property
    def has_stopped(self) -> bool:
        return any(utterance.has_stopped for utterance in self._utterances)

    def hear(self, frame: np.ndarray) -> None:
        if self._parts.options.duplex == "half" and self._talking.sounded_within(DEAF_S):
            self._forget_unfinished()
            self._ear.deafen()
            return
        if not self.is_hearing:
            self._ear.adjust(self._parts.options.silence_ms)
        event = self._ear.hear(frame)
        if isinstance(event, Started):
            self._begin(event)
        elif isinstance(event, Ended):
            self._end(self._utterances[-1], event)
        elif self.is_hearing:
            self._follow(self._utterances[-1])

    def finish(self) -> None:
        """End the utterance under way as if silence had come."""
        ended = self._ear.bounds.finish()
        if ended and self.is_hearing:
            self._end(self._utterances[-1], ended)
        self._ear.deafen()

    def forget(self) -> None:
        """Drop every utterance, also those that are being recognised."""
        while self._utterances:
            self._remove(self._utterances[0])
        self._ear.deafen()

    def piece_started(self, text: str) -> None:
        """The loudspeaker says this from now on."""
        for utterance in self._utterances:
            if not utterance.is_over:
                utterance.spoken.append(text)

    def _begin(self, started: Started) -> None:
        utterance = Utterance(started.first, [self._talking.spoken_now()])
        self._utterances.append(utterance)
        if self._talking.is_active:
            self._parts.player.duck(True)
            if self._parts.options.duplex == "half":
                # Nothing sounds yet, and once it did the rest of the utterance could not be heard.
                self._stop(utterance)
        self._follow(utterance)

    def _follow(self, utterance: Utterance) -> None:
        bounds = self._ear.bounds
        utterance.speech_s = bounds.speech_s
        paused = bounds.pause_frames == PAUSE_FRAMES and utterance.speech_s <= EARLY_LIMIT_S
        is_due = self._talking.is_active and not utterance.has_stopped and utterance.speech_s >= utterance.next_look_s
        if not utterance.reading and self._reader.has_recogniser and (paused or is_due):
            utterance.next_look_s = max(utterance.speech_s * LATER, SURE_S)
            recording = self._ear.cut(utterance.first)
            self._reader.read(utterance, recording, bounds.last if bounds.pause_frames >= PAUSE_FRAMES else -1)
        self._judge(utterance)

    def _end(self, utterance: Utterance, ended: Ended) -> None:
        utterance.is_over, utterance.last = True, ended.last
        utterance.speech_s = (ended.last - ended.first + 1) * FRAME_S
        utterance.ended_s = self._parts.clock() - (self._ear.bounds.heard_frames - 1 - ended.last) * FRAME_S
        if not ended.is_utterance:
            self._remove(utterance)
            return
        if utterance.read_to == ended.last:
            utterance.is_settled = utterance.reading is None
        else:
            utterance.forget_reading()
            self._reader.read(utterance, self._ear.cut(ended.first, ended.last), ended.last)
        self._judge(utterance)
        self._conclude_in_order()

    def _on_reading(self, utterance: Utterance) -> None:
        """More is known of what was said."""
        self._judge(utterance)
        self._conclude_in_order()

    def _judge(self, utterance: Utterance) -> None:
        """Decide about the answer while the last word about the utterance is not spoken."""
        if not self._talking.is_active or utterance.has_stopped or utterance.is_settled:
            return
        text = (utterance.text or "") if utterance.is_read else None
        verdict = judge(
            utterance.speech_s, utterance.is_over, text, " ".join(utterance.spoken), self._reader.has_recogniser
        )
        if verdict == "stop":
            self._stop(utterance)
        elif verdict == "ignore":
            self._parts.player.duck(False)

    def _stop(self, utterance: Utterance) -> None:
        utterance.has_stopped = True
        self._talking.pause()

    def _conclude_in_order(self) -> None:
        while self._utterances and self._utterances[0].is_settled:
            utterance = self._utterances[0]
            why = self._why_ignored(utterance)
            text = utterance.text or ""
            if utterance.is_unreadable:
                if utterance.has_stopped:
                    self._talking.drop()
                self._remove(utterance)
            elif why:
                self._remove(utterance)
                self._parts.tell(Ignored(text, why))
            else:
                self._utterances.popleft()
                self._say(text, utterance.ended_s)

    def _why_ignored(self, utterance: Utterance) -> Why | None:
        if utterance.text is None:
            return "rejected"
        if not words_of(utterance.text):
            return "nothing"
        spoken = " ".join(utterance.spoken)
        if self._is_beside_sound(utterance) and is_echo(utterance.text, spoken):
            return "echo"
        if not self._talking.is_active:
            return None
        verdict = judge(utterance.speech_s, True, utterance.text, spoken)
        is_short = verdict == "ignore" and not utterance.has_stopped
        return "backchannel" if is_backchannel(utterance.text) or is_short else None

    def _is_beside_sound(self, utterance: Utterance) -> bool:
        """Whether most of it was said while the loudspeaker sounded; an answer to the last word was not."""
        beside_s = utterance.speech_s - (utterance.ended_s - self._talking.sounded_s)
        return self._talking.is_active or beside_s >= utterance.speech_s / 2

    def hold_answer(self) -> None:
        """Do to a new answer what an utterance that goes on did to the one before."""
        if self.has_stopped or (self.is_hearing and self._parts.options.duplex == "half"):
            self._talking.pause()
        elif self.is_hearing:
            self._parts.player.duck(True)

    def _forget_unfinished(self) -> None:
        if self.is_hearing:
            self._remove(self._utterances[-1])

    def _remove(self, utterance: Utterance) -> None:
        """As if it had not been said: the answer goes on, unless another utterance holds it."""
        self._utterances.remove(utterance)
        utterance.forget_reading()
        if self._talking.is_paused and not self.has_stopped:
            self._talking.resume()
        if not self.is_hearing:
            self._parts.player.duck(False)
