from importlib.util import find_spec
from pathlib import Path

import pytest

from tts import choose as chooser
from tts.choose import choose


@pytest.mark.skipif(find_spec("espeakng_loader") is None, reason="espeakng-loader is not installed")
@pytest.mark.parametrize("engine", ["auto", "espeak"])
def test_espeak_is_chosen_where_it_is_installed(engine: str, tmp_path: Path):
    synthesizer, (sentence, _) = choose(engine, tmp_path)
    assert synthesizer is not None
    assert synthesizer.name == "espeak"
    assert "only voice of this version" in sentence


@pytest.mark.parametrize("engine", ["auto", "espeak"])
def test_without_espeak_the_sentence_names_the_command(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(chooser, "find_spec", lambda name: None)
    synthesizer, (sentence, _) = choose(engine, tmp_path)
    assert synthesizer is None
    assert "pip install -r requirements-demo.txt" in sentence


def test_none_means_text_only(tmp_path: Path):
    synthesizer, (sentence, _) = choose("none", tmp_path)
    assert synthesizer is None
    assert "text only" in sentence


def test_an_unknown_engine_is_refused_by_name(tmp_path: Path):
    with pytest.raises(ValueError, match="gpt-9"):
        choose("gpt-9", tmp_path)
