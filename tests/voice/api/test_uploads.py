"""Resumable uploads over real sockets: interrupted, gone on with, contested, refused, expired."""

import base64
import io
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
import numpy as np
import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusUploadFailed

from tests.support.recordings import by_ffmpeg, by_libsndfile, chirp
from tests.support.studio_app import LIMITS, StudioApp, studio_app
from voice.api import uploads as upload_api
from voice.studio import acceptance, uploads
from voice.studio.acceptance import UploadLimits

TUS = {"Tus-Resumable": "1.0.0"}
BODY = {**TUS, "Content-Type": "application/offset+octet-stream"}
MB = 1 << 20


def wav(size: int) -> bytes:
    """Noise, so that no two parts are alike, in exactly that many bytes."""
    noise = np.random.default_rng(size).uniform(-0.5, 0.5, (size - 44) // 2)
    return by_libsndfile("WAV", "PCM_16", noise, 48_000).ljust(size, b"\0")


def metadata(**told: str) -> dict[str, str]:
    pairs = (f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
    return {"Upload-Metadata": ",".join(pairs)}


def begin(app: StudioApp, length: int, **told: str) -> httpx.Response:
    headers = {**TUS, "Upload-Length": str(length), **metadata(**(told or {"filename": "a.wav"}))}
    return httpx.post(app.place, headers=headers)


def place_of(app: StudioApp, answer: httpx.Response) -> str:
    return app.url + answer.headers["Location"]


def send(place: str, offset: int, content: bytes) -> httpx.Response:
    return httpx.patch(place, headers={**BODY, "Upload-Offset": str(offset)}, content=content)


def offset_of(place: str) -> int:
    return int(httpx.head(place, headers=TUS).headers["Upload-Offset"])


def begin_sending(place: str, offset: int, announced: int, content: bytes) -> socket.socket:
    """A part of an upload that does not end, on a connection that the caller holds."""
    return begin_request("PATCH", place, {**BODY, "Upload-Offset": str(offset)}, announced, content)


def begin_request(method: str, place: str, headers: dict[str, str], announced: int, content: bytes) -> socket.socket:
    """A request of which only `content` is sent."""
    address = urlsplit(place)
    assert address.hostname
    connection = socket.create_connection((address.hostname, address.port or 80))
    head = [f"{method} {address.path} HTTP/1.1", f"Host: {address.netloc}", f"Content-Length: {announced}"]
    head += [f"{name}: {value}" for name, value in headers.items()]
    connection.sendall("\r\n".join([*head, "", ""]).encode() + content)
    return connection


def until_offset(place: str, offset: int) -> None:
    deadline_s = time.monotonic() + 10
    while offset_of(place) != offset:
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


def send_when_free(place: str, offset: int, content: bytes) -> httpx.Response:
    """As soon as the server has noticed that an earlier sender has gone."""
    deadline_s = time.monotonic() + 10
    while (answer := send(place, offset, content)).status_code == 423:
        assert time.monotonic() < deadline_s
    return answer


@pytest.fixture
def app(tmp_path: Path) -> Iterator[StudioApp]:
    with studio_app(tmp_path) as running:
        yield running


def test_the_client_of_the_tus_project_uploads_in_parts(app: StudioApp, tmp_path: Path):
    content = wav(3 * MB)
    (tmp_path / "voice.wav").write_bytes(content)
    told = {"filename": "我的录音.wav"}
    uploader = TusClient(app.place).uploader(str(tmp_path / "voice.wav"), chunk_size=700_000, metadata=told)
    uploader.upload()
    assert (app.raw / "我的录音.wav").read_bytes() == content
    assert app.recordings() == ["我的录音.wav"]


def test_the_client_of_the_tus_project_goes_on_after_a_restart(tmp_path: Path):
    content = wav(3 * MB)
    with studio_app(tmp_path) as app:
        uploader = TusClient(app.place).uploader(
            file_stream=io.BytesIO(content), chunk_size=MB, metadata={"filename": "a.wav"}
        )
        uploader.upload_chunk()
        path = urlsplit(str(uploader.url)).path
    with studio_app(tmp_path) as again:
        assert again.recordings() == []
        later = TusClient(again.place).uploader(file_stream=io.BytesIO(content), url=again.url + path)
        assert later.offset == MB
        later.upload()
        assert (again.raw / "a.wav").read_bytes() == content


def test_what_a_broken_connection_has_brought_is_kept(app: StudioApp):
    content = wav(2 * MB)
    place = place_of(app, begin(app, len(content)))
    sender = begin_sending(place, 0, len(content), content[:1_300_001])
    until_offset(place, 1_300_001)
    sender.close()
    assert app.recordings() == []
    done = send_when_free(place, 1_300_001, content[1_300_001:])
    assert (done.status_code, done.headers["Upload-Offset"]) == (204, str(len(content)))
    assert (app.raw / "a.wav").read_bytes() == content


def test_the_last_answer_may_be_lost(app: StudioApp):
    content = wav(100_000)
    place = place_of(app, begin(app, len(content), relativePath="day 1/a.wav"))
    send(place, 0, content)
    head = httpx.head(place, headers=TUS)
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("100000", "100000")
    assert unquote(head.headers["Recording-Name"]) == "day 1__a.wav"
    assert head.headers["Cache-Control"] == "no-store"
    (listed,) = httpx.get(app.place).json()
    assert listed["is_complete"]
    assert listed["metadata"] == {"relativePath": "day 1/a.wav"}


def test_an_upload_may_begin_with_its_first_part(app: StudioApp):
    content = wav(200_000)
    headers = {**BODY, "Upload-Length": "200000", **metadata(filename="a.wav")}
    answer = httpx.post(app.place, headers=headers, content=content[:70_000])
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "70000")
    assert send(place_of(app, answer), 70_000, content[70_000:]).status_code == 204
    assert (app.raw / "a.wav").read_bytes() == content


def test_one_writer_at_a_time_and_only_at_the_offset(app: StudioApp):
    content = wav(300_000)
    place = place_of(app, begin(app, len(content)))
    first = begin_sending(place, 0, len(content), content[:100_000])
    until_offset(place, 100_000)
    second = send(place, 100_000, content[100_000:])
    assert (second.status_code, second.headers["Retry-After"]) == (423, "5")
    first.close()
    again = send_when_free(place, 50_000, content[50_000:])
    assert (again.status_code, again.headers["Upload-Offset"]) == (409, "100000")
    assert send(place, 100_000, content[100_000:]).status_code == 204
    assert (app.raw / "a.wav").read_bytes() == content


def test_many_writers_make_one_whole_recording(app: StudioApp):
    content = wav(2 * MB)
    place = place_of(app, begin(app, len(content)))

    def push() -> None:
        while (at := offset_of(place)) < len(content):
            send(place, at, content[at : at + 100_000])

    threads = [threading.Thread(target=push) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (app.raw / "a.wav").read_bytes() == content


def test_a_sender_that_falls_silent_makes_way(app: StudioApp, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(upload_api, "QUIET_S", 0.3)
    content = wav(100_000)
    place = place_of(app, begin(app, len(content)))
    silent = begin_sending(place, 0, len(content), content[:40_000])
    until_offset(place, 40_000)
    assert silent.recv(100).startswith(b"HTTP/1.1 408")
    assert send(place, 40_000, content[40_000:]).status_code == 204


@pytest.mark.parametrize("announced", [100_000, 300_000])
def test_more_than_was_announced_is_refused_and_less_is_waited_for(app: StudioApp, announced: int):
    content = wav(200_000)
    place = place_of(app, begin(app, announced))
    answer = send(place, 0, content)
    if announced < len(content):
        assert answer.status_code == 400
        assert (offset_of(place), app.recordings()) == (0, [])
    else:
        assert (answer.status_code, offset_of(place), app.recordings()) == (204, len(content), [])


@pytest.mark.parametrize(
    ("length", "told", "status"),
    [
        (0, {"filename": "a.wav"}, 400),
        (LIMITS.most_bytes + 1, {"filename": "a.wav"}, 413),
        (10**17, {"filename": "a.wav"}, 413),
        (100, {"filename": "a.exe"}, 400),
        (100, {"filename": "..wav"}, 400),
        (100, {"note": "no name"}, 400),
    ],
)
def test_what_cannot_be_kept_is_refused_before_it_is_sent(app: StudioApp, length: int, told: dict, status: int):
    answer = begin(app, length, **told)
    assert answer.status_code == status
    assert answer.json()["detail_en"]
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert app.litter() == []


def test_no_more_is_begun_than_the_disk_holds(app: StudioApp, monkeypatch: pytest.MonkeyPatch):
    usage = acceptance.shutil.disk_usage(app.raw)
    free = acceptance.SPARE_BYTES + 5 * MB
    monkeypatch.setattr(acceptance.shutil, "disk_usage", lambda _: usage._replace(free=free))
    assert begin(app, 4 * MB).status_code == 201
    refused = begin(app, 2 * MB, filename="b.wav")
    assert refused.status_code == 413
    assert "no room" in refused.json()["detail_en"]


def test_what_is_no_recording_is_refused_by_its_first_bytes(app: StudioApp):
    place = place_of(app, begin(app, 4 * MB))
    refused = send(place, 0, b"#!/bin/sh\n" * 10_000)
    assert refused.status_code == 400
    assert "no recording" in refused.json()["detail_en"]
    assert httpx.head(place, headers=TUS).status_code == 404
    assert app.litter() == []
    short = place_of(app, begin(app, 50))
    assert send(short, 0, b"x" * 50).status_code == 400
    assert app.litter() == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.wav", by_libsndfile("WAV", "PCM_16", chirp(125, 8000), 8000)),
        ("a.flac", by_libsndfile("FLAC", "PCM_16", chirp(125, 8000), 8000)),
        ("a.m4a", by_ffmpeg("mp4", "aac", chirp(125))),
    ],
    ids=["wav", "flac", "m4a"],
)
def test_what_is_too_long_is_refused_by_its_header(app: StudioApp, name: str, content: bytes):
    place = place_of(app, begin(app, len(content), filename=name))
    refused = send(place, 0, content[:70_000]) if name == "a.wav" else send(place, 0, content)
    assert refused.status_code == 413, refused.text
    assert "2.1 minutes, more than the 2 allowed" in refused.json()["detail_en"]
    assert app.litter() == []


def test_what_is_just_short_enough_is_kept_with_its_length(app: StudioApp):
    content = by_ffmpeg("mp4", "aac", chirp(3))
    send(place_of(app, begin(app, len(content), filename="a.m4a")), 0, content)
    (kept,) = httpx.get(f"{app.url}/api/v1/characters/bob/audio/files").json()
    assert kept["duration"] == pytest.approx(3, abs=0.2)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/x.wav", "a__x.wav"),
        ("b/x.wav", "b__x.wav"),
        ("../../../x.wav", "x.wav"),
        ("..\\..\\x.wav", "x.wav"),
        ("/etc/x.wav", "etc__x.wav"),
        ("C:\\voices\\x.wav", "voices__x.wav"),
        ("a/.hidden/x.wav", "a__hidden__x.wav"),
        ("a|b/x.wav", "a_b__x.wav"),
    ],
)
def test_folders_become_part_of_the_name_and_lead_nowhere(app: StudioApp, tmp_path: Path, path: str, name: str):
    content = wav(1000)
    place = place_of(app, begin(app, len(content), filename="x.wav", relativePath=path))
    assert send(place, 0, content).status_code == 204
    assert app.recordings() == [name]
    assert [file.name for file in tmp_path.rglob("*x.wav")] == [name]


