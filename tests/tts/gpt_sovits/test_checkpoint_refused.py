"""Files that are not the weights they should be: each gets a sentence that says what it is, in both languages."""

import pickle
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from tests.support.checkpoints import content_of, marked, save, write_archive
from tts.gpt_sovits.checkpoint import CheckpointRefused, read_acoustic, read_semantic
from tts.gpt_sovits.random_weights import write_acoustic, write_semantic
from tts.gpt_sovits.shapes import CODEBOOK

HANZI = re.compile(r"[\u4e00-\u9fff]")
NORM = "h.layers.1.norm2.weight"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoints")
    write_semantic(folder / "s1.ckpt", "tiny", seed=3)
    write_acoustic(folder / "s2.pth", "v2Pro", "tiny", seed=3)
    write_acoustic(folder / "v2.pth", "v2", "tiny", seed=3)
    return folder


def refusal(read: Callable[[Path], Any], file: Path) -> str:
    """The English sentence, after a look at the Chinese one."""
    with pytest.raises(CheckpointRefused) as refused:
        read(file)
    english, chinese = refused.value.english, refused.value.chinese
    assert english.startswith(f"{file} ")
    assert chinese.startswith(f"{file} ")
    assert HANZI.search(chinese.removeprefix(str(file)))
    assert not HANZI.search(english.removeprefix(str(file)))
    assert english.isprintable()
    assert english.endswith(".")
    assert str(refused.value) == english
    return english.removeprefix(f"{file} ")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 155284856\n", "is only a Git LFS pointer"),
        (b"\n <!DOCTYPE html><title>404</title>", "is a web page"),
        (b"\xef\xbb\xbf<html>", "is a web page"),
        (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "is a web page"),
        (b"Entry not found", "is no checkpoint of torch"),
        (b'{"error": "Invalid credentials"}', "is no checkpoint of torch"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "is no checkpoint of torch"),
        (b"\x1f\x8b\x08\x00" + bytes(60), "is a compressed archive; unpack it first"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(60), "is a compressed archive; unpack it first"),
        (b"GGUF\x03\x00\x00\x00" + bytes(60), "is a GGUF file"),
        (b"\x08\x07\x12\x07pytorch\x1a\x052.1.0", "is an ONNX file"),
        (pickle.dumps({"weight": 1}), "is no checkpoint of torch"),
        (b"07\x03\x04" + bytes(60), "is no checkpoint of torch"),
        (b"PK", "is no checkpoint of torch"),
        (b"PK\x03\x04", "is cut off or damaged"),
        (b"06\x03\x04" + bytes(200), "is cut off or damaged"),
        (b"PK\x05\x06" + bytes(18), "is no checkpoint of torch"),
    ],
)
@pytest.mark.parametrize("read", [read_semantic, read_acoustic])
def test_what_is_no_checkpoint_is_told_by_its_beginning(
    read: Callable[[Path], Any], content: bytes, told: str, tmp_path: Path
):
    file = tmp_path / "voice.pth"
    file.write_bytes(content)
    assert refusal(read, file).startswith(told)


def test_a_place_without_a_file_is_named(tmp_path: Path):
    assert refusal(read_semantic, tmp_path / "语音.ckpt").startswith("does not exist")
    assert refusal(read_semantic, tmp_path).startswith("is a folder")


def test_other_formats_of_weights_are_named(folder: Path, tmp_path: Path):
    safetensors.torch.save_file({"a": torch.zeros(2)}, tmp_path / "model.pth")
    assert refusal(read_acoustic, tmp_path / "model.pth").startswith("is a safetensors file")
    torch.save(content_of(folder / "s1.ckpt"), tmp_path / "old.ckpt", _use_new_zipfile_serialization=False)
    assert refusal(read_semantic, tmp_path / "old.ckpt").startswith("has the format of torch before version 1.6")
    np.savez(tmp_path / "arrays.npz", a=np.zeros(2))
    assert refusal(read_acoustic, tmp_path / "arrays.npz").startswith("is a zip archive, but not a checkpoint")


