"""How upstream says the figures and symbols of one clause: its rules in its order, with what it gets wrong. Pure."""

import re
from collections.abc import Callable

from tts.gpt_sovits.text.zh.numerals import cardinal, digit_by_digit, number
from tts.gpt_sovits.text.zh.signs import CIRCLED, GREEK

Words = Callable[[re.Match[str]], str]

SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹ˣʸⁿ", "0123456789xyn", strict=True))
SUPERSCRIPT = "[" + "".join(SUPERSCRIPTS) + "]"
OPERATORS = {"+": "加", "-": "减", "×": "乘", "÷": "除", "=": "等于"}
SYMBOLS = str.maketrans(CIRCLED | GREEK | {"/": "每", "+": "加", "-": "减", "×": "乘", "÷": "除", "=": "等"})
UNSPOKEN = str.maketrans("", "", "-—《》【】<=>{}()（）#&@“”^_|\\")

UNITS = (
    *(("cm2", "平方厘米"), ("cm²", "平方厘米"), ("cm3", "立方厘米"), ("cm³", "立方厘米"), ("cm", "厘米")),
    *(("db", "分贝"), ("ds", "毫秒"), ("kg", "千克"), ("km", "千米")),
    *(("m2", "平方米"), ("m²", "平方米"), ("m³", "立方米"), ("m3", "立方米"), ("ml", "毫升")),
    *(("m", "米"), ("mm", "毫米"), ("s", "秒")),
)
"""In this order, so that mm is never reached."""

HOUR = r"([0-1]?[0-9]|2[0-3])"
CLOCK = HOUR + r":([0-5][0-9])(?::([0-5][0-9]))?"
VALUE = r"(?:-?\d+(?:\.\d+)?|\.\d+)"
ANY_UNIT = "(?:%|°C|℃|度|摄氏度|" + "|".join(unit for unit, _ in UNITS) + ")"
OPERAND = rf"(?:-?\d+(?:\.\d+)?{SUPERSCRIPT}*|\.\d+{SUPERSCRIPT}*|[A-Za-z]{SUPERSCRIPT}*)"
CALCULATION = re.compile(f"({OPERAND})([-+×÷=])({OPERAND})")
SIGNED = r"-?\d+(?:\.\d+)?"
NOT_BESIDE_A_FIGURE = r"[\d+\-×÷=]"


def compat_figures(quantifiers: str) -> Callable[[str], str]:
    """Make upstream's reading of one clause; `quantifiers` is a regular expression of the words that count things."""
    before, after = _rules(quantifiers)

    def read(clause: str) -> str:
        for pattern, words in before:
            clause = pattern.sub(words, clause)
        for unit, name in UNITS:
            clause = clause.replace(unit, name)
        while CALCULATION.search(clause):
            clause = CALCULATION.sub(lambda match: match[1] + OPERATORS[match[2]] + match[3], clause)
        for pattern, words in after:
            clause = pattern.sub(words, clause)
        return clause.translate(SYMBOLS).translate(UNSPOKEN)

    return read


