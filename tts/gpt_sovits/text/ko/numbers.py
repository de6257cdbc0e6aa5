"""Figures in Korean words. Pure."""

import re

from tts.gpt_sovits.text.spelling import RuleSet

FIGURES = dict(zip("0123456789", "영일이삼사오육칠팔구", strict=True))
NATIVE_ONES = dict(zip("123456789", "한 두 세 네 다섯 여섯 일곱 여덟 아홉".split(), strict=True))
NATIVE_TENS = dict(zip("123456789", "열 스물 서른 마흔 쉰 예순 일흔 여든 아흔".split(), strict=True))
PLACES = ("", "십", "백", "천")
MYRIADS = ("", "만", "억", "조")
LONGEST_NUMBER = len(PLACES) * len(MYRIADS)
"""Figures beyond which a number is said figure by figure."""

NATIVE_COUNTERS = (
    "군데 권 개 그루 닢 대 두 마리 모 모금 뭇 발 발짝 방 번 벌 보루 살 수 술 시 쌈 움큼 정 짝 채 척 첩 축 켤레 톨 통"
)
"""What is counted in Korean's own numerals; other things are counted in those from Chinese."""
COUNTED = re.compile(r"(\d[\d,]*)([ㄱ-힣]+)/B")


def say_numbers(marked: str, rules: RuleSet) -> str:
    """Say the figures before a counter, which is marked with /B, as a number, and others one by one."""
    said = COUNTED.sub(lambda match: f"{_counted(match[1], match[2], rules)}{match[2]}/B", marked)
    return "".join(FIGURES.get(char, char) for char in said)


def _counted(figures: str, counter: str, rules: RuleSet) -> str:
    figures = figures.replace(",", "")
    if len(figures) > LONGEST_NUMBER or not figures.isascii():
        return figures
    if counter not in NATIVE_COUNTERS:
        return sino(figures, rules)
    return native(figures, rules)


def sino(figures: str, rules: RuleSet) -> str:
    """Up to 16 figures, in the numerals that came from Chinese: 2024 is 이천이십사."""
    if figures == "0":
        return FIGURES["0"]
    said = ""
    for place in reversed(range(len(figures))):
        figure = figures[len(figures) - 1 - place]
        if figure != "0":
            is_bare = figure == "1" and _drops_one(place, figures, rules)
            said += ("" if is_bare else FIGURES[figure]) + PLACES[place % 4]
        if place % 4 == 0 and int(figures[: len(figures) - place][-4:]):
            said += MYRIADS[place // 4]
    return said


def native(figures: str, rules: RuleSet) -> str:
    """The last two places in Korean's own numerals, as they stand before a noun: 21 is 스물한, 121 is 백스물한."""
    if figures in ("0", "20"):
        return "영" if figures == "0" else "스무"
    tens, ones = figures.zfill(2)[-2:]
    rest = sino(f"{figures[:-2]}00", rules) if len(figures) > 2 else ""
    return rest + NATIVE_TENS.get(tens, "") + NATIVE_ONES.get(ones, "")


def _drops_one(place: int, figures: str, rules: RuleSet) -> bool:
    """Ten is 십, not 일십; upstream says so up to the ten millions only, but 11 myriads as it says 10."""
    if rules == "compat":
        return 0 < place < 8
    return place % 4 > 0 or (place == 4 and int(figures[:-4]) == 1)