def test_folders_with_long_names_are_still_told_apart(app: StudioApp):
    content = wav(1000)
    for number in (1, 2):
        path = "/".join(["很长的文件夹名字" * 5] * 8 + [str(number), "x.wav"])
        send(place_of(app, begin(app, len(content), relativePath=path)), 0, content)
    assert len(app.recordings()) == 2


@pytest.mark.parametrize("identity", ["%2e%2e", "..%2fa.wav", "a" * 31, "A" * 32, "%00", ".upload"])
def test_identities_are_never_paths(app: StudioApp, identity: str):
    (app.raw / "a.wav").write_bytes(wav(100))
    for method in ("HEAD", "PATCH", "DELETE"):
        answer = httpx.request(method, f"{app.place}/{identity}", headers={**BODY, "Upload-Offset": "0"})
        assert answer.status_code in (404, 405), method
    assert app.recordings() == ["a.wav"]


def test_an_upload_can_be_ended_and_its_recording_stays(app: StudioApp):
    content = wav(1000)
    half, whole = (place_of(app, begin(app, len(content), filename=name)) for name in ("a.wav", "b.wav"))
    send(half, 0, content[:500])
    send(whole, 0, content)
    for place in (half, whole):
        assert httpx.delete(place, headers=TUS).status_code == 204
        assert httpx.head(place, headers=TUS).status_code == 404
    assert (app.recordings(), app.litter()) == (["b.wav"], [])


