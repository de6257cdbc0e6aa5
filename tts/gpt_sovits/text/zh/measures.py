"""Numbers with units and percentages: 5kg -> 五千克, -5℃ -> 零下五摄氏度, 120km/h -> 一百二十千米每小时. Pure."""

import re

from tts.gpt_sovits.text.zh.context import after, before, rules
from tts.gpt_sovits.text.zh.numerals import digit_by_digit
from tts.gpt_sovits.text.zh.quantities import counted, quantity
from tts.gpt_sovits.text.zh.units import unit_names

NAMES = unit_names()
UNIT = "|".join(re.escape(unit) for unit in sorted(NAMES, key=len, reverse=True))
END = r"(?![A-Za-z²³])"
NUMBER = r"\d+(?:\.\d+)?"
MINUS = r"(?<![\dA-Za-z%°零一二两三四五六七八九十百千万亿])-"
SIGNED = rf"((?:{MINUS})?)({NUMBER})"
SCALE = r"([十百千]?万亿?|[十百千]?亿|[百千])?"
DEGREES = r"摄氏度|°[Cc]|度"
NUMERAL = "零一二两三四五六七八九十百千万亿半"

ELECTRIC = re.compile("电|充|插|流|压|伏|V|W")
MANY = re.compile("粉丝|播放|点赞|销量|薪|存款|浏览|阅读|赚|收入|流量")
OF_MANY = re.compile(r"粉|人|播放|元|块|次|点赞|阅读|多|的?流量")
DATA = re.compile("宽带|网速|流量|带宽|光纤|内存|的?文件|大小")
MOBILE_NETWORK = re.compile("网|手机|信号|通[信讯]|时代|基站|套餐|流量|芯片|技术|智能|商用")
MORE = {"+": "多", None: ""}


def _amount(match: re.Match[str]) -> str:
    sign, figures, scale, more, unit = match.group(1, 2, 3, 4, 5)
    if not is_unit(unit, figures, before(match), after(match)):
        return match[0]
    name = "万" if unit == "W" and _is_many(match) else NAMES[unit]
    return _minus(sign, name) + _two(figures, scale or "") + MORE.get(more, more or "") + name


def is_unit(unit: str, figures: str, left: str, right: str) -> bool:
    """Some letters behind a number are a unit only in some company."""
    if unit == "A":
        return not right.startswith("股") and bool("." in figures or ELECTRIC.search(left + right))
    if unit == "M":
        return bool(DATA.search(left + right))
    if unit == "P":
        return "空调" in left + right
    if unit == "g":
        return not (figures in "23456" and MOBILE_NETWORK.match(right))
    return True


def _is_many(match: re.Match[str]) -> bool:
    return bool(MANY.search(before(match)) or OF_MANY.match(after(match)))


def _minus(sign: str, unit: str) -> str:
    return ("零下" if unit in ("度", "摄氏度", "华氏度") else "负") if sign else ""


def _two(figures: str, scale: str) -> str:
    return counted(figures, scale or "个") + scale


def _temperatures(match: re.Match[str]) -> str:
    low_sign, low, high_sign, high, unit = match.groups()
    name = "度" if unit == "度" else "摄氏度"
    return f"{_minus(low_sign, name)}{quantity(low)}到{_minus(high_sign, name)}{quantity(high)}{name}"


def _temperature(match: re.Match[str]) -> str:
    sign, figures = match.groups()
    return f"{_minus(sign, '度')}{_two(figures, '')}"


def _range(match: re.Match[str]) -> str:
    low, scale, high, high_scale, unit = match.groups()
    return f"{_two(low, scale or '')}到{_two(high, high_scale or '')}{NAMES[unit]}"


def _percentages(match: re.Match[str]) -> str:
    low_sign, low, high_sign, high, sign = match.groups()
    return f"{_percent(low_sign, low, sign)}至{_percent(high_sign, high, sign)}"


def _percent(minus: str, figures: str, sign: str) -> str:
    return f"{'负' if minus else ''}{'百' if sign == '%' else '千'}分之{quantity(figures)}"


def _metres(match: re.Match[str]) -> str:
    return f"{quantity(match[1])}米{digit_by_digit(match[2])}"


GROWTH = re.compile(r"(?:^|幅度?|率|收益|涨跌|增长|增速|同比|环比|变化|变动|是|为|：|:)$")


def _gain(match: re.Match[str]) -> str:
    return ("正" if GROWTH.search(before(match)) else "加") + _percent("", match[1], match[2])


MEASURES = rules(
    (rf"(?<![\dA-Za-z%)）])\+({NUMBER})([%‰])(?![-~\d])", _gain),
    (rf"{SIGNED}[%‰]?[-~]((?:-)?)({NUMBER})([%‰])", _percentages),
    (rf"{SIGNED}([%‰])", lambda match: _percent(*match.groups())),
    (rf"{SIGNED}(?:{DEGREES})?[~-](-?)({NUMBER})({DEGREES})", _temperatures),
    (rf"{SIGNED}(?=摄氏度|度(?!电|假|角|烧|近视))", _temperature),
    (r"(?<![\d.])([12])(?:m|米)([1-9]\d?)(?![\d.A-Za-z个]|米)", _metres),
    (rf"({NUMBER}){SCALE}(?:{UNIT})?[-~]({NUMBER}){SCALE}({UNIT}){END}", _range),
    (rf"(?<=\d)({UNIT})/(?=\d+(?:km|公里|g|克))", lambda match: f"{NAMES[match[1]]}每"),
    (rf"{SIGNED}{SCALE}([多余几+])?({UNIT}){END}", _amount),
    (r"(?<=[KMGTkmgt][Bb])/[sS](?![A-Za-z])", "每秒"),
    (rf"(?<=[一-龥])/({UNIT}){END}", lambda match: f"每{NAMES[match[1]]}"),
    (rf"(?<=[\d{NUMERAL}方])([一-龥]{{1,4}}?)/(?=[一-龥])(?![{NUMERAL}])", lambda match: f"{match[1]}每"),
)
