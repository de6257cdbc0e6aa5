"""The words that a recogniser hears, beside those that were meant."""

import re
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np

import audio
from asr.funasr_engine import SenseVoice
from asr.recognizer import RATE_HZ, RecognitionFailed
from asr.sensevoice_files import faults, find_sensevoice
from benchmarks.from_scratch.language_model import arpa
from benchmarks.from_scratch.phones import edit_distance
from benchmarks.from_scratch.sounds import RATE_HZ as SOUND_HZ


class Hears(Protocol):
    title: str

    def words(self, samples: np.ndarray) -> list[str]:
        """samples: float at 16 kHz."""
        ...


class WithSenseVoice:
    """Knows nothing of these sentences."""

    title = "SenseVoice"

    def __init__(self, folder: Path):
        self._engine = SenseVoice(folder, "en")
        self._engine.load()

    def words(self, samples: np.ndarray) -> list[str]:
        try:
            return words_of(self._engine.transcribe(samples, "en").text)
        except RecognitionFailed:
            return []


class WithPocketSphinx:
    """Told which words follow each other in what was learnt: without that, espeak-ng is no English to it."""

    title = "pocketsphinx with the learnt sentences' word pairs"

    def __init__(self, texts: Sequence[str], folder: Path):
        from pocketsphinx import Decoder

        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "words.arpa"
        file.write_text(arpa([words_of(each) for each in single_sentences(texts)]), "utf-8")
        self._decoder: Any = Decoder(loglevel="FATAL", lm=str(file), silprob=0.1)

    def words(self, samples: np.ndarray) -> list[str]:
        pcm = audio.to_pcm16(samples / max(2 * float(np.abs(samples).max(initial=0.0)), 1e-3))
        self._decoder.reinit_feat()  # or the channel of the sound before is still taken from this one
        self._decoder.start_utt()
        self._decoder.process_raw(pcm, full_utt=True)
        self._decoder.end_utt()
        heard = self._decoder.hyp()
        return words_of(heard.hypstr) if heard else []


def recogniser(models_dir: Path, texts: Sequence[str], folder: Path) -> Hears | None:
    """The best that this machine has. texts: what was learnt from. folder: for files."""
    sensevoice = find_sensevoice(models_dir)
    if sensevoice and not faults(sensevoice) and find_spec("funasr"):
        return WithSenseVoice(sensevoice)
    return WithPocketSphinx(texts, folder) if find_spec("pocketsphinx") else None


def wrong_words(hears: Hears | None, sounds: Sequence[np.ndarray], texts: Sequence[str]) -> float | None:
    """Share of the words, which may exceed 1; None without a recogniser. sounds: float at 32 kHz."""
    if hears is None:
        return None
    meant = [words_of(text) for text in texts]
    heard = [hears.words(audio.resample(samples, SOUND_HZ, RATE_HZ)) if len(samples) else [] for samples in sounds]
    return sum(map(edit_distance, meant, heard)) / sum(map(len, meant))


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def single_sentences(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        yield from filter(str.strip, text.split("."))
