"""Plain folders of sound: what the recogniser is given of them."""

from pathlib import Path

import numpy as np
import pytest

from asr.recognizer import RATE_HZ as HEARING_HZ
from asr.recognizer import Heard
from tests.support.studio_work import Job, speech, wav_bytes
from voice.studio.recognition import HearingOptions
from voice.studio.wav import RATE_HZ
from voice.tasks.places import Places
from voice.tasks.requests import AsrOptions
from voice.tasks.sound import transcribe_sounds


class Ears:
    """Understands everything, and remembers how much it was given."""

    name = "ears"

    def __init__(self) -> None:
        self.lengths: list[int] = []

    def load(self) -> None:
        pass

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        self.lengths.append(len(samples))
        return Heard("hello", language)

    def close(self) -> None:
        pass


def test_the_recogniser_hears_at_its_own_rate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ears = Ears()
    monkeypatch.setattr("asr.choose.choose", lambda *_, **__: (ears, ("ears", "耳朵")))
    source = tmp_path / "anna/workspace/denoise_workspace/p1/denoise"
    source.mkdir(parents=True)
    (source / "a.wav").write_bytes(wav_bytes(speech()[: 2 * RATE_HZ]))
    output = tmp_path / "anna/workspace/asr_workspace/p1/asr"
    output.mkdir(parents=True)
    options = AsrOptions(asr_lang="en")
    written = transcribe_sounds(source, output, options, HearingOptions(tmp_path), Places(tmp_path), Job().step)
    assert ears.lengths == [2 * HEARING_HZ]
    assert written.read_text(encoding="utf-8").endswith("|denoise|EN|hello\n")
