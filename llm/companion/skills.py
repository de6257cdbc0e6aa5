"""The small things the companion can do: sums, the clock, games, spelling, counting, saying things back."""

import re
from datetime import datetime, timedelta
from fractions import Fraction

from llm.companion import clock, en, numerals, zh
from llm.companion.memory import clean
from llm.companion.scene import Line, Scene
from llm.companion.sums import asked_sum

_LONGEST_COUNT = 20
_TREAT_IS_RECENT = 3
_DAYS = (
    (r"大后天", 3), (r"后天|day after tomorrow", 2), (r"明天|明儿|tomorrow", 1),
    (r"大前天", -3), (r"前天|day before yesterday", -2), (r"昨天|昨儿|yesterday", -1),
)  # fmt: skip
_DAY_NAMES_ZH = {0: "今天", 1: "明天", 2: "后天", 3: "大后天", -1: "昨天", -2: "前天", -3: "大前天"}
_DAY_NAMES_EN = {
    0: "today",
    1: "tomorrow",
    2: "the day after tomorrow",
    -1: "yesterday",
    -2: "the day before yesterday",
}
_HANDS = {"石头": 0, "剪刀": 1, "布": 2, "rock": 0, "scissors": 1, "paper": 2}
_HAND_NAMES_ZH, _HAND_NAMES_EN = ("石头", "剪刀", "布"), ("rock", "scissors", "paper")
_ASKING_TO_CHOOSE = re.compile(
    r"^(?:你说|你觉得|你看|请|帮我选|选|那)*(?:我们|我|咱们)?(?:今天|晚上|中午|现在|明天)?(?:应该|该|要|想|是)?(?:喝|吃|去|选|买|看|玩|用|学)?"
    r"|^(?:(?:so|well|hey|please|tell me|should|shall|do|would|can|could|i|we|you|think|say|choose|pick|decide|recommend|suggest"
    r"|which is better|what is better|have|go for|take|get|eat|drink|prefer|like|for me|between|is|it) )+"
)
_NO_CHOICE = {
    "我",
    "你",
    "他",
    "她",
    "它",
    "这",
    "那",
    "我们",
    "你们",
    "他们",
    "这个",
    "那个",
    "i",
    "you",
    "he",
    "she",
    "it",
}


def speak(scene: Scene, match: re.Match[str]) -> Line:
    scene.switch(en.WORDS if re.search(r"英|english", match[0]) else zh.WORDS)
    return scene.say("switched")


def declined(scene: Scene, match: re.Match[str]) -> Line:
    return scene.say("declined", what=match["what"])


def sums(scene: Scene, _: re.Match[str]) -> Line | None:
    asked = asked_sum(scene.history.plain)
    if not asked:
        return None
    if asked.result is None:
        return scene.say("sum_impossible")
    spell = numerals.to_zh if scene.is_zh else numerals.to_en
    slots = {"sum": asked.said(spell, scene.words.language), "result": spell(asked.result)}
    if asked.claimed is not None:
        return scene.say("sum_right" if asked.claimed == asked.result else "sum_wrong", **slots)
    if not numerals.is_exact(asked.result) and slots["sum"]:
        return scene.say("sum_about", **slots)
    return scene.say("sum" if slots["sum"] else "sum_plain", **slots)


def time(scene: Scene, _: re.Match[str]) -> Line:
    return scene.say("time", time=clock.time_zh(scene.now) if scene.is_zh else clock.time_en(scene.now))


def weekday(scene: Scene, _: re.Match[str]) -> Line:
    return scene.say("weekday", **_day_slots(scene))


def date(scene: Scene, _: re.Match[str]) -> Line:
    is_year = re.search(r"哪一?年|今年|\byear\b", scene.history.plain)
    return scene.say("year" if is_year else "date", **_day_slots(scene))


def coin(scene: Scene, _: re.Match[str]) -> Line:
    return scene.say("coin", side=scene.pick(["正面", "反面"] if scene.is_zh else ["heads", "tails"]))


def dice(scene: Scene, _: re.Match[str]) -> Line:
    face = scene.number(1, 6)
    return scene.say("dice", face=_number(scene, face) if scene.is_zh else numerals.small_en(face))


def number(scene: Scene, _: re.Match[str]) -> Line:
    found = [int(value) for value in _numbers_in(scene.history.plain) if value.denominator == 1 and 0 <= value <= 10**6]
    first, last = (
        (min(found), max(found)) if len(found) > 1 else (1, max([*found, 10]) if found and found[0] > 1 else 10)
    )
    return scene.say("number", face=_number(scene, scene.number(first, last)))


def hand_game(scene: Scene, match: re.Match[str]) -> Line:
    """Rock beats scissors, scissors beat paper, paper beats rock: each beats the next one in the list."""
    theirs, mine = _HANDS[match["hand"]], scene.number(0, 2)
    situation = ("hand_draw", "hand_win", "hand_lose")[(mine - theirs) % 3]
    return scene.say(situation, mine=(_HAND_NAMES_ZH if scene.is_zh else _HAND_NAMES_EN)[mine])


