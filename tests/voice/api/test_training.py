"""The training family over a real socket, word for word as clients of the original expect it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.studio_routes import StudioClient, studio_client, without_times
from tests.support.trained import plausible_weights
from voice.studio.clip_files import correct
from voice.studio.training_plan import LIST
from voice.studio.transcripts import read_transcript

BUSY = "角色 bob 有正在进行的任务，请等待其结束或先取消。"


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    return plausible_weights(tmp_path / "models")


@pytest.fixture
def client(tmp_path: Path, models_dir: Path) -> Iterator[StudioClient]:
    with studio_client(StudioClient(tmp_path, models_dir)) as client:
        yield client


def shown(client: StudioClient, name: str = "bob") -> tuple[str, bool]:
    about = client("GET", f"/characters/{name}")[1]
    return about["training_status"], about["model_exists"]


def test_what_is_said_before_there_is_anything(client: StudioClient):
    unknown = {"detail": "角色不存在: bob"}
    assert client("POST", "/characters/bob/training/start") == (400, unknown)
    for method, path in (("GET", "status"), ("GET", "check_status"), ("POST", "cancel"), ("POST", "clean")):
        assert client(method, f"/characters/bob/training/{path}") == (404, unknown), path
    assert not (client.characters._root / "bob").exists(), "asking makes no folders"
    client("POST", "/characters", json={"character_name": "bob", "config": {}})
    status, refusal = client("POST", "/characters/bob/training/start")
    assert (status, refusal["detail"]) == (400, "角色 bob 的音频处理尚未完成，无法开始训练")
    assert refusal["detail_en"]
    assert client("GET", "/characters/bob/training/status") == (404, {"detail": "训练记录不存在"})
    assert client("POST", "/characters/bob/training/cancel") == (404, {"detail": "训练记录不存在"})
    pending = {"character_name": "bob", "status": "pending", "message": "基于文件系统的状态检查"}
    assert client("GET", "/characters/bob/training/check_status") == (200, pending)
    assert shown(client) == ("pending", False)
    assert client.woken == []


def test_from_start_to_completed(client: StudioClient):
    folder = client.processed()
    status, started = client("POST", "/characters/bob/training/start")
    assert (status, list(started)) == (
        200,
        [
            "character_name",
            "status",
            "current_step",
            "progress",
            "started_at",
            "completed_at",
            "error_message",
            "gpt_model_path",
            "sovits_model_path",
        ],
    )
    assert without_times(started) == {
        "character_name": "bob",
        "status": "running",
        "current_step": None,
        "progress": 0.0,
        "error_message": None,
        "gpt_model_path": None,
        "sovits_model_path": None,
    }
    assert client.woken == ["devices"]
    assert [line.name for line in read_transcript(folder.experiment / LIST).lines] == ["0.wav", "1.wav", "2.wav"]
    status, busy = client("POST", "/characters/bob/training/start")
    assert (status, busy["detail"], busy["code"]) == (409, BUSY, "busy")
    for method, path in (("POST", "/training/clean"), ("DELETE", ""), ("PUT", "")):
        content = {"json": {"new_name": "eve"}} if method == "PUT" else {}
        assert client(method, f"/characters/bob{path}", **content)[0] == 409
    claim = client.claim()
    assert claim.job.parameters["folder"] == str(folder.root)
    assert (claim.job.parameters["gpu_id"], claim.job.parameters["epochs_s2"]) == ("0", 50)
    client.worker.report(claim, "train_sovits", 400 / 6)
    _, running = client("GET", "/characters/bob/training/status")
    assert (running["status"], running["current_step"], running["completed_at"]) == ("running", "train_sovits", None)
    assert running["progress"] == pytest.approx(66.666, abs=0.001)
    assert shown(client) == ("running", False)


def test_a_completed_training_names_its_weights(client: StudioClient):
    folder = client.trained()
    _, done = client("GET", "/characters/bob/training/status")
    assert (done["status"], done["current_step"], done["progress"]) == ("completed", "train_gpt", 100.0)
    assert (done["gpt_model_path"], done["sovits_model_path"]) == (
        str(folder.models / "bob-e15.ckpt"),
        str(folder.models / "bob_e8_s24.pth"),
    )
    assert done["completed_at"] >= done["started_at"]
    assert shown(client) == ("completed", True)


def test_files_tell_what_was_trained_when_the_table_is_lost(client: StudioClient, tmp_path: Path, models_dir: Path):
    folder = client.trained()
    check = "/characters/bob/training/check_status"
    assert client("GET", check)[1]["status"] == "pending", "the tables of features belong to it"
    for name in ("2-name2text.txt", "6-name2semantic.tsv"):
        (folder.experiment / name).write_text("x")
    assert client("GET", check)[1]["status"] == "completed"
    client.jobs.forget_subject("bob")
    assert client("GET", "/characters/bob/training/status")[0] == 404
    assert shown(client) == ("completed", True)
    assert client("POST", "/characters/bob/training/start")[0] == 200, "and it can be trained again"


@pytest.mark.parametrize(("change", "why"), [("add", "add_audio"), ("delete", "delete_audio")])
@pytest.mark.parametrize("is_running", [False, True])
def test_other_recordings_outdate_a_voice(client: StudioClient, change: str, why: str, is_running: bool):
    def alter() -> None:
        (folder.raw / "9.wav").write_bytes(b"RIFF") if change == "add" else (folder.raw / "0.wav").unlink()

    folder = client.processed()
    client("POST", "/characters/bob/training/start")
    if is_running:
        alter()
    client.finish_training(folder)
    if not is_running:
        assert shown(client) == ("completed", True)
        alter()
    _, stale = client("GET", "/characters/bob/training/status")
    assert (stale["status"], stale["error_message"]) == ("outdated", f"音频文件已变更: {why}")
    assert stale["gpt_model_path"], "it is still there"
    assert shown(client) == ("outdated", False)


def test_another_text_outdates_a_voice(client: StudioClient):
    folder = client.trained()
    correct(folder, client.characters.get("bob"), "1.wav", "换了一句话。")
    _, stale = client("GET", "/characters/bob/training/status")
    assert stale["status"] == "outdated"
    assert stale["error_message"].startswith("训练数据已变更")


def test_clips_deleted_to_save_space_outdate_nothing(client: StudioClient):
    folder = client.trained()
    for file in folder.sliced.iterdir():
        file.unlink()
    assert shown(client) == ("completed", True)


def test_stale_voices_may_be_allowed(tmp_path: Path, models_dir: Path):
    with studio_client(StudioClient(tmp_path, models_dir, uses_stale=True)) as client:
        folder = client.trained()
        (folder.raw / "9.wav").write_bytes(b"RIFF")
        assert shown(client) == ("outdated", True)


def test_a_failed_or_cancelled_training_takes_no_voice_away(client: StudioClient):
    client.trained()
    client("POST", "/characters/bob/training/start")
    assert shown(client) == ("running", True)
    claim = client.claim()
    client.worker.report(claim, "train_sovits", 400 / 6)
    client.worker.finish(claim, "failed", error="e", error_zh="步骤 train_sovits 失败: 显存不足")
    _, failed = client("GET", "/characters/bob/training/status")
    assert (failed["status"], failed["completed_at"]) == ("failed", None)
    assert failed["error_message"] == "步骤 train_sovits 失败: 显存不足"
    assert failed["progress"] == pytest.approx(66.666, abs=0.001)
    assert shown(client) == ("failed", True)
    client("POST", "/characters/bob/training/start")
    _, cancelled = client("POST", "/characters/bob/training/cancel")
    assert cancelled["status"] == "cancelled"
    assert shown(client) == ("cancelled", True)


def test_cleaning_takes_everything_but_the_neighbour_s(client: StudioClient):
    folder = client.trained()
    client.trained("bob2")
    (folder.models / "bob2-e3.ckpt").write_bytes(b"somebody put it there")
    (folder.root / "config_s2.json").write_text("{}")
    cleaned = {"message": "训练产物清理成功", "success": True}
    assert client("POST", "/characters/bob/training/clean") == (200, cleaned)
    assert shown(client) == ("pending", False)
    assert client("GET", "/characters/bob/training/status")[0] == 404
    assert not (folder.root / "experiments").exists()
    assert not (folder.root / "config_s2.json").exists()
    assert [file.name for file in folder.models.iterdir()] == ["bob2-e3.ckpt"]
    assert list(folder.sliced.iterdir()), "the clips stay"
    assert shown(client, "bob2") == ("completed", True)
    assert client("POST", "/characters/bob/training/clean") == (200, cleaned), "twice does no harm"


def test_a_voice_keeps_with_a_renamed_character(client: StudioClient):
    client.trained()
    status, about = client("PUT", "/characters/bob", json={"new_name": "小音"})
    assert (status, about["training_status"], about["model_exists"]) == (200, "completed", True)
    _, done = client("GET", "/characters/小音/training/status")
    assert done["gpt_model_path"].endswith("/小音/models/小音-e15.ckpt")
    assert client("PUT", "/characters/小音", json={"new_name": "../x"})[0] == 400
    assert shown(client, "小音") == ("completed", True)


def test_deleting_one_leaves_the_other_s_weights(client: StudioClient):
    client.trained()
    client.trained("bob2")
    assert client("DELETE", "/characters/bob")[0] == 200
    assert shown(client, "bob2") == ("completed", True)


def test_too_little_or_too_much_is_refused_with_a_sentence(client: StudioClient, models_dir: Path):
    folder = client.processed()
    transcript = folder.transcripts / "sliced_audio.list"
    text = transcript.read_bytes()
    transcript.write_bytes(b"")
    status, refusal = client("POST", "/characters/bob/training/start")
    assert (status, "no clips" in refusal["detail_en"]) == (400, True)
    transcript.write_bytes(text)
    for name in ("s2D2333k.pth", "s2G2333k.pth"):
        (models_dir / "gsv-v2final-pretrained" / name).unlink()
        status, refusal = client("POST", "/characters/bob/training/start")
        assert status == 400
        assert "`python3 start.py models get gpt-sovits --version v2`" in refusal["detail_en"]
        assert "缺少" in refusal["detail"]
    assert client.jobs.newest() == []


def test_a_version_that_cannot_train_says_so_before_it_accepts(tmp_path: Path, models_dir: Path):
    with studio_client(StudioClient(tmp_path, models_dir, functions={})) as client:
        client.processed()
        status, refusal = client("POST", "/characters/bob/training/start")
        assert (status, refusal["detail_en"].startswith("This version cannot train")) == (400, True)
        assert shown(client) == ("pending", False)
