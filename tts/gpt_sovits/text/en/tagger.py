"""Judges from its neighbours whether a word is a verb, a noun or an adjective, for words that can be several. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from tts.gpt_sovits.text.en.word_classes import (
    ADJECTIVES,
    ADVERBS,
    ARTICLES,
    BE,
    CAUSATIVES,
    CONJUNCTIONS,
    DEGREES,
    FINITE,
    HAVE,
    KEEPERS,
    LINKING,
    MODALS,
    MOVES,
    NO_NOUNS,
    NOUN_AFTER_TO,
    OBJECT_STARTS,
    OBJECTS,
    OFTEN_VERBS,
    PEOPLE,
    PREDICATIVE,
    PREPOSITIONS,
    QUESTION_WORDS,
    SINGULAR_IN_S,
    SINGULAR_SUBJECTS,
    SUBJECTS,
    VERBS_WITH_PREPOSITION,
)

VERB, PARTICIPLE, NOUN, ADJECTIVE, UNKNOWN = "VB", "VBN", "NN", "JJ", ""


class Place(NamedTuple):
    """A word and its neighbours in lower case, without adverbs before it; marks and the sentence's ends are empty."""

    word: str
    before: str
    earlier: str
    following: str
    later: str
    has_adverb: bool


def surroundings(words: Sequence[str], place: int) -> Place:
    """Look past adverbs on the left: `will always record`, `we all use`."""
    left = [word.lower() for word in words[:place]]
    has_adverb = bool(left) and _is_manner(left[-1])
    while left and (left[-1] in ADVERBS or _is_manner(left[-1]) or _is_all_of_them(left)):
        left.pop()
    left = ["", "", *left]
    right = [*(word.lower() for word in words[place + 1 : place + 3]), "", ""]
    neighbours = [left[-1], left[-2], right[0], right[1]]
    before, earlier, following, later = (word if word[:1].isalpha() else "" for word in neighbours)
    return Place(words[place].lower(), before, earlier, following, later, has_adverb)


def _is_manner(word: str) -> bool:
    return word.endswith("ly") and word not in DEGREES


def _is_all_of_them(left: list[str]) -> bool:
    return left[-1] in ("all", "both") and len(left) > 1 and left[-2] in ("we", "you", "they")


def kind(at: Place) -> str:
    """Name the part of speech by the Penn Treebank's tags, roughly; empty where nothing speaks for one."""
    return _special(at) or _by_word_before(at) or _after_noun(at)


def is_plural(word: str) -> bool:
    if word in PEOPLE:
        return True
    is_s_form = word.isalpha() and word.endswith("s") and not word.endswith(("ss", "ous", "us"))
    return is_s_form and len(word) > 3 and word not in SINGULAR_IN_S


def _special(at: Place) -> str:
    if at.word in ADJECTIVES and (at.before in KEEPERS or (at.before in OBJECTS and at.earlier in KEEPERS)):
        return ADJECTIVE
    if at.word == "use" and at.following == "to" and (at.before == "didn't" or at.earlier == "did"):
        return NOUN  # said as in "used to"
    return UNKNOWN


def _by_word_before(at: Place) -> str:
    before = at.before
    if before == "to":
        return NOUN if _is_s_form(at.word) or at.earlier in NOUN_AFTER_TO else VERB
    if before in MODALS or (before in ("me", "him", "us", "them", "her") and at.earlier in CAUSATIVES):
        return VERB
    if before in SINGULAR_SUBJECTS and _is_s_form(at.word):
        is_question = before == "which" and not at.earlier and at.following not in OBJECT_STARTS
        return NOUN if is_question else VERB
    if before == "that" and (is_plural(at.earlier) or at.earlier in OBJECTS):
        return VERB
    if before in SUBJECTS or before == "which":
        return _after_subject(at)
    if before in BE or before in LINKING or before in DEGREES:
        return ADJECTIVE if at.word in ADJECTIVES else PARTICIPLE if at.word.endswith("ed") else NOUN
    if before in HAVE:
        return PARTICIPLE if at.word.endswith("ed") else _noun_or_adjective(at)
    if at.following in ("me", "him", "us", "them"):
        return VERB
    if before in ARTICLES or before in PREPOSITIONS or before in ("her", "that") or before.endswith("'s"):
        return _noun_or_adjective(at)
    return _at_start(at) if not before or before in CONJUNCTIONS else UNKNOWN


def _after_subject(at: Place) -> str:
    if at.earlier in BE:
        return ADJECTIVE if at.word in ADJECTIVES else UNKNOWN
    if at.before in ("it", "you") and at.earlier in PREPOSITIONS:
        return UNKNOWN
    return NOUN if at.before == "which" and not at.earlier else VERB


def _noun_or_adjective(at: Place) -> str:
    if at.word not in ADJECTIVES or at.word in PREDICATIVE:
        return NOUN
    return ADJECTIVE if _has_content(at.following) and not at.following.endswith("ed") else NOUN


def _at_start(at: Place) -> str:
    """Judge the first word of a clause: an order has an object."""
    if at.following in OBJECT_STARTS or at.following == "that":
        return VERB
    if at.word in OFTEN_VERBS and _has_content(at.following):
        return NOUN if at.later in BE | MODALS | HAVE else VERB
    if at.word in ADJECTIVES:
        return ADJECTIVE if _has_content(at.following) else UNKNOWN
    if at.following == "to" and at.word in ("refuse", "object"):
        return VERB
    return NOUN if at.following in BE or at.following in MODALS or at.following == "of" else UNKNOWN


def _after_noun(at: Place) -> str:
    """Judge a word behind a noun that may be its subject: `students protest`, `the sensor records it`."""
    if at.before in MOVES or (at.has_adverb and at.word not in ADJECTIVES and not at.word.endswith("ed")):
        return VERB
    if not _is_s_form(at.word):
        return _after_plural(at) if is_plural(at.before) else UNKNOWN
    return NOUN if is_plural(at.before) else _after_singular(at)


def _after_plural(at: Place) -> str:
    return NOUN if at.following in BE | MODALS | HAVE or at.following == "of" else VERB


def _after_singular(at: Place) -> str:
    if at.following in OBJECT_STARTS or at.following in QUESTION_WORDS:
        return VERB
    if at.following in PREPOSITIONS or at.following == "to":
        is_bound = at.word in VERBS_WITH_PREPOSITION and at.following not in ("of", "in")
        return VERB if is_bound or (at.word == "lives" and at.following != "of") else UNKNOWN
    if at.following in BE | MODALS | HAVE | CONJUNCTIONS or not at.following:
        return NOUN
    has_subject = at.earlier in ARTICLES and at.following not in FINITE and not at.following.endswith("ed")
    return VERB if has_subject else UNKNOWN


def _has_content(following: str) -> bool:
    return bool(following) and following not in NO_NOUNS


def _is_s_form(word: str) -> bool:
    return word.endswith("s") and not word.endswith("ss")
