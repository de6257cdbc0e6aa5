"""Figures as Chinese words, one number at a time. Pure; every argument is a string of ASCII digits."""

DIGITS = "零一二三四五六七八九"
PLACES = ((8, "亿"), (4, "万"), (3, "千"), (2, "百"), (1, "十"))


def digit_by_digit(figures: str, *, yao: bool = False) -> str:
    """Say one figure after the other, 一 as 幺 where somebody is to take the number down: 110 -> 幺幺零."""
    words = "".join(DIGITS[int(figure)] for figure in figures)
    return words.replace("一", "幺") if yao else words


def cardinal(figures: str) -> str:
    """Say a quantity, its leading zeros aside: 10500 -> 一万零五百, 12 -> 十二; nothing stays nothing."""
    significant = figures.lstrip("0")
    if not significant:
        return "零" if figures else ""
    head = len(significant) % 8 or 8
    words = _below_place(significant[:head])
    for start in range(head, len(significant), 8):  # a loop, for a text may hold thousands of digits
        words += "亿" + _below_place(significant[start : start + 8])
    return words[1:] if words.startswith("一十") else words


def _below_place(figures: str) -> str:
    """Up to eight figures; zeros in front are said once, zeros at the end never."""
    significant = figures.lstrip("0")
    if len(significant) <= 1:
        gap = "零" if significant and len(significant) < len(figures) else ""
        return gap + (DIGITS[int(significant)] if significant else "")
    places, word = next((places, word) for places, word in PLACES if places < len(significant))
    return _below_place(figures[:-places]) + word + _below_place(figures[-places:])


def number(figures: str) -> str:
    """Say a number that may have decimals: 12.50 -> 十二点五零, .5 -> 零点五; of zeros at the end one is said."""
    whole, _, decimals = figures.partition(".")
    said = decimals.rstrip("0") + ("0" if decimals.endswith("0") else "")
    words = cardinal(whole)
    return f"{words or '零'}点{digit_by_digit(said)}" if said else words
