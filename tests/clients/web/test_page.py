"""The page in a real Chromium: its languages and looks, typed questions, the keyboard, settings, and what it keeps."""

import io
import wave
from typing import Any

import pytest

from tests.support.browser import ENDED, ask, visit
from tests.support.live_server import live_server
from tests.support.scripted_talk import SHORT, HummingVoice, OrderlyReplier, talking_app
from voice.engine_settings import CharacterSettings
from voice.settings import Settings

WATCH_STATUS = """() => {
    window.said = []
    const status = document.querySelector('p[role=status]')
    new MutationObserver(() => said.push(status.innerText)).observe(status, { childList: true })
}"""
LONG = '"' + "One river after the other flows to the sea. " * 8 + '"'


def test_a_program_is_told_about_the_server_and_a_browser_gets_the_page(browser: Any, url: str) -> None:
    with visit(browser, url) as seen:
        answer = seen.page.request.get(url + "/", headers={"Accept": "*/*"})
        assert answer.json()["name"].startswith("Yinliu")
        seen.page.get_by_role("heading", name="Say something").wait_for()
        seen.expect_no_trouble()


def test_it_speaks_the_browsers_language_and_the_other_at_a_press(browser: Any, url: str) -> None:
    with visit(browser, url, locale="zh-CN") as seen:
        page = seen.page
        assert page.locator("html").get_attribute("lang") == "zh-CN"
        assert page.title() == "音流 · 对话"
        page.get_by_role("button", name="English").click()
        page.get_by_role("heading", name="Say something").wait_for()
        assert page.locator("html").get_attribute("lang") == "en"
        page.reload()
        page.get_by_role("button", name="中文").wait_for()
        seen.expect_no_trouble()


def test_it_follows_the_systems_theme_until_told_otherwise(browser: Any, url: str) -> None:
    with visit(browser, url, color_scheme="dark") as seen:
        page = seen.page
        assert page.locator("html").get_attribute("data-theme") == "dark"
        page.emulate_media(color_scheme="light")
        page.wait_for_selector("html[data-theme=light]")
        page.get_by_role("button", name="Settings").click()
        page.get_by_role("radio", name="Dark").check()
        page.wait_for_selector("html[data-theme=dark]")
        page.reload()
        page.wait_for_selector("html[data-theme=dark]")
        seen.expect_no_trouble()


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_nothing_is_wider_than_a_small_phone(browser: Any, model: OrderlyReplier, locale: str) -> None:
    model.answers = ['"' + "https://example.org/" + "a" * 90 + ' 很长的一句话没有空格"']
    app = talking_app(model, synthesizer=HummingVoice(character_s=0.005))
    phone = {"width": 320, "height": 640}
    with live_server(app) as url, visit(browser, url, locale=locale, viewport=phone) as seen:
        page = seen.page
        page.locator(".composer textarea").fill("Donaudampfschifffahrtsgesellschaft" * 4)
        page.keyboard.press("Enter")
        page.locator(ENDED).hover()
        for opener in ("header .round", ".server-button"):
            page.locator(opener).click()
            page.locator("dialog[open]").wait_for()
            assert page.evaluate("document.querySelector('dialog').scrollWidth <= innerWidth")
            page.keyboard.press("Escape")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.goto(url + "/#/studio")
        page.locator(".empty h1").wait_for()
        heights = page.locator("nav a").evaluate_all("links => links.map((link) => link.clientHeight)")
        assert max(heights) < 45  # one line of words
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        seen.expect_no_trouble()