def choice(scene: Scene, match: re.Match[str]) -> Line | None:
    options = [clean(_ASKING_TO_CHOOSE.sub("", match[name].strip()), 24) for name in ("one", "other")]
    if any(not option or option in _NO_CHOICE or option.startswith(("我", "你")) for option in options):
        return None
    return scene.say("choice", chosen=scene.pick(options))


def count(scene: Scene, match: re.Match[str]) -> Line | None:
    found = [int(value) for value in _numbers_in(scene.history.plain) if value.denominator == 1 and 0 <= value <= 10**6]
    is_down = bool(match["down"])
    last = found[-1] if found else (5 if is_down else 10)
    first = found[0] if len(found) > 1 else 1
    if is_down:
        first, last = (found[0] if found else 5), (found[1] if len(found) > 1 else 1)
    step = 1 if last >= first else -1
    row = list(range(first, last + step, step))
    said = (", " if not scene.is_zh else "，").join(_number(scene, value) for value in row[:_LONGEST_COUNT])
    return scene.say("count" if len(row) <= _LONGEST_COUNT else "count_too_far", numbers=said)


def spell(scene: Scene, match: re.Match[str]) -> Line | None:
    word = clean(match["word"] or match["word2"] or "", 30)
    if word in ("the", "a", "it", "that", "this", "word", "something"):
        return None
    letters = ", ".join(sign.upper() for sign in word if sign.isalnum())
    return scene.say("spell", word=word, letters=letters) if letters else None


def echo(scene: Scene, match: re.Match[str]) -> Line | None:
    """Say it as it was written, not as it was matched."""
    start = scene.history.plain.rfind(match["said"])
    same_length = len(scene.history.plain) == len(scene.history.text)
    said = clean(scene.history.text[start:] if same_length else match["said"], 120)
    return scene.say("echo", said=said) if said else None


def again(scene: Scene, _: re.Match[str]) -> Line:
    last = scene.history.last_reply
    said = clean(re.sub(r"^(?:我刚才说：|好，再说一遍。|I said: |Sure, once more\. )", "", last), 300)
    if not said:
        return scene.say("again_unknown")
    return scene.say("again", said=said + ("。" if scene.is_zh else "."))


def another(scene: Scene, match: re.Match[str]) -> Line | None:
    """Do once more what the last line did, if that was something to do again."""
    for reply in reversed(scene.history.replies[-_TREAT_IS_RECENT:]):
        if kind := next((kind for kind in ("joke", "fact", "story", "poem") if scene.was_said(kind, reply)), None):
            return scene.say(kind)
        if line := _played_again(scene, match, reply):
            return line
    return scene.say("another_nothing") if re.search(r"再|another|one more", scene.history.plain) else None


def _played_again(scene: Scene, match: re.Match[str], reply: str) -> Line | None:
    for kind, skill in (
        ("coin", coin),
        ("dice", dice),
        ("number", number),
        ("riddle_right", riddle),
        ("riddle_reveal", riddle),
    ):
        if scene.was_said(kind, reply):
            return skill(scene, match)
    if any(scene.was_said(kind, reply) for kind in ("hand_win", "hand_lose", "hand_draw")):
        return scene.say("hand_game_offer")
    return None


def riddle(scene: Scene, _: re.Match[str]) -> Line:
    said = " ".join(scene.history.replies)
    fresh = [riddle for riddle in scene.words.riddles if riddle.question not in said] or list(scene.words.riddles)
    return scene.say("riddle", riddle=scene.pick([riddle.question for riddle in fresh]))


def _day_slots(scene: Scene) -> dict[str, str]:
    text = scene.history.plain
    offset = next((days for pattern, days in _DAYS if re.search(pattern, text)), 0)
    day: datetime = scene.now + timedelta(days=offset)
    if scene.is_zh:
        name, weekday, said = _DAY_NAMES_ZH[offset], clock.weekday_zh(day), clock.date_zh(day)
        return {"day": name, "weekday": weekday, "date": said, "year": clock.year_zh(day)}
    name = _DAY_NAMES_EN.get(offset, "that day")
    return {"day": name, "weekday": clock.weekday_en(day), "date": clock.date_en(day), "year": str(day.year)}


def _numbers_in(text: str) -> list[Fraction]:
    pattern = rf"\d{{1,7}}|{numerals.ZH_NUMBER}|{numerals.EN_NUMBER}"
    return [_read(match[0]) for match in re.finditer(pattern, text)]


def _read(text: str) -> Fraction:
    if text.isdigit():
        return Fraction(int(text))
    return numerals.from_en(text) if text.isascii() else numerals.from_zh(text)


def _number(scene: Scene, value: int) -> str:
    return numerals.to_zh(Fraction(value)) if scene.is_zh else numerals.to_en(Fraction(value))
