"""The files of a job over HTTP: fetched and brought back whole, by whoever has the job, and nobody else."""

import os
import random
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cutting_proxy import cutting_proxy
from tests.support.live_server import live_server
from voice.api.aside import Aside
from voice.api.errors import install_error_handlers
from voice.api.guard import Guard
from voice.api.job_files import job_files_routes
from voice.broker.carrier import Carrier, FilesRefused
from voice.broker.file_client import FilesOfJob
from voice.broker.job_files import JobFiles
from voice.broker.trees import OutsideOfJob, Tree, tree_of
from voice.broker.words import OWNER
from voice.jobs.claims import Claims
from voice.jobs.delegate import Delegate
from voice.jobs.job import Claim, ClaimLost, Job
from voice.jobs.store import JobStore

TOKEN = "right"


class Scene:
    """A character with recordings, a job on it that a worker has, and the worker's own folder."""

    def __init__(self, folder: Path):
        self.work_dir, self.scratch = folder / "work", folder / "scratch"
        self.character = self.work_dir / "characters" / "小音"
        (self.character / "raw_audio").mkdir(parents=True)
        self.store, self.claims = JobStore(folder / "jobs"), Delegate(folder / "jobs", f"{OWNER}w1", "cpu", 60)
        self.files = JobFiles(self.claims, self.work_dir, OWNER)
        self.put("raw_audio/一 二.wav", b"one" * 1000)
        self.put("character_config.json", b"{}")
        self.store.submit("process_audio", "小音", {"folder": str(self.character), "name": "小音"})
        claim = self.claims.claim(["process_audio"])
        assert claim
        self.claim: Claim = claim

    def put(self, name: str, data: bytes) -> Path:
        file = self.character / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        return file

    @property
    def there(self) -> Path:
        return self.scratch / "characters" / "小音"

    @contextmanager
    def worker(self, server: str, token: str = TOKEN, check: Callable[[], None] = lambda: None) -> Iterator[FilesOfJob]:
        files = FilesOfJob(Carrier(server, token), self.claim.job.id, self.claim.fence, self.scratch, check)
        try:
            yield files
        finally:
            files.close()

    def lose(self) -> None:
        """The job is somebody else's now."""
        thief = Delegate(self.claims._table._file, f"{OWNER}w2", "cpu", 60, now=lambda: 1e12)
        thief.recover()
        assert thief.claim(["process_audio"])


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


@pytest.fixture
def server(scene: Scene) -> Iterator[str]:
    app = FastAPI()
    install_error_handlers(app)
    app.include_router(job_files_routes(scene.files, Aside()))
    app.add_middleware(Guard, token=TOKEN, allowed_hosts=[], cors_origins=[])
    with live_server(app) as url:
        yield url


