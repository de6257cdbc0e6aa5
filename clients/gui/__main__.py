"""`python -m clients.gui`: the window; with --web a page in the browser of this machine."""

import argparse
import os
import sys
from dataclasses import replace
from importlib.util import find_spec

from launch.words import accept_any_terminal, words

PACKAGES = ("flet", "flet_web", "uvicorn", "httpx", "numpy", "soxr")
INSTALL = "pip install -r requirements-gui.txt -r requirements-clients.txt"


def main(arguments: list[str] | None = None) -> int:
    """Show the window until it is closed."""
    accept_any_terminal()
    flags = _flags(arguments)
    missing = [name for name in PACKAGES if not find_spec(name)]
    if missing:
        what = f"{', '.join(missing)}: {INSTALL}"
        print(words(f"Not installed: {what}", f"尚未安装 {what}"), file=sys.stderr)
        return 1
    return _show(flags)


def has_screen() -> bool:
    """Whether a window can be opened at all."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _show(flags: argparse.Namespace) -> int:
    # Only now, since a machine without these packages shall get a sentence.
    from clients.gui import settings
    from clients.gui.link import full_address
    from clients.gui.running import run_page, run_window

    path = settings.settings_file()
    chosen = settings.load(path)
    if flags.server:
        # A token is never sent to another server than the one that it was typed for.
        is_same = full_address(flags.server) == chosen.server
        token = flags.token or (chosen.token if is_same else "")
        chosen = replace(chosen, server=full_address(flags.server) or flags.server, token=token)
    elif flags.token:
        chosen = replace(chosen, token=flags.token)
    if flags.web:
        return run_page(chosen, path, flags.silent, flags.port, not flags.no_browser)
    if not has_screen():
        print(words("There is no screen here; this is the page instead.", "这里没有屏幕，改用网页。"), file=sys.stderr)
        return run_page(chosen, path, flags.silent, flags.port, opens_browser=False)
    return run_window(chosen, path, flags.silent, flags.port)


def _flags(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m clients.gui", description="Yinliu's window. 音流的窗口。")
    parser.add_argument("--server", help="the server's address; kept for the next time. 服务器地址，会记住")
    parser.add_argument("--token", default="", help="the access token, where one is needed. 访问令牌")
    parser.add_argument("--web", action="store_true", help="a page for the browser of this machine. 在本机浏览器里打开")
    parser.add_argument("--port", type=int, default=0, help="of the page; 0 takes a free one. 网页端口")
    parser.add_argument("--no-browser", action="store_true", help="only print the page's address. 只打印网址")
    parser.add_argument("--silent", action="store_true", help="play nothing. 不播放声音")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
