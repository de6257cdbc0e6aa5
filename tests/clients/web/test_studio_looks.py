"""Every page of the studio looked through by axe-core, in both themes and languages, on a desk and on a phone."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import visit
from tests.support.studio_page import StudioPage, sentences, studio_page

PHONE = {"width": 360, "height": 700}
DESK = {"width": 1100, "height": 800}
STAGES = ("recordings", "clips", "transcripts", "training", "try", "persona")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioPage]:
    """With a character that has everything, and a folder full of what a page may have to show."""
    with studio_page(tmp_path_factory.mktemp("studio")) as started:
        started.make("小音", morning=sentences(4), **{"a_recording_with_a_very_long_name_" * 3: sentences(1)})
        started.make("x" * 60)
        finish(started, "audio/process", "audio_processing_status")
        finish(started, "training/start", "training_status")
        started.api("POST", "/inference", json={"character_name": "小音", "target_text": "很长的一句话" * 30})
        clip = started.api("GET", "/characters/小音/clips").json()["clips"][0]["name"]
        persona = {"system": "Be kind.", "about": "A friend", "emotions": {"开心": clip}, "clip": clip}
        started.api("PUT", "/characters/小音/persona", json=persona).raise_for_status()
        yield started


def finish(studio: StudioPage, work: str, status: str) -> None:
    studio.api("POST", f"/characters/小音/{work}").raise_for_status()
    deadline_s = time.monotonic() + 60
    while studio.api("GET", "/characters/小音").json()[status] != "completed":
        assert time.monotonic() < deadline_s
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.parametrize(("locale", "size"), [("en-GB", DESK), ("zh-CN", PHONE)])
def test_every_page_is_for_everybody(
    browser: Any, studio: StudioPage, theme: str, look: Callable[[Any], None], locale: str, size: dict[str, int]
) -> None:
    with visit(browser, studio.url, path="/#/studio", color_scheme=theme, locale=locale, viewport=size) as seen:
        page = seen.page
        page.locator(".card").nth(1).wait_for()
        page.locator(".card .danger").first.click()
        look(page)
        fits(page)
        for number, stage in enumerate(STAGES, 1):
            page.goto(f"{studio.url}/#/studio/小音/{stage}")
            page.locator(f".stages li:nth-child({number}) [aria-current]").wait_for()
            page.locator("#pane-title").wait_for()
            if stage == "training":
                page.locator(".chart polyline").wait_for()
            look(page)
            fits(page)
        seen.expect_no_trouble()


def fits(page: Any) -> None:
    """Nothing is wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.mark.slow
def test_work_under_way_is_for_everybody(
    browser: Any, tmp_path: Path, look: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_STEP_S", "1")
    with studio_page(tmp_path) as studio:
        studio.make("bob", morning=sentences(6))
        with visit(browser, studio.url, path="/#/studio/bob/clips", viewport=PHONE) as seen:
            page = seen.page
            page.get_by_role("button", name="Make clips").click()
            page.locator(".job-log").wait_for()
            look(page)
            fits(page)
            page.goto(f"{studio.url}/#/studio/bob")
            page.get_by_role("button", name="Record here").click()
            page.locator("meter").wait_for()
            look(page)
            fits(page)
            seen.expect_no_trouble()


@pytest.mark.slow
def test_the_keyboard_reaches_every_stage(browser: Any, studio: StudioPage) -> None:
    with visit(browser, studio.url, path="/#/studio/小音") as seen:
        page = seen.page
        page.get_by_role("link", name="Clips").focus()
        for stage in STAGES[1:]:
            page.keyboard.press("Enter")
            page.locator("#pane-title").wait_for()
            page.wait_for_url(f"**/{stage}")
            page.keyboard.press("Tab")
        page.get_by_label("In a few words").wait_for()
        seen.expect_no_trouble()
