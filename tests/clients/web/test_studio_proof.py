"""Proof-reading in a real Chromium: heard and corrected from the keyboard, undone, filtered, brought along."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.browser import until, visit
from tests.support.studio_page import StudioPage, sentences, studio_page

CLIPS = 4


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioPage]:
    with studio_page(tmp_path_factory.mktemp("studio")) as started:
        started.make("bob", morning=sentences(CLIPS))
        started.api("POST", "/characters/bob/audio/process")
        deadline_s = time.monotonic() + 60
        while started.api("GET", "/characters/bob/audio/status").json()["status"] == "running":
            assert time.monotonic() < deadline_s
            time.sleep(0.1)
        yield started


@pytest.fixture
def page(browser: Any, studio: StudioPage) -> Iterator[Any]:
    lines = "".join(f"{name}|bob|ZH|今天天气真不错，我们一起去散步\n" for name in names(studio))
    studio.api("PUT", "/characters/bob/transcripts", content=lines.encode()).raise_for_status()
    with visit(browser, studio.url, path="/#/studio/bob/transcripts") as seen:
        seen.page.locator(".proof-line").nth(CLIPS - 1).wait_for()
        yield seen.page
        # Lines that were cut by the test itself are no fault of the page.
        assert not [error for error in seen.errors if "ERR_INTERNET_DISCONNECTED" not in error]
        assert not seen.foreign


def names(studio: StudioPage) -> list[str]:
    return [clip["name"] for clip in studio.api("GET", "/characters/bob/clips").json()["clips"]]


def texts(studio: StudioPage) -> list[str]:
    return [clip["text"] for clip in studio.api("GET", "/characters/bob/clips").json()["clips"]]


def focused(page: Any) -> str:
    return page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''")


def test_a_text_is_corrected_and_the_next_one_comes(page: Any, studio: StudioPage) -> None:
    page.get_by_label("Text of clip 1").fill("第一句")
    page.keyboard.press("Enter")
    until(page, "document.activeElement.getAttribute('aria-label') === 'Text of clip 2'")
    page.keyboard.press("Control+A")
    page.keyboard.type("第二句")
    page.keyboard.press("Control+Space")
    page.get_by_role("button", name="Stop clip 2").wait_for()
    page.keyboard.press("Enter")
    until(page, "document.activeElement.getAttribute('aria-label') === 'Text of clip 3'")
    assert texts(studio)[:2] == ["第一句", "第二句"]
    page.get_by_role("button", name="Undo the last change").click()
    until(page, "document.querySelectorAll('.proof textarea')[1].value.startsWith('今天')")
    page.get_by_role("button", name="Play clip 1").focus()
    page.keyboard.press("Control+z")
    until(page, "document.querySelectorAll('.proof textarea')[0].value.startsWith('今天')")
    assert page.get_by_role("button", name="Undo the last change").is_disabled()
    assert len(set(texts(studio))) == 1


def test_clips_are_heard_from_the_keyboard(page: Any) -> None:
    page.get_by_role("button", name="Play clip 1").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Stop clip 1").wait_for()
    page.keyboard.press("Enter")
    assert focused(page) == "Play clip 2"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "Play clip 3"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    assert focused(page) == "Text of clip 2"
    page.keyboard.press("Control+End")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "Text of clip 3"
    page.keyboard.type("wrong")
    page.keyboard.press("Escape")
    assert page.get_by_label("Text of clip 3").input_value().endswith("散步")


def test_an_input_method_keeps_its_enter(page: Any, studio: StudioPage) -> None:
    field = page.get_by_label("Text of clip 1")
    field.fill("正在输入")
    field.evaluate("it => it.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true }))")
    assert focused(page) == "Text of clip 1"
    assert "正在输入" not in texts(studio)
    page.keyboard.press("Escape")


def test_a_clip_without_text_is_left_out_and_comes_back(page: Any, studio: StudioPage) -> None:
    page.get_by_label("Text of clip 4").fill("")
    page.get_by_label("Text of clip 1").focus()
    page.locator(".proof-line.dropped").get_by_text("left out", exact=True).wait_for()
    page.get_by_role("radio", name="Dropped 1").check()
    page.locator(".proof-line").nth(1).wait_for(state="detached")
    page.get_by_label("Text of clip 1").fill("又有了")
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="Dropped 0").wait_for(state="attached")
    assert page.locator(".proof-line").count() == 1, "a line stays where it is while one works on it"
    assert texts(studio)[3] == "又有了"


def test_doubtful_lines_are_found(page: Any) -> None:
    page.get_by_label("Text of clip 2").fill("今")
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="Doubtful 1").check()
    page.get_by_text("little text for its length").wait_for()
    assert page.locator(".proof-line").count() == 1


def test_a_list_is_brought_along(page: Any, studio: StudioPage) -> None:
    first = names(studio)[0]
    content = f"elsewhere/{first}|x|ZH|带来的文本\nelsewhere/nobody.wav|x|ZH|没有这个\n"
    page.locator("input[type=file]").set_input_files(
        {"name": "mine.list", "mimeType": "text/plain", "buffer": content.encode()}
    )
    page.get_by_role("alert").get_by_text("There is no clip nobody.wav.").wait_for()
    until(page, "document.querySelector('.proof textarea').value === '带来的文本'")
    assert texts(studio)[0] == "带来的文本"


def test_a_change_that_the_server_refuses_stays_to_be_saved(page: Any, studio: StudioPage) -> None:
    page.context.set_offline(True)
    page.get_by_label("Text of clip 1").fill("没有保存")
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_text("does not answer").wait_for()
    assert page.get_by_label("Text of clip 1").input_value() == "没有保存"
    page.context.set_offline(False)
    page.get_by_label("Text of clip 1").press("Enter")
    until(page, "document.activeElement.getAttribute('aria-label') === 'Text of clip 2'")
    assert texts(studio)[0] == "没有保存"
