import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.chinese_numbers import cardinal, spell


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "零"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1005, "一千零五"),
        (10_005, "一万零五"),
        (100_000, "十万"),
        (1_050_000, "一百零五万"),
        (100_005_000, "一亿零五千"),
        (1_234_567_890_123, "一万二千三百四十五亿六千七百八十九万零一百二十三"),
    ],
)
def test_quantities(number: int, words: str):
    assert cardinal(number) == words


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("我有3个苹果", "我有三个苹果"),
        ("花了3.5kg", "花了三点五公斤"),
        ("2024年", "二零二四年"),
        ("有2024人", "有二千零二十四人"),
        ("2024-05-01", "二零二四年五月一日"),
        ("12:30见", "十二点三十分见"),
        ("2:05", "两点零五分"),
        ("8：00开会", "八点开会"),
        ("比分3:2", "比分三比二"),
        ("涨了50%", "涨了百分之五十"),
        ("今天-5℃", "今天负五摄氏度"),
        ("37.5°C", "三十七点五摄氏度"),
        ("时速120km/h", "时速一百二十公里每小时"),
        ("$20.50", "二十点五美元"),
        ("￥1,200", "一千二百元"),
        ("3-5天", "三到五天"),
        ("2个", "两个"),
        ("第2个", "第二个"),
        ("1/2", "二分之一"),
        ("2+3=5", "二加三等于五"),
        ("打13812345678", "打一三八一二三四五六七八"),
        ("007", "零零七"),
        ("版本1.2.3", "版本一点二点三"),
        ("100万", "一百万"),
        ("３个", "三个"),
        ("没有数字", "没有数字"),
        ("MP3 hello", "MP三 hello"),
    ],
)
def test_figures_are_written_as_they_are_said(written: str, said: str):
    assert spell(written) == said


@given(st.text(alphabet="0123456789.,:：/-+=%$￥个年 kg℃第a", max_size=40))
def test_no_ascii_figure_is_left_to_be_misread(text: str):
    assert not set(spell(text)) & set("0123456789")
