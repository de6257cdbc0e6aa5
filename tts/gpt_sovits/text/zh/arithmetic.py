"""Ranges, sums, fractions and signs between numbers: 3-5天 -> 三到五天, 6×7=42 -> 六乘七等于四十二. Pure."""

import re

from tts.gpt_sovits.text.zh.context import after, before, rules
from tts.gpt_sovits.text.zh.measures import NAMES, UNIT
from tts.gpt_sovits.text.zh.numerals import digit_by_digit, number
from tts.gpt_sovits.text.zh.quantities import NEXT_COUNTS, counted, quantity, whole
from tts.gpt_sovits.text.zh.signs import GREEK

NUMBER = r"\d+(?:\.\d+)?"
NUMERAL = "零一二两三四五六七八九十百千万亿半"
UNIT_OF_RANGE = "年月日号时点分秒个人元块米度岁天周级层楼名位届期章页次倍吨斤里克件台万亿千百毛角"
SCORE_BEFORE = re.compile(r"比分|战胜|击败|[大险完横]胜|[惜大]败|战平|打平|总分|领先|落后|(?<![可所])以$")
SCORE_AFTER = re.compile(
    r"的?比分|战胜|击败|获胜|取胜|领先|落后|战平|[大小险完惜]胜|[大小惜]败|力克|不敌|负于|淘汰|晋级"
)
SUM = re.compile(r"[=+×÷*/]|等于|得多少|是多少|得")
SUM_BEFORE = re.compile(r"(?:[+×÷*=(（]|计算|算式|加|减|乘|除以?|等于)$")
HIGHEST_SCORE = 30
"""Of two falling numbers without a word about them, up to this one a match is likelier than a sum."""

FIGURE_BEFORE = re.compile(
    r"(?:(?<![地列手代年报发外内仪钟怀])[图表]|附图|附表|图表|公式|章节|例题?|习题|第?[一二三四五六七八九十]+节)$"
)
"""What has numbers in two parts in a book: figures, tables, formulas, sections."""

PLACE_AFTER = re.compile(r"室|号|节|单元|栋|题|楼|幢")
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ", "0123456789n", strict=True))
OPERATORS = {"+": "加", "-": "减", "×": "乘", "*": "乘", "÷": "除以", "=": "等于", "≠": "不等于", "≈": "约等于"}
RELATIONS = {">": "大于", "<": "小于", "≥": "大于等于", "≤": "小于等于"}


def _dash(match: re.Match[str]) -> str:
    """a-b between two numbers: a range, a score, a difference, or the parts of an address."""
    low, high = match.groups()
    left, right = before(match), after(match)
    if SCORE_BEFORE.search(left) or SCORE_AFTER.match(right):
        return f"{quantity(low)}比{quantity(high)}"
    if FIGURE_BEFORE.search(left) and (right.startswith("所") or not NEXT_COUNTS.match(right)):
        return f"{quantity(low)}杠{quantity(high)}"
    if SUM.match(right) or SUM_BEFORE.search(left):
        return f"{quantity(low)}减{quantity(high)}"
    if float(low) < float(high):
        return _from_to(low, high, left, right)
    if PLACE_AFTER.match(right):
        return f"{quantity(low)}杠{quantity(high)}"
    return f"{quantity(low)}{'比' if float(low) <= HIGHEST_SCORE else '减'}{quantity(high)}"


def _tilde(match: re.Match[str]) -> str:
    return _from_to(match[1], match[2], before(match), after(match))


def _from_to(low: str, high: str, left: str, right: str) -> str:
    return f"{_end_of_range(low, left, right)}到{_end_of_range(high, left, right)}"


def _end_of_range(figures: str, left: str, right: str) -> str:
    if left.endswith("第"):
        return quantity(figures)
    return counted(figures, right) if "." in figures or len(figures) < 3 else whole(figures, "共", right)


def _fraction(match: re.Match[str]) -> str:
    sign, numerator, denominator = match.groups()
    if (numerator, denominator) == ("24", "7"):
        return "二十四七"
    if before(match).endswith(("血压", "血压是", "血压为", "血压：")) or int(numerator) > int(denominator) > 20:
        return f"{quantity(numerator)}，{quantity(denominator)}"
    return f"{'负' if sign else ''}{number(denominator)}分之{number(numerator)}"


