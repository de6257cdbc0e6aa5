"""The client of the original's documentation, from an empty server to a spoken sentence: only what it knows is used."""

import io
import json
import re
import signal
import sys
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.processes import descendants, is_running
from tests.support.server_program import ServerProgram, configured
from tests.support.trained import CLIP
from tests.support.waiting import until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX"),
]
CONFIG = """\
server: {data_dir: data, models_dir: models}
studio: {work_dir: work, model_version: v2, devices: [cpu]}
asr: {engine: none}
tts: {engine: none}
LLM: {probe_local: false}
"""
ENDED = ("completed", "failed", "outdated")
TRAINING_STEPS = [
    "extract_text_features",
    "extract_audio_features",
    "extract_speaker_vectors",
    "extract_semantic_features",
    "train_sovits",
    "train_gpt",
]


class Server(ServerProgram):
    """One whose workers take the tests' steps. step_s: how long each small piece of work takes."""

    def __init__(self, folder: Path, step_s: float = 0.02):
        how = {"TEST_STEP_S": str(step_s), "TEST_WEIGHTS": "real", "NO_PROXY": "*"}
        super().__init__(configured(folder, CONFIG, ["-m", "tests.support.training_server"]), how)

    def post(self, path: str, **content: Any) -> httpx.Response:
        return httpx.post(self.api + path, timeout=30, **content)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.api + path, timeout=30)

    def followed(self, path: str, within_s: float = 120) -> tuple[dict[str, Any], list[tuple[str | None, float]]]:
        """Poll as the documented client does; returns the last answer, and each step with its progress at first."""
        steps: list[tuple[str | None, float]] = []
        deadline_s = time.monotonic() + within_s
        while True:
            info = self.get(path).json()
            if not steps or steps[-1][0] != info.get("current_step"):
                steps.append((info.get("current_step"), info.get("progress", 0.0)))
            if info["status"] in ENDED:
                return info, steps
            assert time.monotonic() < deadline_s, info
            time.sleep(0.05)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tts.gpt_sovits.random_set import write_random_set

    folder = tmp_path_factory.mktemp("models")
    write_random_set(folder, "v2", "tiny")
    return folder


@pytest.fixture
def place(tmp_path: Path, models: Path) -> Path:
    (tmp_path / "models").symlink_to(models)
    return tmp_path


@pytest.fixture
def server(place: Path) -> Iterator[Server]:
    server = Server(place)
    yield server
    server.end()


def make_and_process(server: Server, name: str = "my_speaker") -> None:
    config = {
        "character_name": name,
        "language": "zh",
        "batch_size": 16,
        "epochs_s2": 50,
        "epochs_s1": 15,
        "gpu_id": "0",
    }
    body = {"character_name": name, "config": {**config, "enable_denoise": True}}
    made = server.post("/characters", json=body)
    assert (made.status_code, made.json()["character_name"]) == (200, name)
    with CLIP.open("rb") as recording:
        uploaded = server.post(f"/characters/{name}/audio/upload", files={"file": ("audio1.wav", recording)}).json()
    assert (uploaded["message"], uploaded["filename"]) == ("音频上传成功", "audio1.wav")
    started = server.post(f"/characters/{name}/audio/process").json()
    assert (started["status"], started["current_step"], started["progress"]) == ("running", None, 0.0)
    done, _ = server.followed(f"/characters/{name}/audio/status")
    assert (done["status"], done["current_step"], done["progress"]) == ("completed", "asr_transcribe", 100.0), done
    assert done["processed_audio_count"] == 1


def speak(server: Server, text: str, **more: Any) -> dict[str, Any]:
    asked = server.post("/inference", json={"target_text": text, **more})
    assert asked.status_code == 200, asked.text
    info, _ = server.followed(f"/inference/{asked.json()['inference_id']}")
    return info


