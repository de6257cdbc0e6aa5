"""Which clips may serve as a reference, with the rule in the sentence for those that may not; tokens and timbre."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from audio import Audio
from tests.support.recordings import chirp
from tts.gpt_sovits.features.hubert import Hubert, load_hubert
from tts.gpt_sovits.loading import VoiceModels
from tts.gpt_sovits.references import ReferenceRefused, extra_clip, main_clip, prompt_tokens, timbre

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(samples: int, rate_hz: int = 16000, channels: int = 1) -> Path:
        file = tmp_path / f"{samples}.wav"
        sound = np.random.default_rng(1).standard_normal((samples, channels)) * 0.1
        soundfile.write(file, sound, rate_hz)
        return file

    return written


@pytest.mark.parametrize("seconds", [3.0, 5.25, 10.0])
@pytest.mark.parametrize(("rate_hz", "channels"), [(16000, 1), (48000, 2), (22050, 1)])
def test_three_to_ten_seconds_are_taken(write: Write, seconds: float, rate_hz: int, channels: int):
    assert main_clip(write(int(seconds * rate_hz), rate_hz, channels)).duration_s == pytest.approx(seconds, abs=1e-3)


@pytest.mark.parametrize(
    ("samples", "lasts", "lasts_zh"),
    [
        (47_900, "2.99 s", "2.99 秒"),
        (16_000, "1.00 s", "1.00 秒"),
        (160_001, "more than 10 s", "超过 10 秒"),
        (320_000, "more than 10 s", "超过 10 秒"),
    ],
)
def test_others_are_refused_with_their_length_and_the_rule(write: Write, samples: int, lasts: str, lasts_zh: str):
    with pytest.raises(ReferenceRefused, match=lasts) as refused:
        main_clip(write(samples))
    assert f"{samples}.wav" in refused.value.english
    assert "3 to 10 s" in refused.value.english
    assert lasts_zh in refused.value.chinese
    assert "3 到 10 秒" in refused.value.chinese


def test_extra_clips_may_be_of_nearly_any_length(write: Write):
    for samples in (1600, 16_000, 320_000):
        assert len(extra_clip(write(samples)).samples) == samples
    for samples in (100, 61 * 16_000):
        with pytest.raises(ReferenceRefused, match=r"0\.1 to 60 s"):
            extra_clip(write(samples))


@pytest.mark.parametrize("take", [main_clip, extra_clip])
@pytest.mark.parametrize("content", [b"", b"RIFF", b"this is no sound" * 1000, bytes(50_000)])
def test_what_is_no_recording_is_refused_by_name(take: Callable, content: bytes, tmp_path: Path):
    (tmp_path / "参考.wav").write_bytes(content)
    with pytest.raises(ReferenceRefused, match=r"参考\.wav"):
        take(tmp_path / "参考.wav")


def test_what_cannot_be_opened_is_refused_by_name(tmp_path: Path):
    for file in (tmp_path / "missing.wav", tmp_path):
        with pytest.raises(ReferenceRefused, match=file.name):
            main_clip(file)


def audio_of(samples: np.ndarray, rate_hz: int = 16000) -> Audio:
    return Audio(samples.astype(np.float32), rate_hz)


@pytest.fixture(scope="module")
def hubert(files) -> Hubert:
    return load_hubert(files.hubert)


@pytest.mark.parametrize("rate_hz", [16000, 44100])
def test_a_clip_has_25_tokens_a_second_and_those_of_the_pause(hubert: Hubert, models: VoiceModels, rate_hz: int):
    tokens = prompt_tokens(audio_of(chirp(4.0, rate_hz), rate_hz), hubert, models.acoustic)
    assert tokens.dtype == torch.int64
    assert len(tokens) == ((64_000 + 9600 - 400) // 320 + 1) // 2
    assert 0 <= tokens.min() <= tokens.max() < models.acoustic.config.codebook_size


def test_the_timbre_of_several_clips_is_their_mean(models: VoiceModels):
    clips = [audio_of(chirp(seconds, 22050), 22050) for seconds in (3.0, 0.1, 7.0)]
    each = torch.stack([timbre([clip], models.acoustic, None) for clip in clips])
    torch.testing.assert_close(timbre(clips, models.acoustic, None), each.mean(0))


@pytest.mark.parametrize("level", [0.0, 1e-6, 1.0, 30.0])
def test_silence_and_noise_have_a_timbre(models: VoiceModels, level: float):
    noise = np.random.default_rng(0).standard_normal(48_000) * level
    assert timbre([audio_of(noise)], models.acoustic, None).isfinite().all()


def test_beyond_full_scale_only_the_ratio_counts_up_to_two(models: VoiceModels):
    """Upstream divides by the peak, but by no more than 2."""
    sound = chirp(3.0) / abs(chirp(3.0)).max()
    full, louder, far = (timbre([audio_of(sound * peak)], models.acoustic, None) for peak in (1.0, 1.7, 4.0))
    torch.testing.assert_close(full, louder, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(far, timbre([audio_of(sound * 2 * 2)], models.acoustic, None))
    assert not torch.allclose(full, far, atol=1e-3)
