"""Work on a character as the page shows it: live, cancelled, through a restart of the server, and all at one press."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import ask, until, visit
from tests.support.studio_page import free_port, sentences, studio_page

SLOW_S = "0.5"
QUICK_S = "0.02"


def ended(page: Any, words: str) -> None:
    page.locator(".job-end").get_by_text(words).wait_for()


@pytest.mark.slow
def test_recordings_become_clips_before_ones_eyes(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_STEP_S", SLOW_S)
    with studio_page(tmp_path) as studio, visit(browser, studio.url, path="/#/studio") as seen:
        studio.make("bob", morning=sentences(4))
        page = seen.page
        page.reload()
        page.get_by_role("link", name="bob").click()
        page.get_by_role("link", name="Clips").click()
        page.get_by_role("button", name="Make clips").click()
        page.locator(".job-head").get_by_text("Transcribing").wait_for()
        until(page, "document.querySelector('.job > progress')?.value > 80")
        assert page.locator(".job-log").get_by_text("Converted morning.wav").is_visible()
        assert page.get_by_role("button", name="Make clips").is_disabled()
        ended(page, "Done.")
        page.get_by_text("Clips kept: 4").wait_for()
        page.get_by_text("Kept: 4 of 4").wait_for()
        label = page.get_by_role("slider", name="Waveform of morning.wav; clips kept: 4, dropped: 0")
        label.scroll_into_view_if_needed()
        page.locator("canvas[data-state=drawn]").wait_for()
        box = label.bounding_box()
        label.click(position={"x": box["width"] * 0.12, "y": 20})
        until(page, "document.querySelector('p[role=status]')?.textContent.includes('The clips of bob are ready')")
        seen.expect_no_trouble()
    assert studio.folder.joinpath("work", "characters", "bob", "clips.json").exists()


@pytest.mark.slow
def test_a_job_is_cancelled(browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_STEP_S", "2")
    with studio_page(tmp_path) as studio:
        studio.make("bob", morning=sentences(6))
        with visit(browser, studio.url, path="/#/studio/bob/clips") as seen:
            page = seen.page
            page.get_by_role("button", name="Make clips").click()
            page.locator(".job-head").get_by_text("Transcribing").wait_for()
            page.get_by_role("button", name="Cancel").click()
            ended(page, "Cancelled.")
            page.get_by_role("button", name="Make clips", disabled=False).wait_for()
            seen.expect_no_trouble()
        (job,) = studio.api("GET", "/jobs").json()
        assert job["state"] == "cancelled"


@pytest.mark.slow
def test_work_begun_elsewhere_is_seen(browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_STEP_S", SLOW_S)
    with studio_page(tmp_path) as studio:
        studio.make("bob", morning=sentences(6))
        with visit(browser, studio.url, path="/#/studio/bob/clips") as seen:
            seen.page.get_by_role("button", name="Make clips").wait_for()
            studio.api("POST", "/characters/bob/audio/process")
            seen.page.locator(".job-head").wait_for()
            ended(seen.page, "Done.")
            seen.expect_no_trouble()


def test_what_cannot_be_done_says_why_in_words(browser: Any, tmp_path: Path) -> None:
    with studio_page(tmp_path) as studio:
        studio.make("bob", broken=sentences(1))
        (tmp_path / "work" / "characters" / "bob" / "raw_audio" / "broken.wav").write_bytes(b"RIFF, and then nothing")
        with visit(browser, studio.url, path="/#/studio/bob/clips") as seen:
            page = seen.page
            page.get_by_role("button", name="Make clips").click()
            page.locator(".job-end.failed").get_by_text("Converting — ").wait_for()
            page.get_by_role("button", name="中文").click()
            page.locator(".job-end.failed").get_by_text("转换格式 — ").wait_for()
            seen.expect_no_trouble()


@pytest.mark.slow
@pytest.mark.long
def test_a_server_that_is_started_again_is_found_again(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_STEP_S", "0.7")
    port = free_port()
    with studio_page(tmp_path, port) as studio:
        studio.make("bob", morning=sentences(8))
        url = studio.url
    context = visit(browser, url, path="/#/studio/bob/clips")
    with studio_page(tmp_path, port):
        seen = context.__enter__()
        page = seen.page
        page.get_by_role("button", name="Make clips").click()
        until(page, "document.querySelector('.job > progress')?.value > 78")
    try:
        page.get_by_text("The connection is gone; looking for the server.").wait_for()
        with studio_page(tmp_path, port) as studio:
            page.get_by_text("The connection is gone").wait_for(state="detached")
            ended(page, "Done.")
            page.get_by_text("Clips kept: 8").wait_for()
            assert len(studio.api("GET", "/jobs").json()) == 1
            context.__exit__(None, None, None)
    finally:
        assert not seen.foreign


@pytest.mark.slow
@pytest.mark.long
def test_everything_is_made_at_one_press_and_can_be_talked_to(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_STEP_S", QUICK_S)
    with studio_page(tmp_path) as studio:
        studio.make("bob", morning=sentences(4))
        with visit(browser, studio.url, path="/#/studio/bob/training") as seen:
            page = seen.page
            page.get_by_role("button", name="Make everything").click()
            page.get_by_text("Making what is missing").wait_for()
            page.locator(".chart polyline").wait_for()
            page.get_by_role("switch", name="Logarithmic scale").check()
            ended(page, "bob-e5.ckpt")
            page.get_by_text("Everything is made.").wait_for()
            page.get_by_role("link", name="Try it out").click()
            page.get_by_label("What it should say").fill("[unspeakable]")
            page.get_by_role("button", name="Speak", exact=True).click()
            page.get_by_text("There is nothing to say.").wait_for()
            page.get_by_label("What it should say").fill("Good morning.")
            page.get_by_role("button", name="Speak", exact=True).click()
            page.get_by_role("button", name="Play Good morning.").click()
            page.get_by_role("button", name="Stop Good morning.").wait_for()
            with page.expect_download() as download:
                page.get_by_role("link", name="Download Good morning.").click()
            assert download.value.suggested_filename.endswith(".wav")
            page.get_by_role("link", name="Persona").click()
            page.get_by_label("In a few words").fill("A friend")
            page.get_by_label("System prompt").fill("You are Bob.")
            page.get_by_role("button", name="Add an emotion").click()
            page.get_by_role("textbox", name="Tag").fill("happy")
            page.get_by_label("Clip", exact=True).select_option(index=1)
            page.get_by_role("button", name="Save").click()
            page.get_by_text("Saved.").wait_for()
            page.get_by_role("button", name="Talk to bob").click()
            ask(page, "How are you?")
            page.locator(".answer .bubble").wait_for()
            assert page.evaluate("JSON.parse(localStorage['yinliu.settings']).character") == "bob"
            seen.expect_no_trouble()
        persona = studio.api("GET", "/characters/bob/persona").json()
        assert (persona["system"], persona["about"], list(persona["emotions"])) == (
            "You are Bob.",
            "A friend",
            ["happy"],
        )