def test_ending_it_stops_whoever_is_sending(app: StudioApp):
    content = wav(300_000)
    place = place_of(app, begin(app, len(content)))
    sender = begin_sending(place, 0, len(content), content[:100_000])
    until_offset(place, 100_000)
    assert httpx.delete(place, headers=TUS).status_code == 204
    sender.sendall(content[100_000:])
    assert sender.recv(100).startswith(b"HTTP/1.1 404")
    assert (app.recordings(), app.litter()) == ([], [])


def test_uploads_end_with_their_character(app: StudioApp):
    content = wav(300_000)
    place = place_of(app, begin(app, len(content)))
    sender = begin_sending(place, 0, len(content), content[:100_000])
    until_offset(place, 100_000)
    assert httpx.delete(f"{app.url}/api/v1/characters/bob").status_code == 200
    assert httpx.head(place, headers=TUS).status_code == 404
    httpx.post(f"{app.url}/api/v1/characters", json={"character_name": "bob"})
    sender.sendall(content[100_000:])
    assert sender.recv(100).startswith(b"HTTP/1.1 404")
    assert (app.recordings(), app.litter()) == ([], [])


def test_what_nobody_goes_on_with_expires(tmp_path: Path):
    content = wav(1000)
    with studio_app(tmp_path, UploadLimits(MB, kept_s=3600)) as app:
        place, other = (place_of(app, begin(app, len(content), filename=name)) for name in ("a.wav", "b.wav"))
        send(place, 0, content[:500])
        for file in app.litter():
            os.utime(app.raw / file, (time.time() - 3700, time.time() - 3700))
        assert httpx.head(place, headers=TUS).status_code == 410
        assert httpx.head(place, headers=TUS).status_code == 404
        send(done := place_of(app, begin(app, len(content), filename="c.wav")), 0, content)
        (told,) = app.raw.glob(f".{done.rpartition('/')[2]}.upload.json")
        os.utime(told, (time.time() - 3700, time.time() - 3700))
        begin(app, len(content), filename="d.wav")
        assert not told.exists()
        path = urlsplit(other).path
    with studio_app(tmp_path, UploadLimits(MB, kept_s=3600)) as again:
        assert httpx.head(again.url + path, headers=TUS).status_code == 404
        assert again.recordings() == ["c.wav"]
        assert len(again.litter()) == 2, "one has just begun"