def test_a_zip_of_models_has_to_be_unpacked(folder: Path, tmp_path: Path):
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        with zipfile.ZipFile(tmp_path / "pretrained_models.zip", "w", method) as archive:
            archive.write(folder / "s1.ckpt", "pretrained_models/s1v3.ckpt")
        assert "unpack it first" in refusal(read_semantic, tmp_path / "pretrained_models.zip")


@pytest.mark.parametrize("kept", [0.001, 0.2, 0.5, 0.9, 0.99, 0.9999])
@pytest.mark.parametrize(("name", "read"), [("s1.ckpt", read_semantic), ("s2.pth", read_acoustic)])
def test_a_file_that_was_cut_off_says_how_much_there_is(
    kept: float, name: str, read: Callable[[Path], Any], folder: Path, tmp_path: Path
):
    whole = (folder / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: int(len(whole) * kept)])
    told = refusal(read, tmp_path / name)
    assert told.startswith(f"is cut off or damaged ({int(len(whole) * kept) / 1e6:.1f} MB)")


def test_a_hole_in_the_middle_is_noticed(folder: Path, tmp_path: Path):
    whole = (folder / "s1.ckpt").read_bytes()
    (tmp_path / "s1.ckpt").write_bytes(whole[:200_000] + whole[300_000:])
    assert refusal(read_semantic, tmp_path / "s1.ckpt").startswith("is cut off or damaged")


def test_one_kind_of_weights_in_place_of_the_other(folder: Path):
    assert refusal(read_acoustic, folder / "s1.ckpt").startswith("is a GPT model (s1), but SoVITS weights (s2")
    assert refusal(read_semantic, folder / "s2.pth").startswith("is a SoVITS model (s2), but GPT weights (s1")


def half(*shape: int) -> torch.Tensor:
    return torch.zeros(shape).half()


STATE = {"optimizer": {"state": {}}, "iteration": 5, "learning_rate": 1e-4}
STRANGERS: dict[str, tuple[Any, str]] = {
    "v3": ({"weight": {"cfm.estimator.x": half(1), "enc_p.text_embedding.weight": half(732, 192)}}, "v3 or v4 (flow"),
    "v4": ({"weight": {"bridge.0.weight": half(1), "wns1.pre.weight": half(1)}}, "is a model of GPT-SoVITS v3 or v4"),
    "LoRA": ({"weight": {"cfm.estimator.q.lora_A.default.weight": half(1)}, "lora_rank": 32}, "is a LoRA"),
    "discriminator": ({"weight": {"discriminators.0.convs.0.weight": half(1)}}, "is the discriminator (s2D)"),
    "s2 in training": ({"model": {"enc_p.ssl_proj.weight": half(1)}, **STATE}, "is a training checkpoint"),
    "s1 in training": ({"state_dict": {}, "pytorch-lightning_version": "2.5"}, "is a training checkpoint"),
    "speaker": ({"layer1.0.convs.0.weight": half(1)}, "is the speaker network (ERes2NetV2)"),
    "HuBERT": ({"feature_extractor.conv_layers.0.conv.weight": half(1)}, "is HuBERT"),
    "BERT": ({"bert.embeddings.word_embeddings.weight": half(1)}, "is BERT"),
    "BigVGAN": ({"generator": {"conv_pre.weight": half(1)}}, "is a vocoder"),
    "vocoder": ({"ups.0.weight_g": half(1)}, "is a vocoder"),
    "RVC": ({"weight": {"emb_g.weight": half(1)}, "f0": 1}, "is a checkpoint of something else ('emb_g.weight')"),
    "others": (
        {"net.0.weight": half(1), "\x1b[2J": half(1)},
        r"is a checkpoint of something else ('net.0.weight', '\x1b[2J')",
    ),
    "only tensors": ({"weight": half(3)}, "is a checkpoint of something else ('weight')"),
    "nothing": ({}, "is a checkpoint of something else (nothing in it)"),
    "no weights": ({"weight": {}}, "is a checkpoint of something else (nothing in it)"),
    "a list": ([half(1)], "is a checkpoint of something else (no dictionary)"),
    "a tensor": (half(1), "is a checkpoint of something else (no dictionary)"),
    "half a model": ({"weight": {"model.bert_proj.weight": half(1), "enc_p.x": half(1)}}, "lacks the tensor"),
}


