import pytest

from tts.gpt_sovits.text.symbols import SYMBOL_IDS
from tts.gpt_sovits.text.zh.dictionary import Dictionary, numbered
from tts.gpt_sovits.text.zh.letters import LETTER_PHONES
from tts.gpt_sovits.text.zh.syllables import phones_of, split_syllable


@pytest.mark.parametrize(
    ("syllable", "phones"),
    [
        ("hang2", "h ang2"),
        ("gui4", "g ui4"),
        ("liu2", "l iu2"),
        ("ju2", "j v2"),
        ("yuan2", "y van2"),
        ("yue4", "y ve4"),
        ("xun4", "x vn4"),
        ("nv3", "n v3"),
        ("lve4", "l ve4"),
        ("zi3", "z i03"),
        ("shi4", "sh ir4"),
        ("ri4", "r ir4"),
        ("yi1", "y i1"),
        ("ye3", "y E3"),
        ("yan2", "y En2"),
        ("wu3", "w u3"),
        ("ai4", "AA ai4"),
        ("er2", "EE er2"),
        ("ou3", "OO ou3"),
        ("yo5", "OO o5"),
        ("m2", "m u2"),
        ("hm5", "h eng5"),
        ("fiao4", "f iao4"),
    ],
)
def test_a_syllable_is_an_initial_and_a_rime(syllable: str, phones: str):
    assert " ".join(phones_of(*split_syllable(syllable))) == phones


@pytest.mark.parametrize(
    ("marked", "syllable"), [("háng", "hang2"), ("lǜ", "lv4"), ("de", "de5"), ("ń", "n2"), ("ḿ", "m2"), ("ēi", "ei1")]
)
def test_tone_marks_become_figures(marked: str, syllable: str):
    assert numbered(marked) == syllable


def test_every_hanzi_has_phones_that_the_models_know():
    dictionary = Dictionary()
    for code in range(0x4E00, 0x9FA6):
        syllable = dictionary.character(chr(code))
        if syllable:
            assert set(phones_of(*split_syllable(syllable))) <= SYMBOL_IDS.keys(), (chr(code), syllable)


def test_every_letter_has_phones_that_the_models_know():
    assert len(LETTER_PHONES) == 26
    assert {phone for phones in LETTER_PHONES.values() for phone in phones} <= SYMBOL_IDS.keys()
