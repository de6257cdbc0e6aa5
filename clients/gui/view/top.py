"""The bar at the top: who answers, a new conversation, saving, appearance, language, settings."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import flet as ft

from clients.gui.link import Link
from clients.gui.settings import THEMES, Settings
from clients.gui.view import look
from clients.gui.words import Words

THEME_ICONS = {
    "system": ft.Icons.BRIGHTNESS_AUTO_ROUNDED,
    "light": ft.Icons.LIGHT_MODE_ROUNDED,
    "dark": ft.Icons.DARK_MODE_ROUNDED,
}


@dataclass(frozen=True)
class Deeds:
    """What the bar's buttons do."""

    begin_anew: Callable[[], None]
    save_text: Callable[[], Awaitable[None]]
    save_sound: Callable[[], Awaitable[None]]
    use_theme: Callable[[str], None]
    switch_language: Callable[[], None]
    open_settings: Callable[[], None]


class Top(ft.Container):
    """The bar; it is made anew when the language changes."""

    def __init__(self, words: Words, deeds: Deeds):
        self._words = words
        self._dot = ft.Container(width=8, height=8, shape=ft.BoxShape.CIRCLE)
        self._who = ft.Text(
            size=look.SMALL, color=look.FAINT, no_wrap=True, overflow=ft.TextOverflow.ELLIPSIS, expand=True
        )
        self._theme = ft.PopupMenuButton(
            tooltip=words("theme"), items=[_theme_item(name, words, deeds) for name in THEMES]
        )
        self._settings = ft.IconButton(
            ft.Icons.TUNE_ROUNDED, tooltip=words("settings"), on_click=lambda: deeds.open_settings()
        )
        title = ft.Text(words("title"), size=18, weight=ft.FontWeight.W_600)
        name = ft.Column(
            [title, ft.Row([self._dot, self._who], spacing=6)],
            spacing=0,
            tight=True,
            expand=True,
        )
        buttons = [
            ft.TextButton(
                words("language"), tooltip=words("switch_language"), on_click=lambda: deeds.switch_language()
            ),
            ft.IconButton(ft.Icons.ADD_COMMENT_OUTLINED, tooltip=words("new"), on_click=lambda: deeds.begin_anew()),
            _save_menu(words, deeds),
            self._theme,
            self._settings,
        ]
        super().__init__(
            ft.Row([name, ft.Row(buttons, spacing=0, tight=True)]),
            padding=ft.Padding.only(left=20, right=8, top=8, bottom=8),
        )

    def show(self, settings: Settings, link: Link, good: str) -> None:
        """Name the character and the server with a light for whether it answers, and the chosen appearance."""
        self._who.value = " · ".join(filter(None, [settings.character, urlsplit(settings.server).netloc]))
        self._dot.bgcolor = {"good": good, "bad": look.BAD}.get(link.state, ft.Colors.OUTLINE)
        self._dot.tooltip = self._words.pick(link.english, link.chinese)
        self._theme.icon = THEME_ICONS[settings.theme]

    def show_panel(self, is_open: bool) -> None:
        self._settings.selected = is_open
        self._settings.icon_color = ft.Colors.PRIMARY if is_open else None


def _theme_item(name: str, words: Words, deeds: Deeds) -> ft.PopupMenuItem:
    return ft.PopupMenuItem(content=words(name), icon=THEME_ICONS[name], on_click=lambda: deeds.use_theme(name))


def _save_menu(words: Words, deeds: Deeds) -> ft.PopupMenuButton:
    return ft.PopupMenuButton(
        icon=ft.Icons.SAVE_ALT_ROUNDED,
        tooltip=words("save"),
        items=[
            ft.PopupMenuItem(content=words("save_text"), icon=ft.Icons.DESCRIPTION_OUTLINED, on_click=deeds.save_text),
            ft.PopupMenuItem(content=words("save_sound"), icon=ft.Icons.AUDIO_FILE_OUTLINED, on_click=deeds.save_sound),
        ],
    )
