"""What a conversation remembers, and how much of an answer somebody has heard."""

from collections.abc import Sequence
from dataclasses import dataclass

from clients.text_words import continues_word, is_cjk

Message = dict[str, str]
NEARLY_S = 0.05
"""A piece that lacks no more than this was heard whole: nothing but silence is left of it."""


@dataclass(frozen=True)
class SpokenPiece:
    text: str
    sound_s: float
    """How long it sounds; 0 for a piece that is only shown."""


def heard_text(pieces: Sequence[SpokenPiece], played_s: float) -> str:
    """What somebody has heard who listened for so many seconds since the first piece began.

    A piece that is only shown counts once a later one has sounded.
    """
    heard, shown, left_s = "", "", played_s
    for piece in pieces:
        if not piece.sound_s:
            shown = joined(shown, piece.text)
            continue
        if left_s <= 0:
            break
        heard, shown = joined(heard, shown), ""
        if left_s < piece.sound_s - NEARLY_S:
            return joined(heard, beginning(piece.text, left_s / piece.sound_s)).rstrip()
        heard = joined(heard, piece.text)
        left_s -= piece.sound_s
    return heard.rstrip()


def beginning(text: str, share: float) -> str:
    """So much of a text, cut back to its last whole word; a hanzi is a word."""
    end = int(len(text) * share + 1e-9)
    while continues_word(text, end):
        end -= 1
    return text[:end].rstrip()


def joined(before: str, after: str) -> str:
    """Pieces come without the space between them, which only hanzi and kana can do without."""
    needs_space = before and after and not before[-1].isspace() and not after[0].isspace()
    if needs_space and not is_wide(before[-1]) and not is_wide(after[0]):
        return f"{before} {after}"
    return before + after


def is_wide(char: str) -> bool:
    """Hanzi, kana, and the punctuation that goes with them."""
    return is_cjk(char) or "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uffef" or char in "…—“”‘’"


class History:
    """User and assistant by turns. keep_turns bounds it: the oldest turns are forgotten."""

    def __init__(self, keep_turns: int | None = None):
        self._keep_turns = keep_turns
        self._messages: list[Message] = []
        self._questions: list[str] = []
        """What the newest user message is made of."""

    def add_user(self, text: str) -> None:
        """Two user messages in a row become one of two lines."""
        if self._is_waiting:
            self._messages.pop()
        else:
            self._questions = []
        self._questions.append(text)
        self._messages.append({"role": "user", "content": "\n".join(self._questions)})
        if self._keep_turns:
            # A turn is two messages, and the newest has only one so far.
            del self._messages[: max(0, len(self._messages) - 2 * self._keep_turns + 1)]

    def drop_question(self) -> None:
        """Take away the newest question, which waits for its answer; those that it was merged with stay."""
        if self._is_waiting:
            self._messages.pop()
            self._questions.pop()
            if self._questions:
                self._messages.append({"role": "user", "content": "\n".join(self._questions)})

    def add_answer(self, whole: str) -> None:
        """The model's reply as it wrote it; an empty one adds no message."""
        if whole:
            self._messages.append({"role": "assistant", "content": whole})

    def add_heard(self, pieces: Sequence[SpokenPiece], played_s: float) -> str:
        """Remember an answer as far as it was heard, and return that text; nothing heard adds no message."""
        heard = heard_text(pieces, played_s)
        if heard:
            # Replies are expected to speak in quotes. No mark of the interruption: a model would learn to write it.
            self.add_answer('"{}"'.format(heard.replace('"', "")))
        return heard

    def messages(self, system: str = "") -> list[Message]:
        """For the server, the system message first where there is one."""
        first = [{"role": "system", "content": system}] if system else []
        return first + [dict(message) for message in self._messages]

    def clear(self) -> None:
        self._messages.clear()

    @property
    def _is_waiting(self) -> bool:
        """Whether the newest message is the user's."""
        return bool(self._messages) and self._messages[-1]["role"] == "user"
