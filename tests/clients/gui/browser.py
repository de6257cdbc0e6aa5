"""The window as a page in a headless Chromium: what it says, and pressing what a person would press."""

import io
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import pytest

from tests.support.browser import launched

ROOT = Path(__file__).resolve().parents[3]
LIMIT_S = 60
FOR_CANVAS = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
# Flutter paints on a canvas; what it tells screen readers is all that a test can read.
WORDS = """() => {
  const host = document.querySelector('flt-semantics-host');
  const named = [...host.querySelectorAll('[aria-label]')].map(each => each.getAttribute('aria-label'));
  const typed = [...host.querySelectorAll('input, textarea')].map(each => each.value);
  return [host.innerText, ...named, ...typed].join('\\n');
}"""
PLACE = """label => {
  const host = document.querySelector('flt-semantics-host');
  const all = [...host.querySelectorAll('flt-semantics, input, textarea')];
  const own = each => each.getAttribute('aria-label') ?? each.innerText;
  const found = all.find(each => (own(each) ?? '').trim() === label);
  if (!found) return null;
  const box = found.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""

COPY = """text => {
  const host = document.querySelector('flt-semantics-host');
  const row = [...host.querySelectorAll('[aria-label]')].find(each => each.getAttribute('aria-label').includes(text));
  const box = row?.querySelector('[role=button]')?.getBoundingClientRect();
  if (!box) return null;
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""
FOCUS = "document.activeElement?.getAttribute('aria-label')"
TYPED = "document.activeElement?.value ?? ''"


class Screen:
    """One page of the window."""

    def __init__(self, page: Any):
        self._page = page

    def words(self) -> str:
        """Everything that a screen reader would find."""
        return self._page.evaluate(WORDS)

    def sees(self, *texts: str) -> None:
        """Wait until all these texts are there."""
        self._until(lambda: all(text in self.words() for text in texts), f"seeing {texts}")

    def misses(self, text: str) -> None:
        """Wait until this text is gone."""
        self._until(lambda: text not in self.words(), f"{text!r} vanishing")

    def place(self, label: str) -> tuple[float, float]:
        """Where the control of this name is, once it is there."""
        self._until(lambda: self._page.evaluate(PLACE, label), f"finding {label!r}")
        x, y = self._page.evaluate(PLACE, label)
        return x, y

    def press(self, label: str) -> None:
        self._page.mouse.click(*self.place(label))
        self._page.mouse.move(2, 300)  # where no tooltip opens over what is pressed next

    def write(self, label: str, text: str) -> None:
        """Type into a box instead of what is in it."""

        def has_focus() -> bool:
            self.press(label)
            for _ in range(20):  # pressed again too soon, a busy machine would begin anew each time
                time.sleep(0.2)
                if self._page.evaluate(FOCUS) == label:
                    return True
            return False

        self._until(has_focus, f"{label!r} taking the keyboard")
        self._page.keyboard.press("Control+A")
        self._page.keyboard.press("Delete")
        self._page.keyboard.type(text)
        self._until(lambda: text in self._page.evaluate(TYPED), f"{text!r} standing in {label!r}")

    def key(self, name: str) -> None:
        self._page.keyboard.press(name)

    def color(self, x: float, y: float) -> tuple[int, ...]:
        """What is painted at a point."""
        with av.open(io.BytesIO(self._page.screenshot())) as picture:
            frame = next(picture.decode(video=0))
        return tuple(frame.to_ndarray(format="rgb24")[int(y), int(x)].tolist())  # pyright: ignore

    def downloads(self, *labels: str) -> bytes:
        """What the browser is given when these are pressed one after another."""
        *before, last = labels
        for label in before:
            self.press(label)
        with self._page.expect_download(timeout=LIMIT_S * 1000) as waiting:
            self.press(last)
        return Path(waiting.value.path()).read_bytes()

    def copied(self, text: str) -> str:
        """What the clipboard holds once the button beside this bubble was pressed."""
        self._page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self._page.evaluate("navigator.clipboard.writeText('')")
        self._until(lambda: self._page.evaluate(COPY, text), f"a button beside {text!r}")
        self._page.mouse.click(*self._page.evaluate(COPY, text))
        read = "navigator.clipboard.readText()"
        self._until(lambda: self._page.evaluate(read), "something on the clipboard")
        return self._page.evaluate(read)

    def reload(self) -> None:
        self._page.reload()
        self.wake()

    def wake(self) -> None:
        """Wait for the first picture, and have it described as for a screen reader."""
        self._page.wait_for_selector("flt-semantics-placeholder", state="attached", timeout=LIMIT_S * 1000)
        self._page.evaluate("document.querySelector('flt-semantics-placeholder').click()")
        self._page.wait_for_selector("flt-semantics-host textarea", state="attached", timeout=LIMIT_S * 1000)

    def _until(self, is_so: Any, what: str) -> None:
        deadline_s = time.monotonic() + LIMIT_S
        while not is_so():
            if time.monotonic() > deadline_s:
                raise AssertionError(f"waited {LIMIT_S} s in vain for {what}; the window says:\n{self.words()}")
            time.sleep(0.05)


@contextmanager
def program(folder: Path, *flags: str, environment: dict[str, str] | None = None) -> Iterator[str]:
    """The address of a window that runs by itself, its settings below a folder."""
    process = subprocess.Popen(
        [sys.executable, "-m", "clients.gui", "--web", "--no-browser", *flags],
        cwd=ROOT,
        env=(environment or dict(os.environ)) | {"XDG_CONFIG_HOME": str(folder), "YINLIU_LANG": "en"},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        assert process.stdout
        address = re.search(r"http://\S+", process.stdout.readline())
        assert address, "the program said no address"
        yield address.group()
    finally:
        process.terminate()
        assert process.wait(15) is not None


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser; skips the test where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    pytest.importorskip("flet_web", reason="flet is not installed (requirements-gui.txt)")
    with sync_api.sync_playwright() as playwright, launched(playwright.chromium, FOR_CANVAS) as browser:
        yield browser


@contextmanager
def screen(browser: Any, url: str, width: int = 1120, height: int = 760) -> Iterator[Screen]:
    """The page at an address. Whatever it asks of another machine fails the test."""
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
    strangers: list[str] = []
    page.on("request", lambda request: None if is_here(request.url, url) else strangers.append(request.url))
    page.on("requestfailed", lambda request: strangers.remove(request.url) if request.url in strangers else None)
    page.goto(url)
    shown = Screen(page)
    shown.wake()
    try:
        yield shown
    finally:
        page.close()
    assert strangers == [], "the page reached other machines"


def is_here(asked: str, url: str) -> bool:
    return asked.startswith((url, "data:", "blob:"))
