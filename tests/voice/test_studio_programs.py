"""Programs that the settings name: they clean the recordings of the studio and of tasks."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.fakes import FakeRecognizer
from tests.support.separator_program import separator_program
from tests.support.studio_work import Job, speech, wav_bytes
from voice.engine_settings import ASRSettings
from voice.jobs.store import JobStore
from voice.jobs.work import JobFailed
from voice.settings import ServerSettings, Settings
from voice.studio.characters import CharacterConfig
from voice.studio.process import process
from voice.studio.wav import load_wav
from voice.studio_settings import StudioSettings, TaskSettings
from voice.task_office import task_office
from voice.tasks.requests import DenoiseRequest
from voice.tasks.run import run_task
from voice.tasks.types import TYPES
from voice.workshop import workshop

LOUDNESS = 0.25
COMMAND = [
    sys.executable,
    "-c",
    f"import sys, soundfile; s, r = soundfile.read(sys.argv[1]); soundfile.write(sys.argv[2], {LOUDNESS} * s, r)",
    "{input}",
    "{output}",
]


@pytest.fixture(autouse=True)
def ears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asr.choose.choose", lambda *_, **__: (FakeRecognizer(), ("ears", "耳朵")))


def settings(folder: Path, **studio: Any) -> Settings:
    server = ServerSettings(models_dir=str(folder / "models"), data_dir=str(folder / "data"))
    return Settings(
        server=server, asr=ASRSettings(engine="none"), studio=StudioSettings(work_dir=str(folder), **studio)
    )


def submitted(chosen: Settings) -> Job:
    """The job that the studio hands in for one recording of speech."""
    shop = workshop(chosen)
    assert shop
    shop.studio.characters.create(CharacterConfig("yin", language="en"))
    (shop.studio.characters.folder("yin").raw / "a.wav").write_bytes(wav_bytes(speech()))
    shop.studio.processing.start("yin")
    return Job(shop.jobs.newest(1)[0].parameters)


def loudness(folder: Path) -> dict[str, float]:
    return {file.name: float(np.abs(load_wav(file)).max()) for file in sorted(folder.glob("*.wav"))}


def test_a_command_cleans_clips_in_place_of_the_built_in_denoisers(tmp_path: Path):
    process(submitted(settings(tmp_path, denoise_command=COMMAND, denoiser="off")).work)
    clips = tmp_path / "characters" / "yin"
    before, after = loudness(clips / "sliced_audio"), loudness(clips / "denoised_audio")
    assert before
    assert after == pytest.approx({name: LOUDNESS * loud for name, loud in before.items()}, abs=1e-3)


def test_a_command_cleans_the_recordings_of_tasks(tmp_path: Path):
    chosen, jobs = settings(tmp_path, denoise_command=COMMAND), JobStore(tmp_path / "jobs.sqlite")
    chosen = replace(chosen, tasks=TaskSettings(data_dir=str(tmp_path)))
    source = tmp_path / "u/workspace/slice_workspace/p/clips"
    source.mkdir(parents=True)
    (source / "a.wav").write_bytes(wav_bytes(speech()))
    request = DenoiseRequest(session_id="s", denoise_inp_dir=source.relative_to(tmp_path).as_posix())
    office = task_office(chosen, jobs, tmp_path / "jobs.sqlite", lambda: None)
    asyncio.run(office.accept(TYPES["denoise"], request))
    job = Job(jobs.newest(1)[0].parameters)
    job.work.kind = TYPES["denoise"].kind
    run_task(job.work)
    cleaned = loudness(tmp_path / "u/workspace/denoise_workspace/p/denoise")
    assert cleaned["a.wav"] == pytest.approx(LOUDNESS * loudness(source)["a.wav"], abs=1e-3)


@pytest.mark.parametrize("model", ["", "voices.onnx"])
def test_the_separator_gets_its_model_and_a_folder_for_its_downloads(tmp_path: Path, model: str):
    program = separator_program(tmp_path)
    process(submitted(settings(tmp_path, separator=str(program), separator_model=model)).work)
    called = (tmp_path / "called").read_text(encoding="utf-8").split("\n")[1:]
    options = dict(zip(called[::2], called[1::2], strict=True))
    assert options.get("--model_filename", "") == model
    assert options["--model_file_dir"] == str(tmp_path / "models" / "audio-separator")


def test_without_a_separator_no_program_is_looked_for(tmp_path: Path):
    assert process(submitted(settings(tmp_path)).work)["processed_audio_count"] >= 1


def test_a_command_that_names_no_files_fails_with_a_sentence(tmp_path: Path):
    with pytest.raises(JobFailed, match=r"must name \{input\} and \{output\}"):
        process(submitted(settings(tmp_path, denoise_command=["denoise"])).work)
