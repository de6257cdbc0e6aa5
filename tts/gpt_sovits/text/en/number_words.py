"""Numbers as English words. Pure."""

SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = (
    " thousand million billion trillion quadrillion quintillion sextillion septillion octillion nonillion decillion"
).split(" ")
LARGEST = 10 ** (3 * len(SCALES))
ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def as_number(figures: str) -> int:
    """Read figures; a number too large for words becomes LARGEST."""
    return min(int(figures), LARGEST) if len(figures) <= 2 * len(SCALES) * 3 else LARGEST


def cardinal(number: int, joint: str = " ", comma: str = ", ") -> str:
    """Say a quantity; `joint` follows "hundred" (" and " says 101 the British way), `comma` parts groups of thousands.

    From 10 ** 36 on there are no words, and the digits are said one by one.
    """
    if number >= LARGEST:
        return digits(str(number))
    if number < 1000:
        return _below_thousand(number, joint)
    groups = []
    rest = number
    for scale in SCALES:
        rest, group = divmod(rest, 1000)
        if group:
            groups.append(f"{_below_thousand(group, joint)} {scale}".rstrip())
    last_joint = joint if 0 < number % 1000 < 100 else comma
    return last_joint.join([comma.join(reversed(groups[1:])), groups[0]]) if len(groups) > 1 else groups[0]


def ordinal(number: int, joint: str = " ", comma: str = ", ") -> str:
    """Say a place in an order: 21 -> twenty-first."""
    if number >= LARGEST:
        return digits(str(number))
    words = cardinal(number, joint, comma)
    cut = max(words.rfind(" "), words.rfind("-")) + 1
    last = words[cut:]
    if last.endswith("y"):
        return f"{words[:-1]}ieth"
    return words[:cut] + ORDINALS.get(last, f"{last}th")


def year(number: int) -> str:
    """Say a year from 1000 to 9999 in pairs, a few of them otherwise: 1999, 1905, 1800, 2000, 2007, 2024."""
    century, rest = divmod(number, 100)
    if century % 10 == 0 and rest < 10:
        return cardinal(number, comma=" ")
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def quantity(number: int) -> str:
    """Say how many; 1250 is no year here, but 1500 is fifteen hundred."""
    if 1000 < number < 3000 and number % 1000:
        return cardinal(number, comma=" ") if number % 100 else f"{cardinal(number // 100)} hundred"
    return cardinal(number)


def digits(figures: str) -> str:
    """Say figures one by one: 0199 -> zero one nine nine."""
    return " ".join(SMALL[int(figure)] for figure in figures)


def _below_thousand(number: int, joint: str) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest)
    words = f"{SMALL[hundreds]} hundred"
    return f"{words}{joint}{_below_hundred(rest)}" if rest else words


def _below_hundred(number: int) -> str:
    if number < 20:
        return SMALL[number]
    tens, ones = divmod(number, 10)
    return TENS[tens - 2] + (f"-{SMALL[ones]}" if ones else "")
