"""What is taken out of a text before it is read, and what is folded to its plain form; for the default rules. Pure."""

import re

WIDE = str.maketrans({code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B))})
WIDE |= str.maketrans({code: code - 0xFEE0 for code in range(0xFF41, 0xFF5B)})
WIDE |= str.maketrans("％＋－＝／＜＞＆＠＃＄＊￡￠　\u00a0\t\u2212", "%+-=/<>&@#$*£¢   -")
"""Letters, figures and the signs of sums; commas, stops and the like keep their width, which the readers know."""

WIDE_BETWEEN_FIGURES = str.maketrans("：．", ":.")
BETWEEN_FIGURES = re.compile(r"(?<=\d)[：．](?=\d)")
"""Never a comma, which parts two numbers: who groups figures does it with the narrow one."""

UNSPOKEN = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\uffff"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U0010ffff"
    "\u20e3\u2190-\u21ff\u2300-\u23ff\u2500-\u2775\u2794-\u27bf\u2900-\u297f\u2b00-\u2bff\ufe00-\ufe0f"
    "\U0001f000-\U0001faff\U0001fb00-\U0001fbff"
    "]+"
)
"""Control characters, what is invisible or unassigned, and pictures: emoji, arrows, boxes, dingbats, chess pieces."""


def clean(text: str) -> str:
    """Drop pictures and invisible characters, fold letters and figures of full width, and repeated blanks."""
    if text.isascii() and "  " not in text and text.isprintable():
        return text.strip()
    text = UNSPOKEN.sub("", text).translate(WIDE)
    text = BETWEEN_FIGURES.sub(lambda mark: mark[0].translate(WIDE_BETWEEN_FIGURES), text)
    return re.sub(" {2,}", " ", text).strip()
