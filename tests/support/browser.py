"""A real Chromium whose microphone plays a WAV file, and what its pages complain about."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FOR_SOUND = ("--disable-gpu", "--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required")
ALLOW = "--use-fake-ui-for-media-stream"
"""Grants the microphone without a question; without it a headless Chromium refuses."""
ENDED = ".turn .latency-bar"
"""What a turn shows once it has ended."""
BUNDLE = Path(__file__).parents[2] / "clients" / "web" / "dist"


@dataclass
class Visit:
    """One page of one visitor, and what went wrong on it."""

    page: Any
    origin: str
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    """Addresses outside the server that the page asked for."""

    def expect_no_trouble(self) -> None:
        assert not self.errors
        assert not self.foreign


@contextmanager
def chromium(microphone: Path | None = None) -> Iterator[Any]:
    """A headless browser; `microphone` is played from when a page opens it, again and again.

    Skips the test where there is no Playwright or no Chromium.
    """
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not (BUNDLE / "index.html").exists():
        pytest.skip("the page is not built: `npm run build` in clients/web")
    flags = [f"--use-file-for-fake-audio-capture={microphone}"] if microphone else []
    with playwright.sync_playwright() as driver, launched(driver.chromium, [*FOR_SOUND, ALLOW, *flags]) as browser:
        yield browser


@contextmanager
def refusing(browser: Any) -> Iterator[Any]:
    """A second browser beside this one, that lends no page its microphone."""
    with launched(browser.browser_type, FOR_SOUND) as other:
        yield other


@contextmanager
def launched(kind: Any, flags: Sequence[str]) -> Iterator[Any]:
    """A headless Chromium of Playwright's; skips the test where there is none."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if not program:
        pytest.skip("there is no Chromium here")
    browser = kind.launch(executable_path=program, headless=True, args=[*FLAGS, *flags])
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def visit(browser: Any, url: str, *, path: str = "/", script: str = "", **context: Any) -> Iterator[Visit]:
    """A page of a new visitor, drawn and in touch with the server; `script` runs before the page's own.

    context: as Playwright's new_context takes it, e.g. locale="zh-CN", color_scheme="dark".
    """
    visitor = browser.new_context(**({"locale": "en-GB", "viewport": {"width": 1100, "height": 800}} | context))
    # A machine under load draws slowly; whatever is wrong is still wrong after half a minute.
    visitor.set_default_timeout(30_000)
    try:
        page = visitor.new_page()
        if script:
            page.add_init_script(script)
        seen = _watched(page, url)
        page.goto(url + path)
        page.wait_for_selector("#main")
        try:
            yield seen
        except Exception:
            print(f"The page showed:\n{page.locator('#root').inner_text()}\nand complained: {seen.errors}")
            raise
    finally:
        visitor.close()


def ask(page: Any, text: str) -> None:
    """Type a question, in the English page."""
    page.get_by_role("textbox", name="Message").fill(text)
    page.keyboard.press("Enter")


def until(page: Any, condition: str) -> None:
    """Wait for an expression in the page; Playwright's own way needs eval, which the page forbids."""
    for _ in range(300):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"it did not happen: {condition}")


def _watched(page: Any, origin: str) -> Visit:
    seen = Visit(page, origin)

    def note_console(message: Any) -> None:
        if message.type in ("error", "warning"):
            seen.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def note_request(request: Any) -> None:
        if not request.url.startswith((origin, "data:", "blob:")):
            seen.foreign.append(request.url)

    page.on("console", note_console)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("request", note_request)
    return seen
