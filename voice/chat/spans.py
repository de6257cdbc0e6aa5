"""Which characters of a reply are spoken: those inside quotes and outside brackets, code and thoughts."""

from collections.abc import Iterator, Set
from dataclasses import dataclass

from voice.chat.characters import HIDING, SHOWING

ELLIPSIS = "…"
FENCE = "```"
_OPEN_TAG = {"[", "【"}
_CLOSE_TAG = {"]", "】"}


@dataclass(frozen=True)
class SpanRules:
    """tags: names whose [tag] selects a reference. nested: brackets inside brackets count."""

    tags: Set[str] = frozenset()
    speak_all: bool = False
    curly_quotes: bool = False
    corner_quotes: bool = False
    nested: bool = True


@dataclass(frozen=True)
class Say:
    char: str


@dataclass(frozen=True)
class Tag:
    name: str


class Close:
    """A quoted span has ended."""


Mark = Say | Tag | Close


class ThoughtFilter:
    """Drops <think>...</think>, and the white space behind it, one character at a time."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False
        self._after = False

    def feed(self, char: str) -> str:
        """The characters that turn out to be no thoughts."""
        tags = ("</think>", "</thinking>") if self._thinking else ("<think>", "<thinking>", "</think>", "</thinking>")
        self._held += char
        if self._held.lower() in tags:
            self._thinking = not self._thinking and "/" not in self._held
            self._after = not self._thinking
            self._held = ""
            return ""
        if any(tag.startswith(self._held.lower()) for tag in tags):
            return ""
        # A `<` may begin a tag although what was held before it did not.
        shown, self._held = (self._held[:-1], char) if char == "<" and len(self._held) > 1 else (self._held, "")
        return self._show(shown)

    def finish(self) -> str:
        shown, self._held = self._held, ""
        return self._show(shown)

    def _show(self, text: str) -> str:
        if self._thinking:
            return ""
        if self._after:
            text = text.lstrip()
            self._after = not text
        return text


class DotFilter:
    """Turns three full stops into an ellipsis, one character at a time."""

    def __init__(self) -> None:
        self._dots = 0

    def feed(self, char: str) -> str:
        if char != ".":
            return self.finish() + char
        self._dots += 1
        if self._dots < 3:
            return ""
        self._dots = 0
        return ELLIPSIS

    def finish(self) -> str:
        dots, self._dots = self._dots, 0
        return "." * dots


class Spans:
    """The state between two characters of a reply: inside quotes, inside brackets, inside code."""

    def __init__(self, rules: SpanRules):
        self._rules = rules
        self._quoted = False
        self._directed = 0
        self._hidden = 0
        self._fenced = False
        self._ticks = 0
        self._held_tag = ""
        self._opening = ("“" if rules.curly_quotes else "") + ("「『" if rules.corner_quotes else "")
        self._closing = ("”" if rules.curly_quotes else "") + ("」』" if rules.corner_quotes else "")
        self.saw_foreign_quotes = False
        """Whether quotes of a kind that is switched off went by: the usual reason for a silent reply."""

    @property
    def is_open(self) -> bool:
        """Whether a bracket or a code block waits for its end, and everything is silent meanwhile."""
        return self._hidden > 0 or self._fenced

    def feed(self, char: str) -> Iterator[Mark]:
        """What one more character means."""
        self._ticks = self._ticks + 1 if char == "`" else 0
        if self._ticks == len(FENCE):
            self._fenced = not self._fenced
            self._ticks = 0
        if self._fenced:
            return
        if self._held_tag or char in _OPEN_TAG:
            yield from self._feed_tag(char)
        else:
            yield from self._feed_plain(char)

    def finish(self) -> Iterator[Mark]:
        """Release what was held back in case it became a tag."""
        held, self._held_tag = self._held_tag, ""
        if held[-1:] not in _CLOSE_TAG:
            for char in held:
                yield from self._feed_plain(char)

    def _feed_tag(self, char: str) -> Iterator[Mark]:
        held = self._held_tag
        if not held:
            self._held_tag = char
        elif held[-1] in _CLOSE_TAG:
            # A silent word in brackets, unless it is the text of a link.
            self._held_tag = ""
            yield from self._release(held if char == "(" else "", char)
        elif char not in _CLOSE_TAG:
            self._held_tag = held + char
            if not self._may_be_tag(self._held_tag[1:]):
                self._held_tag = ""
                yield from self._release(held, char)
        elif held[1:] in self._rules.tags:
            self._held_tag = ""
            yield Tag(held[1:])
        elif self._is_stage_word(held[1:]):
            self._held_tag = held + char
        else:
            self._held_tag = ""
            yield from self._release(held, char)

    def _release(self, held: str, char: str) -> Iterator[Mark]:
        """What was held back is ordinary text after all; char comes behind it."""
        for ordinary in held:
            yield from self._feed_plain(ordinary)
        if char in _OPEN_TAG:
            self._held_tag = char
        else:
            yield from self._feed_plain(char)

    def _may_be_tag(self, name: str) -> bool:
        return any(tag.startswith(name) for tag in self._rules.tags) or self._is_stage_word(name)

    def _is_stage_word(self, name: str) -> bool:
        """An unknown tag: spoken literally inside quotes, as the original does; silent where all is spoken."""
        return self._rules.speak_all and len(name) <= 8 and not any(char.isspace() for char in name)

    def _feed_plain(self, char: str) -> Iterator[Mark]:
        if char == '"':
            self._quoted = not self._quoted
            yield from self._closed(self._quoted)
        elif char in self._opening:
            self._directed += 1
        elif char in self._closing:
            self._directed = max(0, self._directed - 1)
            yield from self._closed(self._directed > 0)
        elif char in HIDING and (self._rules.nested or not self._hidden):
            self._hidden += 1
        elif char in SHOWING:
            self._hidden = max(0, self._hidden - 1)
        elif self._hidden:
            return
        elif self._quoted or self._directed or self._rules.speak_all:
            yield Say(char)
        elif char in "“「":
            self.saw_foreign_quotes = True

    def _closed(self, still_open: bool) -> Iterator[Mark]:
        if not still_open and not self._rules.speak_all:
            yield Close()
