"""FunASR's real path with random weights: everything but what is understood."""

import json
import logging
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asr.funasr_engine import SenseVoice
from asr.recognizer import GET_MODEL, RATE_HZ, Heard, RecognitionFailed, SpeechModelMissing

ROOT = Path(__file__).parents[2]


def loaded(folder: Path, **options: Any) -> SenseVoice:
    recognizer = SenseVoice(folder, threads=1, **options)
    recognizer.load()
    return recognizer


class ScriptedModel:
    """Stands where FunASR's model is, answers as told, and keeps what it was asked."""

    def __init__(self, answer: Any):
        self.answer = answer
        self.asked: list[dict[str, Any]] = []

    def generate(self, **asked: Any) -> Any:
        self.asked.append(asked)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def scripted(answer: Any, **options: Any) -> tuple[SenseVoice, ScriptedModel]:
    recognizer, model = SenseVoice(Path("unused"), **options), ScriptedModel(answer)
    recognizer._model = model
    return recognizer, model


NOISE = (np.random.default_rng(5).standard_normal(RATE_HZ) * 0.1).astype(np.float32)


@pytest.mark.slow
def test_no_recording_ends_the_process_prints_or_reaches_the_network(tiny_folder: Path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.bad_audio", str(tiny_folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    heard = report["heard"]
    nothing = {name for name, text in heard.items() if not text}
    refused = {name for name, text in heard.items() if text.startswith("RecognitionFailed")}
    assert nothing == {*(f"{length} samples" for length in (0, 1, 100, 399, 400, 1599)), "silence", "dither"}
    assert refused == {"NaN", "one NaN", "inf", "int16", "stereo", "(1, n)", "no dimension"}
    for name in ("float64", "not contiguous", "read-only"):
        assert heard[name] == heard["good"]
    assert report["reached"] == []
    assert report["root"] == [logging.WARNING, 0, 0]
    assert not report["realtime"]


def test_the_same_recording_gives_the_same_text(sensevoice: SenseVoice, tiny_folder: Path, english: np.ndarray):
    first = sensevoice.transcribe(english)
    assert first.text
    assert sensevoice.transcribe(english) == first
    assert loaded(tiny_folder).transcribe(english) == first


def test_nothing_is_printed_and_the_root_logger_stays(
    tiny_folder: Path, english: np.ndarray, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
):
    root = logging.getLogger()
    before = root.level, root.handlers[:], root.filters[:], sys.stdout
    with caplog.at_level(logging.INFO):
        loaded(tiny_folder).transcribe(english)
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
    assert (root.level, root.handlers, root.filters, sys.stdout) == before


def test_loading_leaves_random_numbers_unpredictable(tiny_folder: Path):
    import torch

    drawn: list[tuple[float, float, float]] = []
    for _ in range(2):
        loaded(tiny_folder)
        drawn.append((random.random(), np.random.random(), torch.rand(1).item()))
    assert all(first != second for first, second in zip(*drawn, strict=True))


def test_calls_from_several_threads_hear_what_one_hears(sensevoice: SenseVoice, english: np.ndarray):
    recordings = [english[start : start + RATE_HZ * (1 + start % 3)] for start in range(0, 9 * RATE_HZ, 8000)]
    alone = [sensevoice.transcribe(samples) for samples in recordings]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(sensevoice.transcribe, recordings))
    assert together == alone
    assert len({heard.text for heard in alone}) > len(alone) // 2


def test_the_hint_reaches_the_model(sensevoice: SenseVoice):
    assert sensevoice.transcribe(NOISE, "zh") != sensevoice.transcribe(NOISE, "en")
    assert sensevoice.transcribe(NOISE, "zh-CN") == sensevoice.transcribe(NOISE, "zh")


