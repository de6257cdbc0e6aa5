import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.gpt_sovits.text.zh.numerals import cardinal, digit_by_digit, number

PLACES = {"十": 10, "百": 100, "千": 1000}


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ("", ""),
        ("0", "零"),
        ("000", "零"),
        ("7", "七"),
        ("007", "七"),
        ("10", "十"),
        ("12", "十二"),
        ("20", "二十"),
        ("105", "一百零五"),
        ("110", "一百一十"),
        ("1005", "一千零五"),
        ("10500", "一万零五百"),
        ("100000", "十万"),
        ("100005000", "一亿零五千"),
        ("1" + "0" * 12, "一万亿"),
    ],
)
def test_quantities(figures: str, words: str):
    assert cardinal(figures) == words


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ("3.14", "三点一四"),
        ("12.50", "十二点五零"),
        ("3.00", "三点零"),
        (".5", "零点五"),
        ("0.05", "零点零五"),
        ("5", "五"),
    ],
)
def test_decimals(figures: str, words: str):
    assert number(figures) == words


def test_figure_by_figure():
    assert digit_by_digit("110") == "一一零"
    assert digit_by_digit("110", yao=True) == "幺幺零"


@given(st.integers(1, 10**8 - 1))
def test_a_quantity_can_be_counted_back(value: int):
    assert worth(cardinal(str(value))) == value


def worth(words: str) -> int:
    high, _, low = words.rpartition("万")
    return (below_ten_thousand(high) * 10_000 if high else 0) + below_ten_thousand(low)


def below_ten_thousand(words: str) -> int:
    total = digit = 0
    for word in words.replace("零", ""):
        if word in PLACES:
            total += (digit or 1) * PLACES[word]
            digit = 0
        else:
            digit = "零一二三四五六七八九".index(word)
    return total + digit


def test_thousands_of_figures_are_no_trouble():
    assert cardinal("1" * 10_000).count("亿") == 1249
