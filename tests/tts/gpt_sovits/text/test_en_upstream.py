"""The compat rule set against what upstream GPT-SoVITS made of English; its tagger was replaced by one word, NN."""

from collections.abc import Iterator
from functools import cache

import pytest

from tests.support.recorded_phones import recorded_segments, recorded_with_models
from tts.gpt_sovits.text.en.english import English
from tts.gpt_sovits.text.symbols import symbol_ids

SHORTEST = 4
"""Segments of fewer phones had a comma put in front of them."""


@cache
def english() -> English:
    return English("compat", tagger=lambda words, place: "NN")


def recorded() -> Iterator[tuple[str, str, list[int]]]:
    """Yield texts of one English segment with their written form and the numbers of their phones."""
    for segment in recorded_segments("en"):
        yield segment.text, segment.normalized, symbol_ids(segment.phones.split())
    for item in recorded_with_models():
        if [segment["lang"] for segment in item["segments"]] == ["en"]:
            yield item["text"], item["norm_text"], item["phones"]


def spelled(text: str) -> tuple[str, list[int]]:
    spelling = english().spell(text)
    padding = () if len(spelling.phones) >= SHORTEST else (",",)
    return spelling.normalized, symbol_ids((*padding, *spelling.phones))


@pytest.mark.parametrize(("text", "normalized", "ids"), list(recorded()), ids=str)
def test_a_segment_is_written_out_and_spelled_as_upstream_does(text: str, normalized: str, ids: list[int]):
    is_tried_again = normalized.startswith(".") and not text.startswith(".")
    assert spelled(f".{text}" if is_tried_again else text) == (normalized, ids)


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("Back in 1990s", "Back in nineteen ninety seconds"),
        ("born in 1985. She", "born in one thousand, nine hundred and eighty-fifth, She"),
        ("at 0:15 and 18:45", "at zero fifteen a.m. and six forty-five p.m."),
        ("60km/h, 1km, 1.0km", "sixty kilometersh, one kilometer, one point zero kilometers"),
        ("$0.50 £1.01 24.99$", "fifty cents one pound and one penny twenty-four dollars and ninety-nine cents"),
        ("well - maybe", "well minus maybe"),
        ("1/2 3/2 6/1 5/101", "one half three halves six five one hundred and firsts"),
        ("In 1005, 2000, 2007, 1900", "In ten oh five, two thousand, two thousand seven, nineteen hundred"),
        ("It’s “fine”；ok！", "Its fineok!"),
        ("café NASA iPhone MP3", "cafe N A S A i Phone M Pthree"),
        ("what?! -- ...", "what?  "),
        ("", ""),
    ],
)
def test_upstreams_slips_are_kept(text: str, normalized: str):
    assert english().spell(text).normalized == normalized


def test_tags_choose_between_readings():
    vowels = {}
    for tag in ("VBP", "VB", "VBD", "NN"):
        vowels[tag] = English("compat", tagger=lambda words, place, tag=tag: tag).spell("read").phones[1]
    assert vowels == {"VBP": "IY1", "VB": "IY1", "VBD": "EH1", "NN": "EH1"}


def test_apostrophes_alone_are_pauses_and_possessives_agree():
    assert english().spell("kids'").phones == ("K", "IH1", "D", "Z", "-")
    assert english().spell("Qwxyz's zyxwvs's").phones[-2:] == ("AH0", "Z")
