"""What the client prints: one line per turn, and every trouble; nothing else, so that a journal stays readable."""

import os
import sys
import threading
from collections.abc import Callable, Mapping

from clients.events import Answered, Event, Heard, Hint, ServerState, Trouble
from clients.text_words import one_line
from launch.words import words

WARNING = "<4>"
"""How a line on stderr tells journald that it is a warning."""
STAGES = {
    "heard": ("heard", "听清"),
    "first_audio": ("first sound", "首段语音"),
    "playing": ("playing", "出声"),
    "done": ("done", "完成"),
}


class Report:
    """Follows the events of a conversation. The token appears in no line, wherever it came from."""

    def __init__(self, token: str, write: Callable[[str], None] | None = None):
        self._token = token
        self._write = write or _print
        self._lock = threading.Lock()
        self._warning = WARNING if "JOURNAL_STREAM" in os.environ else ""
        self._asked = ""
        self._hint = ""
        self._is_away = False

    def tell(self, event: Event) -> None:
        if isinstance(event, Heard):
            self._asked = event.text
        elif isinstance(event, Answered):
            self._turn(event)
        elif isinstance(event, Trouble):
            self.complain(event.english, event.chinese)
        elif isinstance(event, ServerState):
            self._reach(event)
        elif isinstance(event, Hint) and event.text != self._hint:
            self._hint = event.text
            self.say(f"! {event.text}")

    def asked(self, text: str) -> None:
        """For a question that was typed, which no event repeats."""
        self._asked = text

    def complain(self, english: str, chinese: str) -> None:
        self.say(words(english, chinese), self._warning)

    def say(self, text: str, level: str = "") -> None:
        if self._token:
            text = text.replace(self._token, "***")
        with self._lock:
            self._write(level + one_line(text))

    def _reach(self, event: ServerState) -> None:
        if self._is_away and event.health is not None:
            self.say(words("The server is back.", "服务器已恢复。"))
        self._is_away = event.health is None

    def _turn(self, answered: Answered) -> None:
        asked, self._asked = self._asked, ""
        if answered.is_whole:
            text = answered.text
        elif answered.text:
            text = answered.text + words(" (interrupted)", "（被打断）")
        else:
            text = words("(no answer)", "（没有回答）")
        self.say(" | ".join(filter(None, (f"> {asked}", text, stage_line(answered.stages_ms)))))


def stage_line(stages_ms: Mapping[str, float]) -> str:
    """The stages that were reached, in milliseconds since the end of the speech."""
    reached = [f"{words(*title)} {stages_ms[stage]:.0f} ms" for stage, title in STAGES.items() if stage in stages_ms]
    return words(", ", "，").join(reached)


def _print(line: str) -> None:
    try:
        # In one piece: print() writes the line and its end apart, and another thread's line may come between.
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError:  # nobody reads any more: the conversation matters more
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
