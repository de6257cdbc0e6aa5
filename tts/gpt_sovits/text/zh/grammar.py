"""Readings that depend on what part of speech stands on either side: 得, 地, 过, 为 and surnames. Pure."""

import re

from tts.gpt_sovits.text.zh.words import Word

DEGREE = re.compile(
    r"很|太|非常|特别|这么|那么|不|真|像|跟|更|要命|厉害|有点|越来越|挺|最|好像|满|直|连|如此|十分|极|格外"
)
GAINS = re.compile(
    r"了(?!吧|吗|啊)|过|到|奖|分|病|票|第|冠|亚|金牌|银牌|铜牌|满分|高分|知(?!道)|以|逞|体|当|失|罪|意|主|出|手|利|救|名|势|宠|癌|的(?!话)"
)
GAINED = re.compile("(?:病|炎|症|癌|瘤|奖|冠军|流感|新冠|肺结核|高血压|疹|便宜|好处|民心|天下)$")
DUTY_LEFT = re.compile(
    r"(?:[我你您他她它们就可总还也都必非要只得谁]|今天|明天|后天|现在|们|大家|咱|自己|晚上|早上|下午|上午|孩子|一定|肯定|至少|最少|又)$"
)
DURATION = re.compile(r"[一二两三四五六七八九十百千万几多半]+(?:个|天|年|月|小时|分钟|块|钱|次|遍)|多[少久长]")
PEOPLE = ("r", "n", "nr", "nt", "ns", "nz")
NAMING = re.compile(r"(?:以(?![便及后前来致至]).{1,8}|[把被].{0,8}|[称列评选视誉改译设命作成当奉尊变转分定])$")
NO_SUFFIX_BEFORE = frozenset(
    "要 会 能 可以 没 不 正在 准备 打算 让 请 应该 必须 敢 肯 得 一起 在 来不及 快 想要 去 先".split()
)
FAMILY = re.compile(r"(?<![百同一])姓$")
CALLED = re.compile(r"(?:^|[我你他她友事名字人子娘爸妈师弟妹哥姐学生就是])叫做?$")
GIVEN_NAME = re.compile(r"(?![了着过一下到来去子仔哥姐总啥什])[一-龥]{1,2}(?:$|[^一-龥]|[的是])")
CAN_SUCCEED = frozenset("买找听看办做说遇碰收吃用查拿学猜赶摸够")
CROSSED = re.compile(r"马路|桥|河|年(?!轻)|节|生日|关(?!于)|日子|街|江|海|安检|海关|夜|周末|冬|夏|一遍|来")


def reading_of_de(words: list[Word], position: int) -> str:
    """得: dei3 for what must be done, de2 for what is gained, else light behind a verb."""
    left = words[position - 1] if position else None
    right = "".join(word.text for word in words[position + 1 : position + 4])
    after = words[position + 1] if position + 1 < len(words) else None
    if left is None or left.tag.startswith(("x", "w")):
        is_duty = DURATION.match(right) or (after and after.tag.startswith(("v", "d")) and not GAINS.match(right))
        return "dei3" if is_duty else "de2"
    if DUTY_LEFT.search(left.text) or left.tag.startswith(("r", "t")):
        if GAINS.match(right) or (after and _is_gained(after)):
            return "de2"
        if after and after.tag.startswith("m"):
            return "dei3" if DURATION.match(right) else "de2"
        return "dei3" if after else "de5"
    if left.tag.startswith("d") and after and after.tag.startswith("v"):
        return "dei3"
    if left.tag.startswith("n") and left.text not in "气病疼痛冻饿吓" and after and not DEGREE.match(right):
        if GAINS.match(right) or after.tag.startswith(("n", "m")):
            return "de2"
        return "dei3" if left.tag == "nr" or after.tag.startswith(("v", "d", "l", "p", "b")) else "de5"
    return "de5"


def is_potential(words: list[Word], position: int) -> bool:
    """Whether 得到 says that something can be done, as in 买得到."""
    return position > 0 and words[position - 1].text in CAN_SUCCEED


def is_duty(words: list[Word], position: int) -> bool:
    """Whether 得来 is to have to come: somebody stands before it, and nothing that says how it was come by after it."""
    if position == 0 or not DUTY_LEFT.search(words[position - 1].text):
        return False
    return position + 1 == len(words) or words[position + 1].text not in ("的", "不易", "容易")


def _is_gained(word: Word) -> bool:
    return word.text == "感冒" or (word.tag.startswith(("n", "s")) and bool(GAINED.search(word.text)))


def reading_of_di(words: list[Word], position: int) -> str:
    """地: light between how and what is done, else the ground."""
    if position == 0 or position + 1 == len(words):
        return "di4"
    left, right = words[position - 1], words[position + 1]
    if position > 1 and words[position - 2].text == left.text:
        return "de5"
    if left.tag.startswith(("r", "q", "f", "s", "ns")) and left.text[:1] != left.text[1:2]:
        return "di4"
    if left.tag.startswith("m") and len(left.text) < 3:
        return "di4"
    if left.tag.startswith("n") and len(left.text) == 1:
        return "di4"
    return "di4" if right.tag.startswith(("x", "w", "uj")) else "de5"


def reading_of_guo(words: list[Word], position: int) -> str:
    """过: light behind a verb for what has happened, else to cross or to spend."""
    if position == 0:
        return "guo4"
    left = words[position - 1]
    right = "".join(word.text for word in words[position + 1 : position + 3])
    if not left.tag.startswith(("v", "a")) or left.text in NO_SUFFIX_BEFORE or CROSSED.match(right):
        return "guo4"
    return "guo5"


def reading_of_wei(words: list[Word], position: int, left: str) -> str:
    """为: wei4 for whom or what something is done, wei2 for what something is."""
    rest = words[position + 1 :]
    if not rest or rest[0].tag.startswith(("m", "x", "w")) or NAMING.search(left):
        return "wei2"
    if rest[0].text[0] in "了何啥此" or rest[0].text in ("什么", "着"):
        return "wei4"
    if rest[0].tag.startswith("r") and len(rest) > 1 and rest[1].tag.startswith(("a", "b")):
        return "wei4"
    is_before_person = rest[0].tag.startswith(PEOPLE)
    if is_before_person and any(_is_verb(word) for word in rest[1:5]) and not _is_attributive(rest):
        return "wei4"
    is_purpose = not left and (rest[0].tag.startswith(("v", "l", "i")) or rest[-1].text == ",")
    return "wei4" if is_purpose else "wei2"


def _is_verb(word: Word) -> bool:
    return word.tag.startswith("v") and word.text not in ("是", "有")


def _is_attributive(words: list[Word]) -> bool:
    """为 somebody 的 …: what follows 的 is named, not done."""
    return len(words) > 1 and words[1].text == "的"


def is_behind_naming(left: str, right: str, *, is_whole_word: bool) -> bool:
    """Whether what stands between is a surname: behind 姓, and behind 叫 where one or two characters end the clause."""
    if FAMILY.search(left):
        return True
    return is_whole_word and bool(CALLED.search(left) and GIVEN_NAME.match(right))


def is_surname_place(words: list[Word], position: int) -> bool:
    """Whether the word is a person's name, or stands before a title."""
    word = words[position]
    if word.tag == "nr" and 2 <= len(word.text) <= 3:
        return True
    after = words[position + 1].text if position + 1 < len(words) else ""
    return len(word.text) == 1 and after in ("先生", "女士", "小姐", "老师", "经理", "总", "教授", "医生", "主任")
