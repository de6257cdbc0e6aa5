import subprocess
import sys
from pathlib import Path

import pytest

from asr import choose as chooser
from asr.choose import choose
from asr.recognizer import GET_MODEL, Recognizer
from asr.sensevoice_files import FILES


@pytest.fixture(autouse=True)
def no_cache_of_this_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("MODELSCOPE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The packages that this machine seems to have; take some away."""
    packages = {"torch", "funasr", "kaldi_native_fbank", "sentencepiece", "pocketsphinx"}
    monkeypatch.setattr(chooser, "find_spec", lambda name: name if name in packages else None)
    return packages


def put_model(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name in FILES:
        (folder / name).write_bytes(b"not empty")
    return folder


def chosen(engine: str, models_dir: Path) -> tuple[Recognizer | None, str]:
    recognizer, (english, chinese) = choose(engine, models_dir, "auto", "cpu", False, 1)
    assert chinese
    return recognizer, english


@pytest.mark.parametrize("place", ["models/SenseVoiceSmall", "models/iic/SenseVoiceSmall"])
@pytest.mark.parametrize("engine", ["auto", "sensevoice"])
def test_sensevoice_is_taken_where_its_model_lies(engine: str, place: str, tmp_path: Path, installed: set[str]):
    folder = put_model(tmp_path / place)
    recognizer, sentence = chosen(engine, tmp_path / "models")
    assert recognizer is not None
    assert recognizer.name == "sensevoice"
    assert str(folder) in sentence


@pytest.mark.parametrize(
    "place",
    [
        "iic/SenseVoiceSmall",
        "hub/iic/SenseVoiceSmall",
        "hub/models/iic/SenseVoiceSmall",
        "models/iic/SenseVoiceSmall",
        "models/iic--SenseVoiceSmall/snapshots/master",
    ],
)
def test_a_model_that_modelscope_fetched_for_another_program_is_found(place: str, tmp_path: Path, installed: set[str]):
    put_model(tmp_path / "cache" / place)
    recognizer, _ = chosen("auto", tmp_path / "models")
    assert recognizer is not None
    assert recognizer.name == "sensevoice"


def test_modelscope_keeps_its_cache_in_the_home_directory(
    tmp_path: Path, installed: set[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("MODELSCOPE_CACHE")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    put_model(tmp_path / ".cache/modelscope/hub/models/iic/SenseVoiceSmall")
    recognizer, _ = chosen("sensevoice", tmp_path / "models")
    assert recognizer is not None


def test_without_a_model_the_labelled_demonstration_is_taken(tmp_path: Path, installed: set[str]):
    recognizer, sentence = chosen("auto", tmp_path)
    assert recognizer is not None
    assert recognizer.name == "pocketsphinx"
    assert "English demonstration" in sentence
    assert "no speech model is installed" in sentence
    assert GET_MODEL in sentence


def test_without_funasr_the_sentence_names_model_and_packages(tmp_path: Path, installed: set[str]):
    folder = put_model(tmp_path / "SenseVoiceSmall")
    installed -= {"funasr", "torch"}
    recognizer, sentence = chosen("auto", tmp_path)
    assert recognizer is not None
    assert recognizer.name == "pocketsphinx"
    assert str(folder) in sentence
    assert "torch, funasr" in sentence
    assert GET_MODEL in sentence


def test_an_incomplete_model_is_named_rather_than_tried(tmp_path: Path, installed: set[str]):
    (put_model(tmp_path / "SenseVoiceSmall") / "am.mvn").unlink()
    recognizer, sentence = chosen("auto", tmp_path)
    assert recognizer is not None
    assert recognizer.name == "pocketsphinx"
    assert "am.mvn is missing" in sentence


def test_a_complete_copy_is_preferred_to_a_broken_one(tmp_path: Path, installed: set[str]):
    (put_model(tmp_path / "models/SenseVoiceSmall") / "am.mvn").unlink()
    whole = put_model(tmp_path / "cache/models/iic/SenseVoiceSmall")
    _, sentence = chosen("auto", tmp_path / "models")
    assert str(whole) in sentence


def test_with_nothing_installed_nothing_is_heard_and_both_commands_are_named(tmp_path: Path, installed: set[str]):
    installed.clear()
    recognizer, sentence = chosen("auto", tmp_path)
    assert recognizer is None
    assert GET_MODEL in sentence
    assert "requirements-demo.txt" in sentence


def test_sensevoice_that_is_set_is_never_replaced(tmp_path: Path, installed: set[str]):
    recognizer, sentence = chosen("sensevoice", tmp_path)
    assert recognizer is None
    assert GET_MODEL in sentence


def test_the_demonstration_that_is_set_is_taken_although_the_model_is_here(tmp_path: Path, installed: set[str]):
    put_model(tmp_path / "SenseVoiceSmall")
    recognizer, sentence = chosen("pocketsphinx", tmp_path)
    assert recognizer is not None
    assert recognizer.name == "pocketsphinx"
    assert "English demonstration" in sentence


def test_none_hears_nothing(tmp_path: Path, installed: set[str]):
    put_model(tmp_path / "SenseVoiceSmall")
    recognizer, sentence = chosen("none", tmp_path)
    assert recognizer is None
    assert "none" in sentence


def test_an_unknown_engine_is_refused_by_name(tmp_path: Path):
    with pytest.raises(ValueError, match="whisper-9"):
        chosen("whisper-9", tmp_path)


@pytest.mark.parametrize("engine", ["auto", "sensevoice", "pocketsphinx", "none"])
def test_every_sentence_is_one_sentence(engine: str, tmp_path: Path, installed: set[str]):
    _, sentence = chosen(engine, tmp_path)
    assert sentence.endswith(".")
    assert ". " not in sentence
    assert "\n" not in sentence


def test_choosing_imports_nothing_heavy(tmp_path: Path):
    put_model(tmp_path / "SenseVoiceSmall")
    code = (
        "import sys, pathlib; from asr.choose import choose; "
        f"choose('auto', pathlib.Path({str(tmp_path)!r}), 'auto', 'auto', False, 0); "
        "assert not {'torch', 'funasr', 'pocketsphinx', 'librosa', 'modelscope'} & set(sys.modules), 'imported'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
