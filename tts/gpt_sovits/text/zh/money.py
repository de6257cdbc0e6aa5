"""Money with a sign or a code: ￥299 -> 二百九十九元, $9.99 -> 九点九九美元, 100USD -> 一百美元. Pure."""

import re

from tts.gpt_sovits.text.zh.context import rules
from tts.gpt_sovits.text.zh.quantities import counted
from tts.gpt_sovits.text.zh.tables import table

SIGNS = table(
    """
    HK$=港元 US$=美元 NT$=新台币 AU$=澳元 A$=澳元 CA$=加元 C$=加元
    S$=新加坡元 $=美元 ¥=元 €=欧元 £=英镑 ₩=韩元 ₽=卢布 ₹=卢比
    ฿=泰铢 ₫=越南盾 ₺=里拉 ₿=比特币
    """
)
CODES = table(
    """
    USD=美元 CNY=元 RMB=元 EUR=欧元 GBP=英镑 JPY=日元 HKD=港元
    KRW=韩元 AUD=澳元 CAD=加元 SGD=新加坡元 TWD=新台币 NTD=新台币
    THB=泰铢 CHF=瑞士法郎 RUB=卢布 INR=卢比 MOP=澳门元 MYR=林吉特
    """
)
MULTIPLES = {"k": 3, "K": 3, "M": 6, "m": 6, "B": 9, "b": 9}

SIGN = "|".join(re.escape(sign) for sign in SIGNS)
CODE = "|".join(CODES)
SCALE = r"(?:[十百千]?万亿?|[十百千]?亿|[百千])"
AMOUNT = rf"(\d+(?:\.\d+)?)({SCALE}|[kKMmBb](?![A-Za-z]))?([多余几+])?"
NAME_AGAIN = "|".join(sorted({*SIGNS.values(), "块钱?", "人民币", "港币", "美金", "日元"}, key=len, reverse=True))


def _signed(match: re.Match[str]) -> str:
    minus, sign, minus_inside, figures, scale, more = match.group(1, 2, 3, 4, 5, 6)
    currency = "日元" if match[7] == "日元" else SIGNS[sign]
    return ("负" if minus or minus_inside else "") + _amount(figures, scale, more) + currency


def _coded(match: re.Match[str]) -> str:
    figures, scale, more, code = match.groups()
    return _amount(figures, scale, more) + CODES[code.upper()]


def _code_first(match: re.Match[str]) -> str:
    code, figures, scale, more = match.groups()
    return _amount(figures, scale, more) + CODES[code.upper()]


def _range(match: re.Match[str]) -> str:
    sign, low, low_scale, high, high_scale = match.group(1, 2, 3, 5, 6)
    return f"{_amount(low, low_scale, None)}到{_amount(high, high_scale, None)}{SIGNS[sign]}"


def _amount(figures: str, scale: str | None, more: str | None) -> str:
    whole, _, cents = figures.partition(".")
    if not cents.strip("0"):
        figures = whole
    if scale in MULTIPLES:
        figures, scale = _shifted(figures, MULTIPLES[scale]), None
    more = "多" if more == "+" else more or ""
    return counted(figures, scale or more or "元") + (scale or "") + more


def _shifted(figures: str, places: int) -> str:
    whole, _, decimals = figures.partition(".")
    shifted = whole + decimals[:places].ljust(places, "0")
    rest = decimals[places:]
    return (shifted.lstrip("0") or "0") + (f".{rest}" if rest else "")


MONEY = rules(
    (r"(?<=\d)\.00(?=[元块美欧日韩港])", ""),
    (rf"({SIGN})(?=[\d.]){AMOUNT}[-~](?:{SIGN})?{AMOUNT}(?:{NAME_AGAIN})?", _range),
    (rf"(-)?({SIGN})(-)?{AMOUNT}({NAME_AGAIN})?", _signed),
    (rf"(?<![\d.]){AMOUNT}(?i:({CODE}))(?![A-Za-z])", _coded),
    (rf"(?<![A-Za-z])(?i:({CODE})){AMOUNT}", _code_first),
)
