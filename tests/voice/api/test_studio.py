"""The characters and recordings families over a real socket, word for word as clients of the original expect them."""

import asyncio
import io
import json
import shutil
import sys
import threading
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from tests.support.live_server import live_server
from voice.api import recordings
from voice.api.aside import Aside
from voice.api.characters import character_routes
from voice.api.downloads import download_routes
from voice.api.errors import install_error_handlers
from voice.api.processing import processing_routes
from voice.api.recordings import recording_routes
from voice.jobs.claims import Claims
from voice.jobs.store import JobStore
from voice.studio.acceptance import UploadLimits
from voice.studio.characters import Characters
from voice.studio.processing import KIND, Processing
from voice.studio.studio import Studio

LIMIT = 3 << 20


def wav(seconds: float = 1.0) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 16_000, 0, "NONE", "not compressed"))
        out.writeframes(bytes(int(32_000 * seconds)))
    return file.getvalue()


class Client:
    """A client of the original: addresses below /api/v1, and JSON."""

    def __init__(self, url: str, work_dir: Path):
        self.url = f"{url}/api/v1"
        self.work_dir = work_dir
        self.woken = 0

    def __call__(self, method: str, path: str, **content) -> tuple[int, object]:
        answer = httpx.request(method, self.url + path, timeout=20, **content)
        return answer.status_code, answer.json()

    def create(self, name: str = "bob", **config: object) -> tuple[int, object]:
        body = {"character_name": name, "config": {"character_name": name, **config}}
        return self("POST", "/characters", json=body)

    def upload(self, name: str, filename: str, content: bytes, part: str = "file") -> tuple[int, object]:
        return self("POST", f"/characters/{name}/audio/upload", files={part: (filename, content)})


@pytest.fixture
def worker(tmp_path: Path) -> Claims:
    return Claims(tmp_path / "jobs.sqlite", "w", "cpu", 60)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    jobs, characters = JobStore(tmp_path / "jobs.sqlite"), Characters(tmp_path / "work")
    studio = Studio(characters, jobs, Processing(characters, jobs, {"max_clip_s": 12.0}))
    app = FastAPI()
    install_error_handlers(app)
    app.include_router(character_routes(studio, Aside()))
    app.include_router(download_routes(studio, Aside()))

    def wake() -> None:
        client.woken += 1

    app.include_router(recording_routes(studio, Aside(), UploadLimits(LIMIT)))
    app.include_router(processing_routes(studio.processing, Aside(), wake))
    with live_server(app) as url:
        client = Client(url, tmp_path / "work")
        yield client


def test_a_new_character_looks_as_the_original_s(client: Client):
    status, bob = client.create()
    assert status == 200
    assert isinstance(bob, dict)
    assert list(bob) == [
        "character_name",
        "config",
        "created_at",
        "updated_at",
        "audio_count",
        "audio_processing_status",
        "training_status",
        "model_exists",
        "is_default",
    ]
    assert bob["config"] == {
        "character_name": "bob",
        "language": "zh",
        "batch_size": 16,
        "epochs_s2": 50,
        "epochs_s1": 15,
        "gpu_id": "0",
        "enable_denoise": True,
    }
    assert (bob["audio_processing_status"], bob["audio_count"], bob["is_default"]) == ("pending", 0, True)
    assert client("GET", "/characters") == (200, [bob])
    assert client("GET", "/characters/bob") == (200, bob)
    assert client("GET", "/default_character") == (200, {"default_character": "bob"})


def test_what_is_said_of_wrong_names(client: Client):
    assert client("GET", "/default_character") == (200, {"default_character": None})
    client.create()
    assert client.create() == (400, {"detail": "角色已存在: bob"})
    rule = {
        "detail": "角色名称只能包含字母、数字、下划线和连字符",
        "detail_en": "A character's name consists of up to 60 letters, digits, underscores and hyphens.",
    }
    assert client.create("a b") == (400, rule)
    for method, path, status in (
        ("GET", "/characters/x", 404),
        ("DELETE", "/characters/x", 404),
        ("POST", "/characters/x/set_default", 404),
        ("GET", "/characters/x/audio/files", 404),
        ("GET", "/characters/x/audio/check_status", 404),
        ("POST", "/characters/x/audio/process", 400),
    ):
        assert client(method, path) == (status, {"detail": "角色不存在: x"}), path
    assert client("PUT", "/characters/x", json={"new_name": "y"}) == (400, {"detail": "角色不存在: x"})
    client.create("other")
    assert client("PUT", "/characters/bob", json={"new_name": "other"}) == (400, {"detail": "新角色名称已存在: other"})
    assert client("PUT", "/characters/bob", json={"new_name": "../x"}) == (400, rule)
    assert client.upload("x", "a.wav", wav()) == (404, {"detail": "角色不存在"})
    assert client("POST", "/characters", json={"config": {}})[0] == 422
    assert client.create("c", gpu_id="0; rm -rf /")[0] == 422


