"""Answers about the user and the conversation: names, likes, places, what was said and talked about."""

import re

from llm.companion import memory
from llm.companion.history import simplified
from llm.companion.memory import clean
from llm.companion.scene import Line, Scene

_PERSONA_ZH = (
    r"你(?:的)?(?:名字)?(?:叫|名叫|是叫)(?:做)?([\u4e00-\u9fffA-Za-z]{1,6}?)(?=$|[,，.。;；!！\s]|是)",
    r"(?:名字|姓名|角色)(?:是|叫)?[:： ]*([\u4e00-\u9fffA-Za-z]{1,6}?)(?=$|[,，.。;；!！\s])",
    r"(?:扮演|饰演)([\u4e00-\u9fffA-Za-z]{1,6}?)(?=$|[,，.。;；!！\s])",
    r"你是(?!一|个|位|我|谁|不|名)([\u4e00-\u9fffA-Za-z]{1,6}?)(?=$|[,，.。;；!！\s])",
)
_PERSONA_EN = (
    r"\b(?i:your name is|you are called|you're called|named|name:) ?([A-Z][A-Za-z'-]{1,15})",
    r"\b(?i:you are|you're|play the role of|act as|pretend to be) (?!An?\b|The\b|My\b|Not\b)([A-Z][A-Za-z'-]{1,15})",
)


def recall_name(scene: Scene, _: re.Match[str]) -> Line:
    name = scene.memory.name
    return scene.say("recall_name", name=name) if name else scene.say("recall_name_unknown")


def persona_name(scene: Scene, _: re.Match[str]) -> Line:
    name = name_of(scene.history.persona)
    return scene.say("persona_name", persona=name) if name else scene.say("persona_name_unknown")


def name_of(persona: str) -> str:
    """Return the name that a system prompt gives, or nothing."""
    text = simplified(persona)
    for pattern in (*_PERSONA_ZH, *_PERSONA_EN):
        if (match := re.search(pattern, text)) and (name := clean(match[1], 16)):
            return name
    return ""


def recall_likes(scene: Scene, _: re.Match[str]) -> Line:
    likes = scene.memory.likes[-4:]
    return scene.say("recall_likes", likes=_listed(scene, likes)) if likes else scene.say("recall_likes_unknown")


def recall_favourite(scene: Scene, match: re.Match[str]) -> Line:
    what = clean(match["what"]) or ("东西" if scene.is_zh else "thing")
    value = scene.memory.favourites.get(what)
    if value:
        return scene.say("recall_favourite", what=what, value=value)
    return scene.say("recall_favourite_unknown", what=what)


def recall_place(scene: Scene, _: re.Match[str]) -> Line:
    place = scene.memory.place
    return scene.say("recall_place", place=place) if place else scene.say("recall_place_unknown")


def recall_notes(scene: Scene, _: re.Match[str]) -> Line:
    notes = [seen_from_here(note, scene.is_zh) for note in scene.memory.notes[-3:]]
    return scene.say("recall_notes", notes=_listed(scene, notes)) if notes else scene.say("recall_notes_unknown")


def recall_about_me(scene: Scene, _: re.Match[str]) -> Line:
    facts = _facts(scene)
    if not facts:
        return scene.say("recall_about_me_unknown")
    return scene.say("recall_about_me", facts=("，" if scene.is_zh else ", and ").join(facts))


def recall_said(scene: Scene, _: re.Match[str]) -> Line:
    before = [clean(said.text, 60) for said in scene.history.users[:-1]]
    before = [text for text in before if text]
    return scene.say("recall_said", said=before[-1]) if before else scene.say("recall_said_unknown")


def recall_talk(scene: Scene, _: re.Match[str]) -> Line:
    topics = topics_in(scene)[-3:] or scene.memory.likes[-3:]
    return scene.say("recall_talk", topics=_listed(scene, topics)) if topics else scene.say("recall_talk_unknown")


def topics_in(scene: Scene) -> list[str]:
    """Return the subjects of the user's earlier messages, the latest last."""
    found: list[str] = []
    for said in scene.history.users[:-1]:
        for topic in scene.words.topics:
            if re.search(topic.pattern, said.plain):
                found = [name for name in found if name != topic.name] + [topic.name]
                break
    return found


def tell_name(scene: Scene, _: re.Match[str]) -> Line | None:
    name = memory.name_in(simplified(scene.history.text).replace("’", "'"))
    return scene.say("tell_name", name=name) if name else None


def tell_like(scene: Scene, _: re.Match[str]) -> Line | None:
    return _told(scene, "tell_like", "like", memory.like_in(_text(scene)))


def tell_dislike(scene: Scene, _: re.Match[str]) -> Line | None:
    return _told(scene, "tell_dislike", "like", memory.dislike_in(_text(scene)))


def tell_favourite(scene: Scene, _: re.Match[str]) -> Line | None:
    return _told(scene, "tell_favourite", "like", memory.favourite_in(_text(scene)))


def tell_place(scene: Scene, _: re.Match[str]) -> Line | None:
    return _told(scene, "tell_place", "place", memory.place_in(_text(scene)))


def tell_note(scene: Scene, _: re.Match[str]) -> Line | None:
    note = memory.note_in(_text(scene))
    return _told(scene, "tell_note", "note", seen_from_here(note, scene.is_zh))


def seen_from_here(note: str, is_zh: bool) -> str:
    """Turn the pronouns of what somebody asked to remember: "my keys" are "your keys" when told to them."""
    if is_zh:
        return note.replace("我", "你")
    turned = {"i": "you", "my": "your", "me": "you", "i'm": "you're", "am": "are", "mine": "yours", "our": "your"}
    return " ".join(turned.get(word.lower(), word) for word in note.split())


def _told(scene: Scene, situation: str, slot: str, value: str) -> Line | None:
    return scene.say(situation, **{slot: value}) if value else None


def _text(scene: Scene) -> str:
    return simplified(scene.history.text).replace("’", "'")


def _facts(scene: Scene) -> list[str]:
    known, zh = scene.memory, scene.is_zh
    facts = []
    if known.name:
        facts.append(f"你叫{known.name}" if zh else f"your name is {known.name}")
    if known.place:
        facts.append(f"你在{known.place}" if zh else f"you live in {known.place}")
    if known.likes:
        facts.append(
            f"你喜欢{_listed(scene, known.likes[-3:])}" if zh else f"you like {_listed(scene, known.likes[-3:])}"
        )
    if known.dislikes:
        facts.append(f"你不喜欢{known.dislikes[-1]}" if zh else f"you don't like {known.dislikes[-1]}")
    return facts


def _listed(scene: Scene, items: list[str]) -> str:
    if scene.is_zh:
        return "和".join(filter(None, ["、".join(items[:-1]), items[-1]]))
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]]))
