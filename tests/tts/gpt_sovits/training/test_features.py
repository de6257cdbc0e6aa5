"""Features of clips: their forms, what is kept and what is made again, and a word about each clip that has none."""

import json
import shutil
import wave
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from tests.support.gpt_features import Ended, Watch
from tests.support.studio_work import speech
from tts.gpt_sovits.features.hubert import load_hubert
from tts.gpt_sovits.features.resample import resample_soxr
from tts.gpt_sovits.files import GPTSoVITSFiles, find_gpt_sovits
from tts.gpt_sovits.random_set import write_random_set
from tts.gpt_sovits.text.frontend import Frontend
from tts.gpt_sovits.training.feature_files import FeatureFolder, read_texts
from tts.gpt_sovits.training.feature_run import FeatureReport, RecordedClip, uniquely_named
from tts.gpt_sovits.training.features import Features
from tts.gpt_sovits.training.loudness import hubert_samples, wav32k_samples
from tts.gpt_sovits.training.refused import TrainingRefused

TEXTS = {
    "a.wav": ("zh", "今天天气真不错。"),
    "b.wav": ("en", "Ask not what your country can do."),
    "c.wav": ("zh", "好"),
}
ALL_NEW = dict.fromkeys(("text", "sound", "speaker", "tokens"), (3, 0))
ALL_KEPT = dict.fromkeys(ALL_NEW, (3, 3))
"""Made, and of these kept."""


@dataclass(frozen=True)
class Given:
    files: GPTSoVITSFiles
    clips: list[RecordedClip]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory, on_one_thread: None) -> GPTSoVITSFiles:
    folder = tmp_path_factory.mktemp("models")
    write_random_set(folder, "v2Pro", "tiny")
    return find_gpt_sovits(folder)