@pytest.mark.parametrize("name", STRANGERS)
@pytest.mark.parametrize("read", [read_semantic, read_acoustic])
def test_what_else_lies_beside_weights_is_told_by_its_tensors(name: str, read: Callable[[Path], Any], tmp_path: Path):
    content, told = STRANGERS[name]
    assert told in refusal(read, save(content, tmp_path / "file.pth"))


@pytest.mark.parametrize("mark", [b"02", b"03", b"04", b"PK"])
def test_later_versions_are_told_whatever_their_mark(mark: bytes, tmp_path: Path):
    file = save({"weight": {"cfm.x": half(1)}, "config": {"model": {"version": "v2"}}}, tmp_path / "v3.pth", mark)
    assert "this engine speaks with GPT-SoVITS v2, v2Pro and v2ProPlus" in refusal(read_acoustic, file)


def with_change(folder: Path, tmp_path: Path, name: str, change: Callable[[dict[str, torch.Tensor]], Any]) -> Path:
    content = content_of_marked(folder / name, tmp_path)
    change(content["weight"])
    return save(content, tmp_path / "changed.pth")


def content_of_marked(file: Path, tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "unmarked").write_bytes(file.read_bytes())
    return content_of(marked(tmp_path / "unmarked", b"PK"))


@pytest.mark.parametrize(
    ("name", "tensor", "rows"),
    [
        ("s1.ckpt", "model.ar_text_embedding.word_embeddings.weight", 512),
        ("v2.pth", "enc_p.text_embedding.weight", 322),
    ],
)
def test_the_first_version_is_told_by_its_phones(name: str, tensor: str, rows: int, folder: Path, tmp_path: Path):
    def shorten(weights: dict[str, torch.Tensor]) -> None:
        weights[tensor] = weights[tensor][:rows].clone()

    read = read_semantic if name == "s1.ckpt" else read_acoustic
    told = refusal(read, with_change(folder, tmp_path, name, shorten))
    assert told.startswith("is a model of GPT-SoVITS v1; this engine speaks with")


@pytest.mark.parametrize("rows", [0, 1, 321, 731])
def test_a_strange_number_of_phones_is_told(rows: int, folder: Path, tmp_path: Path):
    name = "enc_p.text_embedding.weight"
    file = with_change(folder, tmp_path, "v2.pth", lambda weights: weights.update({name: half(rows, 32)}))
    assert f"knows {rows} phones, v2 has 732" in refusal(read_acoustic, file)


