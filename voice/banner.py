"""What a person sees when the server starts: where it is, who hears, who answers, who speaks."""

import sys
from collections.abc import Callable

from launch.words import words
from voice.parts import Part
from voice.version import VERSION

TITLES = {"Recogniser": ("hears", "听"), "Model": ("answers", "答"), "Voice": ("speaks", "说")}


class Banner:
    """Prints the engines in one block once all are chosen, and afterwards only what changes."""

    def __init__(self, addresses: list[str], say: Callable[[str], None]):
        self._addresses = addresses
        self._say = say
        self._chosen: dict[str, Part] = {}

    def show_address(self) -> None:
        """To be called when the port is open: engines may still be loading."""
        self._say(f"Yinliu 音流 {VERSION}  {'  '.join(self._addresses)}")

    def chosen(self, part: Part) -> None:
        """An engine was chosen, or failed later on."""
        is_news = len(self._chosen) == len(TITLES)
        self._chosen[part.label] = part
        if is_news:
            self._say(_line(part))
        elif len(self._chosen) == len(TITLES):
            for label in TITLES:
                self._say(_line(self._chosen[label]))
            if sys.stdout.isatty():
                self._say(words("  Ctrl-C ends it.", "  按 Ctrl-C 结束。"))


def _line(part: Part) -> str:
    state = {"failed": words("FAILED: ", "失败："), "absent": words("none: ", "无：")}.get(part.state, "")
    return f"  {words(*TITLES[part.label]):8}{state}{words(*part.note)}"
