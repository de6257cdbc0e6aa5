"""From recordings to a voice of one's own: features, both trainings, and our engine speaking with what came out."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.gpt_features import Watch
from tests.support.speaking import spoken
from tests.support.studio_work import speech
from tts.gpt_sovits.engine import GPTSoVITS
from tts.gpt_sovits.files import find_gpt_sovits
from tts.gpt_sovits.random_set import write_random_set
from tts.gpt_sovits.training.feature_run import RecordedClip
from tts.gpt_sovits.training.features import Features
from tts.gpt_sovits.training.gpt_options import GptOptions, GptPaths
from tts.gpt_sovits.training.gpt_run import train_gpt
from tts.gpt_sovits.training.sovits_options import SovitsOptions, SovitsPaths
from tts.gpt_sovits.training.sovits_run import train_sovits

SAID = "Ask not what your country can do for you."


@pytest.mark.slow
@pytest.mark.parametrize("version", ["v2", "v2ProPlus"])
@pytest.mark.long
def test_a_voice_is_made_and_speaks(
    version, tmp_path: Path, make_engine: Callable[..., GPTSoVITS], on_one_thread: None
):
    write_random_set(tmp_path / "models", version, "tiny")
    files = find_gpt_sovits(tmp_path / "models")
    assert files.hubert
    assert files.speaker or version == "v2"
    assert files.sovits
    assert files.gpt
    clips = []
    for number in range(3):
        sound = tmp_path / f"{number}.wav"
        soundfile.write(sound, speech()[32_000 * number : 32_000 * number + 80_000], 32_000)
        clips.append(RecordedClip(sound.name, sound, "en", SAID))
    experiment, watch = tmp_path / "experiment", Watch()
    features = Features(experiment, clips, ("cpu",), False, watch)
    reports = [features.texts(files), features.sounds(files.hubert), features.tokens(files.sovits)]
    if files.speaker and version != "v2":
        reports.append(features.speakers(files.speaker))
    assert all((report.made, report.dropped) == (3, ()) for report in reports)
    acoustic = SovitsPaths(experiment, files.sovits, None, experiment / "s2", tmp_path / "weights")
    narrow = SovitsOptions("me", epochs=1, batch_size=33, segment_frames=8, judges_narrowing=64)
    sovits = train_sovits(acoustic, narrow, watch)
    semantic = GptPaths(experiment, files.gpt, experiment / "s1", tmp_path / "weights")
    gpt = train_gpt(semantic, GptOptions("me", epochs=1, batch_size=33), watch)
    assert [path.name for path in (*sovits.exports, *gpt.exports)] == ["me_e1_s3.pth", "me-e1.ckpt"]
    engine = make_engine(files=replace(files, sovits=sovits.exports[-1], gpt=gpt.exports[-1]), cache=None)
    pcm = np.frombuffer(asyncio.run(spoken(engine, "今天天气不错，我们走吧。")), "<i2")
    assert len(pcm) > 3200
    assert pcm.any()
