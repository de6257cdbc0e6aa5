"""What a user has told about themselves, read anew from the history of every turn: nothing is kept."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from llm.companion.history import History, Said, simplified

_END_ZH = r"(?=$|[,，.。!！?？;；~～、]|但|可是|不过|因为|所以|然后|和你|呢$|啊$|呀$|哦$|的$)"

_NAME_ZH = (
    r"我(?:的)?(?:名字)?(?:就)?(?:叫做|名叫|叫)(?!什么|啥|谁|不|了|你|他|她|它|个|过|外|车|的)([\u4e00-\u9fff·]{1,4}?|[A-Za-z]{2,12})"
    r"(?=$|[,，.。!！?？~～ ]|我|你|今年|来自|是|很高兴|吧|啊|呀|哦|啦)",
    r"(?:可以|就|请|要)叫我([\u4e00-\u9fff]{1,4}?|[A-Za-z]{2,12})(?=$|[,，.。!！~～ ]|吧|就|好了|啊|呀|哦)",
    r"^叫我(?!起|去|来|干|做|别)([\u4e00-\u9fff]{1,4}?|[A-Za-z]{2,12})(?=$|[,，.。!！~～ ]|吧|就|好了|啊|呀|哦)",
    r"我(?:的)?名字是([\u4e00-\u9fff·]{1,4}?|[A-Za-z]{2,12})(?=$|[,，.。!！~～ ]|啊|呀|哦)",
    r"(?:我|免贵)姓[\u4e00-\u9fff][,，]?(?:名字?)?叫([\u4e00-\u9fff]{1,4}?)(?=$|[,，.。!！~～ ]|啊|呀|哦)",
    r"我是((?:小|阿|老)[\u4e00-\u9fff]{1,2})(?=$|[,，.。!！~～ ]|啊|呀|哦)",
)
_NAME_EN = (
    r"\b(?:my name is|my name's|my names|i am called|i'm called|the name's|you can call me|please call me|just call me)"
    r" ([A-Za-z][A-Za-z'-]{1,15})",
    r"^call me (?!back|later|when|tomorrow|tonight|an?\b|the\b|crazy|if|on\b|at\b)([A-Za-z][A-Za-z'-]{1,15})",
)
_I_AM_EN = r"^(?:(?i:hi|hello|hey)[,.! ]+)?(?:I am|I'm|This is) ([A-Z][a-z]{1,15})(?=$|[,.!]| and | by the way| btw)"
_BY_THE_WAY_EN = r"\b(?:i'm|i am|this is) ([a-z]{2,15}),? (?:by the way|btw)\b|\b(?:by the way|btw),? (?:i'm|i am) ([a-z]{2,15})[.! ]*$"
_SURNAME_ZH = r"(?:我|免贵)姓(?!什么|啥)([\u4e00-\u9fff])(?=$|[,，.。!！~～ ]|啊|呀|哦|的)"
_NO_NAME = {
    *"不知道 没有 不告诉你 秘密 什么 随便 都行 都可以 你猜 为什么 好 好的 是 是的 不 嗯 没 保密 谢谢 你好 再见".split(),
    *"no yes why nothing nobody secret guess sure ok okay hello hi not what fine good sorry maybe thanks bye you".split(),
    *"happy sad tired bored hungry angry sick busy lonely scared chinese english american british here back home pregnant engaged married single gay vegan drunk late done ready leaving going new great it that all well".split(),
}
_BARE_NAME = r"(?:我是|是|it's |it is |i'm |i am )?((?![我你他她叫])[\u4e00-\u9fff]{2,4}|[A-Za-z][A-Za-z'-]{1,15})"
_ASKED_NAME = r"怎么称呼|叫什么名字|your name|call you"

_LIKE_ZH = (
    r"我(?:也|很|最|特别|非常|超|超级|真的|一直|平时|就|都|比较|挺|还)*(?:喜欢|热爱|爱)(?!你|什么|啥|谁|哪|吗|上|不)(.{1,14}?)"
    + _END_ZH
)
_DISLIKE_ZH = (
    r"我(?:也|很|最|特别|非常|真的|就|都|比较|挺)*(?:不喜欢|不爱|讨厌)(?!你|什么|啥|谁|吗)(.{1,14}?)" + _END_ZH
)
_LIKE_EN = (
    r"\bi (?:also |really |just |absolutely |do |still |always )*(?:like|love|enjoy|adore)(?: to)? "
    r"(?!you\b|it\b|that\b|this\b|him\b|her\b|them\b|your\b|what\b|how\b)(.{2,40}?)(?=$|[,.!?;]| but | because | and i | when | very much| a lot)"
)
_DISLIKE_EN = r"\bi (?:really |just |absolutely )*(?:hate|dislike|can't stand|don't like)(?: to)? (?!you\b|it\b|that\b|this\b|him\b|her\b|them\b|your\b)(.{2,40}?)(?=$|[,.!?;]| but | because | and i | when )"
_FAVOURITE_ZH = r"我最(?:喜欢|爱)(?:的)([\u4e00-\u9fff]{1,6}?)(?:就)?是(?!什么|啥|谁|哪)(.{1,12}?)" + _END_ZH
_FAVOURITE_EN = r"\bmy fav(?:ou?)?rite (\w+(?: \w+)?) (?:is|are) (?!what|who)(.{1,40}?)(?=$|[,.!?;]| but | because )"
_PLACE_ZH = (
    r"我(?:家)?(?:现在)?(?:住在|来自|家在|在)([\u4e00-\u9fff]{2,6}?)(?=$|[,，.。!！~～]|工作|上学|上班|生活|读书|长大)"
)
_PLACE_EN = r"\bi(?:'m| am)? (?:come from|from|live in|living in)(?: the)? ([A-Za-z][A-Za-z' -]{1,40}?)(?=$|[,.!?;]| and | but | now)"
_NOTE_ZH = r"(?:^|请|帮我|你|要)(?:记住|记一下|记着|记下)(?!了|什么|啥|吗)[,，:： ]?(.{2,30}?)(?=$|[。.!！])"
_NOTE_EN = r"\b(?:please |can you |will you |do )?remember (?:that )?(?!me\b|my name|what|when|who|how|anything|the time)(.{3,80}?)(?=$|[.!?])"


@dataclass
class Memory:
    """Later statements win; lists are in the order they were said, without doubles."""

    name: str = ""
    place: str = ""
    likes: list[str] = field(default_factory=list)
    dislikes: list[str] = field(default_factory=list)
    favourites: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def remember(history: History, is_something_else: Callable[[str], bool]) -> Memory:
    """Collect what the user has told; `is_something_else` knows, of a bare answer, that it cannot be a name."""
    memory = Memory()
    for asked, said in history.asked_before():
        text = simplified(said.text).replace("’", "'")
        memory.name = name_in(text) or name_given(asked, said, is_something_else) or memory.name
        memory.place = _found(_PLACE_EN, text) or _place_zh(text) or memory.place
        _note(memory.dislikes, _found(_DISLIKE_ZH, text) or _found(_DISLIKE_EN, text))
        _note(memory.notes, _found(_NOTE_ZH, text) or _found(_NOTE_EN, text))
        if favourite := re.search(_FAVOURITE_ZH, text) or re.search(_FAVOURITE_EN, text, re.IGNORECASE):
            memory.favourites[favourite[1].lower()] = clean(favourite[2])
        elif not said.plain.endswith(("吗", "吗?")):
            _note(memory.likes, _found(_LIKE_ZH, text) or _found(_LIKE_EN, text))
    return memory


def name_in(text: str) -> str:
    """Return the name a sentence introduces, or nothing."""
    found = next((match for pattern in _NAME_ZH if (match := re.search(pattern, text))), None)
    found = found or next((match for pattern in _NAME_EN if (match := re.search(pattern, text, re.IGNORECASE))), None)
    found = found or re.search(_I_AM_EN, text) or re.search(_BY_THE_WAY_EN, text, re.IGNORECASE)
    if not found and (surname := re.search(_SURNAME_ZH, text)):
        return f"小{surname[1]}"
    return _as_name(next(filter(None, found.groups()))) if found else ""


def name_given(asked: str, said: Said, is_something_else: Callable[[str], bool]) -> str:
    """Return the bare name that answers our question for it, or nothing."""
    if not re.search(_ASKED_NAME, asked, re.IGNORECASE) or is_something_else(said.plain):
        return ""
    match = re.fullmatch(_BARE_NAME, clean(said.text), re.IGNORECASE)
    return _as_name(match[1]) if match and not name_in(simplified(said.text)) else ""


def like_in(text: str) -> str:
    return _found(_LIKE_ZH, text) or _found(_LIKE_EN, text)


def dislike_in(text: str) -> str:
    return _found(_DISLIKE_ZH, text) or _found(_DISLIKE_EN, text)


def favourite_in(text: str) -> str:
    match = re.search(_FAVOURITE_ZH, text) or re.search(_FAVOURITE_EN, text, re.IGNORECASE)
    return clean(match[2]) if match else ""


def place_in(text: str) -> str:
    return _found(_PLACE_EN, text) or _place_zh(text)


def note_in(text: str) -> str:
    return _found(_NOTE_ZH, text) or _found(_NOTE_EN, text)


def clean(text: str, longest: int = 40) -> str:
    """Return a user's words fit to be spoken inside quotes: no quotes, brackets, marks or markup."""
    text = re.sub(r"https?://\S+|www\.\S+", "", text)
    text = re.sub(r"[\"“”()（）\[\]【】<>{}*_#`|\\/~～…=+^$@「」『』]", "", text)
    return " ".join(text.split())[:longest].strip(" ,，.。!！?？;；:：、-")


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.IGNORECASE)
    return re.sub(r"(?:了|啊|呀|哦|呢|啦|的)$", "", clean(match[1])) if match else ""


def _place_zh(text: str) -> str:
    """ "我在家" tells where somebody is, not where they live."""
    place = _found(_PLACE_ZH, text)
    return "" if re.search(r"家$|这|那|哪|里$|想|看|听|吃|做|等|忙|学|玩|用|说|聊|找|路上|床上", place) else place


def _as_name(text: str) -> str:
    name = clean(text, 16)
    if name.lower() in _NO_NAME or not name:
        return ""
    return name.capitalize() if name.isascii() and (name.islower() or name.isupper()) else name


def _note(known: list[str], new: str) -> None:
    if new and new not in known:
        known.append(new)
