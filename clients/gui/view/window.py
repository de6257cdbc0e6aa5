"""One window, or one browser tab: lays the parts out and paints what the desk says has changed."""

from typing import get_args

import flet as ft

from clients.gui.desk import Desk
from clients.gui.model import Part
from clients.gui.saving import Saving
from clients.gui.view import look
from clients.gui.view.bubbles import Bubbles
from clients.gui.view.composer import Composer
from clients.gui.view.panel import Panel
from clients.gui.view.status import Status
from clients.gui.view.strip import Strip
from clients.gui.view.top import Deeds, Top
from clients.gui.words import Words

EVERYTHING: set[Part] = set(get_args(Part))


class Window:
    """Shows a desk on a page. is_page: the page is in a browser, so that sound comes from another program."""

    def __init__(self, page: ft.Page, desk: Desk, is_page: bool, font: str | None = None):
        self._page = page
        self._desk = desk
        self._is_page = is_page
        self._leave = lambda: None
        self._is_panel_open = False
        page.padding, page.spacing = 0, 0
        page.theme = page.dark_theme = look.theme(has_hanzi=bool(font))
        page.fonts = {look.HANZI: f"/{font}"} if font else None
        page.on_resize = page.on_platform_brightness_change = self._repaint
        page.on_keyboard_event = self._key
        page.on_connect, page.on_disconnect, page.on_close = self._returned, self._left, self._left
        self._build()

    def open(self) -> None:
        """Show the desk as it is, and whatever changes on it from now on."""
        self._leave = self._desk.watch(self._changed)
        self._changed(EVERYTHING)

    def _build(self) -> None:
        """Every control anew, in the language of the settings."""
        desk = self._desk
        words = self._words = Words(desk.settings.ui_language)
        self._saving = Saving(self._page, desk, words)
        deeds = Deeds(
            begin_anew=desk.forget,
            save_text=self._saving.text,
            save_sound=self._saving.sound,
            use_theme=lambda name: desk.change(theme=name),
            switch_language=self._switch_language,
            open_settings=self._toggle_panel,
        )
        self._top = Top(words, deeds)
        self._strip = Strip(words, desk.clear_strip)
        self._bubbles = Bubbles(words, self._copy, has_emoji=not self._is_page)
        self._status = Status(words)
        self._composer = Composer(words, desk.ask, desk.stop, desk.listen)
        self._panel = Panel(words, desk, self._is_page, self._copy)
        talk = ft.Column([self._bubbles, self._status, self._composer], spacing=0, width=look.COLUMN_PX)
        self._talk = ft.Container(talk, expand=True, alignment=ft.Alignment.TOP_CENTER)
        self._page.title = words("title")
        below = ft.Row([self._talk, self._panel], spacing=0, expand=True)
        self._page.controls = [ft.SafeArea(ft.Column([self._top, self._strip, below], spacing=0), expand=True)]

    def _changed(self, parts: set[Part]) -> None:
        """Paint these parts. The level comes often, so only its two controls are looked at for it."""
        if "level" in parts:
            self._composer.microphone.show_level(self._desk.talk.level)
            self._status.show_level(self._desk.talk.level)
        if parts == {"level"}:
            self._page.update(self._composer.microphone, self._status)
            return
        if "settings" in parts:
            self._take_settings()
            parts = EVERYTHING
        self._paint(parts)
        self._arrange()
        self._page.update()

    def _take_settings(self) -> None:
        """Colours depend on the appearance, and every text on the language."""
        settings = self._desk.settings
        self._page.theme_mode = look.theme_mode(settings.theme)
        if Words(settings.ui_language).language != self._words.language:
            self._build()

    def _paint(self, parts: set[Part]) -> None:
        desk, talk = self._desk, self._desk.talk
        good = look.good_color(self._page)
        if "bubbles" in parts:
            self._bubbles.show(talk.bubbles)
        if "state" in parts:
            self._composer.show(talk.state, desk.is_listening, desk.settings.is_push_to_talk)
            self._status.show_state(talk, desk.is_listening)
        if "strip" in parts:
            self._strip.show(talk.strip)
        if "latency" in parts:
            self._status.show_latency(talk, self._is_narrow)
        if "link" in parts:
            self._top.show(desk.settings, desk.line.link, good)
        self._panel.show(parts, good)

    @property
    def _is_narrow(self) -> bool:
        return (self._page.width or look.NARROW_PX) < look.NARROW_PX

    def _arrange(self) -> None:
        """Side by side, or in a narrow window one at a time."""
        is_narrow = self._is_narrow
        self._panel.visible = self._is_panel_open
        self._panel.expand = is_narrow
        self._panel.width = None if is_narrow else look.PANEL_PX
        self._talk.visible = not (is_narrow and self._is_panel_open)
        self._top.show_panel(self._is_panel_open)

    def _toggle_panel(self) -> None:
        self._is_panel_open = not self._is_panel_open
        self._arrange()
        self._page.update()

    def _key(self, event: ft.KeyboardEvent) -> None:
        if event.key == "Escape":
            self._desk.stop()

    def _switch_language(self) -> None:
        self._desk.change(ui_language="en" if self._words.language == "zh" else "zh")

    async def _copy(self, text: str) -> None:
        await ft.Clipboard().set(text)
        bar = ft.SnackBar(self._words("copied"), duration=1500, width=180, behavior=ft.SnackBarBehavior.FLOATING)
        self._page.show_dialog(bar)

    def _repaint(self) -> None:
        self._changed(EVERYTHING - {"level"})

    def _returned(self) -> None:
        self._leave()
        self.open()

    async def _left(self) -> None:
        """A browser tab was closed or reloaded. Nobody is left to see that the microphone is on: it goes off."""
        self._leave()
        if not self._desk.is_watched and self._desk.is_listening:
            await self._desk.listen(False)
