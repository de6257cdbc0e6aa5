"""A text spelled in phones, and what the models further need to know of it. Pure."""

from dataclasses import dataclass
from functools import cached_property

from tts.gpt_sovits.text.spelling import Language, Segment, Spelling
from tts.gpt_sovits.text.symbols import symbol_ids


@dataclass(frozen=True)
class SpelledSegment:
    """A segment with its place among the phones of the text.

    word2ph: phones per character of `normalized`, for zh and yue; empty for the others.
    start, end: its phones are `phones[start:end]` of the text.
    """

    language: Language
    text: str
    normalized: str
    word2ph: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True)
class SpelledText:
    """The segments in order, their phones one after the other; without phones if nothing could be spoken."""

    phones: tuple[str, ...]
    segments: tuple[SpelledSegment, ...]

    @cached_property
    def ids(self) -> tuple[int, ...]:
        """The phones as the numbers that the models read."""
        return tuple(symbol_ids(self.phones))

    @property
    def normalized(self) -> str:
        return "".join(segment.normalized for segment in self.segments)


def put_together(segments: list[tuple[Segment, Spelling]]) -> SpelledText:
    """Place the phones of all segments one after the other."""
    phones: list[str] = []
    placed: list[SpelledSegment] = []
    for segment, spelling in segments:
        start = len(phones)
        phones.extend(spelling.phones)
        placed.append(
            SpelledSegment(
                segment.language,
                segment.text,
                spelling.normalized,
                spelling.word2ph,
                start,
                start + len(spelling.phones),
            )
        )
    return SpelledText(tuple(phones), tuple(placed))
