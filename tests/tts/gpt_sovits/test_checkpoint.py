"""Weights in every form that upstream has written, read from the tensors and not from names, sizes or settings."""

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.support.checkpoints import MARKS, HParams, content_of, marked, save
from tests.support.vectors import models_vectors, unpacked
from tts.gpt_sovits.checkpoint import CheckpointRefused, read_acoustic, read_semantic, require_pair
from tts.gpt_sovits.config import AcousticConfig, SemanticConfig, Version
from tts.gpt_sovits.random_weights import INFO, TINY_SEMANTIC, write_acoustic, write_semantic
from tts.gpt_sovits.shapes import UNUSED_BY_INFERENCE, acoustic_shapes, semantic_shapes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoints")
    write_semantic(folder / "s1.ckpt", "tiny", seed=3)
    for version in ("v2", "v2Pro", "v2ProPlus"):
        write_acoustic(folder / f"{version}.pth", version, "tiny", seed=3)
    return folder


@pytest.fixture
def semantic(folder: Path) -> Path:
    return folder / "s1.ckpt"


def changed_acoustic(folder: Path, tmp_path: Path, change: Any, mark: bytes = b"PK") -> Path:
    content = content_of(folder / "v2.pth")
    change(content)
    return save(content, tmp_path / "changed.pth", mark)


def test_the_semantic_model_of_the_vectors(tmp_path: Path):
    sizes = json.loads((models_vectors() / "meta.json").read_text("utf-8"))["s1"]["cfg"]
    checkpoint = read_semantic(unpacked("s1.ckpt", tmp_path))
    assert replace(checkpoint.config, max_seconds=54) == SemanticConfig(
        vocab_size=sizes["vocab_size"],
        phoneme_vocab_size=sizes["phoneme_vocab_size"],
        embedding_dim=sizes["embedding_dim"],
        hidden_dim=sizes["hidden_dim"],
        head_count=sizes["head"],
        layer_count=sizes["n_layer"],
        eos=sizes["EOS"],
    )
    assert {name: tuple(tensor.shape) for name, tensor in checkpoint.weights.items()} == semantic_shapes(
        checkpoint.config
    )
    assert {tensor.dtype for tensor in checkpoint.weights.values()} == {torch.float16}


@pytest.mark.parametrize("name", ["s2_v2", "s2_v2Pro"])
def test_the_acoustic_models_of_the_vectors(name: str, tmp_path: Path):
    meta = json.loads((models_vectors() / "meta.json").read_text("utf-8"))[name]
    file = unpacked(f"{name}.pth", tmp_path)
    config, sizes = read_acoustic(file).config, meta["model"]
    assert file.read_bytes()[:4].hex() == meta["head"]
    assert config.version == sizes["version"]
    assert (config.inter_channels, config.hidden_channels) == (sizes["inter_channels"], sizes["hidden_channels"])
    assert (config.filter_channels, config.head_count) == (sizes["filter_channels"], sizes["n_heads"])
    assert (config.layer_count, config.kernel_size) == (sizes["n_layers"], sizes["kernel_size"])
    assert config.gin_channels == sizes["gin_channels"]
    assert config.upsample_initial_channel == sizes["upsample_initial_channel"]
    for field in ("upsample_rates", "upsample_kernel_sizes", "resblock_kernel_sizes"):
        assert getattr(config, field) == tuple(sizes[field])
    assert config.resblock_dilation_sizes == tuple(map(tuple, sizes["resblock_dilation_sizes"]))


@pytest.mark.parametrize("version", ["v2", "v2Pro", "v2ProPlus"])
def test_the_version_shows_in_the_tensors(version: Version, folder: Path):
    checkpoint = read_acoustic(folder / f"{version}.pth")
    assert checkpoint.config.version == version
    assert checkpoint.info == INFO
    assert list(checkpoint.weights) == list(acoustic_shapes(checkpoint.config))
    assert not set(UNUSED_BY_INFERENCE) & checkpoint.weights.keys()


@pytest.mark.parametrize("mark", [b"PK", *MARKS])
def test_the_mark_is_read_over_whatever_it_says(mark: bytes, folder: Path, tmp_path: Path):
    file = marked(Path(shutil.copy(folder / "v2Pro.pth", tmp_path / "marked.pth")), mark)
    assert read_acoustic(file).config == read_acoustic(folder / "v2Pro.pth").config


@pytest.mark.parametrize("name", ["voice.ckpt", "s2Gv3.pth", "无后缀"])
def test_the_name_says_nothing(name: str, folder: Path, tmp_path: Path):
    file = Path(shutil.copy(folder / "v2.pth", tmp_path / name))
    assert read_acoustic(file).config.version == "v2"