@pytest.mark.parametrize(
    ("name", "tensor"),
    [
        ("s1.ckpt", f"model.{NORM}"),
        ("s1.ckpt", "model.bert_proj.bias"),
        ("s1.ckpt", "model.ar_audio_position.alpha"),
        ("s2.pth", "dec.conv_post.weight"),
        ("s2.pth", "dec.ups.3.weight_g"),
        ("s2.pth", "dec.resblocks.14.convs2.2.bias"),
        ("s2.pth", "enc_p.mrte.c_post.weight"),
        ("s2.pth", "flow.flows.6.post.bias"),
        ("s2.pth", "prelu.weight"),
        ("s2.pth", "ssl_proj.weight"),
    ],
)
class TestOneTensor:
    """Something is wrong with a single one."""

    def test_that_is_missing_is_named(self, name: str, tensor: str, folder: Path, tmp_path: Path):
        file = with_change(folder, tmp_path, name, lambda weights: weights.pop(tensor))
        told = refusal(read_semantic if name == "s1.ckpt" else read_acoustic, file)
        assert told.startswith(f"lacks the tensor {tensor.removeprefix('model.')}, so it is incomplete")

    def test_of_another_shape_is_named(self, name: str, tensor: str, folder: Path, tmp_path: Path):
        def lengthen(weights: dict[str, torch.Tensor]) -> None:
            weights[tensor] = torch.cat([weights[tensor], weights[tensor][:1]], 0)

        told = refusal(
            read_semantic if name == "s1.ckpt" else read_acoustic, with_change(folder, tmp_path, name, lengthen)
        )
        assert re.match(r"has the tensor \S+ in the shape \([\d, ]+\), where \([\d, ]+\) belongs", told)
        assert name != "s1.ckpt" or tensor.removeprefix("model.") in told

    def test_of_whole_numbers_is_named(self, name: str, tensor: str, folder: Path, tmp_path: Path):
        def round_off(weights: dict[str, torch.Tensor]) -> None:
            weights[tensor] = weights[tensor].to(torch.int8)

        told = refusal(
            read_semantic if name == "s1.ckpt" else read_acoustic, with_change(folder, tmp_path, name, round_off)
        )
        assert told.startswith(f"has the tensor {tensor.removeprefix('model.')} as torch.int8")


def test_a_codebook_that_is_missing_is_named(folder: Path, tmp_path: Path):
    file = with_change(folder, tmp_path, "s2.pth", lambda weights: weights.pop(CODEBOOK))
    assert refusal(read_acoustic, file).startswith(f"lacks the tensor {CODEBOOK}")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_training_that_diverged_is_told(value: float, folder: Path, tmp_path: Path):
    def spoil(weights: dict[str, torch.Tensor]) -> None:
        weights[f"model.{NORM}"][5] = value

    told = refusal(read_semantic, with_change(folder, tmp_path, "s1.ckpt", spoil))
    assert told.startswith(f"contains NaN or infinite values ({NORM})")


@pytest.mark.parametrize("shape", [(), (3,), (3, 3, 3), (0, 0), (1,) * 8])
def test_dimensions_that_cannot_be_are_told(shape: tuple[int, ...], folder: Path, tmp_path: Path):
    for tensor in ("model.ar_predict_layer.weight", "model.bert_proj.weight"):
        file = with_change(
            folder, tmp_path, "s1.ckpt", lambda weights, tensor=tensor: weights.update({tensor: half(*shape)})
        )
        assert "has the tensor" in refusal(read_semantic, file)
    for tensor in ("dec.conv_pre.weight", "dec.ups.0.weight_v", "enc_p.encoder_text.attn_layers.0.emb_rel_k"):
        file = with_change(
            folder, tmp_path, "v2.pth", lambda weights, tensor=tensor: weights.update({tensor: half(*shape)})
        )
        refusal(read_acoustic, file)


def test_a_vocoder_of_another_rate_is_told(folder: Path, tmp_path: Path):
    def drop_stage(weights: dict[str, torch.Tensor]) -> None:
        del weights["dec.ups.4.weight_v"]

    told = refusal(read_acoustic, with_change(folder, tmp_path, "v2.pth", drop_stage))
    assert told.startswith("has a vocoder that does not make 640 samples of a frame")


def test_a_speaker_of_another_width_is_told_where_the_version_has_one_only(folder: Path, tmp_path: Path):
    def drop_speaker(weights: dict[str, torch.Tensor]) -> None:
        for name in ("sv_emb.weight", "sv_emb.bias", "ge_to512.weight", "ge_to512.bias", "prelu.weight"):
            del weights[name]

    told = refusal(read_acoustic, with_change(folder, tmp_path, "s2.pth", drop_speaker))
    assert told.startswith("has the tensor dec.cond.weight in the shape (64, 16, 1), where (64, 512, 1) belongs")


def test_files_of_another_byte_order_are_told(tmp_path: Path):
    file = write_archive(tmp_path / "big.ckpt", pickle.dumps({}, 2), {"archive/byteorder": b"big"})
    assert refusal(read_semantic, file).startswith("was written on a machine with another byte order")
