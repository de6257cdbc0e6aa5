"""Signs at the Latin words of a Chinese sentence, written as a Chinese reader says them."""

import re

from tts.gpt_sovits.text.zh.numerals import cardinal, digit_by_digit

SIGNS_OF_ADDRESSES = {
    ".": "点",
    "@": " at ",
    "/": "斜杠",
    "_": "下划线",
    "-": "杠",
    ":": "冒号",
    "?": "问号",
    "#": "井号",
    "=": "等于",
    "&": "和",
    "%": "百分号",
    "~": "波浪号",
    "+": "加",
}
LABEL = "[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
ENDINGS = (
    "com|net|org|edu|gov|mil|int|info|biz|name|app|dev|xyz|top|site|online|shop|club|tech|blog|cloud|store|live|wiki"
    "|io|ai|me|tv|cc|co|gg|fm|im|vip|cn|hk|tw|mo|jp|kr|us|uk|eu|de|fr|ru|au|ca|sg"
)
KINDS_OF_FILES = (
    "js|ts|py|md|txt|pdf|docx?|xlsx?|pptx?|zip|rar|exe|apk|html?|css|json|ya?ml|toml|ini|csv|log|mp3|mp4|wav|jpe?g|png"
)
ADDRESS = re.compile(
    rf"(?<![A-Za-z0-9.@_-])(?:(?P<scheme>[a-z]{{2,6}}://)[A-Za-z0-9._-]+"
    rf"|(?:{LABEL}(?:\.{LABEL}){{0,5}}@)?(?:{LABEL}\.){{1,8}}(?:{ENDINGS}|{KINDS_OF_FILES})(?![A-Za-z0-9]))"
    r"(?::\d{2,5})?(?:/[A-Za-z0-9._~/?#=&%+:@-]*)?"
)
PART_OF_ADDRESS = re.compile(r"[A-Za-z]+|\d+|[^A-Za-z\d]")

POWERS = {"²": "平方", "³": "立方"}
CLAUSE_END = re.compile(r"\s*(?:$|[，。！？；：、,.!?;:…])")
POWER = re.compile(r"(?P<measure>\d\s?[ckdmnμ]?m[²³])|(?<=[A-Za-zα-ωΑ-Ω)）])(?P<power>[¹²³⁰⁴-⁹]+|ⁿ)")
PLAIN_FIGURES = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
VARIABLES = re.compile(
    r"(?<![A-Za-z])(?!(?:(?<=\d)|(?<=\d\s))[ckdmnμ]m[²³])[a-z]{2,3}(?=[²³])|(?<=[A-Za-z²³)]=)[a-z]{2,3}(?![A-Za-z])"
    r"|(?<![A-Za-z])[a-z]{2,3}(?==[A-Za-z(]{1,3}(?![A-Za-z]))"
)
"""Short runs of letters in a formula, each letter a quantity of its own."""
SUMS = {
    "+": "加",
    "×": "乘",
    "÷": "除以",
    "=": "等于",
    "≠": "不等于",
    "≈": "约等于",
    "≥": "大于等于",
    "≤": "小于等于",
    ">": "大于",
    "<": "小于",
}
OPERAND = r"A-Za-z0-9\u4e00-\u9fffα-ωΑ-Ω)）"
SIGN_OF_SUM = re.compile(
    r"(?<=[A-Za-z])\s?(?P<behind>[+×÷=≠≈≥≤]|[<>](?=\s?[\d-]))(?![+=>])\s?"
    rf"|(?<=[{OPERAND}])\s?(?P<before>[+×÷=≠≈≥≤]|(?<=\d)[<>])\s?(?=[A-Za-z])"
)
DOUBLE_PLUS = re.compile(r"(?<=[A-Za-z])\+\+")
LINES_OF_PICTURE = re.compile(r"(?<![A-Za-z\d])(?:360|480|540|720|1080|1440|2160)(?=[pPiI](?![A-Za-z\d]))")
TWO_IN_A_NAME = re.compile(r"(?<![A-Za-z])([A-Za-z]{1,2})2(?=[\u4e00-\u9fff])")
"""CO2 and T2: 二, which 2 before a counter would not be."""
ROMAN = re.compile(
    r"(?<![A-Za-z0-9])(?:(?P<several>II|III|IV|VI{1,3}|IX)(?=[期型级类度卷部代章节区])|(?P<single>[IVX])(?=期)|(?P<one>I)(?=[型级类度]))"
)
ROMANS: dict[str, str] = dict(zip("I II III IV V VI VII VIII IX X".split(), "一二三四五六七八九十", strict=True))
"""Roman figures before what is numbered with them; V型 and X级 may be shapes and names."""
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE = re.compile(rf"(?<=[{PROVINCES}])[A-Z][A-Z0-9]{{5,6}}(?![A-Za-z0-9])")
CODE = re.compile(
    r"(?<![A-Za-z0-9.@_/-])(?<![A-Za-z]\s)(?P<letters>[A-Z]{1,2}(?=\d{3,4}(?!\d))|[A-Z]{1,3}(?=\d{5})|[A-Z]{1,4}(?=\d\d?(?!\d)))"
    r"(?P<figures>\d{1,20})(?![A-Za-z0-9²³]|[.,:_/-]\d|-[A-Za-z])"
)
"""Flights, trains, orders and models: MU5101, G1234, A20240501, X5, PS5. Behind a Latin word they are English."""
NUMERO = re.compile(r"(?<![A-Za-z])(?:N[oO]\.|№\s?)(?=\d)")


