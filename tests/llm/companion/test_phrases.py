"""The phrases are data that must be fit to be spoken; a mistake in one would be heard only now and then."""

import re
from string import Formatter

import pytest

from llm.companion import compose, en, zh
from llm.companion.scene import _PHRASE

LANGUAGES = pytest.mark.parametrize("words", [zh.WORDS, en.WORDS], ids=["zh", "en"])
TAGS = {"普通", "开心", "难过", "惊讶", "温柔"}


def phrases_of(words):
    found = [(name, phrase) for name, phrases in words.phrases.items() for phrase in phrases]
    return found + [(topic.name, phrase) for topic in words.topics for phrase in topic.phrases]


@LANGUAGES
def test_every_phrase_is_fit_to_be_spoken(words):
    for name, phrase in phrases_of(words):
        if name == "again_prefix":
            continue
        match = _PHRASE.fullmatch(phrase)
        assert match, phrase
        assert match["tag"] in TAGS, phrase
        speech = match["speech"]
        assert not re.search(r'["“”()（）\[\]【】*_#`~]|https?:|\.\.\.|\s$|^\s', speech), phrase
        assert speech.endswith(("。", "！", "？", ".", "!", "?", "}")), phrase


@LANGUAGES
def test_every_phrase_is_in_its_language(words):
    for name, phrase in phrases_of(words):
        speech = re.sub(r"^\[.*\]|\{\w+\}|（.*", "", phrase)
        if re.search(r"\w", speech):
            assert bool(re.search(r"[\u4e00-\u9fff]", speech)) is (words.language == "zh"), (name, phrase)


def test_both_languages_answer_the_same_situations_with_the_same_blanks():
    assert zh.PHRASES.keys() == en.PHRASES.keys()
    blanks = [
        {
            name: {slot for phrase in phrases for _, slot, _, _ in Formatter().parse(phrase) if slot}
            for name, phrases in words.items()
        }
        for words in (zh.PHRASES, en.PHRASES)
    ]
    for name in zh.PHRASES:
        allowed = {"call", "daytime"}
        assert blanks[0][name] | allowed == blanks[1][name] | allowed, name
    assert [kind for kind, _ in zh.INTENTS if kind not in dict(en.INTENTS)] == []
    assert len(zh.RIDDLES) == len(en.RIDDLES)


@LANGUAGES
def test_every_intent_can_be_answered(words):
    for intent, pattern in (*words.intents, *((intent, pattern) for pattern, intent in words.offers)):
        assert intent in words.phrases or intent in compose._SKILLS, intent
        re.compile(pattern)


@LANGUAGES
def test_there_is_a_choice_where_a_line_may_come_up_again(words):
    few = [name for name, phrases in words.phrases.items() if len(phrases) < 2]
    assert few == ["count_too_far"]


@LANGUAGES
def test_riddles_are_solved_by_their_answers_but_not_by_their_questions(words):
    for riddle in words.riddles:
        assert re.search(riddle.pattern, riddle.answer)
        assert not re.search(riddle.pattern, riddle.question.lower())
