"""In the settings: the server's address and token, whether it answers, and the state of its engines."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import flet as ft

from clients.gui.link import Link
from clients.gui.settings import Settings
from clients.gui.view import look
from clients.gui.view.look import Copy
from clients.gui.words import Words

ENGINES = ("asr", "llm", "tts")
STATE_ICONS = {
    "ready": ft.Icons.CHECK_CIRCLE_OUTLINE_ROUNDED,
    "loading": ft.Icons.HOURGLASS_EMPTY_ROUNDED,
    "absent": ft.Icons.DO_NOT_DISTURB_ALT_ROUNDED,
    "failed": ft.Icons.ERROR_OUTLINE_ROUNDED,
}
LABEL = ft.TextStyle(size=14)
Connect = Callable[[str, str], Awaitable[None]]


class ServerSection(ft.Container):
    """Address, token, test and engines."""

    def __init__(self, words: Words, settings: Settings, connect: Connect, copy: Copy):
        self._words = words
        self._copy = copy
        self._connect = connect
        self._address = ft.TextField(
            label=words("address"),
            value=settings.server,
            dense=True,
            text_size=14,
            label_style=LABEL,
            on_submit=self._clicked,
        )
        self._token = ft.TextField(
            label=words("token"),
            value=settings.token,
            password=True,
            can_reveal_password=True,
            dense=True,
            text_size=14,
            label_style=LABEL,
            on_submit=self._clicked,
        )
        self._button = ft.FilledTonalButton(words("test"), icon=ft.Icons.LINK_ROUNDED, on_click=self._clicked)
        self._icon = ft.Icon(ft.Icons.CHECK_CIRCLE_ROUNDED, size=18, visible=False)
        self._sentence = ft.Text(size=13, expand=True)
        self._engines = ft.Column(spacing=8, tight=True)
        told = ft.Row([self._icon, self._sentence], spacing=8, vertical_alignment=ft.CrossAxisAlignment.START)
        super().__init__(look.section(words("server"), [self._address, self._token, self._button, told, self._engines]))

    def show_link(self, link: Link, settings: Settings, good: str) -> None:
        """Green with the version, red with what to do."""
        if link.state == "good":
            self._address.value = settings.server
        self._button.disabled = link.state == "testing"
        self._icon.visible = link.state in ("good", "bad")
        self._icon.icon = ft.Icons.CHECK_CIRCLE_ROUNDED if link.state == "good" else ft.Icons.CANCEL_ROUNDED
        self._icon.color = self._sentence.color = good if link.state == "good" else look.BAD
        self._sentence.value = self._words.pick(link.english, link.chinese)
        if link.state in ("testing", "unknown"):
            self._sentence.value = self._words("testing") if link.state == "testing" else ""
            self._sentence.color = look.FAINT

    def show_engines(self, health: Mapping[str, Any] | None, good: str) -> None:
        """A line for each engine, with what would improve it."""
        engines = (health or {}).get("engines") or {}
        self._engines.controls = [
            _engine(self._words, name, engines[name], good, self._copy) for name in ENGINES if name in engines
        ]

    async def _clicked(self) -> None:
        await self._connect(self._address.value or "", self._token.value or "")


def _engine(words: Words, name: str, engine: Mapping[str, Any], good: str, copy: Copy) -> ft.Control:
    state = engine.get("state", "absent")
    color = {"ready": good, "loading": look.FAINT}.get(state, look.BAD)
    title = f"{words('engine_' + name)}: {engine.get('engine') or words(state) if state == 'ready' else words(state)}"
    note = words.pick(engine.get("note") or "", engine.get("note_zh") or "")
    lines: list[ft.Control] = [ft.Text(title, size=14)]
    if note:
        lines.append(look.faint(note))
    row: list[ft.Control] = [
        ft.Icon(STATE_ICONS.get(state, ft.Icons.HELP_OUTLINE_ROUNDED), size=18, color=color),
        ft.Column(lines, spacing=2, tight=True, expand=True),
    ]
    if note and state != "ready":  # the note names the command that would mend it
        row.append(look.copy_button(words, note, copy))
    return ft.Row(row, spacing=8, vertical_alignment=ft.CrossAxisAlignment.START)
