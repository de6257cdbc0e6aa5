"""Runs the window on the desktop, or serves it as a page on 127.0.0.1."""

import asyncio
import logging
import socket
import sys
import tempfile
import webbrowser
from pathlib import Path
from typing import cast

import flet as ft
import uvicorn

from clients.gui.desk import Desk
from clients.gui.fonts import put_font
from clients.gui.settings import Settings
from clients.gui.sound import Sound
from clients.gui.view.window import Window
from clients.gui.web import Application, guarded
from launch.words import words

LEAST_WIDTH_PX, LEAST_HEIGHT_PX = 380, 480
WIDTH_PX, HEIGHT_PX = 1120, 760


class Program:
    """One conversation for however many pages show it: a page that is reloaded finds it as it was."""

    def __init__(self, settings: Settings, path: Path, is_silent: bool, is_page: bool, font: str | None = None):
        self._settings = settings
        self._path = path
        self._sound = Sound(is_silent)
        self._is_page = is_page
        self._font = font
        self._desk: Desk | None = None

    async def show(self, page: ft.Page) -> None:
        """Flet calls this for each window or tab."""
        is_first = self._desk is None
        desk = self._desk = self._desk or Desk(self._settings, self._path, self._sound)
        if not self._is_page:
            page.window.width, page.window.height = WIDTH_PX, HEIGHT_PX
            page.window.min_width, page.window.min_height = LEAST_WIDTH_PX, LEAST_HEIGHT_PX
        Window(page, desk, self._is_page, self._font).open()
        if is_first:
            await desk.open()
            if self._is_page and not self._font:
                desk.say("no_hanzi", is_trouble=False)

    def close(self) -> None:
        if self._desk:
            self._desk.close()


def run_window(settings: Settings, path: Path, is_silent: bool, port: int) -> int:
    """A window of the desktop. Flet fetches its program once; where that fails the page serves as well."""
    program = Program(settings, path, is_silent, is_page=False)
    try:
        _fetch_window()
    except (OSError, ImportError) as error:
        print(
            words(
                f"The window's program could not be fetched ({error}); this is the page instead.",
                f"无法获取窗口程序（{error}），改用网页。",
            ),
            file=sys.stderr,
        )
        return run_page(settings, path, is_silent, port, opens_browser=True)
    try:
        ft.run(program.show, view=ft.AppView.FLET_APP)
    finally:
        program.close()
    return 0


def run_page(settings: Settings, path: Path, is_silent: bool, port: int, opens_browser: bool) -> int:
    """A page for the browser of this machine; says its address on the standard output."""
    logging.getLogger("flet").setLevel(logging.CRITICAL)  # it logs each error that the page shows anyway
    with tempfile.TemporaryDirectory(prefix="yinliu-gui-") as folder, socket.socket() as listener:
        program = Program(settings, path, is_silent, is_page=True, font=put_font(Path(folder)))
        app = ft.run(
            program.show,
            export_asgi_app=True,
            assets_dir=folder,
            no_cdn=True,
            web_renderer=ft.WebRenderer.CANVAS_KIT,
        )
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            print(words(f"Port {port} cannot be used: {error}", f"无法使用端口 {port}：{error}"), file=sys.stderr)
            return 1
        listener.listen()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        print(words(f"The window is at {url}", f"窗口在 {url}"), flush=True)
        if opens_browser:
            webbrowser.open(url)
        try:
            asyncio.run(_serve(cast(Application, app), listener))
        finally:
            program.close()
    return 0


async def _serve(app: Application, listener: socket.socket) -> None:
    config = uvicorn.Config(
        guarded(app), log_config=None, access_log=False, ws="websockets-sansio", timeout_graceful_shutdown=1
    )
    await uvicorn.Server(config).serve([listener])


def _fetch_window() -> None:
    """Some tens of megabytes from Flet's releases, before its first start. Raises OSError or ImportError."""
    from flet_desktop import ensure_client_cached

    ensure_client_cached()
