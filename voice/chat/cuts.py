"""Where pieces end: the original's two rules, and ours. Both take one spoken character at a time."""

import re
from dataclasses import dataclass

from voice.chat.characters import APOSTROPHES, CLOSERS, COMMAS, ENDS, PAUSES, has_speech, is_hanzi

WORD_LENGTH = 1.5
"""Hanzi that take about as long to say as one word of another script."""
HARD_FACTOR = 1.5
"""How far a piece may outgrow its maximum while it waits for a pause."""
LONGEST_TOKEN = 400
"""Characters after which even an address is cut; nothing that is read aloud is longer."""

_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr jr st mt vs etc e.g i.e a.m p.m no inc ltd co corp u.s u.k ph.d approx dept est fig gen"
    " rev hon capt lt sgt ave blvd jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_LAST_WORD = re.compile(r"[A-Za-z][A-Za-z.]*$")
_LIST_NUMBER = re.compile(r"(?:^|[\n。！？；：:;\u4e00-\u9fff])\s*\d{1,3}$")
_ADDRESS = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://|www\.)[^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*$")

_ADDRESS_HEAD = re.compile(_ADDRESS.pattern + r"|https?$")


class ClassicCuts:
    """The original's rules: first at any mark behind a character, later at sentence marks from the sixth on."""

    _FIRST = ENDS + COMMAS

    def __init__(self) -> None:
        self._text = ""
        self._marks = self._FIRST
        self._from = 1

    def feed(self, char: str) -> list[str]:
        self._text += char
        if char in self._marks and len(self._text) > self._from:
            self._marks, self._from = ENDS, 5
            return self._take()
        return []

    def close(self) -> list[str]:
        """A closing quote means nothing here: quoted spans are glued together."""
        return []

    def break_off(self) -> list[str]:
        """End the piece here, because the voice changes."""
        return self._take() if self._text else []

    def finish(self) -> list[str]:
        """The rest, unless it is a single character: the original drops that."""
        return self._take() if len(self._text) > 1 else []

    def _take(self) -> list[str]:
        taken, self._text = self._text, ""
        return [taken]


@dataclass(frozen=True)
class CutRules:
    """Lengths are in hanzi; a word of another script counts WORD_LENGTH."""

    first_comma: int = 4
    min_length: int = 5
    max_length: int = 40
    flush_at_quote: bool = True
    full_stop: bool = True
    line_break: bool = True
    keep_last: bool = True
    merge_marks: bool = True


class BalancedCuts:
    """Ours: an early first piece, then whole sentences, and never a cut inside a number, time or address.

    A mark that needs a look at what follows it waits for one more character. The first piece does not wait where
    it need not, because somebody is listening to silence; later pieces gather runs of marks such as `？！` first.
    """

    def __init__(self, rules: CutRules):
        self._rules = rules
        self._text = ""
        self._length = 0.0
        self._first = True
        self._waiting = ""
        self._pause_at = 0

    def feed(self, char: str) -> list[str]:
        pieces = self._settle(char)
        self._append(char)
        if self._ends_here(char):
            pieces += self._take(len(self._text))
        elif self._length >= self._longest or len(self._text) >= LONGEST_TOKEN:
            pieces += self._cut_overlong()
        return pieces

    def close(self) -> list[str]:
        return self.break_off() if self._rules.flush_at_quote else []

    def break_off(self) -> list[str]:
        """End the piece here, unless only marks are left: those join the text behind them."""
        if has_speech(self._text) or not self._rules.merge_marks:
            return self._take(len(self._text))
        return []

    def finish(self) -> list[str]:
        text = self._text.strip()
        if not text or (len(text) == 1 and not self._rules.keep_last):
            return []
        return self._take(len(self._text))

    @property
    def _longest(self) -> float:
        """The first piece is cut at a pause earlier."""
        return self._rules.max_length / 2 if self._first else self._rules.max_length

    def _append(self, char: str) -> None:
        before = self._text[-1:]
        if is_hanzi(char):
            self._length += 1
        elif char.isalnum() and (is_hanzi(before) or not self._is_inside_word()):
            self._length += WORD_LENGTH
        may_continue = before.isdigit() and char in ",:，："
        if char in PAUSES and not may_continue and not (char.isascii() and _ADDRESS_HEAD.search(self._text)):
            self._pause_at = len(self._text) + 1
        self._text += char

    def _is_inside_word(self) -> bool:
        """Whether a letter here continues a word, as in "you're"."""
        return self._text[-1:].isalnum() or (self._text[-1:] in APOSTROPHES and self._text[-2:-1].isalnum())

    def _settle(self, after: str) -> list[str]:
        """Decide about the mark before this character, if it was waiting for it."""
        waiting = self._waiting
        if not waiting or (after in CLOSERS and waiting != "number"):
            return []
        if waiting == "run" and after in ENDS:
            return []
        self._waiting = ""
        is_end = {"run": True, "number": not after.isdigit(), "stop": after.isspace()}[waiting]
        return self._take(len(self._text)) if is_end else []

    def _ends_here(self, char: str) -> bool:
        """Whether the piece ends with this mark at once; may leave the decision to the next character."""
        if char == "\n":
            return self._rules.line_break and has_speech(self._text)
        if char not in ENDS + COMMAS + "." or not self._is_long_enough(char):
            return False
        before = self._text[:-1]
        if char.isascii() and _ADDRESS.search(before):
            self._waiting = "stop"
        elif char == ".":
            self._waiting = "stop" if self._is_full_stop(before) else ""
        elif char in COMMAS + "~" and before[-1:].isdigit():
            self._waiting = "number"
        elif self._first:
            return True
        else:
            self._waiting = "run"
        return False

    def _is_long_enough(self, mark: str) -> bool:
        if mark in COMMAS:
            return self._first and self._length >= self._rules.first_comma
        return self._length >= (1 if self._first else self._rules.min_length)

    def _is_full_stop(self, before: str) -> bool:
        word = _LAST_WORD.search(before)
        is_short = word and (len(word.group()) == 1 or word.group().lower() in _ABBREVIATIONS)
        return self._rules.full_stop and not is_short and not _LIST_NUMBER.search(before)

    def _cut_overlong(self) -> list[str]:
        if self._pause_at and has_speech(self._text[: self._pause_at]):
            return self._take(self._pause_at)
        if self._length < self._rules.max_length * HARD_FACTOR and len(self._text) < LONGEST_TOKEN:
            return []
        space = self._text.rfind(" ")
        if space > 0 and has_speech(self._text[:space]):
            return self._take(space + 1)
        inside_word = not is_hanzi(self._text[-1]) and len(self._text) < LONGEST_TOKEN
        return [] if inside_word else self._take(len(self._text))

    def _take(self, end: int) -> list[str]:
        taken, rest = self._text[:end], self._text[end:]
        self._text, self._length, self._pause_at = "", 0.0, 0
        self._waiting = self._waiting if rest else ""
        self._first = self._first and not has_speech(taken)
        for char in rest:
            self._append(char)
        return [taken] if taken else []