def test_uploads_that_have_expired_are_in_nobody_s_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(uploads, "MOST_OPEN", 2)
    with studio_app(tmp_path, UploadLimits(MB, kept_s=3600)) as app:
        for _ in range(2):
            assert begin(app, 1000, filename="a.wav").status_code == 201
        assert begin(app, 1000, filename="a.wav").status_code == 400
        for file in app.litter():
            os.utime(app.raw / file, (time.time() - 3700, time.time() - 3700))
        assert begin(app, 1000, filename="a.wav").status_code == 201


def test_a_server_killed_between_the_last_byte_and_the_name_gives_it_afterwards(tmp_path: Path):
    content = wav(1000)
    with studio_app(tmp_path) as app:
        place = place_of(app, begin(app, len(content)))
        (data,) = app.raw.glob(".*.upload")
        data.write_bytes(content)
        (app.raw / f".{'0' * 32}.upload").write_bytes(b"half of what a crash has left")
        path = urlsplit(place).path
    with studio_app(tmp_path) as again:
        assert again.recordings() == ["a.wav"]
        assert httpx.head(again.url + path, headers=TUS).headers["Upload-Offset"] == str(len(content))
        assert len(again.litter()) == 1


def test_what_tus_asks_of_every_request(app: StudioApp):
    options = httpx.options(app.place)
    assert (options.status_code, options.headers["Tus-Version"]) == (204, "1.0.0")
    assert options.headers["Tus-Max-Size"] == str(LIMITS.most_bytes)
    assert "expiration" in options.headers["Tus-Extension"]
    wrong = httpx.post(app.place, headers={"Upload-Length": "10"})
    assert (wrong.status_code, wrong.headers["Tus-Version"]) == (412, "1.0.0")
    created = begin(app, 1000)
    assert created.headers["Upload-Expires"].endswith("GMT")
    place = place_of(app, created)
    assert httpx.patch(place, headers={**TUS, "Upload-Offset": "0"}, content=b"x").status_code == 415
    assert httpx.patch(place, headers=BODY, content=b"x").status_code == 400
    assert httpx.post(app.place, headers={**TUS, "Upload-Defer-Length": "1"}).status_code == 400
    override = {**BODY, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert httpx.post(place, headers=override, content=wav(1000)).status_code == 204
    assert httpx.post(place, headers=TUS).status_code == 405
    missing = httpx.post(app.place.replace("bob", "nobody"), headers={**TUS, "Upload-Length": "10", **metadata()})
    assert (missing.status_code, missing.json()["detail"]) == (404, "角色不存在: nobody")


def test_the_client_of_the_tus_project_hears_a_refusal(app: StudioApp):
    uploader = TusClient(app.place).uploader(
        file_stream=io.BytesIO(b"no sound" * 100_000), metadata={"filename": "a.wav"}, chunk_size=500_000
    )
    with pytest.raises(TusUploadFailed) as failure:
        uploader.upload_chunk()
    assert failure.value.status_code == 400
