"""Which syllables are light: customary words, doubled ones, and words that are light only in some company."""

import re

from tts.gpt_sovits.text.zh.word_lists import read_sections
from tts.gpt_sovits.text.zh.words import Word

PARTICLES = "吧呢哈啊呐噻嘛吖嗨哦哒哩哟喽啰耶喔诶"
INTERJECTIONS = "啊哦哈嗨哟喔诶"
"""Particles that have a full tone where nothing is before them."""

AT_THE_END = "额滴"
BEFORE_LAI_QU = "上下进出回过起开"
BEFORE_GE = "零一二两三四五六七八九十百千万亿几有半多各整每做是"
DEGREE = re.compile(r"(?:很|太|挺|真|最|更|多|这么|那么|非常|特别|好|不够?|蛮|怪|格外|越来越)$")
FULL_IN_COMPANY = {
    "精神": (None, None),
    "实在": (None, None),
    "过去": (None, None),
    "大意": (None, None),
    "地道": ("一条|这条|那条|挖|钻|在|打|修", None),
    "利害": (None, "关系|得失|攸关|冲突|之|相关"),
    "东西": ("南北|横贯|呈|分", "方|向|走|两|长|部|南北|宽|间|横|德|半球"),
    "地方": ("中央[和与]", "政府|特色|性|官|志|税|财政|法规|武装|保护|戏|政权|党|标准|债|小吃|经济|各级"),
    "人家": ("户|大户|富贵|小户|农|渔", None),
}
"""Words of the list that have full tones: what stands before or behind them then; none at all for full as a rule."""


class NeutralTone:
    """Makes syllables light in place."""

    def __init__(self):
        upstream, ours = read_sections("zh_upstream.txt"), read_sections("zh_tones.txt")
        self._light = {*upstream["light last syllable"], *ours["light"]} - {*ours["not light"]}
        self._light_doubles = frozenset(ours["light doubles"])
        self._full_doubles = frozenset((*upstream["never light"], *ours["full doubles"]))
        self._full_places = frozenset(ours["full place"])

    def apply(self, word: Word, tones: list[str], left: str, right: str, seam: int) -> None:
        """`left` and `right` are the rest of the piece on both sides, `seam` is where the word comes apart."""
        text = word.text
        self._doubled(word, tones)
        if self.ends_light(word, left, right):
            tones[-1] = "5"
        for position in range(len(text)):
            if text[position] == "个" and (text == "个" or (position and text[position - 1] in BEFORE_GE)):
                tones[position] = "5"
        for start, end in _inner_words(text, seam):
            inner = text[start:end]
            if inner in self._light and self._is_light_here(inner, left + text[:start], text[end:] + right):
                tones[end - 1] = "5"

    def _doubled(self, word: Word, tones: list[str]) -> None:
        text = word.text
        for start in range(len(text) - 1):
            if text[start : start + 2] in self._light_doubles:
                tones[start + 1] = "5"
        is_aa = len(text) == 2 and text[0] == text[1] and text not in self._full_doubles
        is_aabb = len(text) == 4 and text[0] == text[1] and text[2] == text[3]
        if (is_aa and word.tag.startswith("v")) or (is_aabb and word.tag.startswith(("a", "v"))):
            tones[1] = "5"

    def ends_light(self, word: Word, left: str, right: str) -> bool:
        """Whether a word ends in a particle, or a light word for a place or a direction."""
        text, tag = word
        if len(text) == 1:
            if text in INTERJECTIONS and not left:
                return False
            return text in PARTICLES or (text in AT_THE_END and bool(left) and right[:1] in ("", *"!?…,.-"))
        if text[-1] in "来去" and text[-2] in BEFORE_LAI_QU:
            return text != "过去" or _is_direction(left, right)
        if tag not in ("s", "l", "f") or text in self._full_places:
            return False
        if text[-1] == "下":
            return text.endswith(("底下", "乡下"))
        return text[-1] in "上里" and len(text) < 4 and text[-2] not in "不得"

    def _is_light_here(self, text: str, left: str, right: str) -> bool:
        if text not in FULL_IN_COMPANY:
            return True
        before, behind = FULL_IN_COMPANY[text]
        if before is None and behind is None:
            return bool(DEGREE.search(left))
        return not (before and re.search(f"(?:{before})$", left)) and not (behind and re.match(behind, right))


def _inner_words(text: str, seam: int) -> set[tuple[int, int]]:
    """Where the word, its last two characters, and the two parts of it begin and end."""
    whole = len(text)
    return {(0, whole), (max(0, whole - 2), whole), (0, seam), (seam, whole)}


def _is_direction(left: str, right: str) -> bool:
    """过去 for going over there, not for the past."""
    if not left or left.endswith(("的", "在", "了", "和", "是", "比")) or not re.search(r"[一-龥]$", left):
        return False
    return not re.match(r"[一二两三四五六七八九十几多的是有没曾常]|我|他|她|你|它|时|式|这|完成|$", right) or bool(
        re.search(r"[走跑飞冲跟看拿送开爬游搬扔扑传推转抱赶靠挤混熬挨说骗]$", left)
    )
