"""What the studio page asks for besides the work itself: the rules for uploads, and the sound of recordings."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.live_server import app_with, live_server
from tests.support.studio_page import StudioPage, sentences, studio_page

SOUND = sentences(1)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioPage]:
    with studio_page(tmp_path_factory.mktemp("studio")) as started:
        started.make("小音", one=SOUND)
        yield started


def raw(studio: StudioPage) -> Path:
    return studio.folder / "work" / "characters" / "小音" / "raw_audio"


def listened(studio: StudioPage, filename: str, **headers: str) -> httpx.Response:
    return studio.api("GET", f"/characters/小音/audio/files/{filename}", headers=headers)


def test_the_rules_say_what_may_be_uploaded(studio: StudioPage) -> None:
    rules = httpx.get(f"{studio.url}/api/studio").json()
    assert (rules["enabled"], rules["upload_bytes"]) == (True, 500 << 20)
    assert ".wav" in rules["extensions"]


def test_a_studio_that_is_off_says_so() -> None:
    with live_server(app_with()) as url:
        assert httpx.get(f"{url}/api/studio").json()["enabled"] is False


def test_a_recording_is_heard_whole_or_in_parts(studio: StudioPage) -> None:
    whole = listened(studio, "one.wav")
    assert (whole.status_code, whole.content) == (200, SOUND)
    assert whole.headers["content-type"].startswith("audio/")
    assert whole.headers["x-content-type-options"] == "nosniff"
    part = listened(studio, "one.wav", Range="bytes=100-199")
    assert (part.status_code, part.content) == (206, SOUND[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(SOUND)}"


@pytest.mark.parametrize("name", ["nothing.wav", "..", "..%2Fcharacter_config.json", "%2e%2e%2fcharacter_config.json"])
def test_nothing_else_can_be_heard(studio: StudioPage, name: str) -> None:
    answer = listened(studio, name)
    assert answer.status_code == 404
    assert b"character_name" not in answer.content


def test_a_link_that_leads_elsewhere_is_not_followed(studio: StudioPage) -> None:
    secret = studio.folder / "secret.wav"
    secret.write_bytes(b"not for everybody")
    (raw(studio) / "link.wav").symlink_to(secret)
    assert listened(studio, "link.wav").status_code == 404
    (raw(studio) / "link.wav").unlink()


def test_a_recording_never_becomes_a_page(studio: StudioPage) -> None:
    """Somebody may have put it there by hand."""
    (raw(studio) / "page.html").write_text("<script>alert(1)</script>")
    answer = listened(studio, "page.html")
    assert answer.headers["content-type"] == "application/octet-stream"
    (raw(studio) / "page.html").unlink()


def test_an_unknown_character_is_told(studio: StudioPage) -> None:
    answer = studio.api("GET", "/characters/nobody/audio/files/one.wav")
    assert (answer.status_code, answer.json()["detail"]) == (404, "角色不存在: nobody")
