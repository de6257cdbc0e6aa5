"""Which words of a mixed text are read in which language. Pure."""

import re
from itertools import accumulate
from typing import NamedTuple

from tts.chinese_numbers import UNIT

VOICES = {
    "zh": "cmn",
    "all_zh": "cmn",
    "auto": "cmn",
    "yue": "yue",
    "all_yue": "yue",
    "auto_yue": "yue",
    "en": "en-us",
    "ja": "ja",
    "all_ja": "ja",
    "ko": "ko",
    "all_ko": "ko",
}
"""GPT-SoVITS's words for languages, and espeak-ng's for the voices that read them."""

CJK_VOICES = {"cmn", "yue", "ja", "ko"}
LETTER = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
JOINT = r"[-'’._&+@/:?=%#~]"

TOKEN = re.compile(
    rf"""
    (?P<measure>[-+−]?\d[\d.,]{{0,15}}\s?(?:{UNIT})(?![A-Za-z0-9]))
    |(?P<latin>(?=[\d.:]{{0,15}}[{LETTER}])[{LETTER}\d]+(?:{JOINT}+[{LETTER}\d]+)*)
    |(?P<figure>[-+−$￥¥€£]?\d+)
    |(?P<hanzi>[\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)
    |(?P<kana>[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]+)
    |(?P<hangul>[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]+)
    """,
    re.VERBOSE,
)
SENTENCE_START = re.compile(r"(?<=[。！？!?…\n])|(?<=\.\s)")


class Run(NamedTuple):
    """Part of a text that one espeak-ng voice reads."""

    voice: str
    text: str


def voice_for(language: str) -> str:
    """Name espeak-ng's voice for a language; one it may not know is passed on, but never as a path."""
    word = re.sub("[^a-z0-9_-]", "", language.lower()) or "auto"
    return VOICES.get(word) or VOICES.get(re.split("[-_]", word)[0]) or word


def split_runs(text: str, language: str) -> list[Run]:
    """Cut a text where its language changes; the runs joined are the text.

    Hanzi, kana and hangul choose their own voice, Latin words English unless the language itself is written so.
    Figures with letters of one language on both sides are read in it, others in the main language of their
    sentence. Marks and spaces stay with the word before them in the sentence. Kanji are read in Mandarin:
    espeak-ng's Japanese voice knows none.
    """
    base = voice_for(language)
    main = base
    runs: list[Run] = []
    for sentence in SENTENCE_START.split(text):
        tokens = list(TOKEN.finditer(sentence))
        voices = [_letters_voice(token, base) for token in tokens]
        main = _main_voice(tokens, voices, base) or main
        _append(runs, sentence, [token.start() for token in tokens], _with_figures(voices, main), main)
    return runs


def _letters_voice(token: re.Match[str], base: str) -> str:
    if token.lastgroup == "latin":
        return "en-us" if base in CJK_VOICES else base
    if token.lastgroup == "hanzi":
        return "yue" if base == "yue" else "cmn"
    return {"kana": "ja", "hangul": "ko"}.get(token.lastgroup or "", "")


def _main_voice(tokens: list[re.Match[str]], voices: list[str], base: str) -> str:
    """The language with more words, a hanzi counting as one; the text's own language wins over a guess."""
    letters = [(token, voice) for token, voice in zip(tokens, voices, strict=True) if voice]
    latin = [voice for token, voice in letters if token.lastgroup == "latin"]
    others = [voice for token, voice in letters if token.lastgroup != "latin"]
    weight = sum(len(token[0]) for token in tokens if token.lastgroup in ("hanzi", "kana", "hangul"))
    if len(latin) > weight:
        return latin[0]
    if others:
        return base if base in CJK_VOICES else others[0]
    return ""


def _with_figures(voices: list[str], main: str) -> list[str]:
    """Give every figure, which has no voice yet, the one that the letters around it share."""
    before = list(accumulate(voices, _later_or_same))
    after = list(accumulate(reversed(voices), _later_or_same))[::-1]
    around = zip(voices, before, after, strict=True)
    return [voice or (left if left == right != "" else main) for voice, left, right in around]


def _later_or_same(nearest: str, voice: str) -> str:
    return voice or nearest


def _append(runs: list[Run], sentence: str, starts: list[int], voices: list[str], main: str) -> None:
    if not voices:
        starts, voices = [0], [runs[-1].voice if runs else main]
    starts = [0, *starts[1:]]
    for start, end, voice in zip(starts, [*starts[1:], len(sentence)], voices, strict=True):
        text = sentence[start:end]
        if runs and runs[-1].voice == voice:
            runs[-1] = Run(voice, runs[-1].text + text)
        elif text:
            runs.append(Run(voice, text))
