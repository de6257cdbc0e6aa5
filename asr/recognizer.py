"""What a recogniser is, what it returns, and how it says that it cannot."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

RATE_HZ = 16_000
LANGUAGES = ("zh", "en", "yue", "ja", "ko")
"""The languages that recognisers are asked for and answer with."""

GET_MODEL = "python3 start.py models get sensevoice"
"""The command that installs a recogniser for all of LANGUAGES."""


@dataclass(frozen=True)
class Heard:
    """One recognised utterance; every field but the text may be empty when the engine does not tell."""

    text: str
    language: str = ""
    """zh, en, yue, ja or ko."""
    emotion: str = ""
    """The engine's own word in lower case: happy, sad, angry, neutral, ..."""
    event: str = ""
    """speech, bgm, applause, laughter, ..."""


class SpeechModelMissing(Exception):
    """Nothing here understands this speech; the message names the command that installs what would."""


class RecognitionFailed(Exception):
    """The engine broke on this utterance; the message is a sentence without a stack trace."""


class Recognizer(Protocol):
    """A speech recogniser owned by one thread: `load` once, then one `transcribe` at a time."""

    name: str

    def load(self) -> None:
        """Read the model; blocks for seconds and raises an exception whose message says what is wrong."""
        ...

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        """Recognise one utterance; blocks.

        samples: 1-D float32 in [-1, 1], mono, RATE_HZ, any length including none; silence gives Heard("").
        language: the caller's hint (zh, en, yue, ja, ko); "" leaves it to the engine's setting.
        Raises SpeechModelMissing or RecognitionFailed.
        """
        ...

    def close(self) -> None:
        """Give everything back; may be called from another thread while `transcribe` runs, which then may fail."""
        ...


def language_code(hint: str) -> str:
    """The part of a hint that recognisers know: "zh-CN" is zh, "en_US" is en; "" and auto are ""."""
    code = hint.strip().lower().replace("_", "-").partition("-")[0]
    return {"auto": "", "cmn": "zh", "jp": "ja", "kr": "ko"}.get(code, code)