def test_a_typed_question_is_answered_aloud(browser: Any, url: str, model: OrderlyReplier) -> None:
    model.answers = ['"First this. Then that, which takes longer."']
    with visit(browser, url) as seen:
        page = seen.page
        ask(page, "How are you?")
        page.locator(".piece.playing").first.wait_for()
        assert page.locator(".state-words").inner_text() == "Speaking"
        page.locator(ENDED).focus()
        numbers = page.get_by_role("tooltip").inner_text()
        assert all(stage in numbers for stage in ("first words", "first piece", "first audio", "first sound"))
        assert page.locator(".answer .bubble").inner_text().endswith("First this. Then that, which takes longer.")
        seen.expect_no_trouble()
    system, user = model.asked[0]
    assert (system["role"], user) == ("system", {"role": "user", "content": "How are you?"})
    assert "double quotes" in system["content"]


def test_shift_and_enter_begin_a_new_line_and_the_box_grows_to_five(
    browser: Any, url: str, model: OrderlyReplier
) -> None:
    with visit(browser, url) as seen:
        page = seen.page
        box = page.get_by_role("textbox", name="Message")
        box.focus()
        heights = []
        for line in range(8):
            page.keyboard.type(f"line {line}")
            heights.append(box.evaluate("box => box.clientHeight"))
            page.keyboard.press("Shift+Enter")
        assert heights[:5] == sorted(set(heights[:5]))
        assert len(set(heights[4:])) == 1
        page.keyboard.press("Enter")
        page.locator(ENDED).wait_for()
        assert box.input_value() == ""
        assert box.evaluate("box => box.clientHeight") == heights[0]
        seen.expect_no_trouble()
    assert model.asked[0][-1]["content"] == "\n".join(f"line {line}" for line in range(8))


def test_a_question_that_is_too_long_is_not_sent(browser: Any, url: str, model: OrderlyReplier) -> None:
    with visit(browser, url) as seen:
        page = seen.page
        ask(page, "a" * 20_001)
        page.get_by_text("At most 20,000 characters can be asked at once; these are 20,001.").wait_for()
        assert page.get_by_role("button", name="Send", exact=True).is_disabled()
        assert model.asked == []
        ask(page, "a" * 20_000)
        page.locator(ENDED).wait_for()
        assert len(model.asked[0][-1]["content"]) == 20_000
        seen.expect_no_trouble()


def test_a_screen_reader_hears_what_happens_and_not_every_piece(browser: Any, url: str, model: OrderlyReplier) -> None:
    model.answers = [SHORT, LONG]
    with visit(browser, url) as seen:
        page = seen.page
        page.evaluate(WATCH_STATUS)
        ask(page, "How are you?")
        page.locator(ENDED).wait_for()
        assert page.evaluate("said") == []  # the answer was heard
        ask(page, "And at length?")
        page.locator(".piece.played").first.wait_for()
        page.keyboard.press("Escape")
        page.locator(".unheard").wait_for()
        page.get_by_role("button", name="Start listening").click()
        page.get_by_role("button", name="Stop listening").click()
        page.get_by_role("button", name="Start listening").wait_for()
        assert page.evaluate("said") == ["interrupted", "Listening", "Microphone off"]
        seen.expect_no_trouble()


def test_an_answer_that_is_tapped_ends_there(browser: Any, url: str, model: OrderlyReplier) -> None:
    model.answers = [LONG, SHORT]
    with visit(browser, url) as seen:
        page = seen.page
        ask(page, "Tell me something long.")
        page.locator(".piece.played").first.wait_for()
        page.get_by_role("button", name="Interrupt this answer").click()
        page.get_by_text("interrupted", exact=True).first.wait_for()
        assert page.locator(".unheard").inner_text().endswith("to the sea. ".strip())
        ask(page, "And now?")
        page.locator(".answer .bubble.whole").wait_for()
        seen.expect_no_trouble()
    heard = model.asked[1][2]["content"]
    assert heard.startswith('"One river')
    assert heard.endswith('"')
    assert LONG.startswith(heard[:-1])
    assert len(heard) < len(LONG)