def test_rename_delete_and_default(client: Client):
    client.create()
    client.create("second")
    status, renamed = client("PUT", "/characters/bob", json={"new_name": "小音"})
    assert isinstance(renamed, dict)
    assert (status, renamed["character_name"], renamed["config"]["character_name"]) == (200, "小音", "小音")
    done = {"message": "默认角色设置成功", "success": True}
    assert client("POST", "/characters/second/set_default") == (200, done)
    assert client("DELETE", "/characters/second") == (200, {"message": "角色删除成功", "success": True})
    assert client("GET", "/default_character") == (200, {"default_character": "小音"})


def test_recordings_are_kept_listed_and_deleted(client: Client):
    client.create()
    status, kept = client.upload("bob", "b.wav", wav(2))
    assert isinstance(kept, dict)
    assert (status, kept["message"], kept["filename"]) == (200, "音频上传成功", "b.wav")
    assert Path(kept["path"]).read_bytes() == wav(2)
    client.upload("bob", "a.WAV", wav(1))
    client.upload("bob", "b.wav", wav(3))
    _, files = client("GET", "/characters/bob/audio/files")
    assert isinstance(files, list)
    assert [(file["filename"], file["duration"]) for file in files] == [("a.WAV", 1.0), ("b.wav", 3.0)]
    assert set(files[0]) == {"filename", "file_path", "file_size", "created_at", "modified_at", "duration"}
    deleted = {"message": "音频文件删除成功", "filename": "b.wav", "success": True}
    assert client("DELETE", "/characters/bob/audio/files/b.wav") == (200, deleted)
    missing = {"detail": "音频文件不存在: b.wav"}
    assert client("DELETE", "/characters/bob/audio/files/b.wav") == (404, missing)
    _, bob = client("GET", "/characters/bob")
    assert isinstance(bob, dict)
    assert bob["audio_count"] == 1


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("../../../evil.wav", wav(), 200),
        ("a.exe", wav(), 400),
        (".wav", wav(), 400),
        ("a.wav", b"", 400),
        ("a.wav", b"#!/bin/sh\nrm -rf /\n" * 100, 400),
        ("a.wav", wav() + bytes(LIMIT), 413),
        ("a.wav", wav() + bytes(2 * LIMIT), 413),
    ],
)
def test_uploads_stay_in_their_place(client: Client, tmp_path: Path, name: str, content: bytes, status: int):
    client.create()
    answered, body = client.upload("bob", name, content)
    assert answered == status
    raw = client.work_dir / "characters" / "bob" / "raw_audio"
    assert [file.name for file in raw.iterdir()] == (["evil.wav"] if status == 200 else [])
    assert not list(tmp_path.glob("evil*"))
    if status != 200:
        assert isinstance(body, dict)
        assert body["detail_en"]


def test_a_form_without_the_part_is_422(client: Client):
    client.create()
    assert client.upload("bob", "a.wav", wav(), part="other")[0] == 422
    assert client("POST", "/characters/bob/audio/upload", content=b"x")[0] == 422
    header = {"Content-Type": "multipart/form-data; boundary=x"}
    assert client("POST", "/characters/bob/audio/upload", content=b"--x\r\nnonsense", headers=header)[0] in (400, 422)


def test_several_files_in_one_form(client: Client):
    client.create()
    files = [("file", (name, wav())) for name in ("a.wav", "b.wav")]
    status, body = client("POST", "/characters/bob/audio/upload", files=files)
    assert status == 200
    assert isinstance(body, dict)
    assert [file["filename"] for file in body["files"]] == ["a.wav", "b.wav"]


