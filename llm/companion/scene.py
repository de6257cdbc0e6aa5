"""The moment a reply is made in: what was said so far, what is known, and the means to choose words."""

import random
import re
from dataclasses import dataclass
from datetime import datetime

from llm.companion import clock, en, mood, zh
from llm.companion.history import History
from llm.companion.memory import Memory, remember
from llm.companion.words import Words

_PHRASE = re.compile(r"\[(?P<tag>[^\]]+)\](?P<speech>.*?)(?P<direction>（[^）]*）| \([^)]*\))?", re.DOTALL)
_RECENT = 14
_ASKED_FOR_ADVICE = ("what_am_i", "persona_name", "persona_name_unknown", "connect_model")


@dataclass(frozen=True)
class Line:
    """A reply in its three parts; `speech` holds no quotes and no brackets."""

    tag: str
    speech: str
    direction: str = ""

    def __str__(self) -> str:
        return f'[{self.tag}]"{self.speech}"{self.direction}'


class Scene:
    """Everything an answer may depend on. The same history at the same time gives the same choices."""

    def __init__(self, history: History, now: datetime):
        self.history = history
        self.now = now
        self.words: Words = zh.WORDS if history.language == "zh" else en.WORDS
        self.memory: Memory = remember(history, self.is_recognised)
        self.is_heavy = mood.is_heavy(history, self.words)
        self._refused = mood.declined(history, self.words)
        self._has_advised = mood.has_advised(history)
        self._random = random.Random(history.seed)
        self._recent = " ".join(history.replies[-_RECENT:])

    @property
    def is_zh(self) -> bool:
        return self.words.language == "zh"

    def say(self, situation: str, **slots: str) -> Line:
        """Choose one of the situation's phrases and fill it in."""
        return self.fill(self.choose(self._fitting(situation)), **slots)

    def choose(self, phrases: tuple[str, ...]) -> str:
        """Prefer what was not said lately, then what was not said just now."""
        fresh = self.fresh(phrases)
        other = [phrase for phrase in phrases if not _is_in(phrase, self.history.last_reply)]
        return self._random.choice(fresh or other or list(phrases))

    def _fitting(self, situation: str) -> tuple[str, ...]:
        phrases = self.words.phrases[situation]
        advised = self._has_advised and situation not in _ASKED_FOR_ADVICE
        return tuple(mood.fitting(phrases, self.words, self.is_heavy, self._refused, advised)) or phrases

    def switch(self, words: Words) -> None:
        """Speak another language from here on."""
        self.words = words

    def fresh(self, phrases: tuple[str, ...]) -> list[str]:
        """Return the phrases that were not said lately."""
        return [phrase for phrase in phrases if not _is_in(phrase, self._recent)]

    def fill(self, phrase: str, **slots: str) -> Line:
        match = _PHRASE.fullmatch(phrase)
        assert match, phrase
        slots = {"call": self._call(), "daytime": self._daytime()} | slots
        speech = match["speech"].format_map(slots)
        return Line(match["tag"], _with_capital(speech), match["direction"] or "")

    def pick(self, options: list[str]) -> str:
        return self._random.choice(options)

    def number(self, first: int, last: int) -> int:
        return self._random.randint(first, last)

    def is_recognised(self, text: str) -> bool:
        """Whether a message, in lower case, says something that the companion has an answer for."""
        known = [pattern for intent, pattern in self.words.intents if intent not in ("sum", "tell_name")]
        topics = [topic.pattern for topic in self.words.topics] if self.is_zh else []  # Rose and Summer are names
        return any(re.search(pattern, text) for pattern in (*known, *topics, self.words.question))

    def asked_lately(self, pattern: str) -> bool:
        return bool(re.search(pattern, self.history.last_reply, re.IGNORECASE))

    def was_said(self, situation: str, reply: str) -> bool:
        return any(_is_in(phrase, reply) for phrase in self.words.phrases[situation])

    def _call(self) -> str:
        if not self.memory.name:
            return ""
        return f"，{self.memory.name}" if self.is_zh else f", {self.memory.name}"

    def _daytime(self) -> str:
        return clock.greeting_zh(self.now) if self.is_zh else clock.greeting_en(self.now)


def _is_in(phrase: str, said: str) -> bool:
    """A phrase was said when its longest fixed part was, whatever its blanks were filled with."""
    speech = re.sub(r"^\[[^\]]+\]|（[^）]*）$| \([^)]*\)$", "", phrase)
    fixed = max(re.split(r"\{\w+\}", speech), key=len).strip()
    return len(fixed) > 1 and fixed in said


def _with_capital(speech: str) -> str:
    return speech[:1].upper() + speech[1:]
