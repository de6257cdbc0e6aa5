"""The studio's first page in a real Chromium: characters made, named, chosen, deleted; tokens; a studio that is off."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import until, visit
from tests.support.studio_page import StudioPage, studio_page


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[StudioPage]:
    with studio_page(tmp_path) as started:
        yield started


def names(studio: StudioPage) -> list[str]:
    return [one["character_name"] for one in studio.api("GET", "/characters").json()]


def test_a_character_is_made_from_the_keyboard_alone(browser: Any, studio: StudioPage) -> None:
    with visit(browser, studio.url, path="/#/studio") as seen:
        page = seen.page
        page.get_by_label("Name").focus()
        page.keyboard.type("小 音")
        page.get_by_text("no spaces").wait_for()
        assert page.get_by_role("button", name="Create").is_disabled()
        page.keyboard.press("Enter")
        for _ in range(2):
            page.keyboard.press("Backspace")
        page.keyboard.type("音")
        page.keyboard.press("Tab")
        page.keyboard.type("Chi")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="小音", level=1).wait_for()
        assert page.url.endswith("#/studio/%E5%B0%8F%E9%9F%B3")
        page.reload()
        page.get_by_role("heading", name="小音", level=1).wait_for()
        seen.expect_no_trouble()
    (made,) = studio.api("GET", "/characters").json()
    assert (made["character_name"], made["config"]["language"]) == ("小音", "zh")


def test_a_character_is_renamed_chosen_and_deleted(browser: Any, studio: StudioPage) -> None:
    studio.make("bob")
    studio.make("eve")
    with visit(browser, studio.url, path="/#/studio") as seen:
        page = seen.page
        assert page.get_by_role("button", name="bob is the default").get_attribute("aria-pressed") == "true"
        page.get_by_role("button", name="eve is the default").click()
        page.get_by_role("button", name="eve is the default", pressed=True).wait_for()
        page.get_by_role("button", name="Rename bob").click()
        field = page.get_by_label("New name for bob")
        field.fill("eve")
        page.get_by_text("There is a character of this name already.").wait_for()
        field.fill("rob")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="rob").wait_for()
        page.get_by_role("button", name="Delete rob").click()
        assert page.evaluate("document.activeElement.innerText") == "Keep it"
        page.keyboard.press("Enter")
        assert names(studio) == ["rob", "eve"]
        page.get_by_role("button", name="Delete rob").click()
        page.get_by_role("button", name="Delete it").click()
        page.get_by_role("link", name="rob").wait_for(state="detached")
        seen.expect_no_trouble()
    assert names(studio) == ["eve"]
    assert studio.api("GET", "/default_character").json() == {"default_character": "eve"}


@pytest.mark.parametrize(
    ("locale", "told"), [("en-GB", "There is a character called bob already."), ("zh-CN", "角色已存在: bob")]
)
def test_a_refusal_is_told_in_the_readers_language(browser: Any, studio: StudioPage, locale: str, told: str) -> None:
    with visit(browser, studio.url, path="/#/studio", locale=locale) as seen:
        page = seen.page
        page.locator(".new-character input").fill("bob")
        studio.make("bob")  # by somebody else, meanwhile
        page.locator(".new-character .main").click()
        page.get_by_role("alert").get_by_text(told).wait_for()


def test_a_token_is_asked_for_and_then_used_everywhere(browser: Any, tmp_path: Path) -> None:
    with studio_page(tmp_path, token="sesame") as studio, visit(browser, studio.url, path="/#/studio") as seen:
        page = seen.page
        page.get_by_label("Token").fill("sesame")
        page.get_by_role("button", name="Use it").click()
        page.get_by_label("Name").fill("bob")
        page.get_by_role("button", name="Create").click()
        page.get_by_role("heading", name="bob", level=1).wait_for()
        assert not [address for address in seen.errors if "sesame" in address]


def test_a_studio_that_is_off_says_how_to_switch_it_on(browser: Any, tmp_path: Path) -> None:
    with studio_page(tmp_path, studio=False) as studio, visit(browser, studio.url, path="/#/studio") as seen:
        seen.page.get_by_text("studio.enabled").wait_for()
        seen.expect_no_trouble()


def test_a_character_that_is_gone_is_said_to_be(browser: Any, studio: StudioPage) -> None:
    with visit(browser, studio.url, path="/#/studio/nobody/clips") as seen:
        seen.page.get_by_text("There is no character called nobody any more.").wait_for()
        seen.page.get_by_role("link", name="All characters").click()
        seen.page.get_by_role("heading", name="Your first character").wait_for()


@pytest.mark.slow
def test_a_server_that_comes_back_is_looked_at_again(browser: Any, studio: StudioPage) -> None:
    with visit(browser, studio.url, path="/#/studio") as seen:
        page = seen.page
        page.get_by_role("heading", name="Your first character").wait_for()
        page.context.set_offline(True)
        page.get_by_label("Name").fill("bob")
        page.get_by_role("button", name="Create").click()
        page.get_by_role("alert").get_by_text("does not answer").wait_for()
        page.context.set_offline(False)
        until(page, "!document.querySelector('.dot.away')")
        page.get_by_role("button", name="Create").click()
        page.get_by_role("heading", name="bob", level=1).wait_for()
    assert names(studio) == ["bob"]
