"""The embedded demonstration: pocketsphinx hears clearly spoken English, and is kept from guessing at the rest.

Its language model turns anything into fluent English, Mandarin too, and its own confidence does not tell. What does is
the likelihood lost, per frame within words, against a loop over the bare phones. LEAST_ENGLISH was chosen on 12 English
and 5 Mandarin recordings of 1 to 11 s as they are, padded, with white noise at 35 and 20 dB, over a telephone band, and
cut into 3 s parts: it refuses 2 of 89 English and 32 of 36 Mandarin ones. On disturbances tried afterwards (a tenth
slower and faster, gain, hum, noise at 27 and 12 dB, a reverberant room, cuts at random) it refuses 13 of 105 English
ones, 9 of them in the loud noise or the room, and 34 of 43 Mandarin ones. What lasts less than a second cannot be told.
The speakers are a dozen, and no third language was measured: expect some of both errors.
"""

import math
from typing import Any, NamedTuple

import numpy as np

import audio
from asr.recognizer import GET_MODEL, RATE_HZ, Heard, RecognitionFailed, SpeechModelMissing, language_code
from asr.utterance import audible

LEAST_ENGLISH = -1.65
"""Natural logarithms, in pocketsphinx's scale, per frame of 10 ms."""
LEAST_WORDS = 2
LEAST_SPEECH = 0.25
"""Share of the recording within words. What is no English and has less of either is taken for a cough or a chime."""
LONGEST_WORD_S = 0.8
"""On average; gusts of noise become single words of a second or more, speech stays below half a second."""

FRAME = RATE_HZ // 100
MARGIN_FRAMES = 15
AUDIBLE_SHARE = 0.05


class _Decoded(NamedTuple):
    text: str
    score: float
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
        """Read the model that lies inside the package, once for words and once for the loop over phones."""
        from pocketsphinx import Decoder

        # The default makes silence so improbable that a word is heard in it; 0.1 took 241 errors in 1000 words to 215.
        self._words = Decoder(loglevel="FATAL", silprob=0.1)
        self._phones = Decoder(loglevel="FATAL", lm=None, pip=0.01, beam=1e-20, pbeam=1e-20)
        self._phones.add_allphone_file("phones", None)
        self._phones.activate_search("phones")

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        """As Recognizer.transcribe; raises SpeechModelMissing for speech that is not English, or is said not to be."""
        if self._words is None:
            raise RecognitionFailed("The recogniser is not loaded.")
        sound = audible(samples)
        if sound is None:
            return Heard("")
        pcm = audio.to_pcm16(_without_edges(sound) / (2 * np.abs(sound).max()))
        words = _decode(self._words, pcm)
        if not words.words or words.word_frames > words.words * LONGEST_WORD_S * RATE_HZ / FRAME:
            return Heard("")
        if language_code(language) in ("", "en"):
            if self._englishness(words, pcm) >= LEAST_ENGLISH:
                return Heard(words.text, "en")
            if words.words < LEAST_WORDS or words.word_frames < LEAST_SPEECH * len(pcm) / 2 / FRAME:
                return Heard("")
        raise SpeechModelMissing(f"{_why_not(language)}: speech model not installed; `{GET_MODEL}` installs it.")

    def close(self) -> None:
        self._words = self._phones = None

    def _englishness(self, words: _Decoded, pcm: bytes) -> float:
        return (words.score - _decode(self._phones, pcm).score) / words.word_frames


def _why_not(language: str) -> str:
    if (wanted := language_code(language)) not in ("", "en"):
        return f"The embedded demonstration knows English only, and this is said to be {wanted!r:.20}"
    return "This does not sound like English, and the embedded demonstration understands nothing else"


def _without_edges(sound: np.ndarray) -> np.ndarray:
    """Without the silence before and after, which would shift pocketsphinx's estimate of the channel."""
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    loudness = np.sqrt(np.mean(frames**2, axis=1))
    sounding = np.flatnonzero(loudness > AUDIBLE_SHARE * np.percentile(loudness, 95))
    if not len(sounding):
        return sound
    return sound[max(0, sounding[0] - MARGIN_FRAMES) * FRAME : (sounding[-1] + 1 + MARGIN_FRAMES) * FRAME]


def _decode(decoder: Any, pcm: bytes) -> _Decoded:
    decoder.reinit_feat()  # or the noise of the recording before is still taken from this one, and changes its words
    decoder.start_utt()
    decoder.process_raw(pcm, full_utt=True)  # at once: the channel is then estimated from all of it
    decoder.end_utt()
    heard = decoder.hyp()
    words = [segment for segment in decoder.seg() or () if segment.word[0] not in "<["]
    return _Decoded(
        text=heard.hypstr if heard else "",
        score=1024 * math.log(heard.score) if heard and heard.score > 0 else -math.inf,
        words=len(words),
        word_frames=sum(segment.end_frame - segment.start_frame + 1 for segment in words),
    )
