"""Times of day, and what else is written with a colon: scores and ratios. Pure."""

import re

from tts.gpt_sovits.text.zh.context import after, before, rules
from tts.gpt_sovits.text.zh.numerals import cardinal, digit_by_digit
from tts.gpt_sovits.text.zh.quantities import quantity

HOUR = r"(?:[01]?\d|2[0-4])"
SIXTIETH = r"[0-5]\d"
TIME = rf"({HOUR}):({SIXTIETH})(?::({SIXTIETH}))?(?:分(?!钟))?"
HALF_DAYS = {"a": "上午", "p": "下午"}
HALF_DAY = r"(?:([ap])\.?m\b\.?)?"

VERSUS_BEFORE = re.compile(
    r"(?:比分|比例尺?|比值|赔率|战胜|击败|大胜|险胜|完胜|横扫|惜败|战平|打平|踢成|打成|总分|总比分|领先|落后|逆转|胜率|配比|兑换|汇率|长宽比|屏占比|宽高比|大比分"
    r"|男女比|稀释)[^，。]{0,6}$|(?<![可所难])以$"
)
VERSUS_AFTER = re.compile(
    r"(?:的?(?:比[分例值]|胜利|胜|优势|配比|浓度|稀释)|战胜|击败|获胜|取胜|领先|落后|战平|打平|拿下|逆转|[大小险完惜]胜|[大小惜]败|力克|不敌|负于|告负|晋级|淘汰|胜出)"
)
AT = re.compile(r"以$")
TIME_AFTER = re.compile(r"为准|前|后|开")


def _time_range(match: re.Match[str]) -> str:
    return f"{_clock(*match.groups()[:3])}至{_clock(*match.groups()[3:6])}"


def _time_or_versus(match: re.Match[str]) -> str:
    hour, minute, second, half_day = match.groups()
    left, right = before(match), after(match)
    if not second and not half_day and _is_versus(left, right):
        return f"{quantity(hour)}比{quantity(minute.lstrip('0') or '0')}"
    return HALF_DAYS.get((half_day or "").lower(), "") + _clock(hour, minute, second)


def _is_versus(left: str, right: str) -> bool:
    if AT.search(left) and TIME_AFTER.match(right):
        return False
    return bool(VERSUS_BEFORE.search(left) or VERSUS_AFTER.match(right))


def _clock(hour: str, minute: str, second: str | None) -> str:
    words = f"{_hour(hour)}点"
    if int(minute):
        words += "半" if minute == "30" and not second else f"{_sixtieth(minute)}分"
    elif second and int(second):
        words += "零分"
    return words + (f"{_sixtieth(second)}秒" if second and int(second) else "")


def _hour(figures: str) -> str:
    return "两" if int(figures) == 2 else cardinal(figures)


def _sixtieth(figures: str) -> str:
    return digit_by_digit(figures) if figures[0] == "0" and len(figures) == 2 else cardinal(figures)


def _versus(match: re.Match[str]) -> str:
    return "比".join(quantity(figures) for figures in match[0].split(":"))


def _minutes(match: re.Match[str]) -> str:
    return f"{_hour(match[1])}{match[2]}{_sixtieth(match[3])}"


CLOCK = rules(
    (rf"(?<![\d:.]){TIME}[-~]{TIME}(?![\d:])", _time_range),
    (rf"(?<![\d:.]){TIME}(?![\d:]|\.\d)(?i:{HALF_DAY})", _time_or_versus),
    (r"\d+(?:\.\d+)?(?::\d+(?:\.\d+)?)+", _versus),
    (rf"(?<![\d.])({HOUR})([点时])({SIXTIETH}|\d)(?=分|$|[，。！？、,!?；])", _minutes),
    (rf"(?<![\d.])({HOUR})(点)({SIXTIETH})(?!\d)", _minutes),
    (r"(?<![\d.])(\d{1,3})['′’](\d{1,2})(?:[\"″”]|秒)", lambda match: f"{cardinal(match[1])}分{_sixtieth(match[2])}秒"),
    (r"(?<=\d秒)(\d\d?)(?!\d|分|秒)", lambda match: digit_by_digit(match[1])),
    (r"(?<=分)(0\d)(?=秒)", lambda match: digit_by_digit(match[1])),
)
