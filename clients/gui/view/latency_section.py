"""In the settings: where the time of the last turn went, in figures."""

import flet as ft

from clients.gui.latency import parts_of
from clients.gui.model import Talk
from clients.gui.view import look
from clients.gui.words import Words


class LatencySection(ft.Container):
    """A line for each stage of the last turn."""

    def __init__(self, words: Words):
        self._words = words
        self._lines = ft.Column(spacing=6, tight=True)
        super().__init__(look.section(words("latency"), [self._lines]), visible=False)

    def show(self, talk: Talk) -> None:
        parts = parts_of(talk.stages_ms)
        self.visible = bool(parts)
        self._lines.controls = [self._line(part.stage, part.ms) for part in parts]

    def _line(self, stage: str, ms: float) -> ft.Control:
        dot = ft.Container(width=9, height=9, shape=ft.BoxShape.CIRCLE, bgcolor=look.STAGE_COLORS[stage])
        return ft.Row(
            [dot, ft.Text(self._words(stage), size=13, expand=True), ft.Text(f"{ms:.0f} ms", size=13)], spacing=10
        )
