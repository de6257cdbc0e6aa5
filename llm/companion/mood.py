"""What a talk leaves no room for: playfulness in hard times, treats that were declined, advice given before."""

import re
from collections.abc import Iterable

from llm.companion import en, zh
from llm.companion.history import History, language_of
from llm.companion.words import Words

HEAVY = frozenset({"crisis", "emergency", "loss", "breakup", "failure", "kin_ill", "grave_ill", "ill", "sad", "hurt"})
_LIGHT = frozenset(
    "joke story riddle fact poem sing coin dice number hand_game hand_game_offer count spell time weekday date weather "
    "lookup congrats happy laugh abilities bored compliment recommend connect_model what_am_i tell_kin".split()
)
_LONGEST_GRIEF = 8
_ADVICE = re.compile(r"真正的模型|大模型|LLM\.api|real (language )?model|Ollama")


def words_for(text: str, otherwise: Words) -> Words:
    return {"zh": zh.WORDS, "en": en.WORDS}.get(language_of(text), otherwise)


def is_heavy(history: History, words: Words) -> bool:
    """Whether something hard was told lately and nothing light was brought up since; a crisis is not forgotten."""
    for turns_ago, said in enumerate(reversed(history.users)):
        kind = _kind(said.plain, words_for(said.text, words))
        if kind in _LIGHT:
            return False
        if kind == "crisis" or (kind in HEAVY and turns_ago < _LONGEST_GRIEF):
            return True
    return False


def declined(history: History, words: Words) -> frozenset[str]:
    """Return the intents of what the user refused and has not asked for since."""
    refused: set[str] = set()
    for said in history.users:
        language = words_for(said.text, words)
        pattern = dict(language.intents)["declined"]
        if match := re.search(pattern, said.plain):
            what = re.sub("ies$", "y", match["what"]).rstrip("s")
            refused |= {intent for pattern, intent in language.offers if re.search(pattern, what)}
        else:
            refused.discard(_kind(said.plain, language))
    return frozenset(refused)


def fitting(phrases: Iterable[str], words: Words, heavy: bool, refused: frozenset[str], advised: bool) -> list[str]:
    """Return the phrases that suit the mood."""
    unwelcome = [pattern for pattern, intent in words.offers if heavy or intent in refused]
    return [
        phrase
        for phrase in phrases
        if not (heavy and phrase.startswith("[开心]"))
        and not (advised and _ADVICE.search(phrase))
        and not (re.search(r"[?？]", phrase) and any(re.search(pattern, phrase) for pattern in unwelcome))
    ]


def has_advised(history: History) -> bool:
    return any(_ADVICE.search(reply) for reply in history.replies)


def _kind(text: str, words: Words) -> str:
    watched = HEAVY | _LIGHT | {"declined"}
    return next((kind for kind, pattern in words.intents if kind in watched and re.search(pattern, text)), "")
