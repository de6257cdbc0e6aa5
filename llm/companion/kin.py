"""Those whom the user speaks of: how they are called, and a kind word when they are ill."""

import re

from llm.companion import en_care, zh_care
from llm.companion.history import History, simplified
from llm.companion.memory import clean
from llm.companion.scene import Line, Scene

_NAMED = (
    rf"我.{{0,8}}?(?P<who>{zh_care.KIN})[,，]?(?:它|他|她)?(?:的名字|名字)?(?:名?叫|是叫)做?"
    r"(?!什么|啥|谁|我|你|了|不)(?P<name>[\u4e00-\u9fff]{1,4}?|[A-Za-z]{1,15})(?=$|[,，.。!！?？~～ ]|很|今年|它|是|啊|呀|哦|呢)",
    rf"(?i:\b(?:have|got|own|my|i've|had)\b.{{0,18}}?\b(?P<who>{en_care.KIN})(?:'s)?(?:,? (?:is|who is|whose))? ?"
    r"(?:called|named|name is)) (?!what|who)(?P<name>[A-Za-z][A-Za-z'-]{0,15})",
)
_SAME = {"猫咪": "猫", "狗狗": "狗", "爸爸": "爸", "妈妈": "妈", "kitten": "cat", "puppy": "dog", "mum": "mom"}


def named_in(text: str) -> tuple[str, str]:
    """Return who is named and how, or two empty strings."""
    match = next((found for pattern in _NAMED if (found := re.search(pattern, text))), None)
    if not match:
        return "", ""
    name = clean(match["name"])
    return _same(match["who"]), name.capitalize() if name.isascii() and name.islower() else name


def tell_kin(scene: Scene, _: re.Match[str]) -> Line | None:
    name = named_in(_text(scene.history.text))[1]
    return scene.say("tell_kin", value=name) if name else None


def recall_kin(scene: Scene, match: re.Match[str]) -> Line:
    who = next(value for value in match.groupdict().values() if value)
    name = names(scene.history).get(_same(who))
    return scene.say("recall_kin", value=name) if name else scene.say("recall_kin_unknown")


def names(history: History) -> dict[str, str]:
    return dict(named_in(_text(said.text)) for said in history.users)


def kin_ill(scene: Scene, match: re.Match[str]) -> Line:
    who = match["who"]
    return scene.say("kin_ill", who=(zh_care.FORMS_OF_ADDRESS.get(who, "你" + who) or who) if scene.is_zh else who)


def _same(who: str) -> str:
    return _SAME.get(who.lower(), who.lower())


def _text(text: str) -> str:
    return simplified(text).replace("’", "'")
