"""Numbers between speech and arithmetic: Chinese numerals and English number words, both ways."""

import re
from collections.abc import Sequence
from fractions import Fraction

DIGITS_ZH = "零一二三四五六七八九"
ZH_NUMBER = r"负?[零〇一二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+)?"

_UNITS_ZH = {"十": 10, "百": 100, "千": 1000}
_BIG_ZH = {"万": 10**4, "亿": 10**8}

_SMALL_EN: Sequence[str] = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS_EN: Sequence[str] = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
_BIG_EN = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_ORDINAL_EN: Sequence[str] = (
    "_ first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_WORD_EN = "|".join([*_SMALL_EN[::-1], *_TENS_EN[2:], "hundred", *_BIG_EN])
EN_NUMBER = rf"\b(?:a )?(?:{_WORD_EN})(?:[ -](?:and )?(?:{_WORD_EN}))*(?: point(?: (?:{'|'.join(_SMALL_EN[:10])}))+)?\b"


def from_zh(text: str) -> Fraction:
    """Read a match of ZH_NUMBER: 一百零五, 两万三, 三点一四; plain digit rows (二零二六) as well."""
    sign = -1 if text.startswith("负") else 1
    whole, _, decimals = text.lstrip("负").replace("〇", "零").partition("点")
    value = Fraction(_whole_from_zh(whole))
    if decimals:
        value += Fraction("0." + "".join(str(DIGITS_ZH.index(sign)) for sign in decimals))
    return sign * value


def _whole_from_zh(text: str) -> int:
    if len(text) > 1 and not set(text) - set(DIGITS_ZH):
        return int("".join(str(DIGITS_ZH.index(sign)) for sign in text))
    total = section = digit = 0
    last_unit = 1
    for sign in text:
        if sign in _BIG_ZH:
            unit, value = _BIG_ZH[sign], section + digit
            total = total + value * unit if total >= unit else (total + value or 1) * unit
            section, digit, last_unit = 0, 0, _BIG_ZH[sign]
        elif sign in _UNITS_ZH:
            section += (digit or 1) * _UNITS_ZH[sign]
            digit, last_unit = 0, _UNITS_ZH[sign]
        else:
            digit = 2 if sign == "两" else DIGITS_ZH.index(sign)
            last_unit = 10 if sign == "零" else last_unit
    return total + section + digit * (last_unit // 10 if last_unit > 10 else 1)


def from_en(text: str) -> Fraction:
    """Read a match of EN_NUMBER: twenty-one, a hundred and five, three point one four."""
    whole, _, decimals = text.lower().partition(" point")
    total = section = 0
    for word in re.findall(r"[a-z]+", whole):
        if word in _SMALL_EN:
            section += _SMALL_EN.index(word)
        elif word in _TENS_EN:
            section += 10 * _TENS_EN.index(word)
        elif word == "hundred":
            section = (section or 1) * 100
        elif word in _BIG_EN:
            total, section = total + (section or 1) * _BIG_EN[word], 0
    value = Fraction(total + section)
    if decimals:
        value += Fraction("0." + "".join(str(_SMALL_EN.index(word)) for word in decimals.split()))
    return value


def to_zh(number: Fraction) -> str:
    """Spell a number in Chinese, at most three decimals."""
    whole, decimals = _split(number)
    sign = "负" if number < 0 else ""
    return (
        sign + _whole_to_zh(whole) + ("点" + "".join(DIGITS_ZH[int(digit)] for digit in decimals) if decimals else "")
    )


def to_en(number: Fraction) -> str:
    """Write a number in digits, which voices and people read alike; at most three decimals."""
    whole, decimals = _split(number)
    return ("minus " if number < 0 else "") + str(whole) + (f".{decimals}" if decimals else "")


def is_exact(number: Fraction) -> bool:
    return (number * 1000).denominator == 1


def ordinal_en(day: int) -> str:
    """Spell 1 to 31: first, twenty-first, thirty-first."""
    if day <= 20:
        return _ORDINAL_EN[day]
    tens = _TENS_EN[day // 10]
    return f"{tens}-{_ORDINAL_EN[day % 10]}" if day % 10 else tens[:-1] + "ieth"


def small_en(number: int) -> str:
    """Spell 0 to 59."""
    if number < 20:
        return _SMALL_EN[number]
    tens = _TENS_EN[number // 10]
    return f"{tens}-{_SMALL_EN[number % 10]}" if number % 10 else tens


def _split(number: Fraction) -> tuple[int, str]:
    thousandths = round(abs(number) * 1000)
    return thousandths // 1000, f"{thousandths % 1000:03}".rstrip("0")


def _whole_to_zh(number: int) -> str:
    if number >= 10**8:
        return _grouped_zh(number, 10**8, "亿")
    if number >= 10**4:
        return _grouped_zh(number, 10**4, "万")
    text, is_gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("零" if is_gap else "") + DIGITS_ZH[digit] + name
        is_gap = bool(text) and not digit
    return (text[1:] if text.startswith("一十") else text) or "零"


def _grouped_zh(number: int, unit: int, name: str) -> str:
    high, low = divmod(number, unit)
    gap = "零" if 0 < low < unit // 10 else ""
    low_text = _whole_to_zh(low) if low else ""
    return _whole_to_zh(high) + name + gap + ("一" + low_text if low_text.startswith("十") else low_text)
