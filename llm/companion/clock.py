"""Times and dates the way people say them."""

from datetime import date, datetime
from fractions import Fraction

from llm.companion import numerals

_WEEKDAYS_ZH = "一二三四五六天"
_WEEKDAYS_EN = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS_EN = "January February March April May June July August September October November December".split()
_PARTS_ZH = ((5, "凌晨"), (8, "早上"), (11, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
_PARTS_EN = ((12, "in the morning"), (18, "in the afternoon"), (22, "in the evening"), (24, "at night"))


def time_zh(now: datetime) -> str:
    """下午三点零五分, 早上七点半, 晚上九点整."""
    hour = now.hour if now.hour in (0, 12) else now.hour % 12
    name = {0: "零", 2: "两"}.get(hour) or numerals.to_zh(Fraction(hour))
    if now.minute == 0:
        minutes = "整"
    elif now.minute == 30:
        minutes = "半"
    else:
        minutes = ("零" if now.minute < 10 else "") + numerals.to_zh(Fraction(now.minute)) + "分"
    return f"{part_zh(now)}{name}点{minutes}"


def time_en(now: datetime) -> str:
    """Five past three in the afternoon, a quarter to nine in the evening, noon."""
    if now.minute == 0 and now.hour in (0, 12):
        return "noon" if now.hour else "midnight"
    past = now.minute <= 30
    hour = now.hour if past else (now.hour + 1) % 24
    name = numerals.small_en(hour % 12 or 12)
    part = next(words for until, words in _PARTS_EN if now.hour < until)
    if now.minute == 0:
        return f"{name} o'clock {part}"
    minutes = now.minute if past else 60 - now.minute
    spelt = {15: "a quarter", 30: "half"}.get(minutes) or numerals.small_en(minutes)
    if minutes % 5:
        spelt += " minute" if minutes == 1 else " minutes"
    return f"{spelt} {'past' if past else 'to'} {name} {part}"


def date_zh(day: date) -> str:
    """十一月二十一号."""
    return f"{numerals.to_zh(Fraction(day.month))}月{numerals.to_zh(Fraction(day.day))}号"


def date_en(day: date) -> str:
    """November the twenty-first."""
    return f"{_MONTHS_EN[day.month - 1]} the {numerals.ordinal_en(day.day)}"


def weekday_zh(day: date) -> str:
    return "星期" + _WEEKDAYS_ZH[day.weekday()]


def weekday_en(day: date) -> str:
    return _WEEKDAYS_EN[day.weekday()]


def year_zh(day: date) -> str:
    return "".join(numerals.DIGITS_ZH[int(digit)] for digit in str(day.year)) + "年"


def part_zh(now: datetime) -> str:
    return next(name for until, name in _PARTS_ZH if now.hour < until)


def greeting_zh(now: datetime) -> str:
    return {"凌晨": "夜深了", "早上": "早上好", "上午": "上午好", "中午": "中午好", "下午": "下午好", "晚上": "晚上好"}[
        part_zh(now)
    ]


def greeting_en(now: datetime) -> str:
    if now.hour < 5:
        return "Hello, night owl"
    return "Good morning" if now.hour < 12 else "Good afternoon" if now.hour < 18 else "Good evening"
