"""The recogniser that listens to clips: loaded when it is needed, and judged before it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import asr.choose
import audio
from asr.recognizer import RATE_HZ as HEARING_HZ
from asr.recognizer import Heard, RecognitionFailed, Recognizer, SpeechModelMissing
from asr.sphinx_engine import PocketSphinx
from voice.studio.refused import Refused
from voice.studio.wav import RATE_HZ


@dataclass(frozen=True)
class HearingOptions:
    """engine, device, threads: as asr.choose takes them. language: zh, en, ja, ko, yue, or "" to find out."""

    models_dir: Path
    language: str = ""
    engine: str = "auto"
    device: str = "auto"
    threads: int = 0

    @classmethod
    def of(cls, models_dir: Path, language: str, settings: Mapping[str, Any]) -> "HearingOptions":
        """settings: those of the section asr as a job carries them; what is absent is as by default."""
        chosen = {name: settings[name] for name in ("engine", "device", "threads") if name in settings}
        return cls(models_dir, language, **chosen)


class LazyRecognizer:
    """Loaded when something has to be heard, and missed no sooner: people may have brought every text themselves."""

    def __init__(self, options: HearingOptions):
        self._recognizer, self._about = asr.choose.choose(
            options.engine, options.models_dir, "auto", options.device, keep_emoji=False, threads=options.threads
        )
        self._is_loaded = False

    @property
    def name(self) -> str:
        return self._recognizer.name if self._recognizer else "none"

    def hear(self, samples: np.ndarray, language: str) -> Heard | str:
        """What is said in samples at RATE_HZ, or why that is not understood.

        Raises Refused where there is no recogniser.
        """
        if self._recognizer is None:
            raise Refused(*self._about)
        if not self._is_loaded:
            self._load(self._recognizer)
        try:
            return self._recognizer.transcribe(for_hearing(samples), language)
        except (SpeechModelMissing, RecognitionFailed) as error:
            return str(error)

    def useless(self, why: str) -> Refused:
        """To be raised when nothing is understood."""
        return Refused(why, f"语音识别无法使用：{self._about[1]}（{why}）")

    def close(self) -> None:
        if self._recognizer:
            self._recognizer.close()

    def _load(self, recognizer: Recognizer) -> None:
        try:
            recognizer.load()
        except Exception as error:  # the protocol promises only that the message says what is wrong
            raise self.useless(str(error)) from error
        self._is_loaded = True


def foreboding(options: HearingOptions) -> Refused | None:
    """Why these options will understand nothing, told before an hour is spent; None where that is not known."""
    recognizer, about = asr.choose.choose(
        options.engine, options.models_dir, "auto", options.device, keep_emoji=False, threads=options.threads
    )
    if recognizer is None:
        return Refused(*about)
    if recognizer.name != PocketSphinx.name or options.language in ("", "en"):
        return None
    return Refused(
        f"The embedded demonstration knows English only, and these recordings are in {options.language}: "
        f"new clips will have no texts. {asr.choose.UPGRADE}",
        f"内置的演示只会英语，而这些录音的语言是 {options.language}：新片段不会有文本。{asr.choose.UPGRADE_ZH}",
    )


def for_hearing(samples: np.ndarray) -> np.ndarray:
    """At the rate of recognisers. samples: at RATE_HZ."""
    return audio.resample(samples, RATE_HZ, HEARING_HZ)
