"""The strip under the top: the sentence that says what failed, or what the server advises, until it is closed."""

from collections.abc import Callable

import flet as ft

from clients.gui.model import Message
from clients.gui.words import Words


class Strip(ft.Container):
    """One sentence with a button that closes it."""

    def __init__(self, words: Words, close: Callable[[], None]):
        self._words = words
        self._icon = ft.Icon(ft.Icons.ERROR_OUTLINE_ROUNDED, size=20)
        self._text = ft.Text(size=14, expand=True)
        self._close = ft.IconButton(
            ft.Icons.CLOSE_ROUNDED, icon_size=18, tooltip=words("close"), on_click=lambda: close()
        )
        super().__init__(
            ft.Row([self._icon, self._text, self._close], spacing=10),
            padding=ft.Padding.only(left=16, right=6, top=2, bottom=2),
            visible=False,
        )

    def show(self, message: Message | None) -> None:
        """Say it in this window's language, or vanish."""
        self.visible = message is not None
        if not message:
            return
        color = ft.Colors.ON_ERROR_CONTAINER if message.is_trouble else ft.Colors.ON_SECONDARY_CONTAINER
        self.bgcolor = ft.Colors.ERROR_CONTAINER if message.is_trouble else ft.Colors.SECONDARY_CONTAINER
        self._icon.icon = ft.Icons.ERROR_OUTLINE_ROUNDED if message.is_trouble else ft.Icons.LIGHTBULB_OUTLINE_ROUNDED
        self._text.value = self._words.pick(message.english, message.chinese)
        self._icon.color = self._text.color = self._close.icon_color = color
