import logging
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.gpt_sovits.text.zh.segmenter import Segmenter

RUNNING_TEXT = st.text(
    st.sampled_from("的了我你他不一在有和小明去看说好人中国大学生行长北京天安门.,!?…-ABC01")
    | st.characters(min_codepoint=0x4E00, max_codepoint=0x9FD5),
    max_size=25,
)


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter()


@pytest.fixture(scope="module")
def jieba_itself(tmp_path_factory: pytest.TempPathFactory) -> Any:
    import jieba
    import jieba.posseg

    jieba.setLogLevel(logging.ERROR)
    tokenizer = jieba.Tokenizer()
    setattr(tokenizer, "tmp_dir", str(tmp_path_factory.mktemp("jieba")))  # noqa: B010  # its stub knows only None
    return jieba.posseg.POSTokenizer(tokenizer)


@given(RUNNING_TEXT)
@settings(max_examples=120)
def test_words_are_those_of_jieba(segmenter: Segmenter, jieba_itself: Any, text: str):
    assert segmenter.words(text) == [(pair.word, pair.flag) for pair in jieba_itself.cut(text)]


@given(RUNNING_TEXT)
def test_no_character_is_lost(segmenter: Segmenter, text: str):
    assert "".join(word.text for word in segmenter.words(text)) == text


def test_names_are_found_without_a_dictionary(segmenter: Segmenter):
    assert ("蒙小棠", "nr") in segmenter.words("昨天蒙小棠来了")


@pytest.mark.parametrize(("word", "part"), [("展览馆", "展览"), ("大学生", "大学"), ("你好", "你好")])
def test_the_shortest_part_of_a_word(segmenter: Segmenter, word: str, part: str):
    assert segmenter.shortest_part(word) == part


def test_nothing_is_written(segmenter: Segmenter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    Segmenter().words("你好世界")
    assert list(tmp_path.iterdir()) == []
