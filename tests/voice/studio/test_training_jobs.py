"""Trainings by real workers: killed, cancelled and gone on with; and a voice that really speaks."""

import os
import signal
import sys
import wave
from collections import Counter
from pathlib import Path

import pytest

from tests.support.processes import is_running
from tests.support.trained import listed, processed
from tests.support.training_jobs import SPOKEN, story
from tests.support.waiting import until_async
from voice.jobs.job import Job
from voice.jobs.store import JobStore
from voice.jobs.supervisor import Supervisor
from voice.studio.folders import CharacterFolder
from voice.studio.models import newest_models

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="process groups and signals are those of POSIX"),
]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> CharacterFolder:
    folder = CharacterFolder(tmp_path / "characters" / "bob")
    listed(folder)
    return folder


@pytest.fixture
def store(tmp_path: Path) -> JobStore:
    return JobStore(tmp_path / "jobs.sqlite")


def supervisor_of(place: Path) -> Supervisor:
    command = [sys.executable, "-m", "tests.support.training_jobs", "worker", "--jobs", str(place / "jobs.sqlite")]
    return Supervisor(["cpu"], lambda device: [*command, "--device", device], ROOT)


def submit(store: JobStore, folder: CharacterFolder) -> Job:
    told = {"folder": str(folder.root), "name": folder.name, "language": "zh", "batch_size": 16, "epochs_s2": 20}
    return store.submit(
        "train", "bob", {**told, "epochs_s1": 10, "gpu_id": "0", "version": "v2", "models_dir": "models", "key": "k"}
    )


def child_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


@pytest.mark.parametrize(("step", "victim"), [("train_sovits", "child"), ("train_gpt", "worker")])
async def test_a_killed_training_goes_on_at_its_epoch(
    tmp_path: Path, store: JobStore, folder: CharacterFolder, monkeypatch: pytest.MonkeyPatch, step: str, victim: str
):
    if victim == "child" and not sys.platform.startswith("linux"):
        pytest.skip("a worker's child is only found on Linux")
    monkeypatch.setenv("TEST_STEP_S", "0.05")
    supervisor, job = supervisor_of(tmp_path), submit(store, folder)
    supervisor.wake()
    try:
        await until_async(lambda: f"{step} 4" in story(folder.experiment))
        pid = supervisor.process_ids["cpu"]
        os.kill(child_of(pid) if victim == "child" else pid, signal.SIGKILL)
        await until_async(lambda: not store.get(job.id).is_open)
    finally:
        await supervisor.close()
    done = store.get(job.id)
    assert (done.state, done.error, done.attempts) == ("completed", "", 2)
    repeated = [line for line, times in Counter(story(folder.experiment)).items() if times > 1]
    assert len(repeated) <= 1, "at most the epoch under way at the kill is done again"
    models = newest_models(folder)
    assert models
    assert models.sovits.name == "bob_e20_s60.pth"
    assert any("goes on where it was left" in line for line in store.log_tail(job.id))


