from pathlib import Path

import pytest
import torch

from tts.gpt_sovits.features import random_vocabulary
from tts.gpt_sovits.features.bert import load_bert
from tts.gpt_sovits.features.hubert import load_hubert
from tts.gpt_sovits.features.random_models import NOTICE_FILE, write_hubert, write_speaker
from tts.gpt_sovits.features.random_shapes import bert_config, bert_shapes, hubert_config, hubert_shapes, speaker_shapes
from tts.gpt_sovits.features.speaker import load_speaker


def count(shapes: dict[str, tuple[int, ...]]) -> int:
    return sum(torch.Size(shape).numel() for shape in shapes.values())


def test_full_size_is_that_of_the_real_models():
    hubert = hubert_shapes(hubert_config("full"))
    assert (len(hubert), count(hubert)) == (211, 94_371_712)
    bert = bert_shapes(bert_config("full", 21128))
    assert count(bert) == pytest.approx(325.5e6, rel=1e-3)
    speaker = speaker_shapes("full")
    assert (len(speaker), count(speaker)) == (1001, 53_588_221)


def test_tiny_ones_give_features_of_the_usual_sizes(hubert_folder: Path, bert_folder: Path, speaker_file: Path):
    assert load_hubert(hubert_folder)(torch.randn(1, 16000)).shape == (1, 49, 768)
    assert load_bert(bert_folder).features(["你好,世界!"])[0].shape == (6, 1024)
    assert load_speaker(speaker_file)(torch.randn(1, 98, 80)).shape == (1, 20480)


@pytest.mark.parametrize("fixture", ["hubert_folder", "bert_folder", "speaker_file"])
def test_a_notice_says_that_they_make_noise(fixture: str, request: pytest.FixtureRequest):
    path: Path = request.getfixturevalue(fixture)
    notice = ((path if path.is_dir() else path.parent) / NOTICE_FILE).read_text("utf-8")
    assert "noise" in notice
    assert "噪声" in notice


def test_a_seed_makes_the_same_numbers_and_another_one_others(tmp_path: Path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_speaker(tmp_path / f"{name}.ckpt", "tiny", seed=seed)
    a, b, c = (torch.load(tmp_path / f"{name}.ckpt", weights_only=True) for name in "abc")
    assert all(torch.equal(a[name], b[name]) for name in a)
    assert not torch.equal(a["conv1.weight"], c["conv1.weight"])


def test_half_precision_takes_half_the_room(hubert_folder: Path, tmp_path: Path):
    write_hubert(tmp_path, "tiny", dtype=torch.float16)
    sizes = [(folder / "pytorch_model.bin").stat().st_size for folder in (tmp_path, hubert_folder)]
    assert sizes[0] == pytest.approx(sizes[1] / 2, rel=0.05)


@pytest.mark.parametrize("size", ["tiny", "full"])
def test_the_vocabulary_names_each_token_once(size):
    tokens = random_vocabulary.tokens(size)
    assert len(set(tokens)) == len(tokens)
    assert tokens[0] == "[PAD]"
    assert tokens[100:104] == ["[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    assert {"我", "们", ",", ".", "!", "?", "…", "-"} <= set(tokens)
    assert size == "tiny" or len(tokens) == 21128
