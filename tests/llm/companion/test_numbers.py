from datetime import datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.companion import clock, numerals
from llm.companion.sums import asked_sum


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "零"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1010, "一千零一十"),
        (10010, "一万零一十"),
        (123456789, "一亿二千三百四十五万六千七百八十九"),
        (Fraction("3.14"), "三点一四"),
        (-7, "负七"),
    ],
)
def test_numbers_are_spelled_in_chinese(number, text):
    assert numerals.to_zh(Fraction(number)) == text
    assert numerals.from_zh(text) == number


@given(st.integers(0, 10**11))
def test_every_chinese_number_reads_back(number):
    assert numerals.from_zh(numerals.to_zh(Fraction(number))) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("两百", 200),
        ("两万三", 23000),
        ("一百二", 120),
        ("二零二六", 2026),
        ("一百零二", 102),
        ("负三点五", Fraction("-3.5")),
    ],
)
def test_spoken_chinese_numbers_are_read(text, number):
    assert numerals.from_zh(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("twelve", 12),
        ("twenty-one", 21),
        ("a hundred and five", 105),
        ("two thousand three hundred", 2300),
        ("one million", 10**6),
        ("three point one four", Fraction("3.14")),
    ],
)
def test_english_number_words_are_read(text, number):
    assert numerals.from_en(text) == number


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("三加五等于几", 8),
        ("请问一百二十三减四十五是多少?", 78),
        ("12乘以3", 36),
        ("十除以四", Fraction("2.5")),
        ("九的平方是多少", 81),
        ("二的十次方", 1024),
        ("负三加五", 2),
        ("what is twelve times seven?", 84),
        ("100 divided by 8", Fraction("12.5")),
        ("two to the power of ten", 1024),
        ("3*(4+5)", 27),
        ("2+3*4", 14),
        ("(1+2)*(3-5)", -6),
        ("3x5", 15),
        ("-2^2", -4),
        ("五除以零", None),
        ("9^9^9", None),
        ("999999999*999999999*9", None),
    ],
)
def test_sums_are_understood(text, result):
    asked = asked_sum(text)
    assert asked
    assert asked.result == result


@pytest.mark.parametrize(
    "text",
    [
        "",
        "你好",
        "三",
        "-5",
        "三天",
        "2026-11-21",
        "555-1234",
        "i have two cats",
        "1+",
        "((((",
        "1+2 apples",
        "一加",
        "+" * 99,
    ],
)
def test_what_is_no_sum_is_left_alone(text):
    assert asked_sum(text) is None


def test_a_claim_is_told_from_a_question():
    right, wrong = asked_sum("二加二等于四吗"), asked_sum("2+2=5")
    assert right
    assert wrong
    assert (right.result, right.claimed, wrong.result, wrong.claimed) == (4, 4, 4, 5)


@given(st.text("零一二三十百加减乘除以等于的平方0123456789+-*/^()x. ", max_size=20))
def test_any_sum_is_solved_or_refused(text):
    asked = asked_sum(text)
    if asked and asked.result is not None:
        numerals.to_zh(asked.result)
        assert asked.said(numerals.to_en, "en") is not None


@pytest.mark.parametrize(
    ("hour", "minute", "zh", "en"),
    [
        (0, 0, "凌晨零点整", "midnight"),
        (12, 0, "中午十二点整", "noon"),
        (2, 30, "凌晨两点半", "half past two in the morning"),
        (7, 5, "早上七点零五分", "five past seven in the morning"),
        (14, 45, "下午两点四十五分", "a quarter to three in the afternoon"),
        (20, 59, "晚上八点五十九分", "one minute to nine in the evening"),
        (23, 40, "晚上十一点四十分", "twenty to twelve at night"),
    ],
)
def test_times_are_said_as_people_say_them(hour, minute, zh, en):
    now = datetime(2026, 11, 21, hour, minute)
    assert clock.time_zh(now) == zh
    assert clock.time_en(now) == en


@given(st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 30)))
def test_every_moment_has_words(now):
    for say in (
        clock.time_zh,
        clock.time_en,
        clock.date_zh,
        clock.date_en,
        clock.weekday_zh,
        clock.year_zh,
        clock.greeting_zh,
        clock.greeting_en,
    ):
        assert say(now)


def test_dates_are_said_as_people_say_them():
    day = datetime(2026, 12, 31)
    assert (clock.date_zh(day), clock.date_en(day)) == ("十二月三十一号", "December the thirty-first")
    assert (clock.weekday_zh(day), clock.weekday_en(day)) == ("星期四", "Thursday")
    assert [numerals.ordinal_en(n) for n in (1, 12, 20, 21, 30)] == [
        "first",
        "twelfth",
        "twentieth",
        "twenty-first",
        "thirtieth",
    ]