def test_the_keyboard_is_enough(browser: Any, url: str, model: OrderlyReplier) -> None:
    model.answers = [LONG]
    with visit(browser, url) as seen:
        page, press = seen.page, seen.page.keyboard.press
        press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        press("Enter")
        tab_until(page, "document.activeElement.matches('.composer textarea')")
        page.keyboard.type("Speak, please.")
        press("Enter")
        page.locator(".piece.playing").first.wait_for()
        press("Escape")
        page.get_by_text("interrupted", exact=True).first.wait_for()
        page.locator("header .round").focus()
        press("Enter")
        page.locator("dialog[open]").wait_for()
        tab_until(page, "document.activeElement.type === 'range'")
        press("ArrowRight")
        press("Escape")
        page.locator("dialog").wait_for(state="detached")
        assert page.evaluate("document.activeElement.matches('header .round')")
        assert page.evaluate("JSON.parse(localStorage['yinliu.settings']).speed") == 1.05
        seen.expect_no_trouble()


def tab_until(page: Any, condition: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(condition):
            return
    raise AssertionError(f"the keyboard does not reach: {condition}")


def test_what_is_chosen_is_asked_for(browser: Any, model: OrderlyReplier) -> None:
    friend = CharacterSettings(about="a friend", system="You are a friend.")
    app = talking_app(model, settings=Settings(characters={"小音": friend}))
    with live_server(app) as url, visit(browser, url) as seen:
        page = seen.page
        page.get_by_role("button", name="Settings").click()
        page.get_by_label("Character").select_option(label="小音 · a friend")
        page.get_by_label("Model").select_option("other model")
        page.get_by_role("switch", name="Choose the temperature").check()
        page.get_by_role("slider", name="Temperature").fill("0.3")
        page.keyboard.press("Escape")
        ask(page, "Hello")
        page.locator(ENDED).wait_for()
        seen.expect_no_trouble()
    assert model.asked[0][0] == {"role": "system", "content": "You are a friend."}
    assert model.options[0] == {"model": "other model", "temperature": 0.3}


def test_a_reload_keeps_the_conversation_and_it_can_be_saved_and_deleted(
    browser: Any, url: str, model: OrderlyReplier
) -> None:
    with visit(browser, url) as seen:
        page = seen.page
        ask(page, "How are you?")
        page.locator(ENDED).wait_for()
        page.wait_for_timeout(1000)  # it is written a moment later
        page.reload()
        page.locator(".answer .bubble.whole").wait_for()
        ask(page, "Still there?")
        page.locator(ENDED).nth(1).wait_for()
        assert [message["content"] for message in model.asked[1][1:]] == ["How are you?", SHORT, "Still there?"]

        page.get_by_role("button", name="Settings").click()
        text = downloaded(page, "Save as text").decode()
        assert text.index("You: How are you?") < text.index("Assistant: " + SHORT) < text.index("You: Still there?")
        with wave.open(io.BytesIO(downloaded(page, "Save as sound"))) as sound:
            assert sound.getframerate() == HummingVoice.rate_hz
            assert sound.getnframes() > 2 * HummingVoice().character_s * len("I am well.") * HummingVoice.rate_hz

        page.get_by_role("button", name="Delete").click()
        assert page.evaluate("document.activeElement.innerText") == "Keep it"
        page.get_by_role("button", name="Delete it").click()
        page.keyboard.press("Escape")
        page.get_by_role("heading", name="Say something").wait_for()
        page.wait_for_timeout(1000)
        page.reload()
        page.get_by_role("heading", name="Say something").wait_for()
        seen.expect_no_trouble()


def downloaded(page: Any, button: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return download.value.path().read_bytes()


def test_the_studio_has_its_place(browser: Any, url: str) -> None:
    with visit(browser, url) as seen:
        seen.page.get_by_role("link", name="Studio").click()
        seen.page.get_by_role("heading", name="Studio").wait_for()
        assert seen.page.url.endswith("#/studio")
        assert seen.page.get_by_role("link", name="Studio").get_attribute("aria-current") == "page"
        seen.page.go_back()
        seen.page.get_by_role("heading", name="Say something").wait_for()
        seen.expect_no_trouble()
