"""Colours, sizes and the small controls that several parts of the window share."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import flet as ft

from clients.gui.words import Words

SEED = "#2f6f73"
HANZI = "hanzi"
NARROW_PX = 840
"""Below this width the settings cover the conversation instead of standing beside it."""
COLUMN_PX = 760
PANEL_PX = 360
SMALL, TEXT, TITLE = 12, 15, 20
RADIUS = 18

Copy = Callable[[str], Awaitable[None]]

FAINT = ft.Colors.ON_SURFACE_VARIANT
BAD = ft.Colors.ERROR
GOOD = {ft.ThemeMode.LIGHT: "#1b7f3b", ft.ThemeMode.DARK: "#7bd88f"}
STAGE_COLORS = {
    "heard": "#5b8def",
    "first_token": "#9a6dd7",
    "first_piece": "#d76d9e",
    "first_audio": "#e0913a",
    "playing": "#8a9a5b",
}


def theme(has_hanzi: bool) -> ft.Theme:
    """The window's theme; in the browser the font with hanzi is used for everything, since that is all there is."""
    return ft.Theme(color_scheme_seed=SEED, font_family=HANZI if has_hanzi else None, use_material3=True)


def theme_mode(name: str) -> ft.ThemeMode:
    return {"light": ft.ThemeMode.LIGHT, "dark": ft.ThemeMode.DARK}.get(name, ft.ThemeMode.SYSTEM)


def is_dark(page: ft.Page) -> bool:
    """Whether the window is dark now, by choice or because the system is."""
    if page.theme_mode == ft.ThemeMode.SYSTEM:
        return page.platform_brightness == ft.Brightness.DARK
    return page.theme_mode == ft.ThemeMode.DARK


def good_color(page: ft.Page) -> str:
    return GOOD[ft.ThemeMode.DARK if is_dark(page) else ft.ThemeMode.LIGHT]


def faint(text: str, size: int = SMALL) -> ft.Text:
    return ft.Text(text, size=size, color=FAINT)


def section(title: str, controls: Sequence[ft.Control]) -> ft.Control:
    """A part of the settings under its heading."""
    heading = ft.Text(title, size=14, weight=ft.FontWeight.W_600, color=ft.Colors.PRIMARY)
    return ft.Container(
        ft.Column([heading, *controls], spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        padding=ft.Padding.symmetric(horizontal=16, vertical=14),
        border_radius=RADIUS,
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
    )


def copy_button(words: Words, text: str, copy: Copy) -> ft.IconButton:
    """Small and faint, since there is one beside every bubble."""

    async def copy_it() -> None:
        await copy(text)

    return ft.IconButton(
        ft.Icons.CONTENT_COPY_ROUNDED,
        icon_size=14,
        icon_color=ft.Colors.with_opacity(0.6, FAINT),
        tooltip=words("copy"),
        on_click=copy_it,
        width=30,
        height=30,
        padding=0,
    )


def choice(
    label: str, value: str, options: Sequence[tuple[str, str]], on_choose: Callable[[str], Awaitable[None]]
) -> ft.Control:
    """A drop-down of (key, text); keys may be empty, which Flet's own cannot, hence the sign before each."""

    async def chosen(event: Any) -> None:
        await on_choose((event.control.value or "=")[1:])

    dropdown = ft.Dropdown(
        label=label,
        value=f"={value}",
        options=[ft.DropdownOption(key=f"={key}", text=text) for key, text in options],
        on_select=chosen,
        text_size=14,
        dense=True,
        expand=True,
        menu_height=320,
    )
    # Flet names its drop-downs to the eye only.
    return ft.Semantics(content=ft.Row([dropdown]), label=label, container=True)
