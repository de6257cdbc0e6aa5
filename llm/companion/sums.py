"""Small sums as people say them: 三加五等于几, what is twelve times seven, 3*(4+5)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from llm.companion import numerals

_TOO_BIG = 10**15
_MOST_TOKENS = 40

_ASKING = re.compile(
    r"请问|好吧|好的|考考你|再来|现在|[嗯哦来]|帮我|帮忙|你?(?:会|能)?算(?:一下|算|出)?|计算(?:一下)?|你?知道|那么?|麻烦|问你|一下"
    r"|\b(?:what is|what's|whats|how much is|calculate|compute|solve|can you|could you|tell me|do you know|and|please|hey|ok|okay|well|now|then|um|so|is|the|result of)\b"
    r"|(?:等于|是|得)(?:几|多少|什么)?|多少|[几对不]|\bequals?(?: to)?\b|呢|吗|啊|呀|[=?？。,，!！:：]|\.(?=\s|$)"
)
_EQUALS = re.compile(r"等于|得(?=[\d零一二两三四五六七八九十百])|\bequals?\b(?: to)?|\bmakes?\b|(?<=\w )is(?= [\w ]+$)")
_OPERATORS = (
    ("的%", r"的百分之"),
    ("%", r"(?:%|percent|per cent)\s*of\b"),
    ("(", r"\(|（|括号"),
    (")", r"\)|）"),
    ("²", r"的平方|\bsquared\b|²"),
    ("^", r"的(?=[\d零〇一二三四五六七八九十]+次[方幂])|\*\*|\^|\bto\s+(?:the\s+)?power\s+of\b"),
    ("+", r"加上|加|\+|\bplus\b"),
    ("-", r"减去|减|[-−–]|\bminus\b"),
    ("*", r"乘以|乘上|乘|[*×]|(?<=[\d ])x(?=[\d ])|\btimes\b|\bmultiplied by\b"),
    ("/", r"除以|[/÷]|\bdivided by\b|\bover\b"),
)
_TOKEN = re.compile(
    "|".join(
        [r"(?P<number>\d+(?:\.\d+)?)", f"(?P<zh>{numerals.ZH_NUMBER})", f"(?P<en>{numerals.EN_NUMBER})"]
        + [f"(?P<op{index}>{pattern})" for index, (_, pattern) in enumerate(_OPERATORS)]
        + [r"(?P<space>\s+|次[方幂])"]
    )
)
_SAID_ZH = {"的%": "的百分之", "%": "除以一百乘以", "+": "加", "-": "减", "*": "乘以", "/": "除以", "²": "的平方"}
_SAID_EN = {
    "的%": " times a hundredth of ",
    "%": " percent of ",
    "+": " plus ",
    "-": " minus ",
    "*": " times ",
    "/": " divided by ",
    "²": " squared",
}

Token = Fraction | str


@dataclass(frozen=True)
class Sum:
    """A sum that was asked for, `claimed` being what the asker believes; no result when it divides by zero or grows too big."""

    tokens: tuple[Token, ...]
    result: Fraction | None
    claimed: Fraction | None = None

    def said(self, spell: Callable[[Fraction], str], language: str) -> str:
        """Return the question in words, or nothing when brackets or powers make it hard to follow by ear."""
        names = _SAID_ZH if language == "zh" else _SAID_EN
        if any(token in ("(", ")", "^") for token in self.tokens):
            return ""
        return "".join(names[token] if isinstance(token, str) else spell(token) for token in self.tokens).strip()


def asked_sum(text: str) -> Sum | None:
    """Return the sum when the text, lower case, is nothing but one; dates and telephone numbers are none."""
    if re.search(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{3,}-\d{3,}", text):
        return None
    text = re.sub(r"(\d+(?:\.\d+)?)%的(\d+(?:\.\d+)?)", r"\2的百分之\1", text)
    text = re.sub(r"的(\d+(?:\.\d+)?)%", r"的百分之\1", text)
    question, _, claim = _EQUALS.sub("=", text).partition("=")
    return _sum(question, claim) or _sum(text, "")


def _sum(question: str, claim: str) -> Sum | None:
    tokens, claimed = _tokens(_ASKING.sub(" ", question)), _tokens(_ASKING.sub(" ", claim))
    numbers = sum(isinstance(token, Fraction) for token in tokens)
    if not numbers or (numbers < 2 and "²" not in tokens):
        return None
    if len(claimed) > 1 or (not claimed and _ASKING.sub(" ", claim).strip()):
        return None
    try:
        result = _Parser(tokens).result()
    except SyntaxError:
        return None
    except (ZeroDivisionError, OverflowError):
        result = None
    return Sum(tuple(tokens), result, claimed[0] if claimed and isinstance(claimed[0], Fraction) else None)


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match or len(tokens) > _MOST_TOKENS:
            return []
        at = match.end()
        kind = match.lastgroup or ""
        if kind.startswith("op"):
            tokens.append(_OPERATORS[int(kind[2:])][0])
        elif kind != "space":
            read = {"zh": numerals.from_zh, "en": numerals.from_en}.get(kind, Fraction)
            tokens.append(read(match[0]))
    return tokens


class _Parser:
    """Recursive descent: sums of products of powers."""

    def __init__(self, tokens: list[Token]):
        self._tokens = [*tokens, ""]

    def result(self) -> Fraction:
        value = self._sum()
        if self._tokens != [""]:
            raise SyntaxError
        return value

    def _sum(self) -> Fraction:
        value = self._product()
        while sign := self._take(("+", "-")):
            other = self._product()
            value = _bounded(value + other if sign == "+" else value - other)
        return value

    def _product(self) -> Fraction:
        value = self._signed()
        while sign := self._take(("*", "/", "%", "的%")):
            other = self._signed()
            value = _bounded(value / other if sign == "/" else value * other / (1 if sign == "*" else 100))
        return value

    def _signed(self) -> Fraction:
        return -self._signed() if self._take(("-",)) else self._power()

    def _power(self) -> Fraction:
        value = self._atom()
        while sign := self._take(("^", "²")):
            exponent = Fraction(2) if sign == "²" else self._atom()
            if exponent.denominator != 1 or not 0 <= exponent <= 50 or abs(value) > 10**6:
                raise OverflowError
            value = _bounded(value**exponent.numerator)
        return value

    def _atom(self) -> Fraction:
        token = self._tokens.pop(0)
        if isinstance(token, Fraction):
            return token
        if token != "(":
            self._tokens.insert(0, token)
            raise SyntaxError
        value = self._sum()
        if not self._take((")",)):
            raise SyntaxError
        return value

    def _take(self, signs: tuple[str, ...]) -> str:
        token = self._tokens[0]
        if isinstance(token, str) and token and token in signs:
            self._tokens.pop(0)
            return token
        return ""


def _bounded(value: Fraction) -> Fraction:
    if abs(value) > _TOO_BIG or value.denominator > _TOO_BIG:
        raise OverflowError
    return value