def test_settings_may_be_upstreams_object(folder: Path, tmp_path: Path):
    def pickle_settings(content: dict[str, Any]) -> None:
        content["config"] = HParams(**content["config"], s2_ckpt_dir=Path("logs/s2"))

    file = changed_acoustic(folder, tmp_path, pickle_settings, b"05")
    assert read_acoustic(file).config == read_acoustic(folder / "v2.pth").config
    assert b"utils\nHParams" in file.read_bytes()


def test_settings_that_were_changed_are_read_from_upstreams_object(folder: Path, tmp_path: Path):
    rates, dilations = [8, 10, 2, 2, 2], [[1, 2, 4], [1, 3, 5], [2, 3, 9]]

    def change(content: dict[str, Any]) -> None:
        content["config"]["model"] |= {"upsample_rates": rates, "resblock_dilation_sizes": dilations}
        content["config"] = HParams(**content["config"])

    config = read_acoustic(changed_acoustic(folder, tmp_path, change)).config
    assert config.upsample_rates == tuple(rates)
    assert config.resblock_dilation_sizes == tuple(map(tuple, dilations))


LIES: list[Any] = [
    None,
    {},
    [],
    "config",
    {"model": None, "data": 5},
    {"model": {"upsample_rates": [10, 8, 2, 2, 1], "resblock_dilation_sizes": [[1, 3]] * 3}},
    {"model": {"upsample_rates": [10**9] * 5, "n_heads": 10**9, "inter_channels": 10**9, "n_layers": 10**9}},
    {"model": {"upsample_rates": [-10, -8, 2, 2, 2], "resblock_dilation_sizes": [[0, -1, True]] * 3}},
    {"model": {"upsample_rates": ["10"] * 5, "resblock_dilation_sizes": "135", "version": "v3", "gin_channels": 7}},
]


@pytest.mark.parametrize("settings", LIES, ids=lambda settings: str(settings)[:40])
def test_settings_that_lie_or_are_missing_change_nothing(settings: Any, folder: Path, tmp_path: Path):
    file = changed_acoustic(folder, tmp_path, lambda content: content.update(config=settings))
    assert read_acoustic(file).config == read_acoustic(folder / "v2.pth").config


@pytest.mark.parametrize(
    ("settings", "heads", "seconds"),
    [
        ({"model": {"head": 8}, "data": {"max_sec": 30}}, 8, 30),
        ({"model": {"head": 7, "hidden_dim": 10**9, "n_layer": 10**9}, "data": {"max_sec": 10**9}}, 16, 54),
        ({"model": {"head": 0}, "data": {"max_sec": -1}}, 16, 54),
        ({"model": {"head": "8"}}, 16, 54),
        ({}, 16, 54),
    ],
)
def test_heads_are_the_settings_business_as_long_as_they_divide(
    settings: Any, heads: int, seconds: int, semantic: Path, tmp_path: Path
):
    file = save(content_of(semantic) | {"config": settings}, tmp_path / "s1.ckpt")
    config = read_semantic(file).config
    assert (config.head_count, config.max_seconds) == (heads, seconds)
    assert config.layer_count == TINY_SEMANTIC.layer_count


def test_training_layers_may_be_there_or_not(folder: Path, tmp_path: Path):
    def add(content: dict[str, Any]) -> None:
        content["weight"]["enc_q.pre.weight"] = torch.zeros(4, 1025, 1).half()
        content["weight"]["enc_q.enc.in_layers.0.weight_g"] = torch.zeros(8, 1, 1).half()
        for name in UNUSED_BY_INFERENCE:
            del content["weight"][name]

    with_them, without = read_acoustic(changed_acoustic(folder, tmp_path, add)), read_acoustic(folder / "v2.pth")
    assert with_them.config == without.config
    assert with_them.weights.keys() == without.weights.keys()


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.bfloat16])
def test_the_numbers_are_those_of_the_file_in_its_precision(dtype: torch.dtype, semantic: Path, tmp_path: Path):
    content = content_of(semantic)
    content["weight"] = {name: tensor.to(dtype) for name, tensor in content["weight"].items()}
    read = read_semantic(save(content, tmp_path / "s1.ckpt")).weights
    assert read.keys() == {name.removeprefix("model.") for name in content["weight"]}
    for name, tensor in read.items():
        assert tensor.dtype == dtype
        assert torch.equal(tensor, content["weight"][f"model.{name}"])


