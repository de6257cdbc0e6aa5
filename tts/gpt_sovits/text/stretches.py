"""Runs of script joined into segments: what has no language of its own goes with a neighbour. Pure."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from tts.gpt_sovits.text.spelling import Language, Segment

Reader = Language | Literal["figure", "sign"]
"""Who reads a stretch; figures and signs are read by whoever reads what is around them."""

PAUSES = ",.!?，。！？"
STOPS = ".。"


class Stretch(NamedTuple):
    """A part of a text, and who reads it."""

    reader: Reader
    text: str


def joined(stretches: Iterable[Stretch], main: Language) -> list[Segment]:
    """Give every sign and figure to a neighbour, and join what the same language reads.

    main: the language of figures and signs that have no neighbours.
    """
    return _with_figures(_merge(_with_signs(stretches)), main)


def _with_signs(stretches: Iterable[Stretch]) -> list[Stretch]:
    """A sign belongs to what is before it; those in front belong to what comes first."""
    result: list[Stretch] = []
    for stretch in stretches:
        if not result:
            result.append(stretch)
        elif stretch.reader == "sign":
            result[-1] = Stretch(result[-1].reader, result[-1].text + stretch.text)
        elif result[-1].reader == "sign":
            result[-1] = Stretch(stretch.reader, result[-1].text + stretch.text)
        else:
            result.append(stretch)
    return result


def _merge(stretches: Iterable[Stretch]) -> list[Stretch]:
    merged: list[Stretch] = []
    for stretch in stretches:
        if merged and merged[-1].reader == stretch.reader:
            merged[-1] = Stretch(stretch.reader, merged[-1].text + stretch.text)
        else:
            merged.append(stretch)
    return merged


def _with_figures(stretches: list[Stretch], main: Language) -> list[Segment]:
    segments: list[Segment] = []
    for place, stretch in enumerate(stretches):
        reader: Reader = stretch.reader
        if reader in ("figure", "sign"):
            after = stretches[place + 1] if place + 1 < len(stretches) else None
            reader = _reader_of_figure(segments[-1] if segments else None, stretch.text, after, main)
        if segments and segments[-1].language == reader:
            segments[-1] = Segment(segments[-1].language, segments[-1].text + stretch.text)
        else:
            segments.append(Segment(reader, stretch.text))  # pyright: ignore[reportArgumentType] a language by now
    return segments


def _reader_of_figure(before: Segment | None, figure: str, after: Stretch | None, main: Language) -> Reader:
    """A figure goes with its only neighbour, with the one that no mark divides from it, or with the longer one."""
    if before is None:
        return after.reader if after else main
    if after is None or before.language == after.reader:
        return before.language
    if before.text[-1] in PAUSES:
        return after.reader
    if after.text[0] in PAUSES or figure[-1] in STOPS:
        return before.language
    return before.language if len(before.text) >= len(after.text) else after.reader
