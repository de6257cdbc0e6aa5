"""Amounts of money. Pure."""

import re
from typing import NamedTuple

from tts.gpt_sovits.text.en.number_words import as_number, cardinal, quantity
from tts.gpt_sovits.text.en.rewriting import Rule, any_of, is_attribute


class Currency(NamedTuple):
    one: str
    many: str
    small_one: str = ""
    small_many: str = ""


DOLLAR = Currency("dollar", "dollars", "cent", "cents")
EURO = Currency("euro", "euros", "cent", "cents")
POUND = Currency("pound", "pounds", "penny", "pence")
YEN = Currency("yen", "yen")
SIGNS = {
    "US$": Currency("U S dollar", "U S dollars", "cent", "cents"),
    "A$": Currency("Australian dollar", "Australian dollars", "cent", "cents"),
    "C$": Currency("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "HK$": Currency("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
    "$": DOLLAR,
    "€": EURO,
    "£": POUND,
    "¥": YEN,
    "₹": Currency("rupee", "rupees"),
    "₩": Currency("won", "won"),
    "₽": Currency("ruble", "rubles"),
    "₺": Currency("lira", "lira"),
    "₫": Currency("dong", "dong"),
    "฿": Currency("baht", "baht"),
    "₿": Currency("bitcoin", "bitcoins"),
}
CODES = {
    "USD": SIGNS["US$"],
    "EUR": EURO,
    "GBP": Currency("British pound", "British pounds", "penny", "pence"),
    "JPY": Currency("Japanese yen", "Japanese yen"),
    "CNY": Currency("yuan", "yuan"),
    "RMB": Currency("R M B", "R M B"),
    "AUD": SIGNS["A$"],
    "CAD": SIGNS["C$"],
    "HKD": SIGNS["HK$"],
    "CHF": Currency("Swiss franc", "Swiss francs"),
    "INR": SIGNS["₹"],
    "KRW": SIGNS["₩"],
}
SCALES = {"k": "thousand", "m": "million", "mn": "million", "b": "billion", "bn": "billion", "t": "trillion"}
SCALE_WORDS = "hundred|thousand|million|billion|trillion"

SPANS = {
    "hr": "hour",
    "hour": "hour",
    "h": "hour",
    "day": "day",
    "wk": "week",
    "week": "week",
    "mo": "month",
    "month": "month",
    "yr": "year",
    "year": "year",
    "person": "person",
    "user": "user",
    "unit": "unit",
    "night": "night",
    "lb": "pound",
    "kg": "kilogram",
}

AMOUNT = r"(?P<amount>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
SCALE = rf"(?:[ -]?(?P<word>(?i:{SCALE_WORDS}))\b|(?P<letter>(?i:{any_of(SCALES)}))(?![\w-]))?"
MINUS = r"(?P<minus>(?<![\w)])-)?"


def _money(match: re.Match[str], currency: Currency) -> str:
    units = currency.one if is_attribute(match) else currency.many
    whole, _, decimals = match["amount"].replace(",", "").partition(".")
    minus = "negative " if match["minus"] else ""
    scale = (match["word"] or SCALES.get((match["letter"] or "").lower(), "")).lower()
    if scale:
        number = f"{whole or 0}.{decimals}" if decimals else whole
        return f"{minus}{number} {scale} {units}"
    if decimals and (len(decimals) > 2 or not currency.small_one):
        return f"{minus}{whole or 0}.{decimals} {units}"
    amount, small = as_number(whole or "0"), int(decimals.ljust(2, "0") or 0)
    parts = [f"{quantity(amount)} {currency.one if amount == 1 else units}"] if amount or not small else []
    parts += [f"{cardinal(small)} {currency.small_one if small == 1 else currency.small_many}"] if small else []
    return minus + " and ".join(parts)


def _with_sign(match: re.Match[str]) -> str:
    return _money(match, SIGNS[match["sign"]])


def _with_code(match: re.Match[str]) -> str:
    return _money(match, CODES[match["code"]])


NAMES = {name for currency in (*SIGNS.values(), *CODES.values()) for name in currency if name}
SIGN = rf"(?P<sign>{any_of(SIGNS)})"
CODE = rf"(?P<code>{any_of(CODES)})"

RULES: tuple[Rule, ...] = (
    (re.compile(rf"{SIGN}(\d+)\s?[-–]\s?(?:{any_of(SIGNS)})?(?=\d)"), r"\2 to \g<sign>"),
    (re.compile(rf"(?<=\d)\s?[-–]\s?(?={SIGN}\d)"), " to "),
    (re.compile(rf"{MINUS}{SIGN}\s?{AMOUNT}{SCALE}"), _with_sign),
    (re.compile(rf"{MINUS}(?<![\w.,]){AMOUNT}{SCALE}\s?{SIGN}(?!\d)"), _with_sign),
    (re.compile(rf"{MINUS}\b{CODE}\s?{AMOUNT}{SCALE}"), _with_code),
    (re.compile(rf"{MINUS}(?<![\w.,]){AMOUNT}{SCALE}\s?{CODE}\b"), _with_code),
    (
        re.compile(rf"\b({any_of(NAMES)})\s?/\s?({any_of(SPANS)})\b"),
        lambda match: f"{match[1]} per {SPANS[match[2]]}",
    ),
    (re.compile(r"(?<![\w.,])1\s?¢"), "one cent"),
    (re.compile(r"(?<=\d)\s?¢"), " cents"),
)
