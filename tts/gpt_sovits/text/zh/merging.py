"""Words joined so that the tone rules, which work inside words, see 不, 一, 儿 and third tones that meet. Pure."""

from collections.abc import Callable
from itertools import pairwise

from tts.gpt_sovits.text.zh.words import Word

LONGEST_CHAIN = 3
"""Characters of two words that are joined because of their third tones."""


def merged(words: list[Word], tones_of: Callable[[Word], str]) -> list[Word]:
    """Join words in upstream's order; `tones_of` gives a word's tones as it is read alone, one figure each."""
    words = _negation(words)
    words = _verb_yi_verb(words)
    words = _after_yi(words)
    words = _equal(words)
    words = _third_tones(words, tones_of, lambda left, right: set(left) == {"3"} == set(right))
    words = _third_tones(words, tones_of, lambda left, right: left[-1] == "3" == right[0])
    return _rhotic(words)


def _negation(words: list[Word]) -> list[Word]:
    """不 goes to the word that it denies."""
    joined: list[Word] = []
    is_denied = False
    for word in words:
        if is_denied:
            word = Word("不" + word.text, word.tag)
        is_denied = word.text == "不" and not is_denied
        if not is_denied:
            joined.append(word)
    return [*joined, Word("不", "d")] if is_denied else joined


def _verb_yi_verb(words: list[Word]) -> list[Word]:
    """看 一 看 is one word."""
    joined: list[Word] = []
    position = 0
    while position < len(words):
        word = words[position]
        after = words[position + 1] if position + 1 < len(words) else None
        if word.text == "一" and joined and after and joined[-1].tag == "v" and joined[-1] == after:
            joined[-1] = Word(f"{joined[-1].text}一{after.text}", "v")
            position += 2
        else:
            joined.append(word)
            position += 1
    return joined


def _after_yi(words: list[Word]) -> list[Word]:
    joined: list[Word] = []
    for word in words:
        if joined and joined[-1].text == "一":
            joined[-1] = Word("一" + word.text, joined[-1].tag)
        else:
            joined.append(word)
    return joined


def _equal(words: list[Word]) -> list[Word]:
    joined: list[Word] = []
    for word in words:
        if joined and joined[-1].text == word.text:
            joined[-1] = Word(word.text * 2, joined[-1].tag)
        else:
            joined.append(word)
    return joined


def _third_tones(words: list[Word], tones_of: Callable[[Word], str], meet: Callable[[str, str], bool]) -> list[Word]:
    """Join two short words whose third tones meet; a word that was joined to the left is not joined to the right."""
    tones = [tones_of(word) for word in words]
    joined = words[:1]
    was_joined = False
    for (left, right), (left_tones, right_tones) in zip(pairwise(words), pairwise(tones), strict=True):
        was_joined = (
            not was_joined
            and meet(left_tones, right_tones)
            and not _is_doubled(left.text)
            and len(left.text) + len(right.text) <= LONGEST_CHAIN
        )
        if was_joined:
            joined[-1] = Word(joined[-1].text + right.text, joined[-1].tag)
        else:
            joined.append(right)
    return joined


def _is_doubled(word: str) -> bool:
    return len(word) == 2 and word[0] == word[1]


def _rhotic(words: list[Word]) -> list[Word]:
    joined: list[Word] = []
    for word in words:
        if word.text == "儿" and joined:
            joined[-1] = Word(joined[-1].text + "儿", joined[-1].tag)
        else:
            joined.append(word)
    return joined