def listing(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_files_go_there_and_what_is_made_comes_back(scene: Scene, server: str):
    stale = scene.put("sliced_audio/stale.wav", b"s")
    scene.put("models/voice.ckpt", b"large")
    scene.put("raw_audio/.upload.partial", b"half")
    scene.put("raw_audio/.upload.json", b"{}")
    (scene.character / "link").symlink_to("/etc/passwd")
    with scene.worker(server) as files:
        assert files.fetch() == (3, 3003)
        assert set(listing(scene.there)) == {"raw_audio/一 二.wav", "character_config.json", "sliced_audio/stale.wav"}
        assert (scene.there / "sliced_audio/stale.wav").stat().st_mtime_ns == stale.stat().st_mtime_ns
        assert files.fetch() == (0, 0), "what is there already is not fetched again"
        (scene.there / "sliced_audio" / "stale.wav").unlink()
        for name in ("a", "b"):
            (scene.there / "sliced_audio" / f"{name}.wav").write_bytes(b"the same")
        (scene.there / "sliced_audio" / ".done.jsonl").write_text("{}\n")
        (scene.there / "sliced_audio" / ".x.partial").write_text("half")
        assert files.send() == 3
        assert files.send() == 0
        (scene.there / "sliced_audio" / "a.wav").write_bytes(b"changed")
        assert files.send() == 1
    assert not stale.exists()
    assert listing(scene.character / "sliced_audio") == {
        "a.wav": b"changed",
        "b.wav": b"the same",
        ".done.jsonl": b"{}\n",
    }
    made, kept = scene.there / "sliced_audio" / "a.wav", scene.character / "sliced_audio" / "a.wav"
    assert made.stat().st_mtime_ns == kept.stat().st_mtime_ns
    assert not any((scene.work_dir / ".arriving").iterdir())
    assert (scene.character / "models" / "voice.ckpt").exists()


def test_who_has_lost_the_job_reads_and_writes_nothing(scene: Scene, server: str):
    with scene.worker(server) as files:
        files.fetch()
        (scene.there / "sliced_audio").mkdir()
        (scene.there / "sliced_audio" / "late.wav").write_bytes(b"late")
        before = listing(scene.character)
        scene.lose()
        with pytest.raises(FilesRefused, match="no longer this worker's"):
            files.send()
        with pytest.raises(FilesRefused, match="no longer"):
            files.fetch()
    assert listing(scene.character) == before


def test_a_job_lost_between_sending_and_placing_changes_nothing(scene: Scene):
    unfinished = scene.files.unfinished(scene.claim.job.id, scene.claim.fence, "0" * 64)
    unfinished.write_bytes(b"x")
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    scene.files.keep(unfinished, digest)
    scene.lose()
    with pytest.raises(ClaimLost):
        scene.files.commit(
            scene.claim.job.id, scene.claim.fence, {"characters/小音/sliced_audio/x.wav": (digest, 1)}, []
        )
    assert not (scene.character / "sliced_audio").exists()


def test_broken_downloads_go_on_where_they_broke_off(scene: Scene, server: str):
    data = random.Random(1).randbytes(3_000_000)
    scene.put("raw_audio/long.wav", data)
    with cutting_proxy(server, 900_000, cuts=3) as proxy, scene.worker(proxy.url) as files:
        files.fetch()
    assert (scene.there / "raw_audio" / "long.wav").read_bytes() == data
    assert proxy.cuts_left == 0
    assert proxy.bytes_down < 1.5 * len(data)


def test_broken_uploads_are_repeated(scene: Scene, server: str):
    data = random.Random(2).randbytes(2_000_000)
    with cutting_proxy(server, 500_000, cuts=2, is_up=True) as proxy, scene.worker(proxy.url) as files:
        files.fetch()
        (scene.there / "sliced_audio").mkdir()
        (scene.there / "sliced_audio" / "a.wav").write_bytes(data)
        assert files.send() == 1
    assert (scene.character / "sliced_audio" / "a.wav").read_bytes() == data
    assert proxy.cuts_left == 0


def test_content_that_is_not_what_was_announced_is_a_sentence(scene: Scene, server: str):
    file = scene.put("raw_audio/a.wav", b"first")
    with scene.worker(server) as files:
        files.fetch()
        before = file.stat()
        file.write_bytes(b"other")
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        (scene.there / "raw_audio" / "a.wav").unlink()
        with pytest.raises(FilesRefused, match="did not arrive as the server has it"):
            files.fetch()


def test_an_upload_with_another_content_is_refused(scene: Scene, server: str):
    path = f"{server}/api/v1/jobs/{scene.claim.job.id}/files/characters/小音/sliced_audio/a.wav"
    params = {"fence": scene.claim.fence, "sha256": "0" * 64}
    answer = httpx.put(path, params=params, content=b"x", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 400
    assert "send it again" in answer.json()["detail_en"]
    assert not list((scene.work_dir / ".arriving").rglob("*.partial"))


def test_a_call_without_the_token_is_refused(scene: Scene, server: str):
    with scene.worker(server, token="wrong") as files, pytest.raises(FilesRefused, match="token is not"):
        files.fetch()


@pytest.mark.parametrize(
    "path",
    [
        "characters/小音/../bob/raw_audio/x.wav",
        "characters/小音",
        "characters/小音/",
        "characters/小音x/a.wav",
        "characters/bob/a.wav",
        "/etc/passwd",
        "characters/小音/raw_audio/new.wav",
        "characters/小音/character_config.json",
        "characters/小音/a.partial",
        "characters/小音/link/x.wav",
        "characters/小音/file-link",
        "characters/小音//a.wav",
        "characters/小音/./a.wav",
        "characters\\小音\\a.wav",
        "characters/小音/a\n.wav",
        "jobs.sqlite",
        "",
    ],
)
def test_nothing_leaves_the_character_s_folder(scene: Scene, path: str, tmp_path: Path):
    (tmp_path / "outside").mkdir()
    (scene.character / "link").symlink_to(tmp_path / "outside")
    (scene.character / "file-link").symlink_to(tmp_path / "outside" / "x")
    with pytest.raises(OutsideOfJob):
        scene.files.require_room(scene.claim.job.id, scene.claim.fence, path, 1)
    with pytest.raises(OutsideOfJob):
        scene.files.commit(scene.claim.job.id, scene.claim.fence, {path: ("0" * 64, 1)}, [])
    with pytest.raises(OutsideOfJob):
        scene.files.commit(scene.claim.job.id, scene.claim.fence, {}, [path])
    assert not any((tmp_path / "outside").iterdir())


@given(st.lists(st.sampled_from(["..", ".", "a", "小音", "characters", "raw_audio", "", "\\", "~"])).map("/".join))
def test_no_path_reaches_beyond_the_job(path: str):
    tree = Tree(Path("/nowhere/studio"), ("characters/小音",), (), ())
    try:
        file = tree.writable(path)
    except OutsideOfJob:
        return
    assert Path("/nowhere/studio/characters/小音") in Path(os.path.normpath(file)).parents
    assert "raw_audio" not in file.parts[5:6]


def test_what_a_kind_of_job_makes_elsewhere_belongs_to_it(tmp_path: Path):
    work_dir = tmp_path / "work"
    parameters = {"folder": str(work_dir / "characters" / "a"), "id": "12-ab"}
    tree = tree_of(Job("j", "infer", "a", parameters, "running", 0.0), work_dir)
    assert tree.writable("inference_output/12-ab.wav") == work_dir / "inference_output" / "12-ab.wav"
    with pytest.raises(OutsideOfJob):
        tree.writable("inference_output/other.wav")
    for identity in ("../x", "", "a/b"):
        parameters["id"] = identity
        assert tree_of(Job("j", "infer", "a", parameters, "running", 0.0), work_dir).made == ()


def test_the_work_folder_itself_is_no_job_s_folder(tmp_path: Path):
    assert tree_of(Job("j", "x", "a", {"folder": str(tmp_path)}, "running", 0.0), tmp_path).folders == ()


def test_what_does_not_fit_on_the_disk_is_refused_before_it_is_sent(scene: Scene, server: str):
    path = f"/api/v1/jobs/{scene.claim.job.id}/files/characters/{quote('小音')}/sliced_audio/a.wav"
    with socket.create_connection(("127.0.0.1", int(server.rpartition(":")[2]))) as connection:
        head = f"PUT {path}?fence={scene.claim.fence}&sha256={'0' * 64} HTTP/1.1\r\nHost: x\r\n"
        more = f"Content-Length: {10**14}\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
        connection.sendall((head + more).encode())
        assert b" 413 " in connection.recv(1000)


def test_a_wrong_address_and_a_wrong_token_are_told_at_once(server: str):
    with pytest.raises(FilesRefused, match="refuses this token"):
        Carrier(server, "wrong").check()
    with pytest.raises(FilesRefused, match="no address of a server"):
        Carrier("host:8001", "").check()
    with pytest.raises(FilesRefused, match="no server with a studio"):
        Carrier(server, TOKEN).check()
    Carrier("http://127.0.0.1:9", "").check()


def test_a_job_of_the_server_s_own_worker_hands_out_no_files(scene: Scene):
    scene.claims.finish(scene.claim, "completed")
    scene.store.submit("process_audio", "小音", {"folder": str(scene.character), "name": "小音"})
    own = Claims(scene.claims._table._file, "worker of cpu", "cpu", 60).claim(["process_audio"])
    assert own
    with pytest.raises(ClaimLost):
        scene.files.manifest(own.job.id, own.fence)
    with pytest.raises(ClaimLost):
        scene.files.commit(own.job.id, own.fence, {}, [])


def test_a_text_in_the_form_of_a_path_opens_no_folder(tmp_path: Path):
    work_dir = tmp_path / "work"
    parameters = {"folder": str(work_dir / "characters" / "a"), "text": str(work_dir / "characters"), "id": "1"}
    tree = tree_of(Job("j", "infer", "a", parameters, "running", 0.0), work_dir)
    assert tree.folders == ("characters/a",)
    task = {"request": {"session_id": str(work_dir / "characters")}}
    assert tree_of(Job("j", "task_slice", "slice:x", task, "running", 0.0), work_dir).folders == ()


def test_a_server_that_names_files_elsewhere_writes_none(tmp_path: Path):
    app = FastAPI()
    facts = {"path": "../outside", "size": 1, "modified_ns": 1, "sha256": "0" * 64}
    app.get("/api/v1/jobs/{identity}/files")(lambda: {"files": [facts]})
    app.get("/api/v1/jobs/{identity}/files/{path:path}")(lambda: "x")
    (tmp_path / "scratch").mkdir()
    kept = tmp_path / "scratch" / "kept"
    kept.touch()
    with live_server(app) as url:
        files = FilesOfJob(Carrier(url), "j", 1, tmp_path / "scratch", lambda: None)
        with pytest.raises(FilesRefused, match="leaves the folder"):
            files.fetch()
        files.close()
    assert kept.exists()
    assert not (tmp_path / "outside").exists()


def test_what_a_worker_that_died_had_begun_to_send_goes_with_the_next_one_s(scene: Scene, server: str):
    job, fence = scene.claim.job.id, scene.claim.fence
    scene.files.unfinished(job, fence - 1, "0" * 64).write_bytes(b"left")
    scene.files.commit(job, fence, {}, [])
    assert not any((scene.work_dir / ".arriving").iterdir())
