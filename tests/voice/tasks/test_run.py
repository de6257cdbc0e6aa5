"""Slicing, denoising and transcribing on plain folders, and the words that are sent when a stage fails."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.support.studio_work import Job, silence, speech, wav_bytes
from tests.support.task_jobs import hearing, trained
from voice.jobs.alone import Alone
from voice.jobs.work import JobFailed
from voice.studio.wav import RATE_HZ
from voice.tasks import training
from voice.tasks.run import run_task
from voice.tasks.types import TYPES

RAW = "u/workspace/upload_workspace/p/raw"
SLICED, DENOISED = "u/workspace/slice_workspace/p/slice", "u/workspace/denoise_workspace/p/denoise"


class Run:
    """A task on its way through the child's function."""

    def __init__(self, data: Path, name: str, **request: object):
        parameters: dict[str, Any] = {
            "data_dir": str(data),
            "models_dir": str(data / "models"),
            "request": {"session_id": "s", **request},
        }
        self._job = Job(parameters)
        self._job.work.kind = TYPES[name].kind

    def __call__(self) -> dict[str, Any]:
        with hearing():
            return dict(run_task(self._job.work))

    @property
    def said(self) -> list[tuple[str, object]]:
        news = [line for line in self._job.lines if line["type"] == "news"]
        return [(line["name"], line.get("text", line.get("dur"))) for line in news]

    @property
    def log(self) -> str:
        return "\n".join(self._job.log)

    @property
    def stages(self) -> list[tuple[str, float]]:
        return [
            (line["stage"], line["progress"])
            for line in self._job.lines
            if line["type"] == "progress" and "stage" in line
        ]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    raw = tmp_path / RAW
    raw.mkdir(parents=True)
    sound = np.concatenate([speech(), silence(1.5), speech("aishell")])
    (raw / "录音 1.wav").write_bytes(wav_bytes(sound))
    return tmp_path


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.glob("[!.]*"))


def test_slicing_follows_the_request(data: Path):
    run = Run(data, "slice", inp=RAW)
    made = run()
    assert made == {"slice_dir": str(data / SLICED), "clips": len(files(data / SLICED))}
    assert made["clips"] >= 2
    assert all(name.startswith("录音 1.wav_0") for name in files(data / SLICED))
    assert run.said[0] == ("slice start", None)
    assert run.said[1][0] == "slice completed"
    assert isinstance(run.said[1][1], int)
    assert run.stages[0] == ("slice", 0.0)

    loud = {name: np.abs(soundfile.read(data / SLICED / name)[0]).max() for name in files(data / SLICED)}
    Run(data, "slice", inp=RAW, max=0.5, alpha=1.0)()
    assert all(abs(np.abs(soundfile.read(data / SLICED / name)[0]).max() - 0.5) < 1e-3 for name in loud)
    Run(data, "slice", inp=RAW, min_length=1000, min_interval=100)()
    assert len(files(data / SLICED)) > len(loud)
    assert files(data / RAW) == ["录音 1.wav"], "inputs stay"


def test_a_long_clip_without_pauses_stays_whole(data: Path):
    tone = (0.3 * np.sin(np.arange(40 * RATE_HZ) / 20)).astype(np.float32)
    (data / RAW / "录音 1.wav").write_bytes(wav_bytes(tone))
    assert Run(data, "slice", inp=RAW)()["clips"] == 1


def test_what_is_finished_is_not_done_again_and_what_has_gone_is_deleted(data: Path):
    Run(data, "slice", inp=RAW)()
    first = {name: (data / SLICED / name).stat().st_mtime_ns for name in files(data / SLICED)}
    Run(data, "slice", inp=RAW)()
    assert first == {name: (data / SLICED / name).stat().st_mtime_ns for name in files(data / SLICED)}
    (data / SLICED / "somebody's.wav").write_bytes(wav_bytes(speech("aishell")))
    (data / RAW / "录音 1.wav").rename(data / RAW / "b.wav")
    Run(data, "slice", inp=RAW)()
    assert "somebody's.wav" in files(data / SLICED), "we delete only what we have made"
    assert {name.split("_0")[0] for name in files(data / SLICED)} == {"b.wav", "somebody's.wav"}


def test_two_inputs_may_share_an_output(data: Path):
    other = data / "u/workspace/upload_workspace/p/more"
    other.mkdir()
    (other / "c.wav").write_bytes(wav_bytes(speech("aishell")))
    Run(data, "slice", inp=RAW)()
    Run(data, "slice", inp="u/workspace/upload_workspace/p/more")()
    assert {name.split("_0")[0] for name in files(data / SLICED)} == {"录音 1.wav", "c.wav"}


def test_one_file_may_be_sliced(data: Path):
    (data / RAW / "b.wav").write_bytes(wav_bytes(speech("aishell")))
    Run(data, "slice", inp=f"{RAW}/b.wav")()
    assert {name.split("_0")[0] for name in files(data / "u/workspace/slice_workspace/p/raw/slice")} == {"b.wav"}


def test_denoising_and_transcribing(data: Path):
    Run(data, "slice", inp=RAW)()
    Run(data, "denoise", denoise_inp_dir=SLICED)()
    assert files(data / DENOISED) == files(data / SLICED)
    made = Run(data, "asr", asr_inp_dir=DENOISED, asr_lang="zh")()
    assert made["list"] == str(data / "u/workspace/asr_workspace/p/asr/denoise.list")
    lines = Path(made["list"]).read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(files(data / DENOISED))
    path, speaker, language, text = lines[0].split("|")
    assert Path(path).parent == data / DENOISED
    assert (speaker, language) == ("denoise", "ZH")
    assert text.startswith("一共")


