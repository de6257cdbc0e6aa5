"""Forms with files, however their bytes are cut on the way, and where the files lie while they come."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.studio_app import studio_app
from tests.voice.api.test_uploads import begin_request, wav
from voice.api.errors import ApiError
from voice.api.form_files import FormFiles

TYPE = "multipart/form-data; boundary=edge"


def form(*parts: tuple[str, str | None, bytes]) -> bytes:
    lines = []
    for field, filename, content in parts:
        named = f'; filename="{filename}"' if filename is not None else ""
        lines += [b"--edge", f'Content-Disposition: form-data; name="{field}"{named}'.encode(), b"", content]
    return b"\r\n".join([*lines, b"--edge--", b""])


def read(body: bytes, cuts: list[int], skipped: str = "") -> list[tuple[str, str, bytes]]:
    async def chunks() -> AsyncIterator[bytes]:
        edges = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
        for begin, end in itertools.pairwise(edges):
            yield body[begin:end]

    async def all_of_it() -> list[tuple[str, str, bytes]]:
        files, found = FormFiles(TYPE, chunks()), []
        async for part in files.parts():
            content = b"" if part.field == skipped else b"".join([piece async for piece in files.content()])
            found.append((part.field, part.filename, content))
        return found

    return asyncio.run(all_of_it())


@given(
    contents=st.lists(st.binary(max_size=200) | st.just(b"\r\n--edg"), min_size=1, max_size=4),
    cuts=st.lists(st.integers(min_value=0), max_size=8),
)
def test_where_a_form_is_cut_changes_nothing(contents: list[bytes], cuts: list[int]):
    parts = [("file", f"{number}.wav", content) for number, content in enumerate(contents)]
    assert read(form(("note", None, b"words"), *parts), cuts) == parts


def test_a_part_that_nobody_reads_is_skipped():
    body = form(("other", "a", b"first"), ("file", "b", b"second"))
    assert read(body, [], skipped="other") == [("other", "a", b""), ("file", "b", b"second")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        form(("file", "a.wav", b"x"))[:-10],
        b"--other\r\n",
        b'--edge\r\nContent-Disposition: form-data; filename="a"\r\n\r\nx\r\n--edge--\r\n',
        form(*[("file", "a", b"")] * 200),
        form(("note", None, bytes(2 << 20))),
    ],
)
def test_a_form_that_cannot_be_read_is_a_sentence(body: bytes):
    with pytest.raises(ApiError) as refusal:
        read(body, [])
    assert refusal.value.status == 400
    assert refusal.value.body["detail_en"].startswith("The form cannot be read: ")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes):
    with contextlib.suppress(ApiError):
        assert all(field for field, _, _ in read(b"--edge\r\n" + body, [5, 50]))


def test_a_file_goes_straight_to_where_it_stays(tmp_path: Path):
    content = wav(4 << 20)
    body = form(("file", "a.wav", content))
    with studio_app(tmp_path) as app:
        place = f"{app.url}/api/v1/characters/bob/audio/upload"
        sender = begin_request("POST", place, {"Content-Type": TYPE}, len(body), body[: 3 << 20])
        for _ in range(500):
            (unfinished,) = list(app.raw.glob(".*.partial")) or [None]
            if unfinished and unfinished.stat().st_size > 2 << 20:
                break
            httpx.get(f"{app.url}/api/v1/characters")
        else:
            pytest.fail("what has come is not in the character's folder")
        sender.sendall(body[3 << 20 :])
        assert sender.recv(100).startswith(b"HTTP/1.1 200")
        assert (app.raw / "a.wav").read_bytes() == content
