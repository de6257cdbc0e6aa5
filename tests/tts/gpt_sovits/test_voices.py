"""What a voice needs is computed once: kept in memory and on disk, by the content of clips and weights."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.support.speaking import CLIP, VOICE
from tts.gpt_sovits import voices as module
from tts.gpt_sovits.features.hubert import Hubert, load_hubert
from tts.gpt_sovits.features.random_models import write_speaker
from tts.gpt_sovits.features.speaker import SpeakerNetwork, load_speaker
from tts.gpt_sovits.loading import VoiceModels, Weights, load_voice
from tts.gpt_sovits.random_weights import write_acoustic
from tts.gpt_sovits.reading import ReadText
from tts.gpt_sovits.references import ReferenceRefused
from tts.gpt_sovits.store import Store
from tts.gpt_sovits.voices import FeatureModels, PreparedVoice, Voices
from tts.synthesizer import Reference, Voice

JFK = CLIP.with_name("jfk.wav")


class OnePhone:
    """Reads every text as one phone."""

    def read(self, text: str, language: str) -> ReadText:
        return ReadText(torch.tensor([1]), torch.zeros(1024, 1))


@pytest.fixture(scope="module")
def hubert(files) -> Hubert:
    return load_hubert(files.hubert)


class Counted:
    """Voices as after a start, and how often HuBERT was loaded."""

    def __init__(self, hubert: Hubert, folder: Path | None, speaker: Callable[[], SpeakerNetwork] | None = None):
        self._hubert = hubert
        self.loads = 0
        reader: Any = OnePhone()
        features = FeatureModels(self._load, speaker or self._no_speaker)
        self.voices = Voices(reader, features, Store(folder))

    def _load(self) -> Hubert:
        self.loads += 1
        return self._hubert

    def _no_speaker(self) -> SpeakerNetwork:
        raise AssertionError("v2 knows no speaker network")


def timbre_of(voice: PreparedVoice) -> torch.Tensor:
    return voice.conditions.mixer


def test_a_voice_is_prepared_once(hubert: Hubert, models: VoiceModels):
    here = Counted(hubert, None)
    first = here.voices.prepare(VOICE, models)
    assert here.voices.prepare(VOICE, models) is first
    assert here.loads == 1
    assert len(first.tokens) > 100


def test_after_a_restart_it_comes_from_the_disk(hubert: Hubert, models: VoiceModels, tmp_path: Path):
    first = Counted(hubert, tmp_path).voices.prepare(VOICE, models)
    again = Counted(hubert, tmp_path)
    second = again.voices.prepare(VOICE, models)
    assert again.loads == 0
    assert torch.equal(first.tokens, second.tokens)
    assert torch.equal(timbre_of(first), timbre_of(second))


@pytest.mark.parametrize("damage", [b"", b"garbage", bytes(2000)], ids=["empty", "garbage", "zeros"])
def test_a_damaged_file_is_computed_again(hubert: Hubert, models: VoiceModels, tmp_path: Path, damage: bytes):
    first = Counted(hubert, tmp_path).voices.prepare(VOICE, models)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage)
    again = Counted(hubert, tmp_path)
    assert torch.equal(first.tokens, again.voices.prepare(VOICE, models).tokens)
    assert again.loads == 1
    assert file.read_bytes() == whole


def test_clips_count_by_their_content(hubert: Hubert, models: VoiceModels, tmp_path: Path):
    clip = Path(shutil.copy(CLIP, tmp_path / "clip.wav"))
    voice = replace(VOICE, reference=Reference(clip, "你好。", "zh"))
    here = Counted(hubert, tmp_path / "cache")
    first = here.voices.prepare(voice, models)
    moved = Path(shutil.copy(clip, tmp_path / "moved.wav"))
    assert here.voices.prepare(replace(voice, reference=Reference(moved, "你好。", "zh")), models) is first
    content = bytearray(clip.read_bytes())
    content[20_000:60_000] = content[20_000:60_000][::-1]
    clip.write_bytes(content)
    changed = here.voices.prepare(voice, models)
    assert changed is not first
    assert not torch.equal(timbre_of(changed), timbre_of(first))


def test_extra_clips_are_averaged_in_and_missing_ones_skipped(hubert: Hubert, models: VoiceModels, tmp_path: Path):
    here = Counted(hubert, None)
    alone = here.voices.prepare(VOICE, models)
    missing = tmp_path / "missing.wav"
    assert here.voices.prepare(replace(VOICE, extra_references=(missing, tmp_path)), models) is alone
    both = here.voices.prepare(replace(VOICE, extra_references=(missing, JFK)), models)
    assert torch.equal(both.tokens, alone.tokens)  # what is said comes from the main clip alone
    assert not torch.allclose(timbre_of(both), timbre_of(alone), atol=1e-3)
    twice = here.voices.prepare(replace(VOICE, extra_references=(CLIP,)), models)
    torch.testing.assert_close(timbre_of(twice), timbre_of(alone))


def test_an_extra_clip_that_is_broken_is_left_out_and_said_once(
    hubert: Hubert, models: VoiceModels, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    (tmp_path / "broken.wav").write_bytes(b"nothing")
    voice = replace(VOICE, extra_references=(tmp_path / "broken.wav",))
    voices = Counted(hubert, None).voices
    assert voices.prepare(voice, models) is voices.prepare(VOICE, models)
    voices.prepare(voice, models)
    assert [record.getMessage() for record in caplog.records].count(caplog.records[0].getMessage()) == 1
    assert "broken.wav" in caplog.text


def test_a_clip_that_has_gone_since_still_serves(hubert: Hubert, models: VoiceModels, tmp_path: Path):
    clip = tmp_path / "clip.wav"
    clip.write_bytes(CLIP.read_bytes())
    voices = Counted(hubert, None).voices
    voice = replace(VOICE, reference=Reference(clip, "一", "zh"))
    first = voices.prepare(voice, models)
    clip.unlink()
    assert voices.prepare(voice, models) is first


@pytest.mark.parametrize("transcript", ["", "  \n"])
def test_without_a_transcript_there_are_neither_words_nor_tokens(
    hubert: Hubert, models: VoiceModels, tmp_path: Path, transcript: str
):
    here = Counted(hubert, tmp_path)
    voice = here.voices.prepare(replace(VOICE, reference=Reference(CLIP, transcript, "zh")), models)
    assert voice.words is None
    assert len(voice.tokens) == 0
    assert torch.equal(timbre_of(voice), timbre_of(here.voices.prepare(VOICE, models)))


def test_without_a_clip_it_is_said_where_to_name_one(hubert: Hubert, models: VoiceModels):
    with pytest.raises(ReferenceRefused, match=r"GSV\.ref_audio_path") as refused:
        Counted(hubert, None).voices.prepare(Voice("zh"), models)
    assert "参考音频" in refused.value.chinese


def test_a_clip_that_is_gone_is_refused(hubert: Hubert, models: VoiceModels, tmp_path: Path):
    for clip in (tmp_path / "gone.wav", tmp_path):
        with pytest.raises(ReferenceRefused, match=clip.name):
            Counted(hubert, None).voices.prepare(Voice("zh", Reference(clip, "你好", "zh")), models)


def test_only_the_voices_used_last_are_remembered(
    hubert: Hubert, models: VoiceModels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "REMEMBERED", 2)
    here = Counted(hubert, tmp_path)
    voices = [replace(VOICE, reference=Reference(CLIP, text, "zh")) for text in ("一", "二", "三")]
    first, second, _ = (here.voices.prepare(voice, models) for voice in (voices[0], voices[1], voices[0]))
    here.voices.prepare(voices[2], models)
    assert here.voices.prepare(voices[0], models) is first
    assert here.voices.prepare(voices[1], models) is not second


def test_pro_weights_ask_the_speaker_network_too(hubert: Hubert, files, tmp_path: Path):
    write_acoustic(tmp_path / "s2.pth", "v2Pro", "tiny", seed=0)
    write_speaker(tmp_path / "sv.ckpt", "tiny")
    models = load_voice(Weights(files.gpt, tmp_path / "s2.pth"), row_count=1)
    here = Counted(hubert, None, lambda: load_speaker(tmp_path / "sv.ckpt"))
    voice = here.voices.prepare(replace(VOICE, extra_references=(JFK,)), models)
    assert timbre_of(voice).shape == (1, 512, 1)
    assert timbre_of(voice).isfinite().all()


def test_other_weights_are_other_voices_on_disk_too(hubert: Hubert, models: VoiceModels, files, tmp_path: Path):
    write_acoustic(tmp_path / "s2.pth", "v2", "tiny", seed=1)
    others = load_voice(Weights(files.gpt, tmp_path / "s2.pth"), row_count=1)
    exact = load_voice(Weights(files.gpt, files.sovits), row_count=1, is_exact=True)
    here = Counted(hubert, tmp_path / "cache")
    for each in (models, others, exact):
        here.voices.prepare(VOICE, each)
    assert len(list((tmp_path / "cache").iterdir())) == 3
