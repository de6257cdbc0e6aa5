"""What the pronunciation rules must know of grammar, written into the text as marks: /B, /E and /P."""

import re
from collections.abc import Callable
from threading import Lock

from tts.gpt_sovits.text.ko.jamo import jamo_of

Marker = Callable[[str], str]
"""Puts /B behind a counter, /E behind an ending in ㄹ, and /P behind a stem whose last consonant tenses the next."""

TENSING_TAILS = "ᆫᆬᆷᆱᆰᆲᆴ"
COUNTERS = (
    "개월 시간 군데 마리 모금 발짝 보루 움큼 켤레 그루 달러 퍼센트 미터 킬로 그램"
    " 개 권 대 명 번 벌 병 분 살 시 잔 장 채 척 통 원 월 일 년 초 층 회 세 호 도 쪽 주 급 배 점 인 층"
)
COUNTED = re.compile(rf"(?<=\d)({'|'.join(COUNTERS.split())})")


def marker() -> Marker:
    """Through mecab-ko where python-mecab-ko is installed; else only counters are known."""
    try:
        from mecab import MeCab  # pyright: ignore[reportMissingImports] - an optional package
    except ImportError:
        return lambda text: COUNTED.sub(r"\1/B", text)
    return _Tagger(MeCab().pos)


class _Tagger:
    """The tagger serves one thread at a time."""

    def __init__(self, tagged: Callable[[str], list[tuple[str, str]]]):
        self._tagged = tagged
        self._lock = Lock()

    def __call__(self, text: str) -> str:
        with self._lock:
            morphemes = [(form, tag.split("+")[-1]) for form, tag in self._tagged(text)]
        if "".join(form for form, _ in morphemes) != text.replace(" ", ""):
            return text
        last_tags: dict[int, str] = {}
        place = 0
        for form, tag in morphemes:
            for char in form:
                while text[place] == " " != char:
                    place += 1
                place += 1
            last_tags[place - 1] = tag
        return "".join(char + _mark(char, last_tags.get(place, "")) for place, char in enumerate(text))


def _mark(char: str, tag: str) -> str:
    """The mark behind a character that ends a morpheme."""
    if tag == "NNBC":
        return "/B"
    tail = jamo_of(char)[-1]
    if tag.startswith("E") and tail == "ᆯ":
        return "/E"
    return "/P" if tag.startswith("V") and tail in TENSING_TAILS else ""
