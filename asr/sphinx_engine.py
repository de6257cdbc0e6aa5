"""The embedded demonstration: pocketsphinx hears clearly read English, and this file keeps it from guessing at the rest."""

import math
from typing import Any, NamedTuple

import numpy as np

import audio
from asr.recognizer import GET_MODEL, RATE_HZ, Heard, RecognitionFailed, SpeechModelMissing, language_code
from asr.utterance import audible

FRAMES_PER_S = 100
LONGEST_WORD_S = 0.8
LEAST_ENGLISH = -1.8
LEAST_SPEECH = 0.25
PHONE_PENALTY = 0.01
BEAM = 1e-20


class _Decoded(NamedTuple):
    text: str
    score: float
    """Natural logarithm of the likelihood, in pocketsphinx's units."""
    words: int
    word_frames: int
    """Frames within words, without silence and noises."""


class PocketSphinx:
    """A Recognizer that says nothing to noise and refuses what does not sound like English."""

    name = "pocketsphinx"

    def __init__(self) -> None:
        self._words: Any = None
        self._phones: Any = None

    def load(self) -> None:
        """Read the model that lies inside the package, once for words and once for a loop over the bare phones."""
        from pocketsphinx import Decoder

        self._words = Decoder(loglevel="FATAL")
        self._phones = Decoder(loglevel="FATAL", lm=None, pip=PHONE_PENALTY, beam=BEAM, pbeam=BEAM)
        self._phones.add_allphone_file("phones", None)
        self._phones.activate_search("phones")
        self.transcribe((np.random.default_rng(0).standard_normal(RATE_HZ) * 0.05).astype(np.float32))

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        """As Recognizer.transcribe; raises SpeechModelMissing for speech that is not English, or is said not to be."""
        if self._words is None:
            raise RecognitionFailed("The recogniser is not loaded.")
        sound = audible(samples)
        if sound is None:
            return Heard("")
        pcm = audio.to_pcm16(sound / (2 * np.abs(sound).max()))
        words = _decode(self._words, pcm)
        if not words.words or words.word_frames > words.words * LONGEST_WORD_S * FRAMES_PER_S:
            return Heard("")
        if language_code(language) in ("", "en") and self._englishness(words, pcm) >= LEAST_ENGLISH:
            return Heard(words.text, "en")
        if words.word_frames < LEAST_SPEECH * FRAMES_PER_S * len(sound) / RATE_HZ:
            return Heard("")
        raise SpeechModelMissing(
            "Speech model not installed: this does not sound like English, and the embedded demonstration "
            f"understands nothing else; `{GET_MODEL}` installs one."
        )

    def close(self) -> None:
        self._words = self._phones = None

    def _englishness(self, words: _Decoded, pcm: bytes) -> float:
        """How much likelihood it costs, per frame within words, to hear English words rather than any phones."""
        return (words.score - _decode(self._phones, pcm).score) / words.word_frames


def _decode(decoder: Any, pcm: bytes) -> _Decoded:
    decoder.start_utt()
    decoder.process_raw(pcm, full_utt=True)  # at once: the channel is then estimated from this recording alone
    decoder.end_utt()
    heard = decoder.hyp()
    words = [segment for segment in decoder.seg() or () if segment.word[0] not in "<["]
    return _Decoded(
        text=heard.hypstr if heard else "",
        score=1024 * math.log(heard.score) if heard and heard.score > 0 else -math.inf,
        words=len(words),
        word_frames=sum(segment.end_frame - segment.start_frame + 1 for segment in words),
    )