@pytest.fixture(scope="module")
def once(models: GPTSoVITSFiles, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clips of about a second, and in `experiment` what is made of them."""
    folder = tmp_path_factory.mktemp("once")
    sounds = {"a.wav": speech("aishell")[8000:42000], "b.wav": speech()[16000:54001], "c.wav": speech()[60000:90000]}
    for name, samples in sounds.items():
        soundfile.write(folder / name, samples, 32_000)
    reports = made(Given(models, clips_in(folder)), folder / "experiment")
    assert counts(reports) == ALL_NEW
    return folder


@pytest.fixture
def given(models: GPTSoVITSFiles, once: Path, tmp_path: Path) -> Given:
    """The same, to be changed."""
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    return Given(models, clips_in(tmp_path))


def clips_in(folder: Path) -> list[RecordedClip]:
    return [RecordedClip(name, folder / name, *text) for name, text in TEXTS.items()]


def made(
    given: Given, experiment: Path, clips: Sequence[RecordedClip] | None = None, watch: Watch | None = None
) -> dict[str, FeatureReport]:
    """All four steps."""
    features = Features(experiment, given.clips if clips is None else clips, ("cpu",), False, watch or Watch())
    files = given.files
    assert files.hubert
    assert files.speaker
    assert files.sovits
    return {
        "text": features.texts(files),
        "sound": features.sounds(files.hubert),
        "speaker": features.speakers(files.speaker),
        "tokens": features.tokens(files.sovits),
    }


def counts(reports: dict[str, FeatureReport]) -> dict[str, tuple[int, int]]:
    return {kind: (report.made, report.kept) for kind, report in reports.items()}


def test_files_have_the_forms_that_all_tools_of_this_field_read(given: Given, tmp_path: Path):
    folder = FeatureFolder(tmp_path / "experiment")
    rows = folder.tokens.read_text("utf-8").splitlines()
    assert rows[0] == "item_name\tsemantic_audio"
    for clip, row in zip(given.clips, rows[1:], strict=True):
        features = torch.load(folder.features(clip.name), weights_only=True)
        assert features.dtype == torch.float32
        assert features.shape[:2] == (1, 768)
        assert not features.requires_grad
        name, tokens = row.split("\t")
        assert name == clip.name
        assert len(tokens.split()) == features.shape[2] // 2
        assert max(map(int, tokens.split())) < 1024
        speaker = torch.load(folder.speaker(clip.name), weights_only=True)
        assert speaker.shape == (1, 20480)
        with wave.open(str(folder.sound(clip.name))) as sound:
            assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (32_000, 1, 2)
            assert folder.sound(clip.name).stat().st_size == 44 + 2 * sound.getnframes()
    assert sorted(place.name for place in (folder.root / "3-bert").iterdir()) == ["a.wav.pt", "c.wav.pt"]


def test_sounds_are_levelled_and_heard_as_the_reference_does(given: Given, tmp_path: Path):
    folder, clip = FeatureFolder(tmp_path / "experiment"), given.clips[0]
    samples = soundfile.read(clip.sound, dtype="float32")[0]
    kept = soundfile.read(folder.sound(clip.name), dtype="int16")[0]
    assert (kept == wav32k_samples(samples)).all()
    assert given.files.hubert
    heard = torch.from_numpy(resample_soxr(hubert_samples(samples), 32_000, 16_000))[None]
    expected = load_hubert(given.files.hubert)(heard).mT
    assert torch.equal(torch.load(folder.features(clip.name), weights_only=True), expected)


def test_texts_are_spelled_as_they_were_said(given: Given, tmp_path: Path):
    folder = FeatureFolder(tmp_path / "experiment")
    texts = {text.name: text for text in read_texts(folder.texts)}
    assert list(texts) == list(TEXTS)
    frontend = Frontend("default")
    assert texts["a.wav"].phones == frontend.spell(TEXTS["a.wav"][1], "zh").phones
    assert texts["a.wav"].counts == (2, 2, 2, 2, 2, 2, 2, 1)
    assert texts["b.wav"].counts is None
    assert texts["c.wav"].phones == ("h", "ao3")  # to be spoken, it would begin with a stop
    for name in ("a.wav", "c.wav"):
        bert = torch.load(folder.bert(name), weights_only=True)
        assert bert.shape == (1024, len(texts[name].phones))
        assert bert.abs().sum(0).min() > 0


def test_what_is_made_is_kept(given: Given, tmp_path: Path):
    watch = Watch()
    assert counts(made(given, tmp_path / "experiment", watch=watch)) == ALL_KEPT
    assert watch.checks == 0


def test_a_corrected_text_is_read_again_and_nothing_else_is(given: Given, tmp_path: Path):
    clips = [replace(given.clips[0], language="en", text="Something else."), *given.clips[1:]]
    found = counts(made(given, tmp_path / "experiment", clips))
    assert found == {"text": (3, 2), "sound": (3, 3), "speaker": (3, 3), "tokens": (3, 3)}
    folder = FeatureFolder(tmp_path / "experiment")
    assert not folder.bert("a.wav").exists()  # of the Chinese that it was
    assert "Something else." in folder.texts.read_text("utf-8")


def test_a_changed_recording_is_heard_again(given: Given, tmp_path: Path):
    soundfile.write(given.clips[1].sound, speech()[20000:60000], 32_000)
    found = counts(made(given, tmp_path / "experiment"))
    assert found == {"text": (3, 3), "sound": (3, 2), "speaker": (3, 2), "tokens": (3, 2)}


def test_what_is_damaged_or_gone_is_made_again(given: Given, tmp_path: Path):
    folder = FeatureFolder(tmp_path / "experiment")
    folder.features("a.wav").write_bytes(folder.features("a.wav").read_bytes()[:-1])
    folder.speaker("b.wav").unlink()
    folder.tokens.unlink()
    found = counts(made(given, tmp_path / "experiment"))
    assert found == {"text": (3, 3), "sound": (3, 2), "speaker": (3, 2), "tokens": (3, 3)}
    assert len(folder.tokens.read_text("utf-8").splitlines()) == 4


def test_what_is_broken_off_goes_on_at_the_clip_where_it_was(given: Given, tmp_path: Path):
    with pytest.raises(Ended):
        made(given, tmp_path / "new", watch=Watch(ends_at=6))  # before the third clip's sound
    ledger = tmp_path / "new" / ".sound-0.jsonl"
    assert len([json.loads(line) for line in ledger.read_text("utf-8").split("\n") if line]) == 2
    with ledger.open("a") as file:
        file.write('\n{"name": "c.wav", "ke')  # a line that a crash has cut off
    assert counts(made(given, tmp_path / "new")) == {**ALL_NEW, "text": (3, 3), "sound": (3, 2)}
    assert counts(made(given, tmp_path / "new")) == ALL_KEPT


def test_each_clip_without_features_is_reported(given: Given, tmp_path: Path):
    bad = tmp_path / "bad"
    bad.mkdir()
    soundfile.write(bad / "silent.wav", np.zeros(32_000, np.float32), 32_000)
    soundfile.write(bad / "short.wav", speech()[20_000:20_300], 32_000)
    (bad / "none.wav").write_bytes(b"this is no sound")
    names = ("silent.wav", "short.wav", "none.wav", "gone.wav")
    clips = [*given.clips, *(RecordedClip(name, bad / name, "en", "Hello there.") for name in names)]
    clips += [
        replace(given.clips[0], name="mute.wav", text="……"),
        replace(given.clips[0], name="la.wav", language="la"),
    ]
    watch = Watch()
    reports = made(given, tmp_path / "experiment", clips, watch)
    assert [clip.name for clip in reports["text"].dropped] == ["mute.wav", "la.wav"]
    assert [clip.name for clip in reports["sound"].dropped] == list(names)
    reasons = {clip.name: clip.english for clip in reports["sound"].dropped}
    assert "silent" in reasons["silent.wav"]
    assert "too short" in reasons["short.wav"]
    assert "cannot be read" in reasons["none.wav"]
    assert "cannot be read" in reasons["gone.wav"]
    assert [clip.name for clip in reports["tokens"].dropped] == list(names)
    assert sum("is left out" in line for line in watch.lines) == 2 + 3 * len(names)
    assert all(clip.chinese for report in reports.values() for clip in report.dropped)


def test_a_model_that_cannot_be_used_is_refused_with_a_sentence(given: Given, tmp_path: Path):
    with pytest.raises(TrainingRefused, match="HuBERT"):
        Features(tmp_path / "experiment", given.clips, ("cpu",), False, Watch()).sounds(tmp_path / "nowhere")


def test_clips_of_one_name_stay_apart(tmp_path: Path):
    clips = []
    for number, content in enumerate((b"one", b"two", b"one", b"three")):
        file = tmp_path / str(number) / ("b.wav" if number == 3 else "a.wav")
        file.parent.mkdir()
        file.write_bytes(content)
        clips.append(RecordedClip(file.name, file, "en", "text"))
    assert [clip.name for clip in uniquely_named(clips)] == ["7692c3ad_a.wav", "3fc4ccfe_a.wav", "b.wav"]


def test_in_half_precision_they_take_half_the_space(given: Given, tmp_path: Path):
    assert given.files.hubert
    features = Features(tmp_path / "half", given.clips[:1], ("cpu",), True, Watch())
    features.texts(given.files)
    features.sounds(given.files.hubert)
    half, exact = FeatureFolder(tmp_path / "half"), FeatureFolder(tmp_path / "experiment")
    for file, wanted in ((half.bert("a.wav"), exact.bert("a.wav")), (half.features("a.wav"), exact.features("a.wav"))):
        made, expected = (torch.load(each, weights_only=True) for each in (file, wanted))
        assert made.dtype == torch.float16
        assert torch.cosine_similarity(made.float().flatten(), expected.flatten(), dim=0) > 0.99


@pytest.mark.slow
@pytest.mark.long
def test_two_processes_make_the_same_in_the_same_order(given: Given, tmp_path: Path):
    assert given.files.hubert
    assert given.files.sovits
    features = Features(tmp_path / "two", given.clips, ("cpu", "cpu"), False, Watch())
    reports = [features.texts(given.files), features.sounds(given.files.hubert), features.tokens(given.files.sovits)]
    assert all((report.made, report.kept) == (3, 0) for report in reports)
    for name in ("2-name2text.txt", "6-name2semantic.tsv", "5-wav32k/b.wav", "4-cnhubert/c.wav.pt"):
        assert (tmp_path / "two" / name).read_bytes() == (tmp_path / "experiment" / name).read_bytes(), name
    with pytest.raises(TrainingRefused, match="HuBERT"):
        features.sounds(tmp_path / "nowhere")
