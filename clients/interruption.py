"""Whether somebody who speaks while the assistant speaks wants the floor. Pure; the words are in words.json."""

import functools
import json
from pathlib import Path
from typing import Literal

from clients.text_words import words_of

Verdict = Literal["wait", "ignore", "stop"]
SURE_S = 0.5
"""Speech of this length is hardly a cough."""
UNANSWERED_S = 1.2
"""Nobody is kept talking against the voice any longer because a recogniser is slow."""
FUZZY_LETTERS = 4
FUZZY_SHARE = 0.8


def judge(speech_s: float, is_over: bool, text: str | None, speaking: str, has_recogniser: bool = True) -> Verdict:
    """What to do about speech of this length. text: what is known of it; speaking: what is being spoken."""
    if text is None:
        return _judge_unread(speech_s, has_recogniser)
    words = words_of(text)
    if not words:
        return "ignore" if is_over else "wait"
    if is_echo(text, speaking) or is_backchannel(text):
        return "ignore"
    if has_stop_word(text) or len(words) > 1 or speech_s >= SURE_S:
        return "stop"
    return "ignore" if is_over else "wait"


def _judge_unread(speech_s: float, has_recogniser: bool) -> Verdict:
    return "stop" if speech_s >= (UNANSWERED_S if has_recogniser else SURE_S) else "wait"


def is_backchannel(text: str) -> bool:
    """Whether the text says "I am listening" and nothing else: it is made of such words from end to end."""
    words = words_of(text)
    phrases = _phrases("backchannels")
    reached = [True] + [False] * len(words)
    for end in range(1, len(words) + 1):
        reached[end] = any(reached[start] and tuple(words[start:end]) in phrases for start in range(end))
    return bool(words) and reached[-1]


def has_stop_word(text: str) -> bool:
    words = words_of(text)
    phrases = _phrases("stop_words")
    return any(
        tuple(words[start:end]) in phrases for start in range(len(words)) for end in range(start + 1, len(words) + 1)
    )


def is_echo(text: str, speaking: str) -> bool:
    """Whether the microphone heard the loudspeaker: the text is part of what is spoken, nearly so if it is longer."""
    heard, spoken = "".join(words_of(text)), "".join(words_of(speaking))
    if not heard:
        return False
    if heard in spoken:
        return True
    return len(heard) >= FUZZY_LETTERS and _distance_inside(heard, spoken) <= len(heard) * (1 - FUZZY_SHARE) + 1e-9


def _distance_inside(heard: str, spoken: str) -> int:
    """The fewest letters that must be changed, added or left out to find `heard` somewhere in `spoken`.

    Letters in order anywhere in the whole would not do: a long text holds those of nearly every short one.
    """
    row = [0] * (len(spoken) + 1)
    for count, letter in enumerate(heard, 1):
        above, row = row, [count]
        for at, other in enumerate(spoken):
            row.append(min(above[at] + (letter != other), above[at + 1] + 1, row[at] + 1))
    return min(row)


def usual_system() -> str:
    """What most models must be told, or nothing of their answers is spoken."""
    system = word_lists()["system"]
    assert isinstance(system, str)
    return system


@functools.cache
def word_lists() -> dict[str, list[str] | str]:
    """words.json, which the web page reads as well."""
    return json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))


@functools.cache
def _phrases(name: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(words_of(phrase)) for phrase in word_lists()[name])
