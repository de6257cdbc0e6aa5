"""Whether a spelling says a recorded text rightly, where upstream may have said it wrongly.

What a stand-in decided when the texts were recorded is not held against a spelling: the readings of some characters and
of some English words, unless somebody has judged them. Nor are the pauses that upstream puts before what is short.

A few of upstream's own rules are known to be wrong whoever was to judge overlooked it. Where a text differs from what
was recorded by nothing else, it is not judged.
"""

from collections.abc import Callable
from itertools import product
from typing import Literal, NamedTuple

from tests.support.recorded_phones import Recorded
from tts.gpt_sovits.text.en.upstream_words import upstream_homographs
from tts.gpt_sovits.text.spelled import SpelledSegment, SpelledText
from tts.gpt_sovits.text.symbols import MARKS, SYMBOLS
from tts.gpt_sovits.text.zh.syllables import phones_of, split_syllable

SHORTEST_ENGLISH = 4
LIGHT_BY_UPSTREAMS_RULE = "的地得额滴子上下"
"""Upstream makes these light at the end of any word: of 目的, 土地, 获得, 金额, 男子, 向上 too."""
NUMERALS = "零一二两三四五六七八九十百千万亿第"
COUNTED_BY_YI = "年月日号楼层"
DASH = "—"
"""Upstream reads over it without a pause."""

Verdict = Literal["right", "wrong", "not judged"]


class Said(NamedTuple):
    """A phone, and the hanzi that it is part of."""

    phone: str
    char: str = ""


def verdict(spell: Callable[[str, str], SpelledText], recorded: Recorded) -> Verdict:
    """Judge what `spell` makes of a text in a language."""
    spelled = spell(recorded.text, recorded.language)
    if is_right(spelled, recorded):
        return "right"
    if DASH in recorded.text and is_right(spell(recorded.text.replace(DASH, ""), recorded.language), recorded):
        return "not judged"
    return "not judged" if _differs_by_slips(spelled, recorded) else "wrong"


def _differs_by_slips(spelled: SpelledText, recorded: Recorded) -> bool:
    wanted = _wanted(recorded)
    return any(
        len(said) == len(wanted)
        and all(
            sound.phone == phone or sound.char in _open_chars(recorded) or _is_slip(said, place, phone)
            for place, (sound, phone) in enumerate(zip(said, wanted, strict=True))
        )
        for said in paddings(spelled)
    )


def _is_slip(said: list[Said], place: int, wanted: str) -> bool:
    """A full tone where upstream's is light by its rule, the plain tone of 一 in a number or a date, an opening A."""
    sound = said[place]
    if (sound.phone, wanted) == ("AH0", "EY1"):
        return place == 0 or said[place - 1].phone in MARKS
    if sound.phone[:-1] != wanted[:-1]:
        return False
    if sound.char in LIGHT_BY_UPSTREAMS_RULE:
        return wanted[-1] == "5"
    before = said[place - 2].char if place > 1 else ""
    after = said[place + 1].char if place + 1 < len(said) else ""
    is_figure = before in NUMERALS if before else False
    return sound.phone == "i1" and sound.char == "一" and (is_figure or (after != "" and after in COUNTED_BY_YI))


def is_right(spelled: SpelledText, recorded: Recorded) -> bool:
    """Upstream's phones where it is right; else those of the text as it should be said, or of the words in question."""
    right = recorded.item.get("right", {})
    judged = right.get("readings", {})
    if not all(_says(spelled, word, reading) for word, reading in judged.items()):
        return False
    if judged:
        return True
    if not all(_says_homograph(spelled, homograph, recorded) for homograph in recorded.item.get("homographs", ())):
        return False
    return any(_is_same(said, _wanted(recorded), recorded) for said in paddings(spelled))


def _wanted(recorded: Recorded) -> list[str]:
    right = recorded.item.get("right", {})
    return [SYMBOLS[number] for number in right.get("ids_from_spoken", recorded.ids)]


