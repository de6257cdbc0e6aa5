"""`start.py studio` against the studio's own routes on a real socket, over lines that break."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Response
from hypothesis import given
from hypothesis import strategies as st

from clients.cli import studio, studio_upload
from clients.cli.studio_jobs import follow, losses, watch
from clients.cli.studio_server import Refused, StudioServer
from clients.cli.studio_upload import Sender, Source, sources_of
from clients.cli.studio_waiting import telling_that_it_waits
from clients.cli.studio_words import duration, megabytes, sentences
from clients.sound_files import wav_of_pcm
from clients.troubles import ServerTrouble
from tests.support.breaking_line import BreakingLine
from tests.support.live_server import live_server
from tests.support.studio_app import StudioApp, studio_app
from tests.voice.api.test_uploads import wav
from voice.api.aside import Aside
from voice.api.errors import install_error_handlers
from voice.api.jobs import jobs_routes
from voice.api.studio_errors import told as refusing
from voice.jobs.claims import Claims
from voice.jobs.store import JobStore
from voice.studio.characters import NoSuchCharacter

MB = 1 << 20
ROOT = Path(__file__).parents[2]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[StudioApp]:
    with studio_app(tmp_path / "server") as running:
        yield running


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    file = tmp_path / "long.wav"
    file.write_bytes(wav(5 * MB))
    return file


def test_a_recording_arrives_whole_over_a_line_that_breaks(app: StudioApp, recording: Path):
    with BreakingLine(app.url, [40_000, 1 * MB, 2 * MB, 500_000]).running() as proxy:
        server, heard = StudioServer(proxy.url), []
        sender = Sender(server, "bob", lambda _: time.sleep(0.02))
        name = sender.send(Source(recording, "long.wav"), None, heard.append)
        assert proxy.cuts_left == 0
        assert proxy.carried < 2 * 5 * MB, "what had come was not sent again"
    assert name == "long.wav"
    assert (app.raw / "long.wav").read_bytes() == recording.read_bytes()
    assert heard[-1] == 5 * MB


def test_a_later_call_goes_on_where_an_earlier_one_was_cut_off(
    app: StudioApp, recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(studio_upload, "MOST_FAILURES", 0)
    # Listing, then the first bytes with the question how far it is, then a line that breaks in the middle.
    with BreakingLine(app.url, [3 * MB]).running() as proxy:
        assert studio.main(["--url", proxy.url, "add", "bob", str(recording)]) == 1
    assert "does not answer" in capsys.readouterr().err
    (upload,) = httpx.get(app.place).json()
    assert 0 < upload["offset"] < 5 * MB
    assert studio.main(["--url", app.url, "add", "bob", str(recording)]) == 0
    assert "gone on with" in capsys.readouterr().out
    assert (app.raw / "long.wav").read_bytes() == recording.read_bytes()
    assert studio.main(["--url", app.url, "add", "bob", str(recording)]) == 0
    assert "is there already" in capsys.readouterr().out


def test_an_upload_that_has_expired_meanwhile_begins_anew(app: StudioApp, recording: Path):
    sender = Sender(StudioServer(app.url), "bob", lambda _: None)
    sender.send(Source(recording, "long.wav"), {"id": "0" * 32}, lambda _: None)
    assert app.recordings() == ["long.wav"]


def test_folders_are_looked_through_and_one_refusal_stops_nothing(
    app: StudioApp, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    top = tmp_path / "voices"
    for name in ("a/x.wav", "b/x.WAV", "b/notes.txt", "b/.hidden.wav"):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(wav(1000))
    (top / "a" / "broken.mp3").write_bytes(b"no sound" * 100)
    assert studio.main(["--url", app.url, "add", "bob", str(top)]) == 1
    assert app.recordings() == ["voices__a__x.wav", "voices__b__x.WAV"]
    printed = capsys.readouterr()
    assert "2 of 3 recordings are there" in printed.out
    assert "broken.mp3 is no recording" in printed.err


@given(
    folders=st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join), min_size=1, unique=True)
)
def test_files_of_one_name_are_told_apart_by_their_folders(
    folders: list[str], tmp_path_factory: pytest.TempPathFactory
):
    top = tmp_path_factory.mktemp("files")
    files = [top / folder / "x.wav" for folder in folders]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    found = sources_of(files)
    assert len({source.relative for source in found}) == len(files)


def test_verbs_that_look_and_change(
    app: StudioApp, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def run(*arguments: str) -> int:
        return studio.main(["--url", app.url, *arguments])

    assert run("new", "旁白") == 0
    assert (
        "taken to be in Chinese (zh). Otherwise, e.g.: python3 start.py studio config 旁白" in capsys.readouterr().out
    )
    assert run("new", "小音", "--language", "en") == 0
    assert "Chinese" not in capsys.readouterr().out
    (tmp_path / "a.wav").write_bytes(wav(96_044))
    run("add", "小音", str(tmp_path / "a.wav"))
    capsys.readouterr()
    assert run("list") == 0
    printed = capsys.readouterr().out
    assert "小音\t1\tnot yet\t" in printed
    assert "speaks where no" not in printed, "columns for programs"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert run("list") == 0
    assert "* speaks where no character is named" in capsys.readouterr().out
    monkeypatch.undo()
    assert run("files", "小音") == 0
    assert "a.wav\t0.1 MB\t1 s" in capsys.readouterr().out
    assert run("files", "小音", "--delete", "a.wav") == 0
    assert "a.wav" not in capsys.readouterr().out
    assert run("delete", "小音") == 2
    assert run("delete", "小音", "--yes") == 0
    assert run("add", "小音", str(tmp_path / "a.wav")) == 1
    assert "There is no character 小音" in capsys.readouterr().err
    assert run("add", "bob", str(tmp_path / "absent.wav")) == 1
    assert f"There is no file {tmp_path / 'absent.wav'}" in capsys.readouterr().err


def test_settings_are_shown_and_changed(app: StudioApp, capsys: pytest.CaptureFixture[str]):
    def run(*arguments: str) -> str:
        assert studio.main(["--url", app.url, "config", "bob", *arguments]) == 0
        return capsys.readouterr().out

    shown = run()
    assert "language: zh\n" in shown
    assert "noise reduction: on\n" in shown
    changed = run("--epochs-s1", "8", "--epochs-s2", "12", "--batch-size", "4", "--gpu", "0-1")
    assert "epochs of SoVITS: 12\nepochs of GPT: 8\nbatch size: 4\ngraphics cards: 0-1\n" in changed
    assert "next training" in changed
    changed = run("--denoise", "off", "--language", "en")
    assert "language: en\nnoise reduction: off\nepochs of SoVITS: 12\n" in changed
    assert "start.py studio process bob" in changed
    assert studio.main(["--url", app.url, "config", "bob", "--epochs-s1", "0"]) == 1
    assert "epochs_s1: Input should be greater than or equal to 1" in capsys.readouterr().err
    assert studio.main(["--url", app.url, "config", "nobody"]) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["bogus"],
        ["add", "bob"],
        ["say", "bob"],
        ["new", "bob", "--language", "fr"],
        ["persona", "bob", "--speed", "x"],
    ],
)
def test_a_command_line_that_cannot_be_read_is_2(arguments: list[str]):
    with pytest.raises(SystemExit) as ended:
        studio.main(arguments)
    assert ended.value.code == 2


def test_no_server_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    assert studio.main(["--url", "http://127.0.0.1:9", "list"]) == 1
    monkeypatch.setattr("clients.cli.studio.known_address", lambda token: ("http://127.0.0.1:9", token))
    assert studio.main(["list"]) == 1
    printed = capsys.readouterr().err
    assert printed.count("does not answer") == 2
    assert printed.count("serve --daemon") == 1


class Told:
    """A Progress that remembers."""

    def __init__(self) -> None:
        self.moves: list[tuple[str | None, float, str]] = []
        self.lines: list[str] = []

    def move(self, stage: str | None, percent: float, eta_s: float | None, note: str) -> None:
        self.moves.append((stage, percent, note))

    def say(self, line: str) -> None:
        self.lines.append(line)


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[tuple[str, JobStore, Claims]]:
    store, worker = JobStore(tmp_path / "jobs.sqlite"), Claims(tmp_path / "jobs.sqlite", "w", "cpu", 60)
    app = FastAPI()
    install_error_handlers(app)
    app.include_router(jobs_routes(store, Aside()))
    with live_server(app) as url:
        yield url, store, worker


def test_a_job_is_followed_to_its_end_over_lines_that_break(jobs):
    url, store, worker = jobs
    job = store.submit("train", "bob", {})
    claim = worker.claim(["train"])

    def work() -> None:
        for step in range(20):
            worker.report(claim, "train_gpt", 5.0 * step, 60.0)
            worker.note(claim, [("log", {"line": f"line {step}"}), ("point", {"step": step, "loss": 3 / (step + 1)})])
            time.sleep(0.03)
        worker.finish(claim, "completed", {})

    threading.Thread(target=work, daemon=True).start()
    with BreakingLine(url, [1500, 900, 1200, 600]).running() as proxy:
        told = Told()
        ended = follow(StudioServer(proxy.url), job.id, told, lambda _: None)
        assert proxy.cuts_left == 0
    assert ended["state"] == "completed"
    assert [line for line in told.lines if line.startswith("line")] == [f"line {step}" for step in range(20)]
    assert told.moves[-1][0] == "train_gpt"
    assert "loss 0.15" in told.moves[-1][2]


@pytest.mark.parametrize(("language", "lines"), [("en", ["begun", "plain"]), ("zh", ["开始", "plain"])])
def test_the_log_is_told_in_the_readers_language(jobs, language: str, lines: list[str], monkeypatch):
    monkeypatch.setenv("YINLIU_LANG", language)
    url, store, worker = jobs
    job = store.submit("train", "bob", {})
    claim = worker.claim(["train"])
    worker.note(claim, [("log", {"line": "begun", "line_zh": "开始"}), ("log", {"line": "plain"})])
    worker.finish(claim, "completed", {})
    told = Told()
    follow(StudioServer(url), job.id, told, lambda _: None)
    assert told.lines == lines


@pytest.mark.parametrize(("state", "status", "word"), [("completed", 0, "is done"), ("failed", 1, "Too little speech")])
def test_how_a_job_ended_is_the_exit_status(jobs, state, status, word, capsys: pytest.CaptureFixture[str]):
    url, store, worker = jobs
    job = store.submit("train", "bob", {})
    claim = worker.claim(["train"])
    worker.report(claim, "train_sovits", 66.7)
    worker.finish(claim, state, error="Too little speech." if state == "failed" else "", error_zh="语音太少。")
    assert watch(StudioServer(url), job.id) == status
    printed = capsys.readouterr()
    assert word in printed.out + printed.err
    assert "learning the sound (SoVITS)" in printed.out
    assert studio.main(["--url", url, "watch", "bob"]) == status


def test_a_job_that_does_not_exist_is_a_refusal(jobs):
    with pytest.raises(Refused, match="There is no job"):
        follow(StudioServer(jobs[0]), "none", Told(), lambda _: None)


def test_a_server_that_stays_away_is_given_up(jobs):
    with pytest.raises(ServerTrouble):
        follow(StudioServer("http://127.0.0.1:9"), "none", Told(), lambda _: None)


def test_a_waiting_job_is_cancelled_by_its_character(jobs, capsys: pytest.CaptureFixture[str]):
    url, store, _ = jobs
    job = store.submit("train", "bob", {})
    assert studio.main(["--url", url, "cancel", "bob"]) == 0
    assert store.get(job.id).state == "cancelled"
    assert studio.main(["--url", url, "jobs"]) == 0
    assert "bob\ttraining\tcancelled" in capsys.readouterr().out


def test_a_character_without_work_is_told_from_one_that_is_not_there(tmp_path: Path, capsys):
    app, store = FastAPI(), JobStore(tmp_path / "jobs.sqlite")
    app.include_router(jobs_routes(store, Aside()))
    install_error_handlers(app)

    @app.get("/api/v1/characters/{name}")
    async def character(name: str) -> dict:
        with refusing():
            if name != "bob":
                raise NoSuchCharacter(name)
        return {"character_name": name}

    with live_server(app) as url:
        for verb in ("watch", "cancel"):
            assert studio.main(["--url", url, verb, "bob"]) == 1
            assert capsys.readouterr().err == "bob has no work.\n"
            assert studio.main(["--url", url, verb, "0" * 32]) == 1
            assert "There is no job" in capsys.readouterr().err
            assert studio.main(["--url", url, verb, "nobody"]) == 1
            assert "There is no character nobody" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("broker", "line"),
    [
        (None, "waits for a worker that is free"),
        ({"workers": 2, "here": False}, "waits for a worker that is free"),
        ({"workers": 0, "here": True}, "waits for a worker that is free"),
        ({"workers": 0, "here": False}, "there is none: start one on another machine"),
    ],
)
def test_a_job_that_does_not_begin_says_what_it_waits_for(tmp_path: Path, broker: dict | None, line: str):
    app, store = FastAPI(), JobStore(tmp_path / "jobs.sqlite")
    app.include_router(jobs_routes(store, Aside()))

    @app.get("/health")
    async def health() -> dict:
        return {"broker": broker} if broker else {}

    with live_server(app) as url:
        server, told = StudioServer(url), Told()
        job = store.submit("process_audio", "bob", {})
        with telling_that_it_waits(server, job.id, told, after_s=0.05):
            time.sleep(0.5)
        assert [line in said for said in told.lines] == [True]
        store.cancel(job.id)
        with telling_that_it_waits(server, job.id, told, after_s=0.05):
            time.sleep(0.3)
        with telling_that_it_waits(server, store.submit("train", "bob", {}).id, told, after_s=60):
            pass
        assert len(told.lines) == 1, "not of what has ended, nor in the first seconds"


def test_processing_again_waits_for_the_end_of_what_was_cancelled(tmp_path: Path, capsys):
    app, store = FastAPI(), JobStore(tmp_path / "jobs.sqlite")
    worker = Claims(tmp_path / "jobs.sqlite", "w", "cpu", 60)
    app.include_router(jobs_routes(store, Aside()))
    install_error_handlers(app)

    @app.post("/api/v1/characters/bob/training/start")
    async def start() -> dict:
        with refusing():
            return {"id": store.submit("train", "bob", {}).id}

    with live_server(app) as url:
        first = store.submit("train", "bob", {})
        claim = worker.claim(["train"])
        assert claim
        store.cancel(first.id)
        refused = httpx.post(f"{url}/api/v1/characters/bob/training/start")
        assert refused.status_code == 409
        assert "try again when it has ended" in refused.json()["detail_en"]
        assert "正在取消" in refused.json()["detail"]

        def work() -> None:
            time.sleep(0.7)
            worker.finish(claim, "cancelled")
            while (second := worker.claim(["train"])) is None:
                time.sleep(0.05)
            worker.finish(second, "completed", {})

        thread = threading.Thread(target=work)
        thread.start()
        assert studio.main(["--url", url, "train", "bob"]) == 0
        thread.join()
    printed = capsys.readouterr().out
    assert "waiting for that" in printed
    assert "training is done" in printed
    assert [job.state for job in store.newest()] == ["completed", "cancelled"]


def test_clips_that_nothing_heard_say_what_helps(capsys: pytest.CaptureFixture[str]):
    app = FastAPI()
    found = {"clips_kept": 0, "usable_minutes": 0.0, "clips_dropped": {"no_text": 1}}
    clip = {"name": "a.wav", "seconds": 2.0, "why": "no_text", "text": ""}

    @app.get("/api/v1/characters/bob/clips")
    async def clips() -> dict:
        why = {"error": "Install it.", "error_zh": "请安装。"}
        return {"clips": [clip], "summary": {**found, "recognition_failed": why}}

    with live_server(app) as url:
        assert studio.main(["--url", url, "clips", "bob"]) == 0
        printed = capsys.readouterr()
        assert "a.wav\t2.0 s\tnot understood" in printed.out
        assert "Install it." in printed.err
        found["clips_dropped"] = {}
        assert studio.main(["--url", url, "clips", "bob"]) == 0
        assert "Install it." not in capsys.readouterr().err, "all texts were written by hand meanwhile"


@pytest.mark.parametrize(("size", "told"), [(0, "0.0 MB"), (5 << 20, "5.0 MB"), (500 << 20, "500 MB")])
def test_sizes_are_those_of_the_page_and_of_the_limits(size: int, told: str):
    assert megabytes(size) == told


def test_a_text_is_spoken_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    app, asked = FastAPI(), []
    sound = wav_of_pcm(bytes(3200), 32_000)

    @app.post("/api/v1/inference")
    async def start(body: dict) -> dict:
        asked.append(body)
        return {"inference_id": "7e57", "status": "running"}

    @app.get("/api/v1/inference/7e57")
    async def state() -> dict:
        return {
            "status": "failed" if asked[-1]["target_text"] == "bad" else "completed",
            "error_message": "推理执行失败",
        }

    @app.get("/api/v1/inference/7e57/download")
    async def download() -> Response:
        return Response(sound, media_type="audio/wav")

    with live_server(app) as url:
        out = tmp_path / "out.wav"
        assert studio.main(["--url", url, "say", "小音", "你好", "--out", str(out)]) == 0
        assert out.read_bytes() == sound
        assert asked == [{"character_name": "小音", "target_text": "你好"}]
        assert studio.main(["--url", url, "say", "小音", "bad"]) == 1
    assert capsys.readouterr().err.strip()


def test_a_reader_that_stops_early_is_no_error(app: StudioApp):
    command = [sys.executable, "-m", "clients.cli.studio", "--url", app.url, "list"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(60) == 1


def test_what_a_server_says_is_said_in_both_languages():
    assert sentences({"detail": "角色不存在: 小音"}, 404)[0].startswith("There is no character 小音")
    assert sentences({"detail": "坏", "detail_en": "Bad."}, 400) == ("Bad.", "坏")
    assert sentences([1], 500) == ("The server answered 500.", "服务器应答 500。")
    assert sentences({"detail": [{"msg": "Field required"}]}, 422)[0] == "Field required"
    assert duration(12_000) == ("3 h 20 min", "3 小时 20 分钟")
    assert losses({"at": "x", "step": 5, "loss": 1.23456}).endswith("loss 1.23")
