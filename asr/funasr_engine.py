"""SenseVoiceSmall through FunASR, from a local directory: zh, en, yue, ja and ko with emotion and event."""

import logging
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np

from asr.quiet import quiet
from asr.recognizer import LANGUAGES, RATE_HZ, Heard, RecognitionFailed, language_code
from asr.sensevoice_model import in_short, read_model
from asr.transcript import read_transcript
from asr.utterance import audible

log = logging.getLogger("yinliu.asr")


class SenseVoice:
    """A Recognizer for which FunASR never sees anything but good audio, and never the network."""

    name = "sensevoice"

    def __init__(
        self, folder: Path, language: str = "auto", device: str = "auto", keep_emoji: bool = False, threads: int = 0
    ):
        """folder: the model's files. language: auto, zh, en, yue, ja or ko. device: auto, cpu, cuda or cuda:N.

        threads: of the CPU, 0 for as many as it has, at most 4; torch shares the number with the whole process.
        """
        self._folder = folder.absolute()
        self._language = language
        self._device = device
        self._keep_emoji = keep_emoji
        self._threads = threads or min(4, os.cpu_count() or 1)
        self._model: Any = None
        self._one_at_a_time = threading.Lock()

    def load(self) -> None:
        """Check the files, read them and warm up; SpeechModelMissing says in a sentence what is wrong with them."""
        with quiet():
            self._model = read_model(self._folder, self._device, self._threads)
        noise = np.random.default_rng(0).standard_normal(RATE_HZ) * 0.05
        self._generate(noise.astype(np.float32), self._language)  # the first call of all takes longer

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        """As Recognizer.transcribe; a hint outside LANGUAGES leaves the choice to the model."""
        if self._model is None:
            raise RecognitionFailed("The recogniser is not loaded.")
        sound = audible(samples)
        if sound is None:
            return Heard("")
        hint = language_code(language)
        wanted = (hint if hint in LANGUAGES else "auto") if hint else self._language
        return read_transcript(self._generate(sound, wanted), self._keep_emoji)

    def close(self) -> None:
        self._model = None

    def _generate(self, sound: np.ndarray, language: str) -> str:
        try:
            with self._one_at_a_time, quiet():
                answers = self._model.generate(input=sound, language=language, use_itn=True)
        except Exception as error:  # the engine's boundary: what it raises is not under our control
            log.exception("SenseVoice broke on %.1f s of audio", len(sound) / RATE_HZ)
            raise RecognitionFailed(f"SenseVoice could not process this recording ({in_short(error)}).") from error
        return " ".join(answer.get("text", "") for answer in answers)