async def test_a_cancelled_training_stops_and_the_next_goes_on(
    tmp_path: Path, store: JobStore, folder: CharacterFolder, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TEST_STEP_S", "0.15")
    supervisor, job = supervisor_of(tmp_path), submit(store, folder)
    supervisor.wake()
    try:
        await until_async(lambda: "train_sovits 3" in story(folder.experiment))
        store.cancel(job.id)
        await until_async(lambda: not store.get(job.id).is_open)
        assert store.get(job.id).state == "cancelled"
        assert newest_models(folder) is None
        epochs = len(story(folder.experiment))
        again = submit(store, folder)
        supervisor.wake()
        await until_async(lambda: not store.get(again.id).is_open)
        assert store.get(again.id).state == "completed"
    finally:
        await supervisor.close()
    assert epochs < 3 * 2 + 2 + 20, "it stopped before its last epoch"
    assert max(Counter(story(folder.experiment)).values()) == 1


async def test_a_failing_step_is_named(
    tmp_path: Path, store: JobStore, folder: CharacterFolder, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TEST_FAIL", "train_sovits")
    supervisor, job = supervisor_of(tmp_path), submit(store, folder)
    supervisor.wake()
    try:
        await until_async(lambda: not store.get(job.id).is_open)
    finally:
        await supervisor.close()
    failed = store.get(job.id)
    assert (failed.state, failed.stage, failed.attempts) == ("failed", "train_sovits", 1)
    assert failed.error_zh == "步骤 train_sovits 失败: train_sovits 无法完成。"
    assert failed.progress == pytest.approx(400 / 6)


@pytest.mark.slow
@pytest.mark.long
async def test_a_voice_speaks_into_a_file(tmp_path: Path, store: JobStore):
    from tts.gpt_sovits.random_set import write_random_set
    from tts.gpt_sovits.random_weights import write_acoustic, write_semantic

    write_random_set(tmp_path / "models", "v2", "tiny")
    folder = CharacterFolder(tmp_path / "characters" / "bob")
    processed(folder, clips=1)
    folder.models.mkdir()
    write_semantic(folder.models / "bob-e1.ckpt", "tiny", 4)
    write_acoustic(folder.models / "bob_e1_s1.pth", "v2", "tiny", 3)
    told = {
        "folder": str(folder.root),
        "models_dir": str(tmp_path / "models"),
        "gpt": "models/bob-e1.ckpt",
        "sovits": "models/bob_e1_s1.pth",
        "language": "zh",
        "reference": "sliced_audio/0.wav",
        "reference_text": SPOKEN,
        "reference_language": "zh",
        "cache": str(tmp_path / "cache"),
    }
    asked = {
        "short": {"text": "今天天气真不错。"},
        "long": {"text": "今天天气真不错，我们去公园吧。明天我们学习，后天休息。好不好呀？" * 2},
        "silent": {"text": "今天。", "reference": "sliced_audio/none.wav"},
        "weightless": {"text": "今天。", "gpt": "models/none.ckpt"},
    }
    jobs = {name: store.submit("infer", f"bob/{name}", {**told, **more, "id": name}) for name, more in asked.items()}
    supervisor = supervisor_of(tmp_path)
    supervisor.wake()
    try:
        await until_async(lambda: not store.has_open(), within_s=180)
    finally:
        await supervisor.close()
    ended = {name: store.get(job.id) for name, job in jobs.items()}
    assert {name: job.state for name, job in ended.items()} == {
        "short": "completed",
        "long": "completed",
        "silent": "failed",
        "weightless": "failed",
    }, [job.error for job in ended.values()]
    lengths = {}
    for name in ("short", "long"):
        with wave.open(str(tmp_path / "inference_output" / f"{name}.wav")) as sound:
            assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (32000, 1, 2)
            lengths[name] = sound.getnframes() / 32000
            assert any(sound.readframes(sound.getnframes()))
        result = ended[name].result
        assert result
        assert result["seconds"] == pytest.approx(lengths[name], abs=0.001)
    assert 0.4 < lengths["short"] < lengths["long"]
    assert "none.wav" in ended["silent"].error_zh
    assert "none.ckpt" in ended["weightless"].error
    assert sorted(file.name for file in (tmp_path / "inference_output").iterdir()) == ["long.wav", "short.wav"]


async def test_nothing_of_a_training_outlives_its_server(
    tmp_path: Path, store: JobStore, folder: CharacterFolder, monkeypatch: pytest.MonkeyPatch
):
    if not sys.platform.startswith("linux"):
        pytest.skip("a worker's child is only found on Linux")
    monkeypatch.setenv("TEST_STEP_S", "0.05")
    supervisor, job = supervisor_of(tmp_path), submit(store, folder)
    supervisor.wake()
    await until_async(lambda: "train_sovits 2" in story(folder.experiment))
    child = child_of(supervisor.process_ids["cpu"])
    await supervisor.close()
    await until_async(lambda: not is_running(child))
    assert store.get(job.id).public_state == "pending"