def _rules(quantifiers: str) -> tuple[list[tuple[re.Pattern[str], Words]], list[tuple[re.Pattern[str], Words]]]:
    before: list[tuple[str, Words]] = [
        (r"(\d{4}|\d{2})年(?:(0?[1-9]|1[0-2])月)?(?:(0?[1-9]|[12][0-9]|30|31)([日号]))?", _date),
        (r"(\d{4})([- /.])(0[1-9]|1[012])\2(0[1-9]|[12][0-9]|3[01])", _iso_date),
        (f"{CLOCK}[~-]{CLOCK}", _clock_range),
        (CLOCK, lambda match: _clock(*match.groups(), half=match[2])),
        (f"{VALUE}{ANY_UNIT}~{VALUE}{ANY_UNIT}", lambda match: match[0].replace("~", "至")),
        (r"(-?)(\d+(?:\.\d+)?)(°C|℃|度|摄氏度)", _temperature),
    ]
    after: list[tuple[str, Words]] = [
        (f"{SUPERSCRIPT}+", lambda match: f"的{''.join(SUPERSCRIPTS[figure] for figure in match[0])}次方"),
        (r"(-?)(\d+)/(\d+)", lambda match: f"{_minus(match[1])}{number(match[3])}分之{number(match[2])}"),
        (r"(-?)(\d+(?:\.\d+)?)%", lambda match: f"{_minus(match[1])}百分之{number(match[2])}"),
        (r"(?<!\d)(?:\+?86)?1(?:[38]\d|5[0-35-9]|7[678]|9[89])\d{8}(?!\d)", _telephone),
        (r"(?<!\d)(?:(?:0(?:10|2[1-3]|[3-9]\d{2})-?)?[1-9]\d{6,7})(?!\d)", _telephone),
        (r"400-?\d{3}-?\d{4}", _telephone),
        (f"(?<!{NOT_BESIDE_A_FIGURE})({SIGNED})[-~]({SIGNED})(?!{NOT_BESIDE_A_FIGURE})", _range),
        (r"-(\d+)", lambda match: "负" + number(match[1])),
        (r"\d+\.\d+(?:\.\d+)?(?:\.\d+)+", lambda match: "点".join(map(digit_by_digit, match[0].split(".")))),
        (r"(-?)(\d+\.\d+)|(\.\d+)", _signed_number),
        (rf"(\d+)([多余几+])?({quantifiers})", _counted),
        (r"\d{3,}", lambda match: digit_by_digit(match[0], yao=True)),
        (r"(-?)(\d+(?:\.\d+)?)|(\.\d+)", _signed_number),
    ]
    return [(re.compile(rule), words) for rule, words in before], [(re.compile(rule), words) for rule, words in after]


def _minus(sign: str, word: str = "负") -> str:
    return word if sign else ""


def _date(match: re.Match[str]) -> str:
    year, month, day, day_word = match.groups()
    month_words = f"{cardinal(month)}月" if month else ""
    return f"{digit_by_digit(year)}年{month_words}{cardinal(day) + day_word if day else ''}"


def _iso_date(match: re.Match[str]) -> str:
    return f"{digit_by_digit(match[1])}年{cardinal(match[3])}月{cardinal(match[4])}日"


def _clock_range(match: re.Match[str]) -> str:
    half = match[2]  # upstream looks at the first minute both times
    return f"{_clock(*match.groups()[:3], half=half)}至{_clock(*match.groups()[3:], half=half)}"


def _clock(hour: str, minute: str, second: str | None, half: str) -> str:
    words = f"{cardinal(hour)}点"
    if int(minute):
        words += "半" if half == "30" else f"{_sixtieth(minute)}分"
    return words + (f"{_sixtieth(second)}秒" if second and int(second) else "")


def _sixtieth(figures: str) -> str:
    return ("零" if figures[0] == "0" else "") + number(figures.lstrip("0"))


def _temperature(match: re.Match[str]) -> str:
    unit = "摄氏度" if match[3] == "摄氏度" else "度"
    return _minus(match[1], "零下") + number(match[2]) + unit


def _telephone(match: re.Match[str]) -> str:
    groups = match[0].strip("+").split("-")
    return "，".join(digit_by_digit(group, yao=True) for group in groups)


def _range(match: re.Match[str]) -> str:
    low, high = (
        _minus(figures[:1] if figures[0] == "-" else "") + number(figures.lstrip("-")) for figures in match.groups()
    )
    return f"{low}到{high}"


def _signed_number(match: re.Match[str]) -> str:
    return number(match[3]) if match[3] else _minus(match[1]) + number(match[2])


def _counted(match: re.Match[str]) -> str:
    words = number(match[1])
    more = {"+": "多", None: ""}.get(match[2], match[2])
    return ("两" if words == "二" else words) + more + match[3]
