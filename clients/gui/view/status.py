"""The line above the text box: what is going on, how loud it is, and where the time of the last turn went."""

import flet as ft

from clients.gui.latency import parts_of, total_ms
from clients.gui.meter import needle
from clients.gui.model import Talk
from clients.gui.view import look
from clients.gui.view.composer import STATE_COLORS
from clients.gui.words import Words

BAR_PX, NARROW_BAR_PX = 150, 80
LEAST_PART = 2
"""Of a hundred: a stage of no time at all still shows."""


class Status(ft.Container):
    """State and level at the left, latency at the right."""

    def __init__(self, words: Words):
        self._words = words
        self._dot = ft.Container(width=9, height=9, shape=ft.BoxShape.CIRCLE)
        self._state = ft.Text(size=13, color=look.FAINT)
        self._level = ft.ProgressBar(
            value=0,
            width=72,
            bar_height=5,
            border_radius=3,
            bgcolor=ft.Colors.SURFACE_CONTAINER_HIGHEST,
        )
        self._total = look.faint("")
        self._bar = ft.Row(spacing=1, width=BAR_PX)
        bar = ft.Container(self._bar, border_radius=4, clip_behavior=ft.ClipBehavior.ANTI_ALIAS)
        self._latency = ft.Row([self._total, bar], spacing=8, tight=True, visible=False)
        # A screen reader would never come to anything else.
        self._meter = ft.Semantics(content=self._level, exclude_semantics=True)
        left = ft.Row([self._dot, self._state, self._meter], spacing=8, tight=True)
        super().__init__(
            ft.Row([left, self._latency], alignment=ft.MainAxisAlignment.SPACE_BETWEEN),
            padding=ft.Padding.symmetric(horizontal=20, vertical=4),
        )

    def show_state(self, talk: Talk, is_on: bool) -> None:
        self._dot.bgcolor = STATE_COLORS[talk.state]
        self._state.value = self._words(talk.state)
        self._meter.visible = is_on
        self._level.color = STATE_COLORS[talk.state]

    def show_level(self, rms: float) -> None:
        self._level.value = needle(rms)

    def show_latency(self, talk: Talk, is_narrow: bool) -> None:
        """The stages of the last turn as parts of a bar; the pointer shows them in words."""
        total = total_ms(talk.stages_ms)
        parts = parts_of(talk.stages_ms)
        self._latency.visible = total is not None
        if total is None:
            return
        self._total.value = self._words(
            "latency_narrow" if is_narrow else "latency_short", seconds=f"{total / 1000:.2f}"
        )
        self._bar.width = NARROW_BAR_PX if is_narrow else BAR_PX
        self._bar.controls = [
            ft.Container(
                height=8,
                bgcolor=look.STAGE_COLORS[part.stage],
                expand=max(LEAST_PART, round(100 * part.ms / total)) if total else 1,
            )
            for part in parts
        ]
        lines = [f"{self._words(part.stage)}: {part.ms:.0f} ms" for part in parts]
        self._latency.tooltip = "\n".join([self._words("latency"), *lines])