def _power(match: re.Match[str]) -> str:
    """Squares and cubes have names behind letters and units; a bare number is raised to a power."""
    left, right = before(match), after(match)
    exponent = "".join(SUPERSCRIPTS[figure] for figure in match[0].lstrip("⁻"))
    if match[0][0] == "⁻":
        return f"的负{number(exponent) if exponent.isdigit() else exponent}次方"
    if exponent in ("2", "3") and not left[-1:].isdigit():
        name = "平方" if exponent == "2" else "立方"
        return f"的{name}" if not right else name
    return f"的{number(exponent) if exponent.isdigit() else exponent}次方"


def _unit_behind_power(match: re.Match[str]) -> str:
    return NAMES[match[1]] + (f"每{NAMES[match[2]]}" if match[2] else "")


def _mixed_number(match: re.Match[str]) -> str:
    return f"{quantity(match[1])}又{number(match[3])}分之{number(match[2])}"


def _resolution(match: re.Match[str]) -> str:
    return "乘".join(digit_by_digit(figures) for figures in match.groups())


ARITHMETIC = rules(
    (rf"(?<=[\d{NUMERAL}][{UNIT_OF_RANGE}])[-~](?=[\d{NUMERAL}])", "到"),
    (
        rf"(?<=[\d{NUMERAL}]..)(?<=小时|分钟|公里|公斤|千米|厘米|毫米|个月|星期|毫升|千克|美元|欧元)[-~](?=[\d{NUMERAL}])",
        "到",
    ),
    (r"(?<=[周期拜][一二三四五六日天])[-~](?=(?:周|星期|礼拜)?[一二三四五六日天])", "到"),
    (rf"(?<![\d.+×÷*=-])({NUMBER})-({NUMBER})(?![\d.-])", _dash),
    (rf"({NUMBER})~({NUMBER})", _tilde),
    (r"(?<![\d.])(\d+) (\d+)/(\d+)(?![\d./])", _mixed_number),
    (r"(?<![\d.])(-?)(\d+)/(\d+)(?![\d./])", _fraction),
    (r"(?<=\d)[xX](?=\d)", "×"),
    (r"(?<!\d)(\d{3,4})[×*](\d{3,4})(?![\d=])", _resolution),
    ("⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ]+", _power),
    (rf"(?<=次方)({UNIT})(?:/({UNIT}))?(?![A-Za-z])", _unit_behind_power),
    (r"(?<=次方)([一-龥]{1,3})/(?=[一-龥])", lambda match: f"{match[1]}每"),
    ("±", "正负"),
    ("√(?=[0-9a-zA-Z(（])", "根号"),
    (r"(?<=[\dA-Za-z)）%])[-](?=\d)(?=[\d.]+[=+×÷*-])", "减"),
    (rf"(?<=[\dA-Za-z)）方%{NUMERAL}])([+×÷*])(?=[\dA-Za-z(（√{''.join(GREEK)}-])", lambda match: OPERATORS[match[1]]),
    (r"([=≠≈])(?=[\dA-Za-zα-ωΑ-Ω(（√一-龥-])", lambda match: OPERATORS[match[1]]),
    (r"([>≥≤])=?(?=-?[\d零一二三四五六七八九十百A-Za-z])", lambda match: RELATIONS[match[1]]),
    (r"(?<=[\dA-Za-z一-龥])<(=?)(?=-?\d)", lambda match: "小于等于" if match[1] else "小于"),
    (r"(?<=[万亿])\+", "多"),
    (r"(\d+)\+(?=$|[^\d一-龥])", lambda match: f"{quantity(match[1])}{'多' if len(match[1]) > 2 else '加'}"),
    (r"(?:(?<=^)|(?<=[A-Za-z一-龥]))\+(?=[一-龥A-Za-z\d])", "加"),
    (r"(?<=[一-龥A-Za-z])&(?=[一-龥A-Za-z])", "和"),
)
