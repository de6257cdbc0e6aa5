"""What the page says and still does when something is missing: a token, a recogniser, the server, the microphone."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from llm.replier import NO_OPTIONS, LLMError, Message
from tests.support.browser import ENDED, ask, refusing, until, visit
from tests.support.live_server import live_server
from tests.support.scripted_talk import SHORT, OrderlyReplier, talking_app

INSECURE = "Object.defineProperty(window, 'isSecureContext', { get: () => false })"
BARE = """
navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("none", "NotFoundError"))
IDBFactory.prototype.open = () => { throw new DOMException("never", "SecurityError") }
"""
COUNTED = """
window.made = 0
window.SpeechRecognition = class { constructor() { made++ } start() {} stop() {} abort() {} }
window.webkitSpeechRecognition = window.SpeechRecognition
"""


def test_a_token_is_asked_for_kept_and_taken_out_of_the_address(browser: Any, model: OrderlyReplier) -> None:
    with live_server(talking_app(model, token="sesame")) as url:
        with visit(browser, url) as seen:
            page = seen.page
            page.get_by_role("heading", name="This server wants a token").wait_for()
            ask(page, "Hello")
            for token in ("wrong", "sesame"):
                page.get_by_label("Token").fill(token)
                page.get_by_role("button", name="Use it").click()
                if token == "wrong":
                    page.get_by_role("alert").wait_for()
            page.locator(ENDED).wait_for()  # what was asked before is answered now
            assert page.get_by_label("Token").count() == 0
            page.reload()
            page.locator(".dot.ready").wait_for()
            assert page.get_by_label("Token").count() == 0
            assert not seen.foreign
        with visit(browser, url, path="/#token=sesame") as seen:
            seen.page.locator(".dot.ready").wait_for()
            assert "sesame" not in seen.page.url
            ask(seen.page, "Hello")
            seen.page.locator(ENDED).wait_for()
            seen.expect_no_trouble()


def test_a_link_does_not_replace_a_kept_token_unasked(browser: Any, model: OrderlyReplier) -> None:
    kept = "localStorage['yinliu.token']"
    with live_server(talking_app(model, token="sesame")) as url, visit(browser, url, path="/#token=sesame") as seen:
        page = seen.page
        page.locator(".dot.ready").wait_for()
        page.evaluate("location.hash = '#token=another'")
        page.get_by_role("button", name="Keep mine").click()
        assert page.evaluate(kept) == "sesame"
        assert "another" not in page.url
        ask(page, "Hello")
        page.locator(ENDED).wait_for()
        seen.expect_no_trouble()
        page.evaluate("location.hash = '#token=another'")
        page.get_by_role("button", name="Use the link's token").click()
        page.get_by_role("alert").get_by_text("The server does not know this token.").wait_for()
        assert page.evaluate(kept) == "another"
        assert page.get_by_role("button", name="Keep mine").count() == 0


def test_a_broken_link_still_shows_the_page(browser: Any, model: OrderlyReplier) -> None:
    with live_server(talking_app(model)) as url, visit(browser, url, path="/#token=%") as seen:
        seen.page.get_by_role("heading", name="Say something").wait_for()
        seen.expect_no_trouble()


def test_a_question_that_failed_is_not_asked_with_the_next(browser: Any) -> None:
    model = FailingOnce([SHORT])
    with live_server(talking_app(model)) as url, visit(browser, url) as seen:
        page = seen.page
        ask(page, "poison")
        page.get_by_text("no answer was heard").wait_for()
        ask(page, "And now?")
        page.locator(".answer .bubble.whole").wait_for()
    assert [message["content"] for message in model.asked[-1][1:]] == ["And now?"]


class FailingOnce(OrderlyReplier):
    """Has no answer to the first question."""

    async def stream_reply(
        self, messages: list[Message], options: Mapping[str, Any] = NO_OPTIONS
    ) -> AsyncGenerator[str, None]:
        async with aclosing(super().stream_reply(messages, options)) as letters:
            async for letter in letters:
                if len(self.asked) == 1:
                    raise LLMError("llm_http_error", "The model refuses this.")
                yield letter


def test_without_a_recogniser_the_browsers_own_is_offered_and_off_until_agreed(
    browser: Any, model: OrderlyReplier
) -> None:
    app = talking_app(model, recognizer=None, missing="get one with `python3 start.py models get sensevoice`")
    with live_server(app) as url, visit(browser, url, script=COUNTED) as seen:
        page = seen.page
        page.get_by_text("The server has no speech recogniser").wait_for()
        assert page.locator(".notice code").inner_text() == "python3 start.py models get sensevoice"
        page.get_by_role("button", name="Start listening").click()
        page.get_by_role("button", name="Stop listening").wait_for()
        assert page.evaluate("made") == 0
        page.get_by_role("button", name="Use the browser's recognition").click()
        page.get_by_text("its maker hears it").wait_for()
        until(page, "made > 0")
        page.locator(".server-button").click()
        assert page.locator("dialog code").first.inner_text() == "python3 start.py models get sensevoice"
        seen.expect_no_trouble()


def test_the_server_may_go_away_and_come_back(browser: Any, url: str) -> None:
    with visit(browser, url) as seen:
        page = seen.page
        page.locator(".dot.ready").wait_for()
        page.context.set_offline(True)
        ask(page, "Are you there?")
        page.get_by_text("The server does not answer; trying again.").first.wait_for()
        page.locator(".dot.away").wait_for()
        page.context.set_offline(False)
        page.get_by_text("The server is back.").first.wait_for()
        page.locator(".dot.ready").wait_for()
        ask(page, "And now?")
        page.locator(ENDED).first.wait_for()
        assert not seen.foreign


def test_an_address_without_microphone_says_which_one_has_it(browser: Any, url: str) -> None:
    with visit(browser, url, script=INSECURE) as seen:
        page = seen.page
        page.get_by_text("This address gives the page no microphone").wait_for()
        port = url.rsplit(":", 1)[1]
        assert page.locator(".notice code").inner_text() == f"ssh -N -L {port}:127.0.0.1:{port} user@127.0.0.1"
        assert page.get_by_role("button", name="Start listening").is_disabled()
        ask(page, "Typing works?")
        page.locator(ENDED).wait_for()
        seen.expect_no_trouble()


def test_a_refused_microphone_is_told_and_typing_goes_on(browser: Any, url: str) -> None:
    with refusing(browser) as strict, visit(strict, url) as seen:
        page = seen.page
        page.get_by_role("button", name="Start listening").click()
        page.get_by_role("alert").wait_for()
        assert "microphone" in page.get_by_role("alert").inner_text().lower()
        page.get_by_role("button", name="Start listening").wait_for()
        ask(page, "Typing works?")
        page.locator(ENDED).wait_for()
        seen.expect_no_trouble()


def test_a_machine_without_microphone_or_memory_is_told_so(browser: Any, url: str) -> None:
    with visit(browser, url, script=BARE) as seen:
        page = seen.page
        page.get_by_role("button", name="Start listening").click()
        page.get_by_role("alert").wait_for()
        ask(page, "Typing works?")
        page.locator(ENDED).wait_for()
        page.get_by_text("This browser keeps nothing for the page").first.wait_for()
        seen.expect_no_trouble()


def test_damaged_memories_do_no_harm(browser: Any, url: str) -> None:
    kept = json.dumps({"speed": "fast", "theme": "dark", "nonsense": 1})
    with visit(browser, url, script=f"localStorage['yinliu.settings'] = {kept!r}") as seen:
        seen.page.wait_for_selector("html[data-theme=dark]")
        ask(seen.page, "Hello")
        seen.page.locator(ENDED).wait_for()
        seen.expect_no_trouble()
