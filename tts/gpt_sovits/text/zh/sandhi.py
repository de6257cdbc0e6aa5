"""How 不, 一 and third tones change beside other syllables, inside one word. Pure; tones are changed in place."""

BREAKS = "：，；。？！“”‘’':,;.?!"


def change_bu(word: str, tones: list[str], *, never_light: str = "") -> None:
    """不 is light in 看不懂, unless behind one of `never_light`, and rises before a falling tone."""
    if len(word) == 3 and word[1] == "不" and (word[0] == word[2] or word[0] not in never_light):
        tones[1] = "5"
        return
    for position in range(len(word) - 1):
        if word[position] == "不" and tones[position + 1] == "4":
            tones[position] = "2"


def change_yi_as_upstream(word: str, tones: list[str]) -> None:
    """一 keeps its tone in numbers and at the end, is light in 看一看, else rises or falls after what follows."""
    if all(character.isnumeric() for character in word if character != "一"):
        return
    if is_repeated_around(word, "一"):
        tones[1] = "5"
    elif word.startswith("第一"):
        tones[1] = "1"
    else:
        for position in range(len(word) - 1):
            if word[position] == "一" and word[position + 1] not in BREAKS:
                tones[position] = "2" if tones[position + 1] == "4" else "4"


def is_repeated_around(word: str, middle: str) -> bool:
    return len(word) == 3 and word[1] == middle and word[0] == word[2]


def change_third(tones: list[str], left_length: int) -> None:
    """Of third tones in a row all but the last rise; `left_length` is where a word of three has its seam."""
    if len(tones) == 2:
        _raise_pair(tones, 0)
    elif len(tones) == 3:
        _change_third_of_three(tones, left_length)
    elif len(tones) == 4:
        _raise_pair(tones, 0)
        _raise_pair(tones, 2)


def raise_last_pair(tones: list[str]) -> None:
    """In a word of three, the middle one of 还给我 rises as well, which upstream overlooks."""
    if len(tones) == 3 and tones[0] != "3":
        _raise_pair(tones, 1)


def _raise_pair(tones: list[str], start: int) -> None:
    if tones[start : start + 2] == ["3", "3"]:
        tones[start] = "2"


def _change_third_of_three(tones: list[str], left_length: int) -> None:
    if tones == ["3", "3", "3"]:
        if left_length == 2:
            tones[:] = "223"
        elif left_length == 1:
            tones[:] = "323"
        return
    right = tones[left_length:]
    if left_length == 2:
        _raise_pair(tones, 0)
    if left_length == 1:
        _raise_pair(tones, 1)
    if right and set(right) != {"3"} and right[0] == "3" == tones[left_length - 1]:
        tones[left_length - 1] = "2"