def say_numero(sentence: str) -> str:
    """No.1 is `number 1`; with a blank in between `no.` may be an answer."""
    return NUMERO.sub("number ", sentence)


def say_signs(sentence: str) -> str:
    """Write addresses, sums and powers as words; sums of mere figures are left to the Chinese rules.

    `www.a.com` becomes `W W W点a点com`, `E=mc²` becomes `E等于mc平方`, `AI+教育` becomes `AI加教育`.
    """
    sentence = ADDRESS.sub(_said_address, sentence)
    sentence = VARIABLES.sub(lambda variables: " ".join(variables[0].upper()), sentence)
    sentence = POWER.sub(_said_power, sentence)
    sentence = LINES_OF_PICTURE.sub(lambda lines: digit_by_digit(lines[0], yao=True), sentence)
    sentence = TWO_IN_A_NAME.sub(r"\1二", sentence)
    sentence = PLATE.sub(lambda plate: re.sub(r"\d+", _said_figures, plate[0]), sentence)
    sentence = CODE.sub(_said_code, sentence)
    sentence = ROMAN.sub(lambda roman: ROMANS[roman[0]], sentence)
    sentence = DOUBLE_PLUS.sub("加加", sentence)
    return SIGN_OF_SUM.sub(lambda sign: SUMS[sign["behind"] or sign["before"]], sentence)


def _said_figures(figures: re.Match[str]) -> str:
    return digit_by_digit(figures[0], yao=True)


def _said_code(code: re.Match[str]) -> str:
    """Up to two figures are a number, more are taken down one by one."""
    figures = code["figures"]
    if len(figures) == 2 and figures[0] != "0":
        return code["letters"] + cardinal(figures)
    return code["letters"] + digit_by_digit(figures, yao=len(figures) > 2)


def _said_power(match: re.Match[str]) -> str:
    """A square is 平方, and 的平方 where the clause ends with it; the fourth power is 的四次方."""
    if match["measure"]:
        return match["measure"]
    if match["power"] in POWERS:
        return f"{'的' if CLAUSE_END.match(match.string, match.end()) else ''}{POWERS[match['power']]}"
    return f"的{cardinal(match['power'].translate(PLAIN_FIGURES)) if match['power'] != 'ⁿ' else 'N'}次方"


def _said_address(address: re.Match[str]) -> str:
    written = address[0][len(address["scheme"] or "") :]
    said = written.rstrip("/.?:")
    return "".join(_said_part(part) for part in PART_OF_ADDRESS.findall(said)) + written[len(said) :].strip("/:")


def _said_part(part: str) -> str:
    if part.lower() == "www":
        return "W W W"
    if part.isdigit():
        return digit_by_digit(part)
    return SIGNS_OF_ADDRESSES.get(part, part)
