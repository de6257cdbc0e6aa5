import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from tts.gpt_sovits.features.bert import load_bert
from tts.gpt_sovits.features.hubert import load_hubert
from tts.gpt_sovits.features.speaker import load_speaker
from tts.gpt_sovits.features.weights import LFS_POINTER, Fault, FeatureModelRefused, read_file


class MakesAFile:
    """What a hostile pickle does: runs something when it is read."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.fixture
def hubert_copy(hubert_folder: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "chinese-hubert-base"
    folder.mkdir()
    for file in hubert_folder.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def change_config(folder: Path, **values: object) -> None:
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(config | values), "utf-8")


def change_weights(folder: Path, **tensors: torch.Tensor | None) -> None:
    weights = torch.load(folder / "pytorch_model.bin", weights_only=True) | tensors
    torch.save({name: tensor for name, tensor in weights.items() if tensor is not None}, folder / "pytorch_model.bin")


def without_folder(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def cut(folder: Path) -> None:
    file = folder / "pytorch_model.bin"
    file.write_bytes(file.read_bytes()[:100_000])


PROBLEMS: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "no folder": (without_folder, "there is no such directory", "该目录不存在"),
    "no config": (lambda f: (f / "config.json").unlink(), "config.json is missing", "缺少文件 config.json"),
    "config cut": (lambda f: (f / "config.json").write_text("{", "utf-8"), "config.json is damaged", "已损坏"),
    "config deep": (
        lambda f: (f / "config.json").write_text("[" * 100_000, "utf-8"),
        "config.json is damaged",
        "已损坏",
    ),
    "no weights": (lambda f: (f / "pytorch_model.bin").unlink(), "neither model.safetensors nor", "找不到"),
    "pointer": (
        lambda f: (f / "pytorch_model.bin").write_bytes(LFS_POINTER + b"v1\noid sha256:0\nsize 1\n"),
        "only a Git LFS pointer",
        "Git LFS 指针",
    ),
    "pointer as config": (lambda f: (f / "config.json").write_bytes(LFS_POINTER), "config.json is only a Git", "指针"),
    "cut": (cut, r"pytorch_model.bin \(0.1 MB\) is cut off or damaged", "不完整或已损坏"),
    "empty": (lambda f: (f / "pytorch_model.bin").write_bytes(b""), "cut off or damaged", "不完整或已损坏"),
    "web page": (lambda f: (f / "pytorch_model.bin").write_text("<html>404"), "cut off or damaged", "不完整或已损坏"),
    "bad safetensors": (lambda f: (f / "model.safetensors").write_bytes(b"x" * 99), "cut off or damaged", "已损坏"),
    "a list": (
        lambda f: torch.save([torch.ones(1)], f / "pytorch_model.bin"),
        "something else than tensors",
        "不是张量",
    ),
    "nested": (
        lambda f: torch.save({"model": {"a": torch.ones(1)}}, f / "pytorch_model.bin"),
        "something else than tensors",
        "不是张量",
    ),
    "missing tensor": (
        lambda f: change_weights(f, **{"encoder.layers.1.attention.v_proj.bias": None}),
        "lacks the tensor encoder.layers.1.attention.v_proj.bias",
        "缺少张量 encoder.layers.1.attention.v_proj.bias",
    ),
    "wrong shape": (
        lambda f: change_weights(f, **{"encoder.layer_norm.weight": torch.ones(5)}),
        r"has the shape \(5,\) where \(768,\) is needed",
        "应为",
    ),
    "whole numbers": (
        lambda f: change_weights(f, **{"encoder.layer_norm.weight": torch.ones(768, dtype=torch.long)}),
        "holds no usable numbers",
        "不是可用的数值",
    ),
    "more layers than stored": (lambda f: change_config(f, num_hidden_layers=1000), "lacks the tensor", "缺少张量"),
    "another model": (lambda f: change_config(f, model_type="wavlm"), "model_type = 'wavlm'", "只支持 'hubert'"),
    "pre-norm": (lambda f: change_config(f, do_stable_layer_norm=True), "do_stable_layer_norm = True", "只支持 False"),
    "no size": (lambda f: change_config(f, hidden_size=None), "hidden_size = None", "hidden_size = None"),
    "negative size": (lambda f: change_config(f, intermediate_size=-3), "intermediate_size = -3", "= -3"),
    "true size": (lambda f: change_config(f, intermediate_size=True), "intermediate_size = True", "= True"),
    "uneven heads": (lambda f: change_config(f, num_attention_heads=7), "cannot be shared by 7 heads", "7 个注意力头"),
    "uneven groups": (lambda f: change_config(f, num_conv_pos_embedding_groups=7), "parted into 7 groups", "7 组"),
    "uneven lists": (lambda f: change_config(f, conv_dim=[32]), "differ in length", "长度不一致"),
    "no list": (lambda f: change_config(f, conv_kernel="10,3"), "conv_kernel = '10,3'", "conv_kernel"),
    "long list": (lambda f: change_config(f, conv_kernel=[1] * 99), "conv_kernel = ", "conv_kernel"),
    "list of texts": (lambda f: change_config(f, conv_stride=["5"] * 7), "conv_stride = '5'", "conv_stride"),
}


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_model_that_cannot_be_used_is_refused_with_a_sentence(problem: str, hubert_copy: Path):
    spoil, english, chinese = PROBLEMS[problem]
    spoil(hubert_copy)
    with pytest.raises(FeatureModelRefused, match=english) as refusal:
        load_hubert(hubert_copy)
    assert str(refusal.value) == refusal.value.english
    assert refusal.value.english.startswith(f"The HuBERT model at {hubert_copy} cannot be used: ")
    assert refusal.value.english.endswith(". Download it again.")
    assert chinese in refusal.value.chinese
    assert refusal.value.chinese.startswith(f"位于 {hubert_copy} 的 HuBERT 模型无法使用：")


@pytest.mark.parametrize("is_plain", [False, True])
def test_the_code_in_a_hostile_file_does_not_run(hubert_copy: Path, tmp_path: Path, is_plain: bool):
    file, trace = hubert_copy / "pytorch_model.bin", tmp_path / "ran"
    content = {"weight": MakesAFile(trace)}
    if is_plain:
        file.write_bytes(pickle.dumps(content, protocol=2))
    else:
        torch.save(content, file)
    with pytest.raises(FeatureModelRefused, match="holds more than tensors and was not opened"):
        load_hubert(hubert_copy)
    with pytest.raises(FeatureModelRefused, match="holds more than tensors"):
        load_speaker(file)
    assert not trace.exists()
    pickle.loads(pickle.dumps(content))  # the same content does run where anybody unpickles it
    assert trace.exists()


def test_safetensors_come_first_and_give_the_same(hubert_copy: Path):
    sound = torch.randn(1, 4000)
    before = load_hubert(hubert_copy)(sound)
    weights = torch.load(hubert_copy / "pytorch_model.bin", weights_only=True)
    save_file({name: tensor.clone() for name, tensor in weights.items()}, hubert_copy / "model.safetensors")
    (hubert_copy / "pytorch_model.bin").write_bytes(b"not looked at")
    assert torch.equal(load_hubert(hubert_copy)(sound), before)


@pytest.mark.parametrize("load", [load_hubert, load_bert, load_speaker])
def test_a_path_that_leads_nowhere_is_refused(load: Callable[[Path], object], tmp_path: Path):
    with pytest.raises(FeatureModelRefused, match=r"there is no such directory|is missing"):
        load(tmp_path / "nowhere")


def test_few_numbers_that_claim_to_be_a_trillion_are_never_copied(tmp_path: Path):
    torch.save({"huge": torch.zeros(1).expand(1 << 20, 1 << 20)}, tmp_path / "huge.bin")
    with pytest.raises(Fault, match="holds no usable numbers"):
        read_file(tmp_path / "huge.bin").take("huge", 1 << 20, 1 << 20)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda rest: b"PK\x03\x04" + rest))
def test_no_bytes_crash_the_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes):
    for name in ("some.safetensors", "some.bin"):
        file = tmp_path_factory.getbasetemp() / name
        file.write_bytes(content)
        with pytest.raises(Fault) as refusal:
            read_file(file)
        assert [type(half) for half in refusal.value.args] == [str, str]
