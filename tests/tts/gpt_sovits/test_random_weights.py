"""Weights that nobody trained: in upstream's files, with activations like those of real ones, and plainly labelled."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch.nn import functional

from tts.gpt_sovits.acoustic.model import load_acoustic
from tts.gpt_sovits.base_models import RANDOM_NOTICE
from tts.gpt_sovits.checkpoint import read_acoustic, read_semantic, require_pair
from tts.gpt_sovits.config import VERSIONS, Version
from tts.gpt_sovits.features.random_models import NOTICE_FILE
from tts.gpt_sovits.files import find_gpt_sovits, problems
from tts.gpt_sovits.random_set import main, write_random_set
from tts.gpt_sovits.random_weights import HEADERS, INFO, write_acoustic, write_semantic
from tts.gpt_sovits.semantic.model import SemanticModel, load_semantic

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("random")
    write_random_set(folder, "v2ProPlus", "tiny")
    return folder


def test_a_whole_set_is_small_and_can_be_found(folder: Path):
    files = find_gpt_sovits(folder)
    assert problems(files) == []
    assert None not in (files.gpt, files.sovits, files.hubert, files.bert, files.speaker)
    assert sum(file.stat().st_size for file in folder.rglob("*")) < 30_000_000


def test_every_folder_says_that_the_weights_are_random(folder: Path):
    assert RANDOM_NOTICE == NOTICE_FILE
    for directory in {file.parent for file in folder.rglob("*.*")}:
        assert "随机数" in (directory / RANDOM_NOTICE).read_text("utf-8")
    assert read_semantic(folder / "s1v3.ckpt").info == INFO


@pytest.mark.parametrize("version", VERSIONS)
def test_the_file_is_marked_as_upstream_marks_its_version(version: Version, tmp_path: Path):
    write_acoustic(tmp_path / "s2.pth", version, "tiny", seed=1)
    assert (tmp_path / "s2.pth").read_bytes()[:4] == HEADERS[version] + b"\x03\x04"
    config = read_acoustic(tmp_path / "s2.pth").config
    assert config.version == version
    write_semantic(tmp_path / "s1.ckpt", "tiny", seed=1)
    require_pair(read_semantic(tmp_path / "s1.ckpt").config, config)
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".part"] == []


def test_a_seed_gives_the_same_numbers_each_time(tmp_path: Path):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        write_semantic(tmp_path / name, "tiny", seed)
    first, again, other = (read_semantic(tmp_path / name).weights for name in "abc")
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["bert_proj.weight"], other["bert_proj.weight"])


@pytest.mark.parametrize("version", VERSIONS)
def test_every_number_is_finite_and_fits_half_precision(version: Version, tmp_path: Path):
    write_acoustic(tmp_path / "s2.pth", version, "tiny", seed=2)
    for name, tensor in read_acoustic(tmp_path / "s2.pth").weights.items():
        assert tensor.dtype == torch.float16, name
        assert tensor.isfinite().all(), name


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_sound_is_neither_silent_nor_cut_off(version: Version, dtype: torch.dtype, tmp_path: Path):
    write_acoustic(tmp_path / "s2.pth", version, "tiny", seed=4)
    checkpoint = read_acoustic(tmp_path / "s2.pth")
    model, config = load_acoustic(checkpoint.config, checkpoint.weights), checkpoint.config
    source = torch.Generator().manual_seed(1)
    speaker = [torch.randn(1, config.speaker_dim, generator=source)] if config.has_speaker_network else None
    for loudness in (0.3, 3):  # of a spectrogram; speech lies between
        spectrogram = loudness * torch.rand(1, 1025, 120, generator=source)
        model.dec.to(dtype)
        sound = model.speak(
            torch.randint(0, 1024, (1, 20), generator=source),
            torch.randint(0, 732, (1, 12), generator=source),
            model.conditions(model.timbre([spectrogram], speaker)),
            torch.randn(1, config.inter_channels, 40, generator=source),
        )
        assert sound.isfinite().all()
        assert 0.01 < sound.std() < 0.5
        assert (sound.abs() > 0.99).float().mean() < 0.001


def spoken_tokens(model: SemanticModel, phones: int, prompt_phones: int, prompt_tokens: int, seed: int) -> int:
    """How many tokens follow a prompt until the end wins by itself; from scratch for each, as plainly as can be."""
    source = torch.Generator().manual_seed(seed)
    x = model.embed_phones(
        torch.randint(0, 732, (prompt_phones + phones,), generator=source),
        torch.randn(1024, prompt_phones + phones, generator=source),
    )
    tokens = torch.randint(0, 1024, (prompt_tokens,), generator=source)
    for step in range(400):
        y = model.embed_tokens(tokens, torch.arange(len(tokens)))
        whole = torch.cat([x, y]).unsqueeze(0)
        visible = torch.ones(whole.shape[1], whole.shape[1], dtype=torch.bool).tril()
        visible[: len(x), : len(x)] = True
        h = model.run(
            whole, lambda _, q, k, v, mask=visible: functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        )
        logits = model.head(h[0, -1])
        if step < 11:
            logits = logits[: model.config.eos]
        best = logits.topk(15)
        drawn = best.indices[torch.multinomial(best.values.softmax(0), 1, generator=source)]
        if drawn == model.config.eos or logits.argmax() == model.config.eos:
            return step
        tokens = torch.cat([tokens, drawn])
    raise AssertionError("it does not end")


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("phones", "prompt_phones", "prompt_tokens"), [(20, 30, 75), (40, 54, 149), (10, 40, 90), (24, 0, 0)]
)
def test_a_sentence_ends_when_its_phones_are_spoken(
    phones: int, prompt_phones: int, prompt_tokens: int, seed: int, tmp_path: Path
):
    write_semantic(tmp_path / "s1.ckpt", "tiny", seed)
    checkpoint = read_semantic(tmp_path / "s1.ckpt")
    model = load_semantic(checkpoint.config, checkpoint.weights)
    spoken = spoken_tokens(model, phones, prompt_phones, prompt_tokens, seed)
    expected = 2.5 * (prompt_phones + phones) - prompt_tokens
    assert abs(spoken - expected) < 15, (spoken, expected)


def test_endless_weights_never_speak_the_end(tmp_path: Path):
    write_semantic(tmp_path / "s1.ckpt", "tiny", seed=0, endless=True)
    checkpoint = read_semantic(tmp_path / "s1.ckpt")
    assert not checkpoint.weights["ar_predict_layer.weight"][checkpoint.config.eos].any()
    with pytest.raises(AssertionError, match="does not end"):
        spoken_tokens(load_semantic(checkpoint.config, checkpoint.weights), 10, 0, 0, seed=0)


def test_the_program_writes_what_it_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["--size", "tiny", "--version", "v2", "--seed", "3", "--endless", str(tmp_path / "目录")]) == 0
    assert "RANDOM weights" in capsys.readouterr().out
    files = find_gpt_sovits(tmp_path / "目录")
    assert problems(files) == []
    assert files.sovits is not None
    assert files.sovits.name == "s2G2333k.pth"
    assert files.speaker is None


def test_real_weights_are_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    real = tmp_path / "s1v3.ckpt"
    real.write_bytes(b"real")
    assert main([str(tmp_path)]) == 1
    assert f"{real} is not random" in capsys.readouterr().err
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"real"]


def test_a_place_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "file").touch()
    assert main([str(tmp_path / "file" / "below")]) == 1
    assert "could not be written (Not a directory). Is the folder writable" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="a limit on the size of files stands in for a full disk")
def test_a_full_disk_is_told_in_a_sentence_and_what_is_left_is_marked(tmp_path: Path):
    command = f"trap '' XFSZ; ulimit -f 200; exec '{sys.executable}' -m tts.gpt_sovits.random_set '{tmp_path}/new'"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 1
    assert "could not be written" in done.stderr
    assert "Traceback" not in done.stderr
    for file in (tmp_path / "new").rglob("*.ckpt*"):
        assert file.with_name(RANDOM_NOTICE).is_file()


@pytest.mark.parametrize("arguments", [["--size", "huge", "x"], ["--version", "v4", "x"], []])
def test_the_program_names_what_it_does_not_know(arguments: list[str]):
    command = [sys.executable, "-m", "tts.gpt_sovits.random_set", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 2
    assert "usage: start.py models random" in done.stderr
