"""`read` and `used` have their forms in common: which of them a sentence means. Pure."""

from collections.abc import Sequence

from tts.gpt_sovits.text.en.tagger import NOUN, PARTICIPLE, VERB, Place, is_plural, kind, surroundings
from tts.gpt_sovits.text.en.word_classes import (
    ADJECTIVE_ENDINGS,
    ARTICLES,
    BE,
    CAUSATIVES,
    CONJUNCTIONS,
    HAVE,
    MODALS,
    OBJECT_STARTS,
    OBJECTS,
    PAST_CUES,
    PEOPLE,
    PERSONS,
    PREPOSITIONS,
    PRESENT_CUES,
    READING_MATTER,
    SUBJECTS,
    TOOLS,
)

PAST = "VBD"


def part_of_speech(words: Sequence[str], place: int) -> str:
    """Name a word's part of speech by the Penn Treebank's tags, roughly; empty where nothing speaks for one."""
    at = surroundings(words, place)
    if at.word == "read":
        return _tense_of_read(words, at)
    return _kind_of_used(at) if at.word == "used" else kind(at)


def _kind_of_used(at: Place) -> str:
    """Tell `used to go` and `get used to it` (VBD) from `is used to make` (VBN)."""
    if at.following != "to":
        return PARTICIPLE
    is_habit = at.later in OBJECT_STARTS or at.later == "that" or at.later.endswith("ing")
    if at.before in BE:
        return PAST if is_habit or (at.earlier or at.before.partition("'")[0]) in PERSONS else PARTICIPLE
    return PARTICIPLE if at.before in TOOLS else PAST


def _tense_of_read(words: Sequence[str], at: Place) -> str:
    if at.before in HAVE or at.before in BE or (at.earlier in HAVE and at.before in SUBJECTS):
        return PARTICIPLE
    if _is_bare_form(at):
        return VERB
    is_thing = at.before in ARTICLES or at.before in PREPOSITIONS or (at.earlier in ("a", "an") and not at.following)
    if is_thing or at.before.endswith(ADJECTIVE_ENDINGS):
        return NOUN
    if at.following == "by":
        return PARTICIPLE
    return _by_time({word.lower() for word in words}, at) if at.before else VERB


def _is_bare_form(at: Place) -> bool:
    if at.before in MODALS or at.before == "to":
        return True
    is_question = at.earlier in MODALS and at.before in SUBJECTS | OBJECTS | PEOPLE
    return is_question or (at.before in OBJECTS and at.before not in ("it", "you") and at.earlier in CAUSATIVES)


def _by_time(sentence: set[str], at: Place) -> str:
    """Judge a plain `she read` by what the sentence says about when."""
    if sentence & PRESENT_CUES and not sentence & {"yesterday", "ago"}:
        return VERB
    if at.before in ("he", "she", "it", "who") or sentence & PAST_CUES:
        return PAST
    if at.before == "i" and at.following in ARTICLES | READING_MATTER | PREPOSITIONS:
        return PAST
    return VERB if at.before in CONJUNCTIONS or at.before in SUBJECTS or is_plural(at.before) else PAST
