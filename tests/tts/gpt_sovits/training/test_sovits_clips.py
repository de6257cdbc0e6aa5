"""Which clips the acoustic model learns from, how they are read, and that batches hold what they should."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.support.sovits_features import CLIPS, write_sovits_features, write_wav
from tts.gpt_sovits.config import AcousticConfig, upstream_acoustic
from tts.gpt_sovits.training.feature_files import ClipText, FeatureFolder, read_texts
from tts.gpt_sovits.training.mel import spectrograms
from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.sovits_clips import find_sovits_clips, repeated
from tts.gpt_sovits.training.sovits_reading import fitted, read_ahead, read_utterance, together

CONFIG = AcousticConfig()


@pytest.fixture
def folder(tmp_path: Path) -> FeatureFolder:
    write_sovits_features(tmp_path)
    return FeatureFolder(tmp_path)


def test_sound_clips_are_found_with_their_length(folder: FeatureFolder):
    clips, dropped = find_sovits_clips(folder.root, CONFIG)
    assert dropped == []
    assert [clip.name for clip in clips] == [f"clip{number}.wav" for number in range(CLIPS)]
    assert [clip.frames for clip in clips] == [34, 35, 36, 34, 35]
    assert all(clip.speaker is None for clip in clips)
    pro, dropped = find_sovits_clips(folder.root, upstream_acoustic("v2Pro"))
    assert dropped == []
    assert pro[0].speaker == folder.speaker("clip0.wav")


Spoil = Callable[[FeatureFolder], None]


def tensor(kind: str, content: object) -> Spoil:
    return lambda folder: torch.save(content, getattr(folder, kind)("clip0.wav"))


def wav(seconds: float, rate_hz: int = 32_000) -> Spoil:
    return lambda folder: write_wav(folder.sound("clip0.wav"), torch.zeros(int(seconds * rate_hz)), rate_hz)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda folder: folder.features("clip0.wav").unlink(), "does not exist"),
        (lambda folder: folder.features("clip0.wav").write_bytes(b"PK\x03\x04 cut off"), "cut off"),
        (tensor("features", torch.randn(1, 512, 34)), "shape"),
        (tensor("features", torch.full((1, 768, 34), torch.nan)), "no numbers"),
        (tensor("features", torch.randn(1, 768, 90)), "another sound"),
        (tensor("features", ["no tensor"]), "something else"),
        (tensor("speaker", torch.randn(1, 192)), "shape"),
        (lambda folder: folder.speaker("clip0.wav").unlink(), "does not exist"),
        (lambda folder: folder.sound("clip0.wav").unlink(), "missing or damaged"),
        (lambda folder: folder.sound("clip0.wav").write_bytes(b"RIFF"), "missing or damaged"),
        (wav(0.6), "only 0.6 s"),
        (wav(39), "39.0 s; cut it"),
        (wav(1, 16_000), "not 32 kHz"),
    ],
)
def test_each_unusable_clip_is_named_with_its_reason(folder: FeatureFolder, spoil: Spoil, reason: str):
    spoil(folder)
    clips, dropped = find_sovits_clips(folder.root, upstream_acoustic("v2Pro"))
    assert [clip.name for clip in dropped] == ["clip0.wav"]
    assert reason in dropped[0].english
    assert dropped[0].chinese
    assert len(clips) == CLIPS - 1


def test_texts_with_unknown_phones_are_named(folder: FeatureFolder):
    rows = folder.texts.read_text("utf-8").splitlines()
    rows[0] = "clip0.wav\tAA1 Q@\tNone\ttext"
    rows[1] = "clip1.wav\t\tNone\ttext"
    folder.texts.write_text("\n".join([*rows, "no row", ""]), "utf-8")
    _, dropped = find_sovits_clips(folder.root, CONFIG)
    assert [("Q@" in clip.english, "nothing" in clip.english) for clip in dropped] == [(True, False), (False, True)]


def test_a_table_that_is_no_text_is_refused(folder: FeatureFolder):
    folder.texts.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TrainingRefused, match="not UTF-8"):
        find_sovits_clips(folder.root, CONFIG)


def test_few_clips_are_heard_more_often(folder: FeatureFolder):
    clips, _ = find_sovits_clips(folder.root, CONFIG)
    assert len(repeated(clips)) == 100
    assert len(repeated(clips * 12)) == 120
    assert len(repeated(clips * 20)) == 100


def test_a_batch_is_padded_to_an_even_number_of_frames(folder: FeatureFolder):
    clips, _ = find_sovits_clips(folder.root, upstream_acoustic("v2Pro"))
    [batch] = read_ahead(clips, [[0, 2, 1]], upstream_acoustic("v2Pro"))
    assert batch.spectrograms.shape == (3, 1025, 38)
    assert batch.features.shape == (3, 768, 38)
    assert batch.frame_counts.tolist() == [34, 36, 35]
    assert batch.speakers is not None
    assert batch.speakers.shape == (3, 20480)
    alone = read_utterance(clips[2], upstream_acoustic("v2Pro"))
    assert torch.equal(batch.spectrograms[1, :, :36], alone.spectrogram)
    assert torch.equal(batch.sound[1, 0], alone.sound)
    assert torch.equal(spectrograms(alone.sound[None])[0], alone.spectrogram)
    assert not batch.spectrograms[0, :, 34:].any()
    assert not batch.features[0, :, 34:].any()
    assert batch.phones[0, : batch.phone_counts[0]].tolist() == list(clips[0].phones)
    assert together([alone]).speakers is not None


def test_the_last_frame_of_the_features_is_repeated():
    features = torch.arange(6.0).view(2, 3)
    assert fitted(features, 5).tolist() == [[0, 1, 2, 2, 2], [3, 4, 5, 5, 5]]
    assert fitted(features, 2).tolist() == [[0, 1], [3, 4]]


WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1)


@given(st.lists(st.tuples(WORDS, st.lists(WORDS), st.none() | st.lists(st.integers(0, 9)), WORDS), max_size=5))
def test_any_table_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, rows: list):
    texts = [
        ClipText(name, tuple(phones), None if counts is None else tuple(counts), text)
        for name, phones, counts, text in rows
    ]
    file = tmp_path_factory.mktemp("texts") / "2-name2text.txt"
    file.write_text("".join(f"{text.row}\n" for text in texts), "utf-8")
    assert list(read_texts(file)) == texts
