import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.gpt_sovits.features.tokenizer import CharacterTokenizer, load_tokenizer
from tts.gpt_sovits.features.weights import Fault

TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "你", "好", ",", "…", "a", "e", "##a", "\u2028", "说", "豈"]
IDS = {token: i for i, token in enumerate(TOKENS)}


def test_each_character_is_a_token_and_unknown_ones_keep_their_place():
    assert CharacterTokenizer(IDS).ids("你好,魑魅…") == [4, 5, 6, 1, 1, 7]


def test_letters_are_folded_as_bert_does():
    assert CharacterTokenizer(IDS).ids("AaÉé") == [8, 8, 9, 9]
    assert CharacterTokenizer(IDS, is_lowercasing=False).ids("AaÉ") == [1, 8, 1]


def test_a_compatibility_character_is_the_one_it_stands_for():
    assert CharacterTokenizer(IDS).ids("\uf900") == [IDS["豈"]]


@given(st.text())
def test_there_are_as_many_ids_as_characters(text: str):
    ids = CharacterTokenizer(IDS).ids(text)
    assert len(ids) == len(text)
    assert all(0 <= i < len(TOKENS) for i in ids)


def test_both_files_give_the_same_ids(tmp_path: Path):
    (tmp_path / "tokenizer.json").write_text(json.dumps({"model": {"vocab": IDS}}), "utf-8")
    by_json = load_tokenizer(tmp_path).ids("你说\u2028A")
    (tmp_path / "vocab.txt").write_text("".join(f"{token}\n" for token in TOKENS), "utf-8")
    assert load_tokenizer(tmp_path).ids("你说\u2028A") == by_json == [4, 12, 11, 8]


def test_windows_line_ends_do_not_matter(tmp_path: Path):
    (tmp_path / "vocab.txt").write_bytes("\r\n".join(TOKENS).encode())
    assert load_tokenizer(tmp_path).ids("你说") == [4, 12]


def test_letters_stay_as_they_are_where_the_tokenizer_says_so(tmp_path: Path):
    tokenizer = {"normalizer": {"lowercase": False}, "model": {"vocab": IDS}}
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer), "utf-8")
    assert load_tokenizer(tmp_path).ids("A") == [1]
    (tmp_path / "vocab.txt").write_text("\n".join(TOKENS), "utf-8")
    (tmp_path / "tokenizer_config.json").write_text('{"do_lower_case": false}', "utf-8")
    assert load_tokenizer(tmp_path).ids("A") == [1]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("other.txt", b"", "neither vocab.txt nor tokenizer.json"),
        ("vocab.txt", b"", "lacks \\[UNK\\]"),
        ("vocab.txt", b"\xff\xfe\x00", "vocab.txt is damaged"),
        ("tokenizer.json", b"[1]", "tokenizer.json is damaged"),
        ("tokenizer.json", b'{"model": {"vocab": {}}}', "holds no vocabulary"),
        ("tokenizer.json", b'{"model": {"vocab": {"a": -1}}}', "holds no vocabulary"),
        ("tokenizer.json", b'{"model": {"vocab": {"a": "b"}}}', "holds no vocabulary"),
        ("tokenizer.json", b'{"model": []}', "holds no vocabulary"),
        ("tokenizer.json", b'{"model": {"vocab": {"a": 0}}, "normalizer": 3}', "lacks \\[UNK\\]"),
    ],
)
def test_a_damaged_vocabulary_is_refused(tmp_path: Path, name: str, content: bytes, why: str):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Fault, match=why):
        load_tokenizer(tmp_path)
