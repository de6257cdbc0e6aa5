"""Noise reduction: that it reduces noise, keeps the originals, and says what is missing."""

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.studio_work import Job, character, speech, wav_bytes
from voice.studio import wiener
from voice.studio.convert import ConvertLimits, convert_recordings
from voice.studio.cut import cut_recordings
from voice.studio.denoise import choose_denoiser, denoise_clips
from voice.studio.folders import CharacterFolder
from voice.studio.ledger import digest
from voice.studio.refused import Refused
from voice.studio.rnnoise import RNNoise, find_rnnoise
from voice.studio.slicing import SliceRules
from voice.studio.wav import RATE_HZ

COPY = "import shutil, sys; shutil.copy(sys.argv[1], sys.argv[2])"


def noisy(clean: np.ndarray, snr_db: float, is_coloured: bool = False) -> np.ndarray:
    noise = np.random.default_rng(0).standard_normal(len(clean))
    if is_coloured:
        noise = np.convolve(noise, 0.95 ** np.arange(100), "same")
    scale = np.sqrt(np.mean(clean**2) / np.mean(noise**2) / 10 ** (snr_db / 10))
    return (clean + scale * noise).astype(np.float32)


def snr_db(sound: np.ndarray, clean: np.ndarray) -> float:
    """Whatever the level."""
    wanted = clean * np.dot(clean, sound) / np.dot(clean, clean)
    return float(10 * np.log10(np.sum(wanted**2) / np.sum((sound - wanted) ** 2)))


@pytest.mark.parametrize("is_coloured", [False, True])
@pytest.mark.parametrize("name", ["jfk", "aishell"])
def test_the_built_in_denoiser_raises_the_ratio(name: str, is_coloured: bool):
    clean = speech(name)
    dirty = noisy(clean, 10, is_coloured)
    cleaned = wiener.reduce_noise(dirty, RATE_HZ)
    assert len(cleaned) == len(clean)
    assert snr_db(cleaned, clean) > snr_db(dirty, clean) + 1


def test_the_built_in_denoiser_leaves_clean_speech_and_odd_lengths_alone():
    clean = speech()
    assert snr_db(wiener.reduce_noise(clean, RATE_HZ), clean) > 15
    for length in (0, 1, 1023, 4095, 4096, 4097, 5000):
        assert len(wiener.reduce_noise(clean[:length], RATE_HZ)) == length
    silent = np.zeros(RATE_HZ, np.float32)
    assert not wiener.reduce_noise(silent, RATE_HZ).any()


@pytest.mark.skipif(find_spec("pyrnnoise") is None, reason="pyrnnoise is not installed")
@pytest.mark.parametrize("name", ["jfk", "aishell"])
def test_rnnoise_raises_the_ratio(name: str):
    clean = speech(name)
    dirty = noisy(clean, 3, is_coloured=True)
    cleaned = RNNoise(find_rnnoise()).reduce_noise(dirty, RATE_HZ)
    assert len(cleaned) == len(clean)
    assert snr_db(cleaned, clean) > snr_db(dirty, clean) + 1


def test_a_library_that_does_not_fit_is_refused(tmp_path: Path):
    (tmp_path / "librnnoise.so").write_bytes(b"no library")
    with pytest.raises(Refused, match="cannot be loaded") as refusal:
        RNNoise(tmp_path / "librnnoise.so")
    assert "无法加载" in refusal.value.chinese


def test_what_is_absent_or_unknown_is_refused_with_what_helps(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("voice.studio.rnnoise.find_spec", lambda _: None)
    cases = {"rnnoise": "pip install", "magic": "choose off"}
    for wanted, helps in cases.items():
        with pytest.raises(Refused, match=helps):
            choose_denoiser(wanted, lambda: None)
    with pytest.raises(Refused, match="there is no no-such-program"):
        choose_denoiser(["no-such-program", "{input}", "{output}"], lambda: None)
    with pytest.raises(Refused, match="must name"):
        choose_denoiser([sys.executable, "{input}"], lambda: None)


def sliced(place: Path) -> tuple[CharacterFolder, dict[str, str]]:
    folder = character(place, {"a.wav": wav_bytes(noisy(speech(), 15)), "b.wav": wav_bytes(speech("aishell"))})
    converted = convert_recordings(folder, ConvertLimits(), Job().step)
    cuts = cut_recordings(folder, converted.files, SliceRules(max_length_ms=5000), Job().step)
    return folder, {one.name: one.digest for one in cuts if one.digest}


def test_the_originals_are_kept_and_everything_has_its_counterpart(tmp_path: Path):
    folder, clips = sliced(tmp_path)
    made = denoise_clips(folder, clips, choose_denoiser("wiener", lambda: None), Job().step)
    assert set(made) == set(clips) == {file.name for file in folder.denoised.glob("*.wav")}
    for name, content in clips.items():
        assert digest(folder.sliced / name) == content
        assert soundfile.info(folder.denoised / name).frames == soundfile.info(folder.sliced / name).frames
    assert any(made[name] != clips[name] for name in clips)


def test_a_program_cleans_file_by_file_and_only_once(tmp_path: Path):
    folder, clips = sliced(tmp_path)
    calls = tmp_path / "calls"
    script = f"open({str(calls)!r}, 'a').write('x'); {COPY}"
    denoiser = choose_denoiser([sys.executable, "-c", script, "{input}", "{output}"], lambda: None)
    for _ in range(2):
        assert len(denoise_clips(folder, clips, denoiser, Job().step)) == len(clips)
    assert calls.read_text() == "x" * len(clips)


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("raise SystemExit('no model here')", "no model here"),
        ("pass", "left no sound"),
        ("import sys; open(sys.argv[2], 'w').write('x')", "left no sound"),
        ("import sys, wave; w = wave.open(sys.argv[2], 'wb'); w.setparams((1, 2, 32000, 0, 'NONE', '')); "
         "w.writeframes(bytes(2000)); w.close()", "made 0.03 s of"),
    ],
)  # fmt: skip
def test_a_program_that_fails_on_everything_fails_the_stage(tmp_path: Path, script: str, why: str):
    folder, clips = sliced(tmp_path)
    denoiser = choose_denoiser([sys.executable, "-c", script, "{input}", "{output}"], lambda: None)
    with pytest.raises(Refused, match=why):
        denoise_clips(folder, clips, denoiser, Job().step)


def test_a_clip_that_cannot_be_cleaned_goes_on_as_it_is_and_is_tried_again(tmp_path: Path):
    folder, clips = sliced(tmp_path)
    calls = tmp_path / "calls"
    count = f"import os, sys; calls = open({str(calls)!r}, 'a'); calls.write('x'); calls.close()"
    script = f"{count}\nif os.path.getsize({str(calls)!r}) == 2: sys.exit('once')\n{COPY}"
    denoiser, job = choose_denoiser([sys.executable, "-c", script, "{input}", "{output}"], lambda: None), Job()
    made = denoise_clips(folder, clips, denoiser, job.step)
    assert set(made) == set(clips)
    assert sum("keeps its noise" in line for line in job.log) == 1
    assert len(calls.read_text()) == len(clips)
    for expected in (len(clips) + 1, len(clips) + 1):  # the one once more, and then no more
        denoise_clips(folder, clips, denoiser, Job().step)
        assert len(calls.read_text()) == expected