def test_pairs_of_direction_and_length_stay_as_they_are(folder: Path):
    read, written = read_acoustic(folder / "v2.pth").weights, content_of(folder / "v2.pth")["weight"]
    for name in ("dec.ups.0.weight_g", "dec.ups.0.weight_v", "flow.flows.6.enc.cond_layer.weight_g"):
        assert torch.equal(read[name], written[name])


def test_tensors_that_are_no_rows_in_memory_are_read_right(semantic: Path, tmp_path: Path):
    content = content_of(semantic)
    name = "model.bert_proj.weight"
    whole = torch.randn(1024, 70).half()
    content["weight"][name] = whole[:, 3:67].T  # a stretch of a larger tensor, turned
    assert not content["weight"][name].is_contiguous()
    read = read_semantic(save(content, tmp_path / "s1.ckpt"))
    assert torch.equal(read.weights["bert_proj.weight"], whole[:, 3:67].T)


def test_every_pickle_protocol_of_torch_is_read(semantic: Path, tmp_path: Path):
    content = content_of(semantic)
    for protocol in (2, 3, 4, 5):
        torch.save(content, tmp_path / "s1.ckpt", pickle_protocol=protocol)
        assert torch.equal(
            read_semantic(tmp_path / "s1.ckpt").weights["bert_proj.bias"], content["weight"]["model.bert_proj.bias"]
        )


def test_writing_to_a_tensor_leaves_the_file_alone(semantic: Path, tmp_path: Path):
    file = Path(shutil.copy(semantic, tmp_path / "s1.ckpt"))
    before = file.read_bytes()
    weights = read_semantic(file).weights
    weights["bert_proj.bias"].fill_(7)
    assert weights["bert_proj.bias"].unique().tolist() == [7]
    assert file.read_bytes() == before


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="this system does not list what is mapped")
@pytest.mark.parametrize("mark", [b"PK", b"06"])
def test_weights_stay_in_the_file_until_they_are_used(mark: bytes, folder: Path, tmp_path: Path):
    file = marked(Path(shutil.copy(folder / "v2ProPlus.pth", tmp_path / "mapped.pth")), mark)
    weights = read_acoustic(file).weights
    spans = [
        line.split()[0].split("-") for line in Path("/proc/self/maps").read_text().splitlines() if file.name in line
    ]
    mapped = [(int(start, 16), int(end, 16)) for start, end in spans]
    assert all(any(start <= tensor.data_ptr() < end for start, end in mapped) for tensor in weights.values())


def test_the_file_can_be_replaced_while_its_weights_are_in_use(semantic: Path, tmp_path: Path):
    file = Path(shutil.copy(semantic, tmp_path / "s1.ckpt"))
    weights = read_semantic(file).weights
    expected = content_of(semantic)["weight"]["model.bert_proj.weight"]
    file.unlink()
    file.write_bytes(b"something else")
    assert torch.equal(weights["bert_proj.weight"], expected)


def test_what_the_training_wrote_about_itself_is_kept_in_short(semantic: Path, tmp_path: Path):
    for info, kept in [
        ("GPT-e15", "GPT-e15"),
        ("第8轮", "第8轮"),
        ("a\x1b[2Jb\n", "a[2Jb"),
        ("x" * 999, "x" * 200),
        (5, ""),
    ]:
        file = save(content_of(semantic) | {"info": info}, tmp_path / "s1.ckpt")
        assert read_semantic(file).info == kept


def test_a_pair_must_speak_in_the_same_tokens(folder: Path):
    semantic, acoustic = read_semantic(folder / "s1.ckpt").config, read_acoustic(folder / "v2.pth").config
    require_pair(semantic, acoustic)
    with pytest.raises(CheckpointRefused, match="do not belong together") as refused:
        require_pair(semantic, AcousticConfig(codebook_size=512))
    assert "不配套" in refused.value.chinese


@pytest.mark.parametrize("limit", [1 << 31, 10])
def test_an_archive_that_was_packed_by_another_program_is_read(
    limit: int, semantic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Its records are not aligned; beyond the limit, numbers are written with 64 bits, as in archives of many GB."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", limit)
    file = tmp_path / "s1.ckpt"
    with zipfile.ZipFile(semantic) as written, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
        packed.writestr("s1/first", b"odd")
        for record in written.infolist():
            packed.writestr(record.filename.replace("s1.ckpt", "s1"), written.read(record))
        packed.comment = b"packed elsewhere"
    expected = read_semantic(semantic).weights
    assert all(torch.equal(tensor, expected[name]) for name, tensor in read_semantic(file).weights.items())