@pytest.mark.parametrize("name", ["%2e%2e", "..%2f..%2fsecret", "%2fetc%2fpasswd", "raw_audio", ".secret", "%00"])
def test_downloads_and_deletions_find_only_files_of_the_character(client: Client, name: str):
    client.create()
    (client.work_dir / "secret").write_text("hidden words")
    for method, path in (("GET", "download"), ("DELETE", "audio/files")):
        answer = httpx.request(method, f"{client.url}/characters/bob/{path}/{name}")
        assert answer.status_code in (404, 405), path
        assert "hidden" not in answer.text
    assert (client.work_dir / "characters" / "bob" / "character_config.json").exists()


def test_what_a_body_may_be(client: Client):
    assert client("POST", "/characters", content=b"{")[0] == 400
    assert client("POST", "/characters", content=b'{"character_name": "' + b"x" * (1 << 20))[0] == 413
    for config in (b'{"batch_size": NaN}', b'{"language": "\\ud800"}', b'{"language": "x/../y"}'):
        body = b'{"character_name": "a", "config": ' + config + b"}"
        assert client("POST", "/characters", content=body)[0] in (400, 422), config
    assert client("GET", "/characters") == (200, [])
    assert client.create("a")[0] == 200, "nothing is left of what was refused"


def test_a_folder_that_a_crash_has_left_blocks_no_name(client: Client):
    (client.work_dir / "characters" / "bob" / "raw_audio").mkdir(parents=True)
    assert client("GET", "/characters") == (200, [])
    assert client.create("bob")[0] == 200
    assert client("DELETE", "/characters/bob")[0] == 200


def test_an_upload_to_a_character_that_goes_meanwhile_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch):
    client.create()
    receive = recordings.receive

    async def receive_late(folder, *arguments):
        await asyncio.to_thread(client, "DELETE", "/characters/bob")
        return await receive(folder, *arguments)

    monkeypatch.setattr(recordings, "receive", receive_late)
    status, _ = client.upload("bob", "a.wav", wav())
    assert status == 404
    assert client("GET", "/characters") == (200, [])
    assert client.create()[0] == 200


def test_lists_are_answered_while_everything_changes(client: Client):
    def change() -> None:
        for number in range(25):
            client.create(f"c{number}")
            client.upload(f"c{number}", "a.wav", wav(0.1))
            client("DELETE", f"/characters/c{number}")

    changing = threading.Thread(target=change)
    changing.start()
    statuses = set()
    while changing.is_alive():
        statuses.add(client("GET", "/characters")[0])
    assert statuses == {200}


def test_a_character_made_anew_has_no_past(client: Client, worker: Claims):
    client.create()
    client.upload("bob", "a.wav", wav())
    client("POST", "/characters/bob/audio/process")
    claim = worker.claim([KIND])
    assert claim
    worker.finish(claim, "completed", {"processed_audio_count": 7})
    shutil.rmtree(client.work_dir / "characters" / "bob")
    client.create()
    assert client("GET", "/characters/bob/audio/status")[0] == 404


def test_a_file_of_the_character_is_downloaded(client: Client):
    client.create()
    models = client.work_dir / "characters" / "bob" / "models"
    models.mkdir()
    (models / "bob-e15.ckpt").write_bytes(b"weights")
    if sys.platform != "win32":
        (models / "link.ckpt").symlink_to("/etc/passwd")
    answer = httpx.get(f"{client.url}/characters/bob/download/bob-e15.ckpt")
    assert answer.content == b"weights"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == 'attachment; filename="bob-e15.ckpt"'
    assert client("GET", "/characters/bob/download/link.ckpt") == (404, {"detail": "文件不存在"})
    assert client("GET", "/characters/x/download/a") == (404, {"detail": "角色不存在"})