@pytest.mark.parametrize(
    ("setting", "hint", "asked"),
    [
        ("auto", "", "auto"),
        ("zh", "", "zh"),
        ("zh", "en", "en"),
        ("zh", "EN_us", "en"),
        ("zh", "auto", "zh"),
        ("auto", "yue", "yue"),
        ("zh", "fr", "auto"),
        ("zh", "http://127.0.0.1/x.wav", "auto"),
    ],
)
def test_the_hint_of_a_call_goes_before_the_setting(setting: str, hint: str, asked: str):
    recognizer, model = scripted([{"text": ""}], language=setting)
    recognizer.transcribe(NOISE, hint)
    assert model.asked[0]["language"] == asked
    assert model.asked[0]["use_itn"] is True


@pytest.mark.parametrize("samples", [np.zeros(RATE_HZ, np.float32), NOISE[:1599], NOISE[:0]])
def test_silence_never_reaches_the_model(samples: np.ndarray):
    recognizer, model = scripted([{"text": "<|zh|>谢谢观看"}])
    assert recognizer.transcribe(samples) == Heard("")
    assert model.asked == []


@pytest.mark.parametrize("answer", [[], [{"key": "x", "text": ""}], [{"text": ""}], [{"key": "x"}]])
def test_an_answer_without_text_is_no_speech(answer: list[dict[str, str]]):
    assert scripted(answer)[0].transcribe(NOISE) == Heard("")


def test_several_answers_become_one_line():
    answer = [{"text": "<|zh|><|SAD|><|Speech|><|withitn|>你好。"}, {"text": "<|en|><|Speech|> Hello\n there."}]
    assert scripted(answer)[0].transcribe(NOISE) == Heard("你好。Hello there.", "zh", "sad", "speech")


def test_pictographs_are_kept_only_when_asked_for():
    answer = [{"text": "<|zh|><|HAPPY|><|Speech|><|withitn|>你好"}]
    assert scripted(answer)[0].transcribe(NOISE).text == "你好"
    assert scripted(answer, keep_emoji=True)[0].transcribe(NOISE).text == "你好\N{SMILING FACE WITH SMILING EYES}"


def test_an_engine_that_breaks_says_so_in_a_sentence_and_in_the_log(caplog: pytest.LogCaptureFixture):
    recognizer, _ = scripted(RuntimeError("CUDA out of memory\nC++ CapturedCallStack:\n frame #0"))
    with pytest.raises(RecognitionFailed) as raised:
        recognizer.transcribe(NOISE)
    assert str(raised.value) == "SenseVoice could not process this recording (RuntimeError: CUDA out of memory)."
    assert "SenseVoice broke on 1.0 s of audio" in caplog.text


def test_it_goes_on_after_a_failure(sensevoice: SenseVoice):
    before = sensevoice.transcribe(NOISE)
    with pytest.raises(RecognitionFailed):
        sensevoice.transcribe(np.full(RATE_HZ, np.nan, np.float32))
    assert sensevoice.transcribe(NOISE) == before


def test_before_it_is_loaded_it_says_so():
    with pytest.raises(RecognitionFailed, match="not loaded"):
        SenseVoice(Path("unused")).transcribe(NOISE)


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20_000])


