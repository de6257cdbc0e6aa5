"""Every state of the page is looked through by axe-core, in both themes."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.browser import ask, visit
from tests.support.live_server import live_server
from tests.support.scripted_talk import HummingVoice, OrderlyReplier, talking_app

LONG = '"' + "One river after the other flows to the sea. " * 8 + '"'
NOTE = "get one with `python3 start.py models get sensevoice`"
INSECURE = "Object.defineProperty(window, 'isSecureContext', { get: () => false })"


def test_a_page_where_nothing_has_been_said(browser: Any, url: str, theme: str, look: Callable[[Any], None]) -> None:
    with visit(browser, url, color_scheme=theme) as seen:
        seen.page.locator(".dot.ready").wait_for()
        look(seen.page)
        seen.page.get_by_role("link", name="Studio").click()
        seen.page.get_by_role("heading", name="Studio").wait_for()
        look(seen.page)


@pytest.mark.slow
def test_a_conversation(browser: Any, theme: str, look: Callable[[Any], None]) -> None:
    model = OrderlyReplier([LONG, 'waves "Hello." smiles', ""], delay_s=1.5)
    with live_server(talking_app(model)) as url, visit(browser, url, color_scheme=theme) as seen:
        page = seen.page
        ask(page, "Speak long.")
        page.locator(".dots").wait_for()
        look(page)
        page.locator(".piece.played").first.wait_for()
        look(page)
        page.keyboard.press("Escape")
        page.locator(".unheard").wait_for()
        look(page)
        ask(page, "Speak shortly.")
        page.locator(".aside").first.wait_for()
        page.locator(".latency-bar").first.focus()
        look(page)
        ask(page, "Say nothing.")
        page.wait_for_timeout(2500)
        look(page)


def test_microphone_and_sheets(browser: Any, theme: str, look: Callable[[Any], None]) -> None:
    app = talking_app(OrderlyReplier([LONG]), missing=NOTE)
    with live_server(app) as url, visit(browser, url, color_scheme=theme) as seen:
        page = seen.page
        page.get_by_role("button", name="Start listening").click()
        page.get_by_role("button", name="Stop listening").wait_for()
        look(page)
        page.get_by_role("radio", name="Hold to talk").check()
        look(page)
        ask(page, "Something for the plot.")
        page.locator(".piece.playing").first.wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Settings").click()
        page.get_by_role("switch", name="Choose the temperature").check()
        page.get_by_role("button", name="Delete").click()
        look(page)
        page.keyboard.press("Escape")
        page.locator(".server-button").click()
        page.locator(".plot circle").first.wait_for()
        look(page)


def test_what_stands_in_the_way(browser: Any, theme: str, look: Callable[[Any], None]) -> None:
    app = talking_app(OrderlyReplier([LONG]), token="sesame")
    with live_server(app) as url, visit(browser, url, color_scheme=theme, script=INSECURE) as seen:
        page = seen.page
        page.get_by_label("Token").fill("wrong")
        page.get_by_role("button", name="Use it").click()
        page.get_by_role("alert").wait_for()
        look(page)
    app = talking_app(OrderlyReplier([LONG]), recognizer=None, synthesizer=HummingVoice(), missing=NOTE)
    with live_server(app) as url, visit(browser, url, color_scheme=theme) as seen:
        page = seen.page
        page.get_by_text("The server has no speech recogniser").wait_for()
        look(page)
        page.context.set_offline(True)
        ask(page, "Are you there?")
        page.locator(".dot.away").wait_for()
        look(page)


def test_a_phone_in_chinese(browser: Any, url: str, theme: str, look: Callable[[Any], None]) -> None:
    with visit(browser, url, color_scheme=theme, locale="zh-CN", viewport={"width": 375, "height": 700}) as seen:
        page = seen.page
        page.locator(".dot.ready").wait_for()
        look(page)
        page.get_by_role("button", name="设置").click()
        page.locator("dialog[open]").wait_for()
        look(page)
