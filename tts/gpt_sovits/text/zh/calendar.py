"""Dates and years: 2024-5-1 -> 二零二四年五月一日, 工作了15年 -> 十五年, 08年 -> 零八年. Pure."""

import re

from tts.gpt_sovits.text.zh.context import after, before, rules
from tts.gpt_sovits.text.zh.numerals import cardinal, digit_by_digit
from tts.gpt_sovits.text.zh.quantities import counted, quantity

MONTH = r"(?:0?[1-9]|1[0-2])"
DAY = r"(?:0?[1-9]|[12]\d|3[01])"
CENTURIES = r"(?:1[5-9]|20)\d\d"

ERA = re.compile(r"(?:公元前?|西元前?|纪元前)$")
SPAN_BEFORE = re.compile(
    r"(?:[了有为近约满共活过整用花干住需要等判第每再又隔缓超]|持续|已经|长达|高达|达|整整|超过|至少|最[多少长]|不到|不足|将近|大约|大概|未来|过去|最近|今后|此后"
    r"|往后|之后|前后|历时|时隔|距今|任期|租期|工期|刑期|期限|年限|保质期|寿命|有效期|工作|结婚|学习|学了?|教书|生活|相处|认识|从业|服役|在一起|连续|头|前|后|近)(?:是|为|了)?$"
)
SPAN_AFTER = re.compile(
    r"[来后前内间多里]|以[来后前上下内]|之[久后前间内]|历史|时间|左右|上下|工龄|经验|徒刑|寿命|老|陈酿|期(?!末|中|初)|如一日|了|的?(?:历史|时间|经验|工龄|友谊|感情"
    r"|婚姻|光阴|时光|努力|等待|奋斗|青春|老|工作|生活|交情|教龄|合同|质保|保修|寿命)|还|就|未|没|不"
)
YEAR_AFTER = re.compile(
    rf"的?(?:[春夏秋冬]|年初|年底|年末|上半年|下半年|初|底|末|奥运|世界杯|高考|毕业|出生|生人?|款|版|{MONTH}月)"
)
DATE_BEFORE = re.compile(
    r"(?:(?:周|星期)[一二三四五六日天][(（]|日期|生日|截止到?|截至|时间|今天|明天|昨天)(?:是|为|：)?$"
)
LONG_AFTER = re.compile(r"历史|之久|的历史|古|老")
ROUND_SPAN_AFTER = re.compile(r"前|以?来|之?[后前]")


def _year(match: re.Match[str]) -> str:
    figures, left, right = match[1], before(match), after(match)
    return f"{_year_words(figures, left, right)}年"


def _year_words(figures: str, left: str, right: str) -> str:
    if ERA.search(left):
        return digit_by_digit(figures)
    if len(figures) == 2:
        return quantity(figures) if _is_span_of_years(figures, left, right) else digit_by_digit(figures)
    if len(figures) == 4 and not _is_long_time(figures, left, right):
        return digit_by_digit(figures)
    return counted(figures, "年") if not left.endswith("第") else cardinal(figures)


def _is_span_of_years(figures: str, left: str, right: str) -> bool:
    """Two figures: how long something took, rather than which year it was."""
    if figures[0] == "0" or YEAR_AFTER.match(right):
        return False
    if SPAN_BEFORE.search(left) or SPAN_AFTER.match(right):
        return True
    return (figures.endswith("0") and figures < "70") or "27" <= figures < "49"


def _is_long_time(figures: str, left: str, right: str) -> bool:
    if figures >= "3000" or LONG_AFTER.match(right):
        return True
    is_round = figures.endswith("000") or (figures.endswith("00") and figures < "1900")
    return is_round and bool(ROUND_SPAN_AFTER.match(right) or SPAN_BEFORE.search(left))


def _date(match: re.Match[str]) -> str:
    return f"{digit_by_digit(match[1])}年{cardinal(match[3])}月{cardinal(match[4])}日"


def _month_of_year(match: re.Match[str]) -> str:
    return f"{digit_by_digit(match[1])}年{cardinal(match[2])}月"


def _years(match: re.Match[str]) -> str:
    return f"{digit_by_digit(match[1])}到{digit_by_digit(match[2])}"


def _month_and_days(match: re.Match[str]) -> str:
    month, first, first_word, last, last_word = match.groups()
    return f"{cardinal(month)}月{cardinal(first)}{first_word}到{cardinal(last)}{last_word}"


def _decade(match: re.Match[str]) -> str:
    figures = match[1]
    tens = cardinal(figures) if len(figures) == 2 and figures != "00" else digit_by_digit(figures)
    return f"{tens}年代"


def _month_and_day(match: re.Match[str]) -> str:
    return f"{cardinal(match[1])}月{cardinal(match[2])}日" if DATE_BEFORE.search(before(match)) else match[0]


CALENDAR = rules(
    (rf"(?<![\d.])({CENTURIES})([-/.])({MONTH})\2({DAY})(?![\d.]*\d)", _date),
    (r"(?<!\d)(\d{4})[-/~](\d{4}|\d\d)(?=赛季|学年|年度|财年)", _years),
    (rf"(?<![\d.-])({CENTURIES})[-/](0[1-9]|1[0-2])(?![\d.-])", _month_of_year),
    (r"(?<!\d)(\d{4})年?[-~](\d{4})(?=年)", _years),
    (rf"(?<![\d.-])({CENTURIES})[-~]({CENTURIES})(?![\d.-])", _years),
    (
        rf"(?<![\d./])({MONTH})/({DAY})(?=是[^，。]{{0,6}}[节日]|[(（]?(?:周|星期))",
        lambda match: f"{cardinal(match[1])}月{cardinal(match[2])}日",
    ),
    (rf"(?<![\d./])({MONTH})/({DAY})(?![\d./])", _month_and_day),
    (r"(?<!\d)(\d{4}|\d{2})年代", _decade),
    (r"(?<!\d)([05-9][05])(?=[、/和][05-9][05]后)", lambda match: digit_by_digit(match[1])),
    (r"(?<!\d)([05-9][05])后(?!面|来|边|[天年月日卫])", lambda match: digit_by_digit(match[1]) + "后"),
    (rf"(?<!\d)({MONTH})月({DAY})([日号]?)[-~]({DAY})([日号])", _month_and_days),
    (rf"(?<!\d)({MONTH})月({DAY})([日号])", lambda match: f"{cardinal(match[1])}月{cardinal(match[2])}{match[3]}"),
    (r"(?<![\d.])(\d+)年(?!级)", _year),
    (rf"(?<!\d)({MONTH})[-~]({MONTH})月", lambda match: f"{cardinal(match[1])}到{cardinal(match[2])}月"),
    (rf"(?<![\d.])({MONTH})月", lambda match: f"{cardinal(match[1])}月"),
    (rf"(?<!\d)({DAY})[-~]({DAY})([日号])", lambda match: f"{cardinal(match[1])}到{cardinal(match[2])}{match[3]}"),
    (rf"(?<![\d.])({DAY})(?=[日号](?!元))", lambda match: cardinal(match[1])),
)
