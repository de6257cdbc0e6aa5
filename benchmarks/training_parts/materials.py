"""What both trainings start from: random models of full size, and the features of a few clips."""

from pathlib import Path
from typing import Literal

import numpy as np
import soundfile

from tts.gpt_sovits.config import Version
from tts.gpt_sovits.files import find_gpt_sovits
from tts.gpt_sovits.random_set import write_random_set
from tts.gpt_sovits.training.feature_run import RecordedClip
from tts.gpt_sovits.training.features import Features
from tts.gpt_sovits.training.watching import Watcher

RECORDING = Path(__file__).resolve().parents[2] / "tests" / "assets" / "jfk.wav"
CLIPS, CLIP_S = 8, 4
SAID = "The weather is lovely today, so let us take a walk."


def prepare(folder: Path, version: Version, size: Literal["full", "tiny"], device: str, watcher: Watcher) -> None:
    """Writes `models` and `experiment` below the folder."""
    write_random_set(folder / "models", version, size)
    files = find_gpt_sovits(folder / "models")
    assert files.hubert
    assert files.sovits
    recorded, rate_hz = soundfile.read(RECORDING, dtype="float32")
    clips = []
    for number in range(CLIPS):
        sound = folder / f"{number}.wav"
        soundfile.write(sound, np.roll(recorded, -number * rate_hz)[: CLIP_S * rate_hz], rate_hz)
        clips.append(RecordedClip(sound.name, sound, "en", SAID))
    features = Features(folder / "experiment", clips, (device,), device != "cpu", watcher)
    features.texts(files)
    features.sounds(files.hubert)
    features.tokens(files.sovits)
    if version != "v2":
        assert files.speaker
        features.speakers(files.speaker)
