"""The last stage: what is said in each clip."""

import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from asr.recognizer import Heard, language_code
from asr.vad import SpeechDetector, find_vad
from voice.studio.folders import CharacterFolder
from voice.studio.ledger import Done, Ledger, digest, key_of
from voice.studio.listing import Words, corrections, facts_of
from voice.studio.recognition import HearingOptions, LazyRecognizer, for_hearing
from voice.studio.refused import Refused
from voice.studio.script_of import language_of_text
from voice.studio.steps import Step
from voice.studio.transcripts import TAGS, plain_text
from voice.studio.wav import load_wav

FORM = 2
LEAST_SPEECH_S = 0.15
"""With less, a clip holds a breath, a click or music: recognisers invent words for those."""
GIVE_UP_AFTER = 5
"""Refusals before anything was understood: then it is the recogniser, not the clip."""


@dataclass(frozen=True)
class Transcription:
    """words: by clip. deafness: why nothing could be made of any new clip; the texts can still be typed."""

    words: Mapping[str, Words]
    deafness: Refused | None = None


class _Hearing:
    """The clips of one run: known from an earlier one, or heard."""

    def __init__(self, kept: Path, options: HearingOptions, recognizer: LazyRecognizer, ledger: Ledger):
        self._kept = kept
        self._options = options
        self._recognizer = recognizer
        self._ledger = ledger
        vad = find_vad()
        self._detector = SpeechDetector(vad) if vad else None
        self._misses = 0
        self._last_miss = ""
        self._has_understood = False
        self._given_up: Refused | None = None

    @property
    def deafness(self) -> Refused | None:
        """After the last clip: why it was given up, or why none was understood where some were refused."""
        if self._misses and not self._has_understood:
            return self._given_up or self._recognizer.useless(self._last_miss)
        return self._given_up

    def known(self, name: str, content: str, by_hand: Words | None) -> Words | None:
        """What somebody has written, or what was heard earlier in the same way."""
        key = self._key(name)
        done = self._ledger.find(name, key)
        words = by_hand or (Words(**done.facts["words"]) if done else None)
        if words and (not done or done.facts["words"] != vars(words)):
            self._note(name, key, content, words)
        self._has_understood |= bool(words and words.text)
        return words

    def hear(self, name: str, content: str) -> Words:
        """What is said; noted at once. Without a recogniser that is of use, nothing is."""
        samples = load_wav(self._kept / name)
        if self._detector and self._detector.speech_s(for_hearing(samples)) < LEAST_SPEECH_S:
            answer = Heard("")
        else:
            answer = self._answer(samples)
        if isinstance(answer, Heard):
            words = words_of(answer, self._options.language)
            self._has_understood |= bool(words.text)
            self._note(name, self._key(name), content, words)
            return words
        self._misses += 1
        self._last_miss = answer
        if self._misses >= GIVE_UP_AFTER:
            self._given_up = self.deafness
        words = Words("", fault="no_text")
        self._note(name, "", content, words)  # to be heard again next time: it may have been the machine
        return words

    def _answer(self, samples: np.ndarray) -> Heard | str:
        if self._given_up:
            return str(self._given_up)
        try:
            return self._recognizer.hear(samples, self._options.language)
        except Refused as refusal:
            self._given_up = refusal
            return str(refusal)

    def _key(self, name: str) -> str:
        return key_of(
            "asr", FORM, bool(self._detector), self._recognizer.name, self._options.language, digest(self._kept / name)
        )

    def _note(self, name: str, key: str, content: str, words: Words) -> None:
        self._ledger.record(Done(name, key, {}, facts_of(words, content, self._ledger.last(name))))


def transcribe_clips(
    folder: CharacterFolder, clips: Mapping[str, str], kept: Path, options: HearingOptions, step: Step
) -> Transcription:
    """Hear what is new or has changed; what people have corrected stays corrected as long as the clip is the same.

    clips: digests by name, of the clips as they were cut; kept: the folder with the clips to listen to.
    Raises Refused for a transcript that cannot be read.
    """
    ledger = Ledger(folder.transcripts)
    by_hand = corrections(folder, ledger, clips, step)
    ledger.sweep(clips)
    heard: dict[str, Words] = {}
    with closing(LazyRecognizer(options)) as recognizer:
        hearing = _Hearing(kept, options, recognizer, ledger)
        for name, content in clips.items():
            step.check()
            if words := hearing.known(name, content, by_hand.get(name)):
                heard[name] = words
        began_s = time.monotonic()
        missing = sorted(clips.keys() - heard.keys())
        for number, name in enumerate(missing):
            step.progress(len(heard) / len(clips), _left_s(began_s, number, len(missing)))
            heard[name] = hearing.hear(name, clips[name])
    if missing:
        understood = sum(bool(heard[name].text) for name in missing)
        english = f"Heard {len(missing)} new clip{'s' * (len(missing) != 1)}: {understood} understood."
        step.log(english, chinese=f"新识别 {len(missing)} 个片段，其中 {understood} 个有文本。")
    if deafness := hearing.deafness:
        english = f"{deafness} Clips without a text are kept: write their texts, or process them again afterwards."
        step.log(english, "warning", f"{deafness.chinese} 没有文本的片段会保留：可手工填写文本，或解决后重新处理。")
    return Transcription(heard, deafness)


def _left_s(began_s: float, done: int, total: int) -> float | None:
    return (time.monotonic() - began_s) / done * (total - done) if done else None


def words_of(answer: Heard, wanted: str) -> Words:
    """What was heard as a line of a transcript. wanted: the language that was asked for, or ""."""
    text = plain_text(answer.text)
    if not text:
        return Words("", fault="no_speech")
    known = [language_code(wanted), answer.language, language_of_text(text)]
    language = next(code for code in known if code in TAGS)
    confidence: Any = getattr(answer, "confidence", None)  # not every recogniser has one
    return Words(text, language, confidence)
