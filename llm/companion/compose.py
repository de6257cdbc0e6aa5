"""How the companion finds its answer: what is pending first, then what it recognises, then what keeps a talk going."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from llm.companion import en, kin, nonsense, recall, skills, zh
from llm.companion.history import History
from llm.companion.memory import clean, name_given
from llm.companion.reflect import reflect
from llm.companion.scene import Line, Scene
from llm.companion.words import Riddle

_GIVE_UP = r"不知道|不晓得|答案|揭晓|谜底|猜不(到|出|着)|放弃|告诉我|提示|投降|\b(give up|tell me|no idea|don't know|dunno|answer|hint|i pass|what is it)\b"
_BECAUSE = r"^(因为|由于|\bbecause\b|\bcause\b|\bcuz\b)"
_WHY = r"^(为什么|为啥|为何|\bwhy\b)[^,，]{0,12}$"
_PAST = r"了|过|昨天|刚才|刚刚|以前|\b(was|were|went|had|did|saw|met|got|bought|made|took|came|ate|found|lost|been|[a-z]{2,}ed)\b"
_ENDS_IN_QUESTION = r"[?？][^?？]{0,3}$"
_SENTENCE = r"$|[我你他她它这那咱]|.*[，,]|(i|you|he|she|it|we|they|this|that|there)\b"
_FEELINGS = frozenset(
    "sad anxious lonely ill angry tired hungry happy laugh loss breakup failure hurt congrats kin_ill grave_ill sleepless".split()
)
_NOT_ABOUT_ME = r"^(?!.*\b(i|i'm|i've|my|me|we|our)\b)(?:so |and |but )?(who|what|when|where|why|how|which|whose|is|are|was|were|do|does|did|has|have)\b|^(?!.*[我俺咱])(?=.*(谁|哪个|哪支|哪国|哪年|第几))"
_CARED_FOR = frozenset("listening yes no okay dont_know really you_too bored happy dilemma recommend request".split())
_LONGEST_ANSWER_ZH, _LONGEST_ANSWER_EN = 6, 4

Skill = Callable[[Scene, re.Match[str]], Line | None]

_SKILLS: dict[str, Skill] = {
    "sum": skills.sums,
    "time": skills.time,
    "weekday": skills.weekday,
    "date": skills.date,
    "coin": skills.coin,
    "dice": skills.dice,
    "number": skills.number,
    "hand_game": skills.hand_game,
    "choice": skills.choice,
    "count": skills.count,
    "spell": skills.spell,
    "echo": skills.echo,
    "again": skills.again,
    "another": skills.another,
    "riddle": skills.riddle,
    "recall_name": recall.recall_name,
    "persona_name": recall.persona_name,
    "recall_likes": recall.recall_likes,
    "recall_favourite": recall.recall_favourite,
    "recall_place": recall.recall_place,
    "recall_notes": recall.recall_notes,
    "recall_about_me": recall.recall_about_me,
    "recall_said": recall.recall_said,
    "recall_talk": recall.recall_talk,
    "tell_name": recall.tell_name,
    "tell_like": recall.tell_like,
    "tell_dislike": recall.tell_dislike,
    "tell_favourite": recall.tell_favourite,
    "tell_place": recall.tell_place,
    "tell_note": recall.tell_note,
    "tell_kin": kin.tell_kin,
    "recall_kin": kin.recall_kin,
    "speak": skills.speak,
    "declined": skills.declined,
    "kin_ill": kin.kin_ill,
}


def compose(messages: Sequence[object], now: datetime) -> str:
    """Return the whole reply to a history: an emotion tag, quoted speech, sometimes a stage direction."""
    scene = Scene(History(messages), now)
    line = _pending(scene) or _recognised(scene) or _small_talk(scene)
    return str(_unlike_the_last(scene, line))


def _pending(scene: Scene) -> Line | None:
    """Answer what only makes sense after our own last line: a riddle's solution, a name, a yes or a no."""
    text = scene.history.plain
    if not scene.history.users:
        return scene.say("greeting_first")
    if not text:
        return scene.say("nothing_said")
    if riddle := _open_riddle(scene):
        if re.search(riddle.pattern, text):
            return scene.say("riddle_right", answer=riddle.answer)
        if re.search(_GIVE_UP, text):
            return scene.say("riddle_reveal", answer=riddle.answer)
    if name := name_given(scene.history.last_reply, scene.history.users[-1], scene.is_recognised):
        return scene.say("tell_name", name=name)
    return _answer_to_offer(scene)


def _recognised(scene: Scene) -> Line | None:
    text = re.sub(r"(?<=[a-z])(?=[\u3400-\u9fff])", " ", scene.history.plain)
    is_about_others = bool(re.search(_NOT_ABOUT_ME, text))
    for intent, pattern in scene.words.intents:
        if is_about_others and intent in _FEELINGS:
            continue
        match = re.search(pattern, text)
        if match and (line := _perform(scene, intent, match)):
            return line
    return _felt_in_the_other_language(scene, text)


