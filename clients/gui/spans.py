"""How a bubble's text is to look, part by part. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from clients.gui.model import Bubble
from clients.history import joined

Look = Literal["plain", "playing", "waiting", "unheard", "aside"]
"""aside: written in the answer, but not spoken, as moods and stage directions are."""
QUOTES = '"'


@dataclass(frozen=True)
class Span:
    text: str
    look: Look = "plain"


def spans_of(bubble: Bubble) -> list[Span]:
    """The text of a bubble in parts that differ in looks."""
    if bubble.by != "assistant":
        return [Span(bubble.text)]
    if bubble.is_open:
        return [Span(text, _look(bubble, number)) for number, text in _spaced(bubble)]
    if bubble.is_whole:
        return _with_asides(bubble)
    return _as_far_as_heard(bubble)


def copied(bubble: Bubble) -> str:
    """What copying a bubble gives."""
    return "".join(span.text for span in spans_of(bubble)).strip()


def _spaced(bubble: Bubble) -> list[tuple[int, str]]:
    """The pieces by number, with the spaces between them that they come without."""
    spaced, before = [], ""
    for number, text in sorted(bubble.pieces.items()):
        spaced.append((number, joined(before, text)[len(before) :]))
        before = text
    return spaced


def _look(bubble: Bubble, piece: int) -> Look:
    if piece == bubble.playing:
        return "playing"
    return "plain" if piece in bubble.ended else "waiting"


def _with_asides(bubble: Bubble) -> list[Span]:
    """The full reply, in which the pieces are what was spoken; without pieces nothing was, and all of it is plain."""
    if not bubble.pieces:
        return [Span(bubble.text)]
    spans, rest = [], bubble.text
    for _, piece in sorted(bubble.pieces.items()):
        between, found, after = rest.partition(piece)
        if not found:  # the server mended what the model wrote, so the two cannot be laid over each other
            return [Span(text) for _, text in _spaced(bubble)]
        spans += [*_aside(between), Span(piece)]
        rest = after
    return spans + _aside(rest)


def _aside(text: str) -> list[Span]:
    """Without the quotation marks, which tell the voice what to say and a reader nothing."""
    text = text.replace(QUOTES, " " if text.strip(QUOTES + " \n") else "")
    return [Span(text, "aside")] if text.strip() else [Span(text)] if text else []


def _as_far_as_heard(bubble: Bubble) -> list[Span]:
    said = "".join(text for _, text in _spaced(bubble))
    end = _end_of(bubble.text, said)
    parts = Span(said[:end]), Span(said[end:], "unheard")
    return [span for span in parts if span.text]


def _end_of(heard: str, said: str) -> int:
    """Where in the pieces the heard text ends: letter by letter, since quotes and spaces may have changed."""
    letters = _letters(said)
    end = 0
    for char in filter(str.isalnum, heard):
        place = next(((at, letter) for at, letter in letters if letter == char), None)
        if place is None:
            return end
        end = place[0] + 1
    while 0 < end < len(said) and not said[end].isalnum() and not said[end].isspace():
        end += 1
    return end


def _letters(text: str) -> Iterator[tuple[int, str]]:
    return ((at, char) for at, char in enumerate(text) if char.isalnum())
