"""One file over a network that breaks: what has arrived is kept, and only the right content takes its place."""

import hashlib
import io
import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from launch import download as downloading
from launch.download import DownloadFailed, download, partial
from launch.progress import Progress
from tests.support.fake_hub import FakeHub, fake_hub

CONTENT = random.Random(1).randbytes(1_000_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with fake_hub({"/model.pth": CONTENT}) as hub:
        yield hub


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINLIU_LANG", "en")


class Pauses(list[float]):
    """Takes the place of time.sleep, and keeps how long was to be waited."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def fetch(hub: FakeHub, target: Path, pauses: Pauses | None = None, sha256: str = SHA256) -> None:
    download(f"{hub.address}/model.pth", target, sha256, len(CONTENT), pauses if pauses is not None else Pauses())


def ranges(hub: FakeHub) -> list[str]:
    return [asked for _, asked in hub.asked]


def test_a_file_arrives_and_nothing_else_stays(hub: FakeHub, tmp_path: Path):
    fetch(hub, tmp_path / "deep" / "er" / "model.pth")
    assert (tmp_path / "deep" / "er" / "model.pth").read_bytes() == CONTENT
    assert [file.name for file in (tmp_path / "deep" / "er").iterdir()] == ["model.pth"]


def test_a_broken_connection_goes_on_where_it_stopped(hub: FakeHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    hub.troubles = [lambda request: request.answer(CONTENT, cut_at=300_000)] * 2
    pauses = Pauses()
    fetch(hub, tmp_path / "model.pth", pauses)
    assert (tmp_path / "model.pth").read_bytes() == CONTENT
    assert ranges(hub) == ["", "bytes=300000-", "bytes=600000-"]
    assert len(pauses) == 2
    assert "the connection ended after" in capsys.readouterr().err


def test_an_attempt_of_yesterday_is_gone_on_with(hub: FakeHub, tmp_path: Path):
    partial(tmp_path / "model.pth").write_bytes(CONTENT[:123_456])
    fetch(hub, tmp_path / "model.pth")
    assert ranges(hub) == ["bytes=123456-"]
    assert (tmp_path / "model.pth").read_bytes() == CONTENT


def test_a_server_without_ranges_is_read_from_the_beginning(hub: FakeHub, tmp_path: Path):
    hub.knows_ranges = False
    partial(tmp_path / "model.pth").write_bytes(b"x" * 123_456)
    fetch(hub, tmp_path / "model.pth")
    assert (tmp_path / "model.pth").read_bytes() == CONTENT


@pytest.mark.parametrize("before", [CONTENT, CONTENT + b"more", b"y" * 2_000_000])
def test_a_part_that_is_whole_or_too_long_is_settled(before: bytes, hub: FakeHub, tmp_path: Path):
    partial(tmp_path / "model.pth").write_bytes(before)
    fetch(hub, tmp_path / "model.pth")
    assert (tmp_path / "model.pth").read_bytes() == CONTENT
    assert len(hub.asked) == (1 if before == CONTENT else 2)


def test_a_length_that_is_not_told_is_no_trouble(hub: FakeHub, tmp_path: Path):
    hub.troubles = [lambda request: request.answer(CONTENT, told_length=False)]
    fetch(hub, tmp_path / "model.pth")
    assert (tmp_path / "model.pth").read_bytes() == CONTENT


@pytest.mark.parametrize(
    "content", [b"<html>Sign in to this network</html>", b"", CONTENT[:-1] + b"\x00", CONTENT[:-1]]
)
def test_another_content_never_takes_the_place(content: bytes, hub: FakeHub, tmp_path: Path):
    hub.files["/model.pth"] = content
    (tmp_path / "model.pth").write_bytes(b"what was there before")
    with pytest.raises(DownloadFailed, match="checksum is wrong"):
        fetch(hub, tmp_path / "model.pth")
    assert (tmp_path / "model.pth").read_bytes() == b"what was there before"
    assert not partial(tmp_path / "model.pth").exists()


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
def test_an_answer_that_will_not_change_is_not_asked_for_again(status: int, hub: FakeHub, tmp_path: Path):
    hub.troubles = [lambda request: request.send_error(status)]
    pauses = Pauses()
    with pytest.raises(DownloadFailed, match=f"the server answers {status}"):
        fetch(hub, tmp_path / "model.pth", pauses)
    assert (len(hub.asked), pauses) == (1, [])


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_server_in_trouble_is_asked_again(status: int, hub: FakeHub, tmp_path: Path):
    hub.troubles = [lambda request: request.send_error(status)] * 2
    fetch(hub, tmp_path / "model.pth")
    assert (tmp_path / "model.pth").read_bytes() == CONTENT


def test_without_a_byte_it_gives_up_and_keeps_what_there_is(hub: FakeHub, tmp_path: Path):
    partial(tmp_path / "model.pth").write_bytes(CONTENT[:1000])
    hub.troubles = [lambda request: request.send_error(503)] * 100
    pauses = Pauses()
    with pytest.raises(DownloadFailed, match="503"):
        fetch(hub, tmp_path / "model.pth", pauses)
    assert len(hub.asked) == downloading.ATTEMPTS
    assert pauses == sorted(pauses)
    assert partial(tmp_path / "model.pth").read_bytes() == CONTENT[:1000]


def test_as_long_as_bytes_arrive_it_goes_on(hub: FakeHub, tmp_path: Path):
    hub.troubles = [lambda request: request.answer(CONTENT, cut_at=50_000)] * 15
    fetch(hub, tmp_path / "model.pth")
    assert (tmp_path / "model.pth").read_bytes() == CONTENT


def test_a_connection_that_stalls_counts_as_broken(hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def stall(request):
        request.send_response(200)
        request.send_header("Content-Length", str(len(CONTENT)))
        request.end_headers()
        request.wfile.write(CONTENT[:1000])
        request.wfile.flush()
        request.connection.settimeout(5)
        request.rfile.read(1)  # until the other side hangs up
        request.close_connection = True

    monkeypatch.setattr(downloading, "TIMEOUT_S", 0.3)
    hub.troubles = [stall]
    fetch(hub, tmp_path / "model.pth")
    assert (tmp_path / "model.pth").read_bytes() == CONTENT
    assert len(hub.asked) == 2


def test_nobody_there_is_an_error_with_a_reason(tmp_path: Path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/model.pth"
        with pytest.raises(DownloadFailed, match=r"refused|reset|unreachable|actively"):
            download(address, tmp_path / "model.pth", SHA256, 5, Pauses())


def test_something_that_speaks_no_http_is_an_error(tmp_path: Path, hub: FakeHub):
    hub.troubles = [lambda request: request.wfile.write(b"220 mail ready\r\n" * 9)] * downloading.ATTEMPTS
    with pytest.raises(DownloadFailed):
        fetch(hub, tmp_path / "model.pth")


def test_another_part_than_asked_for_is_refused(hub: FakeHub, tmp_path: Path):
    def shifted(request):
        request.send_response(206)
        request.send_header("Content-Range", f"bytes 5-{len(CONTENT) - 1}/{len(CONTENT)}")
        request.send_header("Content-Length", "0")
        request.end_headers()

    partial(tmp_path / "model.pth").write_bytes(CONTENT[:1000])
    hub.troubles = [shifted]
    with pytest.raises(DownloadFailed, match="another part"):
        fetch(hub, tmp_path / "model.pth")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_a_bar_that_grows(monkeypatch: pytest.MonkeyPatch):
    now = iter(range(100))
    monkeypatch.setattr("launch.progress.time.monotonic", lambda: float(next(now)))
    stream = Terminal()
    progress = Progress("s2Gv2ProPlus.pth", 200_000_000, 0, stream)
    for done in (50_000_000, 100_000_000, 200_000_000):
        progress.update(done)
    progress.finish()
    lines = stream.getvalue().split("\r")[1:]
    assert [line.count("#") for line in lines] == [4, 7, 14]
    assert ["25%" in lines[0], "50%" in lines[1], "100%" in lines[2]] == [True] * 3
    assert "100/200 MB" in lines[1]
    assert "MB/s" in lines[0]
    assert {len(line.rstrip("\n")) for line in lines} == {79}  # always the same, and no wider than a terminal


def test_a_log_gets_a_line_at_every_quarter():
    stream = io.StringIO()
    progress = Progress("model.pth", 1_000, 300, stream)
    for done in range(300, 1_001, 10):
        progress.update(done)
    progress.finish()
    assert [line.split("]")[1].split()[0] for line in stream.getvalue().splitlines()] == ["50%", "75%", "100%"]


def test_a_file_of_nothing_has_a_progress_too():
    Progress("empty", 0, 0, io.StringIO()).update(0)
