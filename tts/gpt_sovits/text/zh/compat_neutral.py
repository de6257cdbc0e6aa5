"""Which syllables upstream makes light: its rules in their order, with what they get wrong. Pure."""

from tts.gpt_sovits.text.zh.words import Word

PARTICLES = "吧呢哈啊呐噻嘛吖嗨呐哦哒额滴哩哟喽啰耶喔诶"
LINKS = "的地得"
ASPECTS = "了着过"
BEFORE_LAI_QU = "上下进出回过起开"
BEFORE_GE = "几有两半多各整每做是"


class CompatNeutralTone:
    """Makes syllables light in place."""

    def __init__(self, light: frozenset[str], never_light: frozenset[str]):
        self._light = light
        self._never_light = never_light

    def apply(self, word: Word, tones: list[str], parts: tuple[str, str]) -> None:
        """`parts` are the two halves that upstream looks up; their lengths add up to the word's."""
        text, tag = word
        if tag[0] in "nva" and text not in self._never_light:
            for position in range(1, len(text)):
                if text[position] == text[position - 1]:
                    tones[position] = "5"
        if self._ends_light(text, tag):
            tones[-1] = "5"
        elif _counts(text):
            tones[text.find("个")] = "5"
        elif self._is_listed(text):
            tones[-1] = "5"
        seam = len(parts[0])
        for part, end in ((parts[0], seam), (parts[1], len(text))):
            if part and self._is_listed(part):
                tones[end - 1] = "5"

    def _ends_light(self, text: str, tag: str) -> bool:
        last = text[-1]
        if len(text) == 1:
            return last in PARTICLES + LINKS or (last in ASPECTS and tag in ("ul", "uz", "ug"))
        return (
            last in PARTICLES + LINKS
            or (last in "们子" and tag in ("r", "n") and text not in self._never_light)
            or (last in "上下里" and tag in ("s", "l", "f"))
            or (last in "来去" and text[-2] in BEFORE_LAI_QU)
        )

    def _is_listed(self, text: str) -> bool:
        return text in self._light or text[-2:] in self._light


def _counts(text: str) -> bool:
    """个 alone or behind a number."""
    position = text.find("个")
    return text == "个" or (position >= 1 and (text[position - 1].isnumeric() or text[position - 1] in BEFORE_GE))
