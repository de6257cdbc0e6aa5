"""The words for languages: the original's, the engine's, and whatever else somebody sends."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tts.gpt_sovits.text.modes import MODES, mode_of
from voice.studio.refused import Refused
from voice.studio.speech_languages import WORDS, speech_language


def test_every_word_means_something_to_the_engine():
    assert set(WORDS.values()) <= set(MODES)
    assert set(WORDS.values()) == set(MODES), "and every mode has a word"
    for code in MODES:
        assert speech_language(code) == code


@given(st.text(max_size=30) | st.sampled_from([*WORDS, *MODES, "zh-CN", " 中文 ", "多语种混合（粤语）"]))
@example("\x00")
@example("ZH")
def test_whatever_is_sent_is_spoken_or_refused_in_a_sentence(word: str):
    with suppress(Refused):
        mode_of(speech_language(word))


def test_spellings_of_the_same_word():
    assert speech_language(" 中文 ") == "all_zh"
    assert speech_language("多语种混合（粤语）") == "auto_yue"
    with pytest.raises(Refused):
        speech_language("")