def _is_same(said: list[Said], wanted: list[str], recorded: Recorded) -> bool:
    undecided = recorded.item.get("stub_decides", {})
    words = _readings_of(undecided.get("pos", ()))
    if words:
        return _with_marks(" ".join(sound.phone for sound in said), words) == _with_marks(" ".join(wanted), words)
    open_chars = _open_chars(recorded)
    return len(said) == len(wanted) and all(
        sound.phone == phone or sound.char in open_chars for sound, phone in zip(said, wanted, strict=True)
    )


def _open_chars(recorded: Recorded) -> set[str]:
    """Characters whose reading a stand-in decided, and nobody has judged."""
    checked = "".join(recorded.item.get("readings_checked", ()))
    return set(recorded.item.get("stub_decides", {}).get("g2pw_chars", "")) - set(checked)


def _readings_of(words: list[str] | dict[str, dict[str, str]]) -> dict[str, set[str]]:
    """The readings between which a word's part of speech decides."""
    table = upstream_homographs()
    readings = {word: {" ".join(form) for form in table[word][1:]} for word in words}
    if isinstance(words, dict):
        for word, choice in words.items():
            readings[word] |= {choice["then"], choice["else"]}
    return readings


def _with_marks(phones: str, words: dict[str, set[str]]) -> str:
    for word, readings in words.items():
        for reading in sorted(readings, key=len, reverse=True):
            phones = phones.replace(reading, f"<{word}>")
    return phones


def paddings(spelled: SpelledText) -> list[list[Said]]:
    """The phones with and without the marks that upstream puts before what is short: commas before English, a stop."""
    bare = [_without_padding(spelled, part) for part in spelled.segments]
    return [_padded(bare, has_commas, stop) for has_commas, stop in product((False, True), ("", "."))]


def _without_padding(spelled: SpelledText, part: SpelledSegment) -> tuple[str, list[Said]]:
    phones = spelled.phones[part.start : part.end]
    chars = [char for char, count in zip(part.normalized, part.word2ph, strict=False) for _ in range(count)]
    said = [Said(phone, chars[place] if chars else "") for place, phone in enumerate(phones)]
    if part.language == "en" and phones[:1] == (",",) and not part.normalized.startswith(","):
        said = said[1:]
    is_padded = part is spelled.segments[0] and said[:1] and said[0].phone == "."
    if is_padded and not part.text.startswith((".", "。")):
        said = said[1:]
    return part.language, said


def _padded(bare: list[tuple[str, list[Said]]], has_commas: bool, stop: str) -> list[Said]:
    said: list[Said] = []
    for place, (language, own) in enumerate(bare):
        own = [Said(stop), *own] if stop and place == 0 else own
        is_short = language == "en" and len(own) < SHORTEST_ENGLISH
        said += [Said(","), *own] if has_commas and is_short else own
    return said


def _says(spelled: SpelledText, word: str, reading: dict[str, str]) -> bool:
    """Whether a word, `read#2` the second time it occurs, has its right reading."""
    if "#" in word:
        return _says_nth(" ".join(spelled.phones), set(reading.values()), int(word.partition("#")[2]), reading["right"])
    wanted = [phone for syllable in reading["right"].split() for phone in phones_of(*split_syllable(syllable))]
    return any(_phones_of(spelled, part, word) == wanted for part in spelled.segments if word in part.normalized)


def _says_homograph(spelled: SpelledText, homograph: dict, recorded: Recorded) -> bool:
    readings = _readings_of(recorded.item["stub_decides"]["pos"])[homograph["word"]] | {homograph["right"]}
    return _says_nth(" ".join(spelled.phones), readings, homograph["occurrence"], homograph["right"])


def _phones_of(spelled: SpelledText, part: SpelledSegment, word: str) -> list[str]:
    place = part.normalized.index(word)
    start = part.start + sum(part.word2ph[:place])
    return list(spelled.phones[start : start + sum(part.word2ph[place : place + len(word)])])


def _says_nth(phones: str, readings: set[str], occurrence: int, right: str) -> bool:
    """The n-th of the readings that occur, none inside another word's phones, is the right one."""
    padded = f" {phones} "
    said = sorted(
        (place, form) for form in readings for place in range(len(padded)) if padded.startswith(f" {form} ", place)
    )
    return len(said) >= occurrence and said[occurrence - 1][1] == right
