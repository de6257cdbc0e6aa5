"""The settings, beside the conversation or, in a narrow window, instead of it."""

from typing import Any

import flet as ft

from clients.gui.desk import Desk
from clients.gui.model import Part
from clients.gui.view.latency_section import LatencySection
from clients.gui.view.look import Copy
from clients.gui.view.server_section import ServerSection
from clients.gui.view.sound_section import SoundSection
from clients.gui.view.voice_section import PromptSection, VoiceSection
from clients.gui.words import Words
from clients.interruption import word_lists


class Panel(ft.Container):
    """All sections, each painted anew when what it shows has changed."""

    def __init__(self, words: Words, desk: Desk, is_page: bool, copy: Copy):
        self._desk = desk
        self._server = ServerSection(words, desk.settings, desk.connect, copy)
        self._voice = VoiceSection(words, desk.change)
        self._prompt = PromptSection(words, str(word_lists()["system"]), desk.settings, desk.change)
        self._sound = SoundSection(
            words, desk.use_microphone, desk.use_speaker, desk.look_for_devices, desk.change, is_page
        )
        self._latency = LatencySection(words)
        sections: list[Any] = [self._server, self._voice, self._prompt, self._sound, self._latency]
        super().__init__(
            ft.Column(
                sections,
                spacing=12,
                scroll=ft.ScrollMode.AUTO,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            padding=ft.Padding.only(left=12, right=12, bottom=12),
        )

    def show(self, parts: set[Part], good: str) -> None:
        """Paint what depends on these parts. good: the green of this appearance."""
        desk = self._desk
        if parts & {"link"}:
            self._server.show_link(desk.line.link, desk.settings, good)
        if parts & {"server", "link"}:
            self._server.show_engines(desk.line.health, good)
        if parts & {"choices", "settings"}:
            self._voice.show(desk.line.choices, desk.settings)
        if "settings" in parts:
            self._prompt.show(desk.settings)
        if parts & {"devices", "settings"}:
            self._sound.show(desk.devices, desk.settings, desk.silence)
        if "latency" in parts:
            self._latency.show(desk.talk)
