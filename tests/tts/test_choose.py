from importlib.util import find_spec
from pathlib import Path

import pytest

from tts import choose as chooser
from tts.choose import Cloning, choose
from tts.gpt_sovits.files import GPTSoVITSFiles

HAS_ESPEAK = find_spec("espeakng_loader") is not None
HAS_TORCH = find_spec("torch") is not None
WITH_REFERENCE = Cloning(has_reference=True)


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GPTSoVITSFiles:
    """A set of files without fault, as far as it can be told without reading them."""
    files = GPTSoVITSFiles(
        tmp_path / "mine.ckpt", tmp_path / "mine.pth", tmp_path / "hubert", tmp_path / "bert", None, None
    )
    monkeypatch.setattr(chooser, "find_gpt_sovits", lambda *asked: files)
    monkeypatch.setattr(chooser, "problems", lambda files: [])
    return files


@pytest.mark.skipif(not HAS_ESPEAK, reason="espeakng-loader is not installed")
@pytest.mark.parametrize("engine", ["auto", "espeak"])
def test_without_weights_espeak_speaks_where_it_is_installed(engine: str, tmp_path: Path):
    synthesizer, (english, chinese) = choose(engine, tmp_path)
    assert synthesizer is not None
    assert synthesizer.name == "espeak"
    assert "synthetic voice" in english
    assert "合成声音" in chinese


@pytest.mark.skipif(not HAS_ESPEAK, reason="espeakng-loader is not installed")
def test_auto_says_what_cloned_voices_lack(tmp_path: Path):
    _, (english, _) = choose("auto", tmp_path)
    assert "python3 start.py models get gpt-sovits" in english


@pytest.mark.parametrize("engine", ["auto", "espeak"])
def test_without_espeak_the_sentence_names_the_command(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(chooser, "find_spec", lambda name: None)
    synthesizer, (sentence, _) = choose(engine, tmp_path)
    assert synthesizer is None
    assert "pip install -r requirements-demo.txt" in sentence


@pytest.mark.skipif(not HAS_TORCH, reason="torch is not installed")
@pytest.mark.parametrize("engine", ["auto", "gpt-sovits"])
def test_cloned_voices_are_preferred_where_all_is_there(engine: str, weights: GPTSoVITSFiles, tmp_path: Path):
    synthesizer, (sentence, _) = choose(engine, tmp_path, WITH_REFERENCE)
    assert synthesizer is not None
    assert synthesizer.name == "gpt-sovits"
    assert "mine.ckpt + mine.pth" in sentence


def test_espeak_can_be_asked_for_though_there_are_weights(weights: GPTSoVITSFiles, tmp_path: Path):
    synthesizer, _ = choose("espeak", tmp_path, WITH_REFERENCE)
    assert synthesizer is None or synthesizer.name == "espeak"


@pytest.mark.skipif(not HAS_TORCH, reason="torch is not installed")
def test_weights_without_a_clip_cannot_speak(weights: GPTSoVITSFiles, tmp_path: Path):
    synthesizer, (english, chinese) = choose("gpt-sovits", tmp_path)
    assert synthesizer is None
    assert "GSV.ref_audio_path" in english
    assert "GSV.ref_audio_path" in chinese


@pytest.mark.skipif(not HAS_TORCH, reason="torch is not installed")
@pytest.mark.skipif(not HAS_ESPEAK, reason="espeakng-loader is not installed")
def test_where_characters_may_have_clips_both_engines_speak(weights: GPTSoVITSFiles, tmp_path: Path):
    synthesizer, (english, chinese) = choose("auto", tmp_path, Cloning(has_characters=True))
    assert synthesizer is not None
    assert (synthesizer.name, synthesizer.rate_hz) == ("gpt-sovits + espeak", 32000)
    assert "mine.ckpt + mine.pth" in english
    for sentence in (english, chinese):
        assert "GSV.ref_audio_path" in sentence
        assert "espeak-ng" in sentence


@pytest.mark.skipif(not HAS_TORCH, reason="torch is not installed")
def test_asked_for_by_name_cloned_voices_speak_alone(weights: GPTSoVITSFiles, tmp_path: Path):
    synthesizer, (english, _) = choose("gpt-sovits", tmp_path, Cloning(has_characters=True))
    assert synthesizer is not None
    assert synthesizer.name == "gpt-sovits"
    assert "there is no voice" in english


def test_weights_without_packages_name_the_command(
    weights: GPTSoVITSFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(chooser, "find_spec", lambda name: None)
    synthesizer, (sentence, _) = choose("gpt-sovits", tmp_path, WITH_REFERENCE)
    assert synthesizer is None
    assert "python3 start.py install --ml" in sentence


def test_asked_for_by_name_nothing_else_speaks_instead(tmp_path: Path):
    synthesizer, (sentence, _) = choose("gpt-sovits", tmp_path)
    assert synthesizer is None
    assert "python3 start.py models get gpt-sovits" in sentence


def test_a_configured_file_that_is_not_there_is_mended_in_the_settings(tmp_path: Path):
    _, (english, chinese) = choose("gpt-sovits", tmp_path, Cloning(sovits=tmp_path / "nope.pth"))
    assert "models get" in english  # first, what is missing beside it
    _, (english, chinese) = choose("gpt-sovits", tmp_path, Cloning(gpt=tmp_path / "nope.ckpt"))
    for sentence in (english, chinese):
        assert "nope.ckpt" in sentence
        assert "GSV.GPT_weight" in sentence
        assert "models get" not in sentence


def test_none_means_text_only(tmp_path: Path):
    synthesizer, (sentence, _) = choose("none", tmp_path)
    assert synthesizer is None
    assert "text only" in sentence


def test_an_unknown_engine_is_refused_by_name(tmp_path: Path):
    with pytest.raises(ValueError, match="gpt-9"):
        choose("gpt-9", tmp_path)
