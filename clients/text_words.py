"""Words of a text in any script: a hanzi or a kana is a word, other letters make words together. And one line. Pure."""

import re

# Hanzi of all planes, kana, and the iteration mark; other scripts write spaces between their words.
CJK = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{CJK}]|(?:(?![{CJK}])[^\W_]|(?<=\w)['’](?=\w))+")
_LETTER = re.compile(r"[^\W_]")


def words_of(text: str) -> list[str]:
    """In lower case, without punctuation."""
    return [word.replace("’", "'") for word in _WORD.findall(text.lower())]


def is_cjk(char: str) -> bool:
    return re.match(rf"[{CJK}]", char) is not None


def continues_word(text: str, at: int) -> bool:
    """Whether a cut before the character `at` would divide a word."""
    if not 0 < at < len(text) or is_cjk(text[at - 1]) or is_cjk(text[at]):
        return False
    return all(_LETTER.match(char) or char in "'’" for char in text[at - 1 : at + 1])


def one_line(text: str) -> str:
    """The text without line breaks, and without what a terminal would take for a command: models write anything."""
    return "".join(char if char.isprintable() else " " for char in text)