def test_processing_from_start_to_outdated(client: Client, worker: Claims):
    client.create()
    no_audio = client("POST", "/characters/bob/audio/process")
    assert no_audio[0] == 400
    assert client("GET", "/characters/bob/audio/status") == (404, {"detail": "音频处理记录不存在"})
    client.upload("bob", "a.wav", wav())
    status, started = client("POST", "/characters/bob/audio/process")
    assert isinstance(started, dict)
    assert (status, started["status"], started["current_step"], started["progress"]) == (200, "running", None, 0.0)
    assert client.woken == 1
    assert client("POST", "/characters/bob/audio/process")[0] == 409
    assert client("DELETE", "/characters/bob")[0] == 409
    assert client("PUT", "/characters/bob", json={"new_name": "x"})[0] == 409
    claim = worker.claim([KIND])
    assert claim
    assert claim.job.parameters["folder"] == str(client.work_dir / "characters" / "bob")
    worker.report(claim, "slice_audio", 25.0)
    _, running = client("GET", "/characters/bob/audio/status")
    assert isinstance(running, dict)
    assert (running["status"], running["current_step"], running["progress"]) == ("running", "slice_audio", 25.0)
    assert running["completed_at"] is None
    worker.finish(claim, "completed", {"processed_audio_count": 7})
    _, done = client("GET", "/characters/bob/audio/status")
    assert isinstance(done, dict)
    assert (done["status"], done["progress"], done["processed_audio_count"]) == ("completed", 100.0, 7)
    assert done["completed_at"] > done["started_at"]
    client.upload("bob", "b.wav", wav())
    _, stale = client("GET", "/characters/bob/audio/status")
    assert isinstance(stale, dict)
    assert (stale["status"], stale["error_message"]) == ("outdated", "音频文件已变更: add_audio")
    _, bob = client("GET", "/characters/bob")
    assert isinstance(bob, dict)
    assert bob["audio_processing_status"] == "outdated"


def test_a_recording_that_goes_while_it_is_processed_outdates_the_result(client: Client, worker: Claims):
    client.create()
    client.upload("bob", "a.wav", wav())
    client.upload("bob", "b.wav", wav())
    client("POST", "/characters/bob/audio/process")
    claim = worker.claim([KIND])
    assert claim
    client("DELETE", "/characters/bob/audio/files/b.wav")
    worker.finish(claim, "completed", {"processed_audio_count": 2})
    _, info = client("GET", "/characters/bob/audio/status")
    assert isinstance(info, dict)
    assert (info["status"], info["error_message"]) == ("outdated", "音频文件已变更: delete_audio")


def test_a_failure_and_a_cancellation_are_told(client: Client, worker: Claims):
    client.create()
    client.upload("bob", "a.wav", wav())
    client("POST", "/characters/bob/audio/process")
    claim = worker.claim([KIND])
    assert claim
    worker.report(claim, "slice_audio", 25.0)
    worker.finish(claim, "failed", error="步骤 slice_audio 失败: 太短")
    _, failed = client("GET", "/characters/bob/audio/status")
    assert isinstance(failed, dict)
    assert (failed["status"], failed["progress"], failed["completed_at"]) == ("failed", 25.0, None)
    assert failed["error_message"].startswith("步骤 slice_audio 失败")
    client("POST", "/characters/bob/audio/process")
    _, cancelled = client("POST", "/characters/bob/audio/cancel")
    assert isinstance(cancelled, dict)
    assert (cancelled["status"], cancelled["completed_at"]) == ("cancelled", None)
    assert client("DELETE", "/characters/bob")[0] == 200


def test_files_alone_tell_what_is_complete(client: Client):
    client.create(enable_denoise=False)
    pending = {"character_name": "bob", "status": "pending", "message": "基于文件系统的状态检查"}
    assert client("GET", "/characters/bob/audio/check_status") == (200, pending)
    folder = client.work_dir / "characters" / "bob"
    client.upload("bob", "a.wav", wav())
    for place, file in (("converted_audio", "a.wav"), ("sliced_audio", "a_0.wav"), ("transcripts", "sliced.list")):
        assert client("GET", "/characters/bob/audio/check_status") == (200, pending)
        (folder / place).mkdir()
        (folder / place / file).write_bytes(b"x")
    assert client("GET", "/characters/bob/audio/check_status") == (200, pending | {"status": "completed"})
    _, bob = client("GET", "/characters/bob")
    assert isinstance(bob, dict)
    assert bob["audio_processing_status"] == "completed", "found again without its job"


def test_the_config_file_is_readable_json(client: Client):
    client.create("小音")
    config = client.work_dir / "characters" / "小音" / "character_config.json"
    text = config.read_text(encoding="utf-8")
    assert "小音" in text
    assert json.loads(text)["config"]["epochs_s1"] == 15
    assert time.strftime("%Y-") in text
