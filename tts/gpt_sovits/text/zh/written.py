"""A written text made ready for reading aloud: one form for every digit, sign and blank. Pure."""

import re
import unicodedata

from tts.gpt_sovits.text.zh.numerals import cardinal
from tts.gpt_sovits.text.zh.tables import table

SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
SIGNS = str.maketrans(
    table(
        "％=% ＋=+ －=- ／=/ ＜=< ＞=> ＄=$ ￥=¥ ＊=* ～=~ 〜=~ ∼=~ –=- −=- ﹣=- ∶=: ⁄=/"
        " ℃=°C ℉=°F º=° 〇=零 ≧=≥ ≦=≤ ≒=≈"
    )
    | {"＝": "=", "\u00b5": "μ", "\u2126": "Ω"}
)
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
REWRITINGS = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"(?<=\d)(?=[¼-¾⅐-⅞])", "又"),
        (r"(?<=\d)：(?=\d)", ":"),
        (r"(?<=\d)．(?=\d)", "."),
        (r"(?<=[\d日号年月])[—－]{1,2}(?=\d)", "-"),
        (r"(?:^|(?<=[，。；：！？\n]))[(（]?(\d{1,2}|[一二三四五六七八九十]{1,3})[)）]", r"\1，"),
        (r"\s*[\n\u2028\u2029]\s*", "，"),
        (r"\s+", " "),
        (r"(?<!\d) | (?!\d)", ""),
    )
)
GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")


def tidy(text: str) -> str:
    """The same text with figures and signs in ASCII where it has them; the only blanks left part two figures."""
    text = text.strip()
    for pattern, written in REWRITINGS:
        text = pattern.sub(written, text)
    if not text.isascii():
        text = INVISIBLE.sub("", "".join(map(_plain, text))).translate(SIGNS)
        text = REWRITINGS[-1][0].sub("", text)
    return GROUPED.sub(lambda match: match[0].replace(",", ""), text)


def _plain(character: str) -> str:
    """A character in its common form: Ａ -> A, ① -> 一, ½ -> 二分之一, ㎡ -> m2; superscripts stay."""
    if character < "\u00b0" or "\u3400" <= character <= "\u9fff" or character in SUPERSCRIPTS:
        return character
    value = unicodedata.numeric(character, None)
    if value is not None and unicodedata.category(character) == "Nd":
        return str(int(value))
    if value is not None and value == int(value) and value >= 1:
        return cardinal(str(int(value)))
    if value is not None and value != 0:
        return _fraction(unicodedata.normalize("NFKC", character))
    if _is_variant(character):
        return unicodedata.normalize("NFKC", character)
    return character


def _is_variant(character: str) -> bool:
    """Full-width letters, squared units, and ideographs that are encoded twice."""
    return (
        "Ａ" <= character <= "Ｚ"
        or "ａ" <= character <= "ｚ"
        or "\u3371" <= character <= "\u33df"
        or "\u2e80" <= character <= "\u2fdf"
        or "\uf900" <= character <= "\ufaff"
    )


def _fraction(digits: str) -> str:
    numerator, _, denominator = digits.partition("⁄")
    return f"{cardinal(denominator)}分之{cardinal(numerator)}" if denominator else digits
