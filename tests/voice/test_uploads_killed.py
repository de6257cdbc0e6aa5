"""A resumable upload outlasts the server that received its beginning."""

import signal
import sys
from pathlib import Path

import httpx
import pytest

from tests.support.server_program import ListeningStudio
from tests.voice.api.test_uploads import BODY, TUS, begin_sending, metadata, send, until_offset, wav

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX"),
]


def test_an_upload_goes_on_after_the_server_was_killed(tmp_path: Path):
    content = wav(3 << 20)
    server = ListeningStudio(tmp_path)
    server.post("/characters", json={"character_name": "bob", "config": {}})
    uploads = f"{server.api}/characters/bob/audio/uploads"
    headers = {**BODY, "Upload-Length": str(len(content)), **metadata(filename="a.wav")}
    created = httpx.post(uploads, headers=headers, content=content[:100_000])
    path = created.headers["Location"].removeprefix("/api/v1")
    begin_sending(server.api + path, 100_000, len(content) - 100_000, content[100_000:2_000_000])
    until_offset(server.api + path, 2_000_000)
    server.end(signal.SIGKILL)

    again = ListeningStudio(tmp_path)
    try:
        place = again.api + path
        offset = int(httpx.head(place, headers=TUS).headers["Upload-Offset"])
        assert offset == 2_000_000
        assert send(place, offset, content[offset:]).status_code == 204
        (kept,) = again.get("/characters/bob/audio/files")
        assert Path(kept["file_path"]).read_bytes() == content
    finally:
        again.end()
