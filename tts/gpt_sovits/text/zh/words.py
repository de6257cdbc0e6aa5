"""A word of a sentence. Pure."""

from typing import NamedTuple


class Word(NamedTuple):
    """A word and jieba's tag for its part of speech."""

    text: str
    tag: str
