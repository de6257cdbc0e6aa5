import json

import pytest

from tests.support.vectors import models_vectors, phones_vectors
from tts.gpt_sovits.text.symbols import MARKS, SYMBOL_IDS, SYMBOLS, UNKNOWN_ID, symbol_ids


def test_there_are_732_symbols_each_with_its_own_number():
    assert len(SYMBOLS) == len(SYMBOL_IDS) == 732
    assert [SYMBOL_IDS[symbol] for symbol in SYMBOLS] == list(range(732))


@pytest.mark.parametrize(
    ("symbol", "number"),
    [
        *zip("!,-.?", range(5), strict=True),
        *(("AA", 5), ("E1", 28), ("EE", 33), ("SP", 77), ("UNK", 86), ("_", 95), ("a1", 97), ("i01", 161), ("zh", 320)),
        *(("…", 321), ("[", 322), ("]", 323), ("ㄱ", 324), ("ㅣ", 350), ("停", 351), ("空", 352)),
        *(("Ya", 353), ("Yyut6", 730), ("Yz", 731)),
    ],
)
def test_symbols_have_the_numbers_of_training(symbol: str, number: int):
    assert SYMBOL_IDS[symbol] == number


def test_the_first_322_are_sorted_as_upstream_sorts_them():
    assert list(SYMBOLS[:322]) == sorted(SYMBOLS[:322])
    assert list(SYMBOLS[353:]) == sorted(SYMBOLS[353:])


def test_punctuation_is_spoken():
    assert set(MARKS) == set("!?…,.-")
    assert set(MARKS) < set(SYMBOLS)


def test_an_unknown_phone_becomes_unk():
    assert symbol_ids(["n", "i3", "#", "", "N"]) == [SYMBOL_IDS["n"], SYMBOL_IDS["i3"], 86, 86, SYMBOL_IDS["N"]]
    assert UNKNOWN_ID == 86


def test_the_numbers_are_those_of_every_recorded_text():
    items = json.loads((phones_vectors() / "phones_more.json").read_text("utf-8"))
    recorded = [item for item in items if "ids" in item]
    assert recorded
    for item in recorded:
        assert symbol_ids(item["phones"].split()) == item["ids"], item["text"]


def test_every_recorded_number_has_a_symbol():
    items = json.loads((models_vectors() / "phones.json").read_text("utf-8"))
    assert items
    assert all(0 <= number < len(SYMBOLS) for item in items for number in item["phones"])
