"""Recordings in a real Chromium: dropped, chosen, interrupted, recorded in the page, drawn, played, deleted."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import chromium, until, visit
from tests.support.studio_page import StudioPage, seconds_of, sentences, studio_page

ASSETS = Path(__file__).parents[2] / "assets"
JFK = (ASSETS / "jfk.wav").read_bytes()
DROP = """files => {
    const all = new DataTransfer()
    for (const [name, data] of files) {
        all.items.add(new File([Uint8Array.from(atob(data), one => one.charCodeAt(0))], name))
    }
    const event = new DragEvent('drop', { dataTransfer: all, bubbles: true, cancelable: true })
    document.querySelector('.drop').dispatchEvent(event)
}"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioPage]:
    with studio_page(tmp_path_factory.mktemp("studio")) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium(ASSETS / "jfk.wav") as opened:
        yield opened


def given(name: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "audio/wav", "buffer": data}


def kept(studio: StudioPage, name: str) -> dict[str, int]:
    files = studio.api("GET", f"/characters/{name}/audio/files").json()
    return {file["filename"]: file["file_size"] for file in files}


def opened(page: Any, name: str) -> None:
    page.get_by_role("heading", name=name, level=1).wait_for()
    page.locator(".drop").wait_for()


def test_two_files_are_dropped_drawn_and_played(browser: Any, studio: StudioPage) -> None:
    studio.make("dropped")
    with visit(browser, studio.url, path="/#/studio/dropped") as seen:
        page = seen.page
        opened(page, "dropped")
        files = [("one.wav", JFK), ("two.wav", sentences(2)), ("notes.txt", b"no sound")]
        page.evaluate(DROP, [[name, base64.b64encode(data).decode()] for name, data in files])
        page.get_by_text("Uploaded: 2 of 3").wait_for()
        page.get_by_text("No recording by its name").wait_for()
        page.locator("canvas[data-state=drawn]").first.wait_for()
        page.get_by_role("button", name="Play one.wav").click()
        page.get_by_role("button", name="Stop one.wav").click()
        page.get_by_role("button", name="Play one.wav").wait_for()
        page.get_by_role("button", name="Clear the finished").click()
        page.get_by_text("one.wav", exact=True).and_(page.locator(".upload-name")).wait_for(state="detached")
        page.get_by_role("button", name="Delete one.wav").click()
        page.get_by_role("button", name="Delete it").click()
        page.get_by_role("button", name="Play one.wav").wait_for(state="detached")
        seen.expect_no_trouble()
    assert kept(studio, "dropped") == {"two.wav": len(sentences(2))}


def test_a_folder_is_chosen_with_all_that_lies_in_it(browser: Any, studio: StudioPage, tmp_path: Path) -> None:
    studio.make("folder")
    for place in ("monday", "tuesday"):
        (tmp_path / "talks" / place).mkdir(parents=True)
        (tmp_path / "talks" / place / "a.wav").write_bytes(JFK)
    (tmp_path / "talks" / "cover.jpg").write_bytes(b"a picture")
    with visit(browser, studio.url, path="/#/studio/folder") as seen:
        page = seen.page
        opened(page, "folder")
        page.locator("input[type=file]").nth(1).set_input_files(tmp_path / "talks")
        page.get_by_text("Uploaded: 2 of 2").wait_for()
        page.get_by_text("Left out because they are no recordings: 1").wait_for()
        seen.expect_no_trouble()
    assert list(kept(studio, "folder").values()) == [len(JFK)] * 2, "files of one name in two folders do not collide"


@pytest.mark.slow
def test_an_upload_is_paused_and_goes_on_where_it_was(browser: Any, studio: StudioPage, tmp_path: Path) -> None:
    studio.make("paused")
    sound = sentences(25)  # 9 MB: two parts
    (tmp_path / "long.wav").write_bytes(sound)
    with visit(browser, studio.url, path="/#/studio/paused") as seen:
        page, sent = seen.page, []

        def slowly(route: Any) -> None:
            if route.request.method == "PATCH":
                sent.append(int(route.request.headers["upload-offset"]))
                if len(sent) == 2:
                    return  # never answered
            route.continue_()

        page.route("**/audio/uploads/*", slowly)
        opened(page, "paused")
        page.locator("input[type=file]").first.set_input_files(tmp_path / "long.wav")
        while len(sent) < 2:  # one more, after the pause, would be the one without an answer
            page.wait_for_timeout(50)
        page.get_by_role("button", name="Pause long.wav").click()
        page.locator(".upload.paused").wait_for()
        page.get_by_role("button", name="Resume long.wav").click()
        page.get_by_text("Uploaded: 1 of 1").wait_for()
        seen.expect_no_trouble()
    assert sent == [0, 8 << 20, 8 << 20]
    assert kept(studio, "paused") == {"long.wav": len(sound)}


@pytest.mark.slow
def test_what_failed_is_tried_again(browser: Any, studio: StudioPage) -> None:
    studio.make("failing")
    with visit(browser, studio.url, path="/#/studio/failing") as seen:
        page = seen.page
        opened(page, "failing")
        page.locator("input[type=file]").first.set_input_files([given("noise.wav", b"this is no sound at all" * 99)])
        page.locator(".upload.failed").get_by_text("is no recording, whatever its name says").wait_for()
        page.get_by_role("button", name="Try noise.wav again").click()
        page.locator(".upload.failed").wait_for()
        page.get_by_role("button", name="Remove noise.wav").click()
        page.locator(".upload").wait_for(state="detached")
    assert kept(studio, "failing") == {}


def test_an_older_server_gets_a_form(browser: Any, studio: StudioPage) -> None:
    studio.make("form")
    with visit(browser, studio.url, path="/#/studio/form") as seen:
        page = seen.page
        missing = {"status": 404, "json": {"detail": "Not Found"}}
        page.route("**/audio/uploads", lambda route: route.fulfill(**missing))
        opened(page, "form")
        page.locator("input[type=file]").first.set_input_files([given("one.wav", JFK), given("two.wav", JFK)])
        page.get_by_text("Uploaded: 2 of 2").wait_for()
    assert kept(studio, "form") == {"one.wav": len(JFK), "two.wav": len(JFK)}


@pytest.mark.slow
def test_a_recording_is_made_in_the_page(browser: Any, studio: StudioPage) -> None:
    studio.make("recorded")
    with visit(browser, studio.url, path="/#/studio/recorded") as seen:
        page = seen.page
        opened(page, "recorded")
        page.get_by_role("button", name="Record here").click()
        page.locator("meter").wait_for()
        until(page, "document.querySelector('meter')?.value > 0.2")
        page.get_by_text("Good level").wait_for()
        page.get_by_role("button", name="Stop", exact=True).click()
        page.get_by_role("button", name="Play Your recording").click()
        page.get_by_role("button", name="Upload it").click()
        page.get_by_text("Uploaded: 1 of 1").wait_for()
        seen.expect_no_trouble()
    ((name, size),) = kept(studio, "recorded").items()
    assert name.startswith("recording-20")
    assert size > 2 * 16_000
    sound = studio.api("GET", f"/characters/recorded/audio/files/{name}").content
    assert 1.5 < seconds_of(sound) < 20


def test_a_refused_microphone_is_told(browser: Any, studio: StudioPage) -> None:
    studio.make("refused")
    script = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    with visit(browser, studio.url, path="/#/studio/refused", script=script, locale="zh-CN") as seen:
        seen.page.get_by_role("button", name="在这里录音").click()
        seen.page.get_by_role("alert").get_by_text("麦克风权限被拒绝").wait_for()
        seen.expect_no_trouble()