def _felt_in_the_other_language(scene: Scene, text: str) -> Line | None:
    """Hear "tired" in 我今天 so tired."""
    if not nonsense.is_mixed(text, scene.words.language):
        return None
    other = en.WORDS if scene.is_zh else zh.WORDS
    plain = _FEELINGS - _SKILLS.keys()
    felt = next((kind for kind, pattern in other.intents if kind in plain and re.search(pattern, text)), None)
    return scene.say(felt) if felt else None


def _perform(scene: Scene, intent: str, match: re.Match[str]) -> Line | None:
    if intent == "greeting" and not scene.history.replies:
        return scene.say("greeting_first")
    if scene.is_heavy and intent in _CARED_FOR:
        return scene.say("care_on")
    skill = _SKILLS.get(intent)
    return skill(scene, match) if skill else scene.say(intent)


def _small_talk(scene: Scene) -> Line:
    """React to what no intent recognised, from the most to the least specific way."""
    text = scene.history.plain
    is_question = bool(re.search(scene.words.question, text))
    topic = next((topic for topic in scene.words.topics if re.search(topic.pattern, text)), None)
    if scene.is_heavy and (re.search(_WHY, text) or not re.search(_NOT_ABOUT_ME, text)):
        return scene.say("care_on")
    if re.search(_BECAUSE, text):
        return scene.say("because")
    if re.search(_WHY, text):
        return scene.say("why_me")
    if _open_riddle(scene) and _short_answer(scene):
        return scene.say("riddle_wrong")
    if nonsense.is_gibberish(text):
        return scene.say("unclear")
    if is_question:
        return scene.say("unknown_question")
    is_mixed = nonsense.is_mixed(text, scene.words.language)
    echo = "" if is_mixed else reflect(scene.history.text, scene.words.language)
    if topic and scene.fresh(topic.phrases):
        return _about_topic(scene, scene.fill(scene.choose(topic.phrases)), echo)
    if scene.asked_lately(_ENDS_IN_QUESTION) and (said := _short_answer(scene)):
        return scene.say("short_answer", said=said)
    reflection = "reflect_past" if re.search(_PAST, text) else "reflect"
    if echo and scene.fresh(scene.words.phrases[reflection]):
        return scene.say(reflection, echo=echo)
    if (said := _short_answer(scene)) and len(said.split()) == 1:
        return scene.say("short_word", said=said)
    lately = " ".join(said.text for said in scene.history.users[-4:])
    if is_mixed:
        return scene.say("unclear")
    forgotten = [like for like in scene.memory.likes if like not in lately]
    if forgotten and scene.fresh(scene.words.phrases["callback"]) and scene.number(0, 1):
        return scene.say("callback", like=forgotten[-1])
    return scene.say("go_on")


def _about_topic(scene: Scene, line: Line, echo: str) -> Line:
    """Now and then put the user's own words before the topic's question."""
    parts = re.fullmatch(r".*[。.!！] ?([^。.!！?？]+[?？])", line.speech)
    if not echo or not parts or not scene.number(0, 1):
        return line
    question = parts[1]
    return replace(line, speech=f"{echo}呀。{question}" if scene.is_zh else f"So {echo}. {question}")


def _open_riddle(scene: Scene) -> Riddle | None:
    """The riddle that our last line asked, or told to be guessed again."""
    said = scene.history.replies[-3:]
    is_again = scene.asked_lately(r"再想想|再猜一次|think again|One more guess")
    asked = " ".join(said) if is_again else scene.history.last_reply
    return next((riddle for riddle in scene.words.riddles if riddle.question in asked), None)


def _answer_to_offer(scene: Scene) -> Line | None:
    """Keep a promise: after "shall I tell a joke?" a yes is the joke."""
    question = re.split(r"[。.!！]", scene.history.last_reply.rstrip("。.!！ "))[-1]
    if not re.search(r"[?？]", question):
        return None
    offered = next(
        (intent for pattern, intent in scene.words.offers if re.search(pattern, question, re.IGNORECASE)), None
    )
    answers = {intent: pattern for intent, pattern in scene.words.intents if intent in ("yes", "no")}
    if not offered:
        return None
    if match := re.search(answers["yes"], scene.history.plain):
        return _perform(scene, offered, match)
    return scene.say("no_offer") if re.search(answers["no"], scene.history.plain) else None


def _short_answer(scene: Scene) -> str:
    said = clean(
        re.sub(r"^(是|就是|应该是|it's |it is |i think |maybe |a |the )", "", scene.history.text, flags=re.IGNORECASE),
        30,
    )
    said = re.sub(r"(吧|啊|呀|哦|呢)$", "", said)
    if nonsense.is_mixed(said, scene.words.language):
        return ""
    is_short = len(said) <= _LONGEST_ANSWER_ZH if scene.is_zh else len(said.split()) <= _LONGEST_ANSWER_EN
    return said if is_short and not re.match(_SENTENCE, said, re.IGNORECASE) else ""


def _unlike_the_last(scene: Scene, line: Line) -> Line:
    """Never say the same line twice in a row."""
    if line.speech != scene.history.last_reply:
        return line
    prefix = scene.choose(scene.words.phrases["again_prefix"])
    speech = line.speech if scene.is_zh else line.speech[:1].lower() + line.speech[1:]
    return replace(line, speech=prefix + speech)
