"""The tone of 一: first in numbers, dates and ordinals and at the end of words, else by what follows. Pure."""

import re

from tts.gpt_sovits.text.zh.sandhi import is_repeated_around

DIGITS = "零一二三四五六七八九十"
PLACES = "百千万亿"
PERSONS = "我你您他她它咱"
"""吓我一跳 is no word that 一 ends, though it may be cut like one."""
NUMERAL_BEFORE = DIGITS + PLACES + "第"
ORDINAL = re.compile(r"月(?!亮|饼)|号|楼|年级|等[奖座品公]|级|线城|把手|审|中全会|流(?!露)|季度|班长|环路|期工程")
"""What can be the first of its kind. Not a day: 五月一日 is heard both ways, and voices know the changed tone."""

FLOOR_BEFORE = re.compile(r"(?:[在住第到负]|地下)$")


def tone_of_yi(text: str, position: int, tones: list[str], word: str, place: int) -> str:
    """The tone of the 一 at a position of a piece, which is at `place` in its word.

    tones: those of the whole piece, still as in a dictionary.
    """
    left, right = text[:position], text[position + 1 :]
    if not right or not "一" <= right[0] <= "龥":
        return "1"
    if _is_pair(text, position):
        return "4" if right[0] == "一" else _by_next(right, tones[position + 1])
    if (
        (0 < place == len(word) - 1 and word[place - 1] not in PERSONS)
        or _is_in_number(left, right)
        or _is_ordinal(left, right)
    ):
        return "1"
    if is_repeated_around(word, "一"):
        return "5"
    return _by_next(right, tones[position + 1])


def _by_next(right: str, tone: str) -> str:
    return "2" if tone == "4" or right[0] == "个" else "4"


def _is_pair(text: str, position: int) -> bool:
    """一一 on its own, which means one by one."""
    start = position if text[position + 1 : position + 2] == "一" else position - 1
    around = text[start - 1 : start] + text[start + 2 : start + 3]
    return text[start : start + 2] == "一一" and not set(around) & set(DIGITS + PLACES + "点幺")


def _is_in_number(left: str, right: str) -> bool:
    if right[0] in DIGITS:
        return True
    if not left or left[-1] not in NUMERAL_BEFORE:
        return False
    return right[0] not in PLACES or left[-1] not in PLACES


def _is_ordinal(left: str, right: str) -> bool:
    if right[0] == "层":
        return bool(FLOOR_BEFORE.search(left))
    if right.startswith("单元"):
        return not left or left[-1] not in "每这那任某同"
    if right[0] == "班":
        return left.endswith(("年", "级"))
    return bool(ORDINAL.match(right))
