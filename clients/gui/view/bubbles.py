"""The conversation: the user's words right, the answers left, what was not asked as a faint note between them."""

import re

import flet as ft

from clients.gui.model import Bubble
from clients.gui.spans import Look, copied, spans_of
from clients.gui.view import look
from clients.gui.view.look import Copy
from clients.gui.words import Words

EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d\u20e3]+")
LEAST_MARGIN_PX = 64
"""What a bubble leaves free on the other side, so that one sees whose it is."""


class Bubbles(ft.ListView):
    """Paints bubbles, and only those that changed since."""

    def __init__(self, words: Words, copy: Copy, has_emoji: bool):
        super().__init__(
            expand=True, spacing=10, padding=ft.Padding.symmetric(vertical=16, horizontal=16), auto_scroll=True
        )
        self._words = words
        self._copy = copy
        self._has_emoji = has_emoji
        self._shown: dict[int, tuple[str, ft.Control]] = {}

    def show(self, bubbles: list[Bubble]) -> None:
        """Bring the list up to date."""
        kept: dict[int, tuple[str, ft.Control]] = {}
        for bubble in bubbles:
            state = repr(bubble)
            before = self._shown.get(bubble.number)
            kept[bubble.number] = before if before and before[0] == state else (state, self._painted(bubble))
        self._shown = kept
        self.controls = [control for _, control in kept.values()] or [_empty(self._words)]

    def _visible(self, text: str) -> str:
        """A browser's painter has no emoji, and a box in their place says less than nothing."""
        return text if self._has_emoji else EMOJI.sub("", text)

    def _painted(self, bubble: Bubble) -> ft.Control:
        if bubble.by == "note":
            return _note(bubble, self._words)
        is_user = bubble.by == "user"
        text = ft.Text(
            size=look.TEXT,
            spans=[ft.TextSpan(self._visible(span.text), _style(span.look, is_user)) for span in spans_of(bubble)],
            semantics_label=copied(bubble),
        )
        inside: list[ft.Control] = [text]
        if not bubble.is_whole:
            inside.append(look.faint(self._words("interrupted")))
        body = ft.Container(
            ft.Column(inside, spacing=4, tight=True),
            padding=ft.Padding.symmetric(horizontal=16, vertical=10),
            bgcolor=ft.Colors.SECONDARY_CONTAINER if is_user else ft.Colors.SURFACE_CONTAINER_HIGH,
            border_radius=_corners(is_user),
            expand=True,
            expand_loose=True,
        )
        button = look.copy_button(self._words, copied(bubble), self._copy)
        button.visible = not bubble.is_open
        row = [ft.Container(width=LEAST_MARGIN_PX), button, body] if is_user else [body, button]
        if not is_user:
            row.append(ft.Container(width=LEAST_MARGIN_PX - 32))
        return ft.Row(
            row,
            alignment=ft.MainAxisAlignment.END if is_user else ft.MainAxisAlignment.START,
            vertical_alignment=ft.CrossAxisAlignment.END,
            spacing=2,
        )


def _corners(is_user: bool) -> ft.BorderRadius:
    small = 4
    return ft.BorderRadius(
        top_left=look.RADIUS,
        top_right=look.RADIUS,
        bottom_left=look.RADIUS if is_user else small,
        bottom_right=small if is_user else look.RADIUS,
    )


def _style(name: Look, is_user: bool) -> ft.TextStyle:
    color = ft.Colors.ON_SECONDARY_CONTAINER if is_user else ft.Colors.ON_SURFACE
    if name == "playing":
        return ft.TextStyle(
            color=ft.Colors.ON_TERTIARY_CONTAINER, bgcolor=ft.Colors.TERTIARY_CONTAINER, weight=ft.FontWeight.W_500
        )
    if name == "unheard":
        return ft.TextStyle(color=ft.Colors.with_opacity(0.4, color))
    if name == "waiting":
        return ft.TextStyle(color=ft.Colors.with_opacity(0.65, color))
    if name == "aside":
        return ft.TextStyle(color=look.FAINT, italic=True)
    return ft.TextStyle(color=color)


def _note(bubble: Bubble, words: Words) -> ft.Control:
    text = words(bubble.why or "nothing", text=bubble.text)
    return ft.Row(
        [ft.Text(text, size=look.SMALL, color=ft.Colors.with_opacity(0.7, look.FAINT), italic=True)],
        alignment=ft.MainAxisAlignment.CENTER,
    )


def _empty(words: Words) -> ft.Control:
    lines = [
        ft.Icon(ft.Icons.GRAPHIC_EQ_ROUNDED, size=44, color=ft.Colors.with_opacity(0.5, ft.Colors.PRIMARY)),
        ft.Text(words("empty_title"), size=look.TITLE, text_align=ft.TextAlign.CENTER),
        ft.Text(words("empty_text"), size=14, color=look.FAINT, text_align=ft.TextAlign.CENTER),
    ]
    return ft.Container(
        ft.Column(lines, horizontal_alignment=ft.CrossAxisAlignment.CENTER, spacing=10, tight=True),
        padding=ft.Padding.only(top=96),
        alignment=ft.Alignment.CENTER,
    )