def change_weights(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    def apply(file: Path) -> None:
        import torch

        torch.save(change(torch.load(file, weights_only=True)), file)

    return apply


def replace(old: str, new: str) -> Callable[[Path], Any]:
    return lambda file: file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


LAYER = "encoder.encoders.0.norm1.weight"

BREAKAGES: dict[str, tuple[str, Callable[[Path], Any], str]] = {
    "model.pt gone": ("model.pt", Path.unlink, "model.pt is missing"),
    "model.pt cut off": ("model.pt", truncate, r"model.pt \(0.4 MB\) is cut off or damaged"),
    "model.pt of text": ("model.pt", lambda file: file.write_text("hello"), "is cut off or damaged"),
    "model.pt with code": ("model.pt", change_weights(lambda weights: {"x": Path()}), "is cut off or damaged"),
    "model.pt of nothing": ("model.pt", change_weights(lambda weights: {}), r"lacks \d+ of its tensors"),
    "model.pt without a layer": (
        "model.pt",
        change_weights(lambda weights: {name: value for name, value in weights.items() if name != LAYER}),
        rf"lacks 1 of its tensors \({LAYER}",
    ),
    "model.pt of another size": (
        "model.pt",
        change_weights(lambda weights: weights | {LAYER: weights[LAYER][:-1]}),
        "does not fit config.yaml",
    ),
    "model.pt of a list": ("model.pt", change_weights(list), "is cut off or damaged"),
    "table cut off": ("am.mvn", truncate, "am.mvn"),
    "table of another size": ("am.mvn", replace(" -8 ]", " ]"), "am.mvn|cannot build"),
    "table of NaN": ("am.mvn", replace("-8 -8", "nan -8"), "am.mvn is damaged"),
    "table of text": ("am.mvn", lambda file: file.write_text("hello\n"), "am.mvn|cannot build"),
    "vocabulary of text": ("chn_jpn_yue_eng_ko_spectok.bpe.model", lambda file: file.write_text("x"), "cannot build"),
    "configuration cut off": ("configuration.json", replace("}}", ""), "cannot build"),
    "configuration without files": ("configuration.json", lambda file: file.write_text("{}"), "cannot build|am.mvn"),
    "config of another model": ("config.yaml", replace("SenseVoiceSmall", "Paraformer"), "cannot build"),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_a_broken_copy_is_named_and_so_is_the_remedy(name: str, tiny_folder: Path, tmp_path: Path):
    file, damage, fault = BREAKAGES[name]
    folder = tmp_path / "SenseVoiceSmall"
    shutil.copytree(tiny_folder, folder)
    damage(folder / file)
    with pytest.raises(SpeechModelMissing, match=fault) as raised:
        loaded(folder)
    assert str(folder) in str(raised.value)
    assert GET_MODEL in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda weights: {"state_dict": weights},
        lambda weights: {"model": {"state_dict": weights}, "epoch": 3},
        lambda weights: weights | {"a.layer.that.nobody.knows": weights[LAYER]},
    ],
)
def test_other_ways_to_save_the_same_weights_are_read(
    wrap: Callable[[dict[str, Any]], Any], sensevoice: SenseVoice, tiny_folder: Path, tmp_path: Path
):
    folder = tmp_path / "SenseVoiceSmall"
    shutil.copytree(tiny_folder, folder)
    change_weights(wrap)(folder / "model.pt")
    assert loaded(folder).transcribe(NOISE) == sensevoice.transcribe(NOISE)


def test_a_relative_path_is_no_name_to_ask_the_network_for(tiny_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tiny_folder.parent)
    recognizer = SenseVoice(Path("SenseVoiceSmall"), threads=1)
    monkeypatch.chdir("/")
    recognizer.load()


def test_a_funasr_that_cannot_be_imported_is_named(tiny_folder: Path, monkeypatch: pytest.MonkeyPatch):
    def import_auto_model() -> None:
        raise OSError("libtorchaudio.so: undefined symbol")

    monkeypatch.setattr("asr.sensevoice_model.import_auto_model", import_auto_model)
    with pytest.raises(SpeechModelMissing, match=r"cannot be imported \(OSError: libtorchaudio"):
        loaded(tiny_folder)


def test_a_card_that_is_not_there_is_an_error_that_names_the_setting(tiny_folder: Path):
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    with pytest.raises(SpeechModelMissing, match="set it to auto or cpu"):
        loaded(tiny_folder, device="cuda")
    assert loaded(tiny_folder, device="auto").transcribe(NOISE)


def test_other_threads_can_print_while_it_loads(tiny_folder: Path, capsys: pytest.CaptureFixture[str]):
    load = threading.Thread(target=loaded, args=(tiny_folder,))
    load.start()
    printed = 0
    while load.is_alive():
        print("banner")
        printed += 1
        load.join(0.01)
    assert capsys.readouterr().out == "banner\n" * printed