def test_one_click_does_everything_in_order(data: Path, monkeypatch: pytest.MonkeyPatch):
    stages = ("format", "sovitsTrain", "gptTrain")
    monkeypatch.setattr(training, "STEPS", dict.fromkeys(stages, trained))
    run = Run(data, "one_click", inp=RAW, exp_name="e", user_id="u", batch_size_Bb=7)
    made = run()
    models = ["slice", "denoise", "asr", *stages]
    assert [name for name, _ in run.said] == [f"{model} {what}" for model in models for what in ("start", "completed")]
    assert [stage for stage, _ in run.stages] == models
    assert made["experiment"] == str(data / "experiments/u/e")
    asked = json.loads((data / "experiments/u/e/GptRequest.json").read_text())
    assert asked["batch_size"] == 7
    formatted = json.loads((data / "experiments/u/e/FormatRequest.json").read_text())
    assert formatted["inp_text"] == made["list"]
    assert formatted["inp_wav_dir"] == str(data / DENOISED)


@pytest.mark.parametrize(
    ("name", "request_fields", "text"),
    [
        ("slice", {"inp": "u/workspace/upload_workspace/p/none"}, "path_not_exist"),
        ("slice", {"inp": "../x/workspace/a/b/c"}, "path_error"),
        ("slice", {"inp": "/etc/workspace/a/b/c"}, "path_error"),
        ("slice", {"inp": "u/raw"}, "path_error"),
        ("slice", {"inp": "$(touch x)/workspace/a/b/`id`"}, "path_not_exist"),
        ("slice", {"inp": "u/workspace/upload_workspace/p/empty"}, "slice阶段失败"),
        ("slice", {"inp": "u/workspace/upload_workspace/p/damaged"}, "slice阶段失败"),
        ("denoise", {"denoise_inp_dir": "../x"}, "path_not_exist"),
        ("asr", {"asr_inp_dir": "u/workspace/slice_workspace/p/none"}, "path_not_exist"),
        ("asr", {"asr_inp_dir": "u/workspace/upload_workspace/p/damaged"}, "asr阶段失败"),
        ("1abc", {"inp_text": "no.list", "inp_wav_dir": RAW, "exp_name": "e", "user_id": "u"}, "path_not_exist"),
        ("1abc", {"inp_text": RAW, "inp_wav_dir": RAW, "exp_name": "e", "user_id": "u"}, "format阶段失败"),
        ("1Ba", {"exp_name": "e", "user_id": "u"}, "sovitsTrain阶段失败"),
        ("1Bb", {"exp_name": "e", "user_id": "u"}, "gptTrain阶段失败"),
    ],
)
def test_how_failures_are_told(
    data: Path, name: str, request_fields: dict[str, object], text: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(training, "STEPS", {})
    (data / "u/workspace/upload_workspace/p/empty").mkdir()
    damaged = data / "u/workspace/upload_workspace/p/damaged"
    damaged.mkdir()
    (damaged / "a.wav").write_bytes(b"RIFF, but no sound")
    before = files(data / "u/workspace")
    run = Run(data, name, **request_fields)
    with pytest.raises(JobFailed, match=r"^Step [a-zA-Z]+ failed: "):
        run()
    assert run.said[-1][1] == text
    assert run.said[-1][0].endswith(" failed")
    assert not (data / "x").exists()
    assert set(files(data / "u/workspace")) - set(before) <= {"slice_workspace", "asr_workspace"}


def test_what_breaks_is_an_error(data: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("voice.tasks.sound.cut_samples", lambda *_: 1 / 0)
    run = Run(data, "slice", inp=RAW)
    with pytest.raises(JobFailed, match="ZeroDivisionError"):
        run()
    assert run.said[-1] == ("slice failed", "error")


def test_links_in_an_input_folder_lead_nowhere(data: Path, tmp_path_factory: pytest.TempPathFactory):
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.wav"
    secret.write_bytes(wav_bytes(speech("aishell")))
    (data / RAW / "link.wav").symlink_to(secret)
    run = Run(data, "slice", inp=RAW)
    run()
    assert {name.split("_0")[0] for name in files(data / SLICED)} == {"录音 1.wav"}
    assert "link.wav is left out" in run.log


def test_links_in_an_output_folder_lead_nowhere(data: Path, tmp_path_factory: pytest.TempPathFactory):
    outside = tmp_path_factory.mktemp("elsewhere") / "profile"
    outside.write_text("untouched")
    (data / SLICED).mkdir(parents=True)
    for name in (".done.jsonl", ".lock"):
        (data / SLICED / name).symlink_to(outside)
    Run(data, "slice", inp=RAW)()
    assert outside.read_text() == "untouched"
    assert not any(file.is_symlink() for file in (data / SLICED).iterdir())


def test_an_output_folder_that_becomes_a_link_meanwhile_is_refused(
    data: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    outside, output = tmp_path_factory.mktemp("elsewhere"), data / SLICED

    def swap(*_: object) -> bool:
        output.rename(output.with_name("aside"))
        output.symlink_to(outside)
        return True

    monkeypatch.setattr(Alone, "acquire", swap)
    with pytest.raises(JobFailed):
        Run(data, "slice", inp=RAW)()
    assert not any(outside.iterdir())
