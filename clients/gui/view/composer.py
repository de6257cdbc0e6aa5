"""Below the conversation: the microphone with its level, the text box, and the button that sends or stops."""

from collections.abc import Awaitable, Callable

import flet as ft

from clients.events import State
from clients.gui.meter import needle
from clients.gui.view import look
from clients.gui.words import Words

HALO_GROWTH = 0.45
BUTTON_PX = 52
BUSY: tuple[State, ...] = ("recognising", "thinking", "speaking")
STATE_COLORS = {
    "off": ft.Colors.OUTLINE,
    "listening": ft.Colors.PRIMARY,
    "hearing": ft.Colors.ERROR,
    "recognising": ft.Colors.TERTIARY,
    "thinking": ft.Colors.TERTIARY,
    "speaking": ft.Colors.PRIMARY,
}
Listen = Callable[[bool], Awaitable[None]]


class Microphone(ft.Stack):
    """A round button: a click turns listening on and off, or, with push-to-talk, it is held down."""

    def __init__(self, words: Words, listen: Listen):
        self._words = words
        self._listen = listen
        self._is_on = False
        side = BUTTON_PX * (1 + HALO_GROWTH) // 1
        self._halo = ft.Container(
            width=BUTTON_PX,
            height=BUTTON_PX,
            shape=ft.BoxShape.CIRCLE,
            animate_scale=ft.Animation(80, ft.AnimationCurve.EASE_OUT),
        )
        # A real button, since it takes the keyboard when it is pressed; a screen reader loses the text box otherwise.
        self._button = ft.IconButton(
            ft.Icons.MIC_OFF_ROUNDED, icon_size=24, width=BUTTON_PX, height=BUTTON_PX, on_click=self._clicked
        )
        # A held button must be let go wherever the pointer is by then, which only dragging tells.
        self._held = ft.GestureDetector(
            on_pan_down=self._pressed,
            on_pan_end=self._released,
            on_pan_cancel=self._released,
            mouse_cursor=ft.MouseCursor.CLICK,
            content=ft.Container(width=BUTTON_PX, height=BUTTON_PX, bgcolor=ft.Colors.TRANSPARENT),
        )
        self._named = ft.Semantics(content=ft.Stack([self._button, self._held]), container=True)
        super().__init__([self._halo, self._named], width=side, height=side, alignment=ft.Alignment.CENTER)

    def show(self, state: State, is_on: bool, is_held_to_talk: bool) -> None:
        """Look as the microphone is."""
        self._is_on = is_on
        self._held.visible = is_held_to_talk
        label = "hold_to_talk" if is_held_to_talk else "microphone_off" if is_on else "microphone_on"
        self._named.label = self._words(label)
        self._button.icon = ft.Icons.MIC_ROUNDED if is_on or is_held_to_talk else ft.Icons.MIC_OFF_ROUNDED
        color = STATE_COLORS[state] if is_on else ft.Colors.OUTLINE
        self._button.bgcolor = color if is_on else ft.Colors.SURFACE_CONTAINER_HIGHEST
        self._button.icon_color = ft.Colors.SURFACE if is_on else ft.Colors.ON_SURFACE_VARIANT
        self._halo.bgcolor = ft.Colors.with_opacity(0.3, color)

    def show_level(self, rms: float) -> None:
        self._halo.scale = 1 + HALO_GROWTH * needle(rms) if self._is_on else 1

    async def _clicked(self) -> None:
        await self._listen(not self._is_on)

    async def _pressed(self) -> None:
        await self._listen(True)

    async def _released(self) -> None:
        await self._listen(False)


class Composer(ft.Container):
    """The row below the conversation."""

    def __init__(self, words: Words, ask: Callable[[str], None], stop: Callable[[], None], listen: Listen):
        self._words = words
        self._ask = ask
        self.microphone = Microphone(words, listen)
        self.box = ft.TextField(
            hint_text=words("type_here"),
            multiline=True,
            shift_enter=True,
            min_lines=1,
            max_lines=5,
            expand=True,
            autofocus=True,
            border_radius=26,
            filled=True,
            fill_color=ft.Colors.SURFACE_CONTAINER_LOWEST,
            hover_color=ft.Colors.SURFACE_CONTAINER_LOWEST,
            border_color=ft.Colors.OUTLINE_VARIANT,
            focused_border_color=ft.Colors.PRIMARY,
            content_padding=ft.Padding.symmetric(horizontal=20, vertical=15),
            text_size=look.TEXT,
            on_submit=self._submitted,
        )
        send = ft.IconButton(
            ft.Icons.SEND_ROUNDED, tooltip=words("send"), icon_color=ft.Colors.PRIMARY, on_click=self._submitted
        )
        self._stop = ft.IconButton(
            ft.Icons.STOP_CIRCLE_OUTLINED,
            tooltip=words("stop"),
            icon_color=look.BAD,
            icon_size=30,
            on_click=lambda: stop(),
            visible=False,
        )
        super().__init__(
            ft.Row(
                [self.microphone, self.box, self._stop, send],
                spacing=4,
                vertical_alignment=ft.CrossAxisAlignment.CENTER,
            ),
            padding=ft.Padding.only(left=8, right=8, bottom=8),
        )

    def show(self, state: State, is_on: bool, is_held_to_talk: bool) -> None:
        """Offer what makes sense in this state."""
        self.microphone.show(state, is_on, is_held_to_talk)
        self._stop.visible = state in BUSY

    async def _submitted(self) -> None:
        text, self.box.value = self.box.value or "", ""
        self._ask(text)
        await self.box.focus()
