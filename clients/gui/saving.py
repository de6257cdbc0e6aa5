"""Saves a conversation: its text, or its sound as one file."""

from collections.abc import Iterable
from datetime import datetime

import flet as ft

from clients.gui.desk import Desk
from clients.gui.model import Bubble
from clients.gui.spans import copied
from clients.gui.words import Words

TITLES = {"user": ("You", "你"), "assistant": ("Assistant", "助手")}


class Saving:
    """Asks where to, in the manner of the window or of the browser."""

    def __init__(self, page: ft.Page, desk: Desk, words: Words):
        self._page = page
        self._desk = desk
        self._words = words

    async def text(self) -> None:
        await self._save("txt", transcript(self._desk.talk.bubbles, self._words).encode())

    async def sound(self) -> None:
        if self._desk.tape.is_empty:
            self._desk.say("no_sound_yet", is_trouble=False)
        else:
            await self._save("wav", self._desk.tape.wav())

    async def _save(self, kind: str, content: bytes) -> None:
        name = f"{self._words('title')}-{datetime.now():%Y%m%d-%H%M%S}.{kind}"
        try:
            path = await ft.FilePicker().save_file(file_name=name, src_bytes=content)
        except (OSError, RuntimeError, TimeoutError) as error:
            self._desk.say("not_saved", reason=error)
            return
        if path:  # a browser shows by itself what it saved
            self._desk.say("saved", is_trouble=False, path=path)


def transcript(bubbles: Iterable[Bubble], words: Words) -> str:
    """Who said what, a paragraph each; answers as far as they were heard."""
    said = [
        f"{words.pick(*TITLES[bubble.by])}: {bubble.text if bubble.by == 'user' else copied(bubble)}"
        for bubble in bubbles
        if bubble.by in TITLES
    ]
    return "\n\n".join(said) + "\n"
