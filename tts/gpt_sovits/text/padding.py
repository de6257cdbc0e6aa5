"""What is put in front of a text too short for the models, which swallow or repeat it otherwise. Pure."""

from dataclasses import replace

from tts.gpt_sovits.text.spelling import Segment, Spelling
from tts.gpt_sovits.text.symbols import MARKS

SHORTEST_TEXT = 6
"""Phones below which a text begins with a stop."""
SHORTEST_ENGLISH = 4
"""Phones below which English begins with a comma."""

SpelledSegments = list[tuple[Segment, Spelling]]


def count_phones(spelled: SpelledSegments) -> int:
    return sum(len(spelling.phones) for _, spelling in spelled)


def with_commas(spelled: SpelledSegments) -> SpelledSegments:
    """Begin every short English segment with a comma, one without any phone too."""
    return [
        (segment, _begun_with(",", spelling) if _is_short_english(segment, spelling) else spelling)
        for segment, spelling in spelled
    ]


def padded(spelled: SpelledSegments) -> SpelledSegments:
    """Leave out what has no phones or is English without a letter, and pad what is short as a whole.

    Empty if only marks would be spoken.
    """
    spelled = [one for one in spelled if one[1].phones and (one[0].language != "en" or is_word(one[0].text))]
    if all(set(MARKS).issuperset(spelling.phones) for _, spelling in spelled):
        return []
    if count_phones(spelled) < SHORTEST_TEXT:
        segment, spelling = spelled[0]
        spelled = [(segment, _stopped(spelling)), *spelled[1:]]
    return with_commas(spelled) if count_phones(spelled) < SHORTEST_ENGLISH else spelled


def is_word(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _is_short_english(segment: Segment, spelling: Spelling) -> bool:
    return segment.language == "en" and len(spelling.phones) < SHORTEST_ENGLISH


def _begun_with(mark: str, spelling: Spelling) -> Spelling:
    return replace(spelling, phones=(mark, *spelling.phones))


def _stopped(spelling: Spelling) -> Spelling:
    """A stop is a character of the normalized text, as if it had been written; where it is counted it has one phone."""
    word2ph = (1, *spelling.word2ph) if spelling.word2ph else ()
    return replace(_begun_with(".", spelling), normalized=f".{spelling.normalized}", word2ph=word2ph)
