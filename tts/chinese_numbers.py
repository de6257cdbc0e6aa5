"""How figures, units and sums in a Chinese sentence are said, as hanzi. Pure."""

import re
from collections.abc import Callable

DIGITS = "零一二三四五六七八九"
UNITS = {
    "km/h": "公里每小时",
    "m/s": "米每秒",
    "km": "公里",
    "cm": "厘米",
    "mm": "毫米",
    "kg": "公斤",
    "mg": "毫克",
    "ml": "毫升",
    "mL": "毫升",
    "ms": "毫秒",
    "m": "米",
    "g": "克",
    "L": "升",
    "℃": "摄氏度",
    "°C": "摄氏度",
    "℉": "华氏度",
    "°F": "华氏度",
    "°": "度",
}
UNIT = "|".join(re.escape(unit) for unit in UNITS)
CURRENCIES = {"$": "美元", "¥": "元", "￥": "元", "€": "欧元", "£": "英镑"}
PLACES = ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十"))
LONGEST_QUANTITY = 7
"""Longer figures without separators are telephone or order numbers, read digit by digit."""

NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
ALONE = r"(?<![\d.:/-])"
MEASURED = "个只条张本位件杯瓶次天周年岁块辆台碗口双点斤米"


def spell(text: str) -> str:
    """Write every figure of a Chinese text as it is said: 3.5kg -> 三点五公斤, 2024年 -> 二零二四年."""
    for pattern, words in RULES:
        text = pattern.sub(words, text)
    return text


def cardinal(number: int) -> str:
    """Say a quantity: 105 -> 一百零五, 12 -> 十二."""
    words = _cardinal(number)
    return words[1:] if words.startswith("一十") else words


def _cardinal(number: int) -> str:
    for size, word in PLACES:
        if number >= size:
            high, low = divmod(number, size)
            gap = "零" if 0 < low < size // 10 else ""
            return _cardinal(high) + word + gap + (_cardinal(low) if low else "")
    return DIGITS[number]


def _digitwise(figures: str) -> str:
    return "".join(DIGITS[int(figure)] for figure in figures)


def _is_code(whole: str) -> bool:
    is_long = len(whole) > LONGEST_QUANTITY and "," not in whole and not whole.endswith("0000")
    return is_long or (len(whole) > 1 and whole[0] == "0")


def _number(figures: str) -> str:
    whole, _, decimals = figures.partition(".")
    quantity = whole.replace(",", "")
    words = _digitwise(quantity) if _is_code(whole) or len(quantity) > 16 else cardinal(int(quantity))
    return f"{words}点{_digitwise(decimals)}" if decimals else words


def _date(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    return f"{_digitwise(year)}年{cardinal(int(month))}月{cardinal(int(day))}日"


def _time(match: re.Match[str]) -> str:
    hour, minute, second = match.groups()
    words = ("两" if int(hour) == 2 else cardinal(int(hour))) + "点"
    if int(minute) or second:
        words += ("零" if minute[0] == "0" and minute != "00" else "") + cardinal(int(minute)) + "分"
    return words + (f"{cardinal(int(second))}秒" if second else "")


def _money(match: re.Match[str]) -> str:
    whole, _, cents = match[2].partition(".")
    cents = cents.rstrip("0")
    return _number(f"{whole}.{cents}" if cents else whole) + CURRENCIES[match[1]]


RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(rf"{ALONE}(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}})(?!\d)"), _date),
    (re.compile(rf"{ALONE}\d{{4}}(?=年)"), lambda m: _digitwise(m[0])),
    (re.compile(rf"{ALONE}([01]?\d|2[0-4])[:：]([0-5]\d)(?:[:：]([0-5]\d))?(?![\d:：])"), _time),
    (re.compile(r"(?<=\d)[:：](?=\d)"), "比"),
    (re.compile(rf"{ALONE}(\d{{1,4}}(?:\.\d+)?)\s?[-–~～]\s?(?=\d{{1,4}}(?:\.\d+)?(?![\d-]))"), r"\1到"),
    (re.compile(r"(?<![A-Za-z0-9)）年月日号点-])[-−](?=\d)"), "负"),
    (re.compile(rf"({NUMBER})\s?[%％]"), lambda m: f"百分之{_number(m[1])}"),
    (re.compile(rf"{ALONE}(\d+)/(\d+)(?![\d/])"), lambda m: f"{_number(m[2])}分之{_number(m[1])}"),
    (re.compile(rf"([$¥￥€£])\s?({NUMBER})"), _money),
    (re.compile(rf"({NUMBER})\s?({UNIT})(?![A-Za-z0-9])"), lambda m: _number(m[1]) + UNITS[m[2]]),
    (re.compile(r"(?<=\d)\s?[+＋]\s?(?=\d)"), "加"),
    (re.compile(r"(?<=\d)\s?[×*]\s?(?=\d)"), "乘"),
    (re.compile(r"(?<=\d)\s?[=＝]\s?(?=\d)"), "等于"),
    (re.compile(rf"(?<![\d.,第])2(?=[{MEASURED}])"), "两"),
    (re.compile(r"(?<=\d)\.(?=\d+\.\d)|(?<=\.\d)\.(?=\d)"), "点"),
    (re.compile(NUMBER), lambda m: _number(m[0])),
)
