import json
from functools import cache
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.vectors import models_vectors
from tts.gpt_sovits.features import random_vocabulary
from tts.gpt_sovits.features.bert import Bert, by_phone, load_bert
from tts.gpt_sovits.features.linear import Placement
from tts.gpt_sovits.features.random_vocabulary import COMMON
from tts.gpt_sovits.features.weights import FeatureModelRefused


@pytest.fixture(scope="module")
def bert(bert_folder: Path) -> Bert:
    return load_bert(bert_folder)


def test_it_equals_transformers(stored, meta):
    vectors = stored("bert_io")
    found = load_bert(models_vectors() / "bert_small").features([meta["bert_text"]])
    phones = by_phone(found[0], vectors["word2ph"].tolist())
    torch.testing.assert_close(phones, vectors["feature"], atol=1e-5, rtol=0)


TEXTS = ["今天天气很好,我们去公园散步吧.", "好", "", "你好!", COMMON[:200], "饭", COMMON[100:290]]


def test_texts_read_together_are_read_as_if_alone(bert: Bert):
    together = bert.features(TEXTS)
    assert [len(rows) for rows in together] == [len(text) for text in TEXTS]
    for text, rows in zip(TEXTS, together, strict=True):
        torch.testing.assert_close(rows, bert.features([text])[0], atol=1e-5, rtol=0)


def test_ballast_changes_nothing(bert: Bert, request: pytest.FixtureRequest):
    exact = bert.features(TEXTS)
    request.getfixturevalue("with_ballast")
    for text, expected, together in zip(TEXTS, exact, bert.features(TEXTS), strict=True):
        torch.testing.assert_close(bert.features([text])[0], expected, atol=1e-5, rtol=0)
        torch.testing.assert_close(together, expected, atol=1e-5, rtol=0)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(st.sampled_from("你好天气,.!A9魑"), max_size=12), max_size=6))
def test_nobody_sees_a_neighbour(texts: list[str]):
    together = small_bert().features(texts)
    for text, rows in zip(texts, together, strict=True):
        assert rows.shape == (len(text), small_bert().sizes.layer.hidden)
        torch.testing.assert_close(rows, small_bert().features([text])[0], atol=1e-5, rtol=0)


@cache
def small_bert() -> Bert:
    return load_bert(models_vectors() / "bert_small")


def test_words_depend_on_the_words_around_them(bert: Bert):
    one, other = bert.features(["我要去", "不要去"])
    assert not torch.allclose(one[2], other[2], atol=1e-3)


def test_a_text_longer_than_the_network_sees_is_read_in_parts(bert: Bert):
    text = (COMMON * 5)[:1100]
    (rows,) = bert.features([text])
    assert len(rows) == 1100
    for start in (0, 510, 1020):
        (part,) = bert.features([text[start : start + 510]])
        torch.testing.assert_close(rows[start : start + 510], part, atol=1e-5, rtol=0)


def test_warming_up_reads_every_size_that_is_compiled_for(bert: Bert, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Placement, "rounded", lambda _, rows, step: sizes.append(-(-rows // step) * step) or rows)
    sizes: list[int] = []
    for count in range(1, 63):
        bert.features(["好" * count])
    usual = set(sizes)
    sizes.clear()
    bert.warm_up()
    assert set(sizes) == usual


def test_no_text_has_no_features(bert: Bert):
    assert bert.features([]) == []
    assert bert.features([""])[0].shape == (0, 1024)


def test_bfloat16_reads_nearly_the_same(bert: Bert, bert_folder: Path):
    quick = load_bert(bert_folder, dtype=torch.bfloat16).features(TEXTS)
    for rows, exact in zip(quick, bert.features(TEXTS), strict=True):
        assert rows.dtype == torch.float32
        assert (rows - exact).norm() <= 0.02 * exact.norm()


def test_half_precision_files_load(bert_folder: Path, bert: Bert, tmp_path: Path):
    copy_with(bert_folder, tmp_path, lambda weights: {name: tensor.half() for name, tensor in weights.items()})
    torch.testing.assert_close(load_bert(tmp_path).features(["你好"])[0], bert.features(["你好"])[0], atol=1e-2, rtol=0)


def test_the_last_two_layers_and_the_head_are_never_looked_for(bert_folder: Path, bert: Bert, tmp_path: Path):
    unused = ("bert.encoder.layer.1.", "bert.encoder.layer.2.", "cls.")
    copy_with(bert_folder, tmp_path, lambda weights: {n: t for n, t in weights.items() if not n.startswith(unused)})
    assert torch.equal(load_bert(tmp_path).features(["你好"])[0], bert.features(["你好"])[0])


def test_names_without_a_prefix_and_from_tensorflow_load(bert_folder: Path, bert: Bert, tmp_path: Path):
    def older(weights):
        for old, new in (("LayerNorm.weight", "LayerNorm.gamma"), ("LayerNorm.bias", "LayerNorm.beta"), ("bert.", "")):
            weights = {name.replace(old, new): tensor for name, tensor in weights.items()}
        return weights

    copy_with(bert_folder, tmp_path, older)
    assert torch.equal(load_bert(tmp_path).features(["你好"])[0], bert.features(["你好"])[0])


def test_features_are_repeated_for_each_phone():
    features = torch.tensor([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
    assert by_phone(features, [2, 1, 3]).tolist() == [[1, 1, 2, 3, 3, 3], [10, 10, 20, 30, 30, 30]]
    assert by_phone(features[:0], []).shape == (2, 0)


def test_phones_of_another_text_are_refused():
    with pytest.raises(ValueError, match="3 characters do not fit the phones of 2"):
        by_phone(torch.zeros(3, 4), [1, 2])


def test_a_vocabulary_larger_than_the_network_is_refused(bert_folder: Path, tmp_path: Path):
    copy_with(bert_folder, tmp_path, lambda weights: weights)
    with (tmp_path / "vocab.txt").open("a", encoding="utf-8") as vocabulary:
        vocabulary.write("many\n")
    known = len(random_vocabulary.tokens("tiny"))
    with pytest.raises(FeatureModelRefused, match=f"needs {known + 1} embeddings and there are {known}"):
        load_bert(tmp_path)


def copy_with(folder: Path, into: Path, change) -> None:
    for name in ("config.json", "vocab.txt"):
        (into / name).write_bytes((folder / name).read_bytes())
    torch.save(change(torch.load(folder / "pytorch_model.bin", weights_only=True)), into / "pytorch_model.bin")
    assert json.loads((into / "config.json").read_text("utf-8"))["model_type"] == "bert"
