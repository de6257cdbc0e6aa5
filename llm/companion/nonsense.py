"""Which words are not fit to be said back: keys hit at random, and scraps of two languages."""

import re

_HANZI = re.compile(r"[\u3400-\u9fff]")
_NO_WORD = re.compile(r"[b-df-hj-np-tv-xz]{5,}|q(?!u)[a-z]{2}|[aeiou]{4,}|asdf|qwer|zxcv|hjkl|jkl|fghj|sdfg|dfgh|lkj")
_REAL = re.compile(
    r"strengths?|lengths?|queue\w*|catchphrase|qwerty|rhythms?|watchstrap|hawaiian|onomatopoeia|angst\w*"
)


def is_gibberish(text: str) -> bool:
    """Whether a word of the text, in lower case, can be no English word or name."""
    words = re.findall(r"[a-z]+", text)
    return any(_NO_WORD.search(word) and not _REAL.fullmatch(word) for word in words)


def is_mixed(text: str, language: str) -> bool:
    """Whether the other language has a share in the text; one foreign name in a Chinese sentence is usual."""
    if language == "en":
        return bool(_HANZI.search(text))
    return bool(_HANZI.search(text)) and len(re.findall(r"[a-z']{2,}", text.lower())) > 1
