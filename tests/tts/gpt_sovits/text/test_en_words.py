"""The parts below a sentence: numbers, the dictionary, compounds, guesses, and what happens without the packages."""

import importlib.util
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.gpt_sovits.text.en import guess, word_counts
from tts.gpt_sovits.text.en.arpa import PHONES, packed, unpacked, with_s
from tts.gpt_sovits.text.en.compounds import Compounds, UpstreamCompounds
from tts.gpt_sovits.text.en.dictionary import Dictionary, additions
from tts.gpt_sovits.text.en.english import English
from tts.gpt_sovits.text.en.guess import Guess
from tts.gpt_sovits.text.en.number_words import LARGEST, as_number, cardinal, digits, ordinal, year
from tts.gpt_sovits.text.en.readings import Readings
from tts.gpt_sovits.text.spelling import RuleSet
from tts.gpt_sovits.text.symbols import MARKS, SYMBOL_IDS


@cache
def dictionary() -> Dictionary:
    return Dictionary()


@cache
def upstream_compounds() -> UpstreamCompounds:
    return UpstreamCompounds()


@cache
def guesser() -> Guess:
    return Guess()


@cache
def english(rules: RuleSet) -> English:
    return English(rules)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (13, "thirteen"),
        (40, "forty"),
        (99, "ninety-nine"),
        (100, "one hundred"),
        (101, "one hundred one"),
        (1001, "one thousand one"),
        (1100, "one thousand, one hundred"),
        (1_000_001, "one million one"),
        (1_234_567, "one million, two hundred thirty-four thousand, five hundred sixty-seven"),
        (10**18 + 5, "one quintillion five"),
        (LARGEST, "one" + 36 * " zero"),
    ],
)
def test_cardinals(number: int, words: str):
    assert cardinal(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "first"), (12, "twelfth"), (20, "twentieth"), (21, "twenty-first"), (100, "one hundredth"), (0, "zeroth")],
)
def test_ordinals(number: int, words: str):
    assert ordinal(number) == words


def test_ordinals_the_british_way():
    assert ordinal(1234, " and ") == "one thousand, two hundred and thirty-fourth"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1066, "ten sixty-six"),
        (1900, "nineteen hundred"),
        (1905, "nineteen oh five"),
        (2000, "two thousand"),
        (2009, "two thousand nine"),
        (2024, "twenty twenty-four"),
    ],
)
def test_years(number: int, words: str):
    assert year(number) == words


@given(st.integers(0, 10**40))
def test_every_number_has_words_of_letters(number: int):
    for words in (cardinal(number), ordinal(number), digits(str(number))):
        assert set(words) <= set("abcdefghijklmnopqrstuvwxyz ,-")


def test_figures_beyond_words_are_no_number_to_python_either():
    assert as_number("9" * 5000) == LARGEST


@given(st.lists(st.sampled_from(PHONES)))
def test_codes_are_phones(phones: list[str]):
    assert unpacked(packed(tuple(phones))) == tuple(phones)


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("hello", "HH AH0 L OW1"),
        ("don't", "D OW1 N T"),
        ("zyuganov's", "Z Y UW1 G AA0 N AA0 V Z"),
        ("'bout", "B AW1 T"),
        ("twenty-four", "T W EH1 N T IY0 F AO2 R"),
        ("chatgpt", "CH AE1 T JH IY1 P IY1 T IY1"),
    ],
)
def test_words_are_found(word: str, phones: str):
    assert " ".join(dictionary().get(word) or ()) == phones


@pytest.mark.parametrize("word", ["", "zzzz", "~", "hello\t", "hel", "Hello", "ios", "é", "\ud800", "\n"])
def test_other_words_are_not_found(word: str):
    assert dictionary().get(word) is None


def test_first_and_last_words_are_found():
    text = dictionary()._text.split(b"\n")
    assert all(dictionary().get(line.split(b"\t")[0].decode()) for line in (text[1], text[-2], text[777], text[-778]))


def test_the_models_know_every_phone_of_the_tables():
    table = Readings()._table
    phones = {phone for word in table for reading in table[word] for phone in reading.phones}
    phones |= {phone for word in additions().values() for phone in word}
    assert phones <= set(PHONES) <= set(SYMBOL_IDS)


@pytest.mark.parametrize(
    ("stem", "ending"), [("K AE1 T", "S"), ("D AO1 G", "Z"), ("B AA1 K S", "AH0 Z"), ("B IY1", "Z"), ("", "Z")]
)
def test_the_sound_of_an_s(stem: str, ending: str):
    assert with_s(tuple(stem.split())) == (*stem.split(), *ending.split())


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("isnegative", "is negative"),
        ("wwwexamplecom", "www example com"),
        ("kubernetes", "ku bernet es"),
        ("homepage", "homepage"),
        ("zyxwvut", "zyx wv ut"),
        ("inhere", "in here"),
    ],
)
def test_upstreams_compounds(word: str, parts: str):
    assert upstream_compounds().split(word) == parts.split()


@pytest.mark.parametrize(
    ("word", "parts"),
    [("timestamp", "time stamp"), ("smartwatch", "smart watch"), ("nadella", ""), ("blorptastic", ""), ("cat", "")],
)
def test_our_compounds_are_made_of_common_words(word: str, parts: str):
    ours = Compounds(lambda part: dictionary().get(part) is not None)
    assert ours.split(word) == parts.split()


@given(st.text(st.sampled_from("abeinorst"), max_size=40))
def test_a_split_word_is_whole(word: str):
    assert "".join(upstream_compounds().split(word)) == word


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("blorptastic", "B L AO2 R P T AE1 S T IH0 K"),
        ("kubernetes", "K AH0 B ER1 N AH0 T S"),
        ("flibbertigibbet", "F L IH1 B ER0 T IH0 JH AH0 T"),
    ],
)
def test_guesses_are_those_of_the_package(word: str, phones: str):
    assert " ".join(guesser().phones(word)) == phones


@given(st.text(max_size=60))
def test_a_guess_is_made_of_phones(word: str):
    assert set(guesser().phones(word)) <= set(PHONES)


@pytest.mark.parametrize("rules", ["compat", "default"])
@given(text=st.text() | st.text(st.sampled_from("aZ0159 .,-:/$%'’“@#&+=()°£½²AIth\n—你！")))
def test_any_text_has_phones_the_models_know(rules: RuleSet, text: str):
    spelling = english(rules).spell(text)
    assert set(spelling.phones) <= {*PHONES, *MARKS}
    assert spelling == english(rules).spell(text)
    assert spelling.word2ph == ()


@pytest.mark.parametrize("rules", ["compat", "default"])
def test_without_its_packages_unknown_words_are_spelled(monkeypatch: pytest.MonkeyPatch, rules: RuleSet):
    find = importlib.util.find_spec
    for module in (guess, word_counts):
        monkeypatch.setattr(module, "find_spec", lambda name: find("no_such_package"))
    bare = English(rules)
    assert bare.spell("blorp").phones == ("B", "IY1", "EH1", "L", "OW1", "AA1", "R", "P", "IY1")
    assert bare.spell("Hello.").phones == ("HH", "AH0", "L", "OW1", ".")
    assert len(bare.warnings) == 2
    assert all("pip install" in warning for warning in bare.warnings)


def test_with_its_packages_there_is_nothing_to_warn_of():
    assert english("default").warnings == []