@pytest.mark.long
def test_from_an_empty_server_to_a_spoken_sentence(server: Server, place: Path):
    make_and_process(server)
    refused = server.post("/inference", json={"target_text": "你好"})
    assert (refused.status_code, refused.json()["detail"]) == (400, "角色 my_speaker 的模型尚未训练完成")
    started = server.post("/characters/my_speaker/training/start").json()
    assert (started["status"], started["current_step"], started["progress"]) == ("running", None, 0.0)
    again = server.post("/characters/my_speaker/training/start")
    assert again.status_code == 409
    done, steps = server.followed("/characters/my_speaker/training/status")
    assert (done["status"], done["current_step"], done["progress"]) == ("completed", "train_gpt", 100.0), done
    seen = [name for name, _ in steps if name]
    assert seen == [name for name in TRAINING_STEPS if name in seen], "in order"
    assert {"train_sovits", "train_gpt"} <= set(seen)
    for name, progress in steps:
        if name and progress < 100:
            start = TRAINING_STEPS.index(name) * 100 / 6
            assert start - 0.01 <= progress <= start + 100 / 6
    assert Path(done["gpt_model_path"]).name == "my_speaker-e15.ckpt"
    about = server.get("/characters/my_speaker").json()
    assert (about["training_status"], about["model_exists"]) == ("completed", True)

    info = speak(server, "你好，这是测试语音合成。", character_name="my_speaker")
    assert info["status"] == "completed", info
    sound = server.get(f"/inference/{info['inference_id']}/download")
    assert re.fullmatch(r"audio/(x-)?wav", sound.headers["content-type"])
    name = f"my_speaker_{info['inference_id'][:8]}.wav"
    assert sound.headers["content-disposition"] == f'attachment; filename="{name}"'
    with wave.open(io.BytesIO(sound.content)) as opened:
        assert opened.getframerate() == 32000
        assert opened.getnframes() > 16000
    weights = server.get("/characters/my_speaker/download/my_speaker-e15.ckpt")
    assert weights.headers["content-type"] == "application/octet-stream"
    assert weights.content == Path(done["gpt_model_path"]).read_bytes()
    assert sorted(file.name for file in (place / "work" / "inference_output").iterdir()) == [
        Path(info["output_path"]).name
    ]

    with CLIP.open("rb") as recording:
        server.post("/characters/my_speaker/audio/upload", files={"file": ("audio2.wav", recording)})
    stale = server.get("/characters/my_speaker/training/status").json()
    assert (stale["status"], stale["error_message"]) == ("outdated", "音频文件已变更: add_audio")
    assert server.get("/characters/my_speaker").json()["model_exists"] is False
    refused = server.post("/characters/my_speaker/training/start")
    assert (refused.status_code, refused.json()["detail"]) == (
        400,
        "角色 my_speaker 的音频处理尚未完成，无法开始训练",
    )


@pytest.mark.long
def test_a_voice_speaks_while_another_is_trained_and_a_killed_server_s_training_goes_on(place: Path):
    server = Server(place)
    make_and_process(server, "eve")
    server.post("/characters/eve/training/start")
    assert server.followed("/characters/eve/training/status")[0]["status"] == "completed"
    server.end()

    server = Server(place, step_s=1)
    make_and_process(server, "bob")
    server.post("/characters/bob/training/start")
    until(lambda: server.get("/characters/bob/training/status").json()["current_step"] == "train_sovits")
    info = speak(server, "今天天气真不错。", character_name="eve")
    assert info["status"] == "completed", info
    running = server.get("/characters/bob/training/status").json()
    assert running["status"] == "running", "it did not wait for the training"
    state = place / "work" / "characters" / "bob" / "experiments" / "bob" / "logs_s2_v2" / "epoch"
    until(state.exists)
    programs = descendants(server.process.pid)
    server.end(signal.SIGKILL)
    until(lambda: not any(map(is_running, programs)), within_s=20)
    epoch = int(state.read_text())

    server = Server(place)
    try:
        done, _ = server.followed("/characters/bob/training/status")
        assert done["status"] == "completed", done
        story = (place / "work/characters/bob/experiments/bob/story.txt").read_text(encoding="utf-8").splitlines()
        for number in range(1, epoch + 1):
            assert story.count(f"train_sovits {number}") == 1, "nothing is done twice"
        listed = server.get("/inference").json()
        assert [other["inference_id"] for other in listed] == [info["inference_id"]]
        job = next(job for job in server.get("/jobs").json() if job["kind"] == "train" and job["subject"] == "bob")
        assert job["attempts"] == 1, "a killed server is not the job's fault"
    finally:
        server.end()


def test_what_the_root_says_to_a_program(server: Server):
    about = json.loads(httpx.get(server.url + "/").content)
    assert about["message"] == "GPT-SoVITS 基于角色的训练服务API"
    assert about["docs_url"] == "/docs"
    assert about["features"] == ["角色管理", "音频处理", "模型训练", "语音推理"]
    assert about["version"]
