"""Sends recordings to the recogniser and writes into each utterance what comes of it."""

from collections.abc import Callable

import numpy as np

from clients.errands import Errand, persistently
from clients.events import Trouble
from clients.parts import Parts
from clients.sound_files import wav_of
from clients.troubles import ServerTrouble
from clients.utterance import Utterance


class Reader:
    """on_change is called with an utterance of which more is known, or nothing will be."""

    def __init__(self, parts: Parts, on_change: Callable[[Utterance], None]):
        self._parts, self._on_change = parts, on_change
        self.has_recogniser = True

    def read(self, utterance: Utterance, recording: np.ndarray, covers: int) -> None:
        """Only the recording of a whole utterance is worth more than one attempt.

        covers: the last frame of speech in it, or -1 where it was cut in mid-speech.
        """
        parts, is_whole = self._parts, utterance.is_over
        utterance.read_to = covers

        def recognise(errand: Errand) -> str | None:
            def hear() -> str | None:
                return parts.server.hear(wav_of(recording), parts.options.language)

            return persistently(errand, hear, parts.server_failed) if is_whole else hear()

        def failed(trouble: ServerTrouble) -> None:
            utterance.reading, utterance.read_to = None, -1
            if not is_whole and utterance.is_over and trouble.kind != "no_recogniser":
                # It was sent before it was known to be the whole, and so only once.
                self.read(utterance, recording, covers)
            else:
                self._fail(utterance, trouble)

        utterance.reading = parts.errands.run(recognise, lambda text: self._take(utterance, text), failed)

    def _take(self, utterance: Utterance, text: str | None) -> None:
        self._parts.server_answered()
        self.has_recogniser = True
        utterance.reading, utterance.text, utterance.is_read = None, text, True
        # A reading that does not cover an utterance is cancelled when the utterance ends.
        utterance.is_settled = utterance.is_over
        self._on_change(utterance)

    def _fail(self, utterance: Utterance, trouble: ServerTrouble) -> None:
        is_missing = trouble.kind == "no_recogniser"
        # What fails of a part will fail again of the whole; a missing recogniser is told only once.
        if self.has_recogniser if is_missing else utterance.is_over:
            self._parts.tell(Trouble(trouble.english, trouble.chinese))
        self.has_recogniser = self.has_recogniser and not is_missing
        utterance.is_settled = utterance.is_unreadable = utterance.is_over
        self._on_change(utterance)
