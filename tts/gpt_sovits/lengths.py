"""Pieces that are not spoken in a minute are cut further: the semantic model's patience ends there. Pure."""

from collections.abc import Iterator

LONGEST_S = 30.0
"""Half a minute, since people and models speak at very different speeds."""
SECONDS_PER_WIDE = 0.25
SECONDS_PER_NARROW = 0.08
"""What a hanzi, kana or hangul takes, and what a letter takes; a figure is a word or a syllable."""
GOOD_ENDS = "。！？!?；;，,、：: "


def spoken_within_limit(piece: str) -> Iterator[str]:
    """The piece, or parts of it that end at a mark or a blank where there is one in their second half."""
    start, seconds, good_end = 0, 0.0, 0
    for place, character in enumerate(piece):
        seconds += SECONDS_PER_WIDE if _is_wide(character) else SECONDS_PER_NARROW
        if character in GOOD_ENDS:
            good_end = place + 1
        if seconds > LONGEST_S:
            middle = (start + place) // 2
            end = good_end if good_end > middle else place + 1
            yield piece[start:end]
            start, seconds = end, 0.0
    if piece[start:].strip():
        yield piece[start:]


def _is_wide(character: str) -> bool:
    return character.isdigit() or character >= "\u3040"
