import pytest

from tts.gpt_sovits.text.zh.normalizer import Normalizer
from tts.gpt_sovits.text.zh.punctuation import CANTONESE
from tts.gpt_sovits.text.zh.scripts import Simplifier
from tts.gpt_sovits.text.zh.written import tidy


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        ("２０２４年５月", "2024年5月"),
        ("８：３０", "8:30"),
        ("時間：30分", "時間：30分"),
        ("５０％～６０％", "50%~60%"),
        ("1,234,567.89元", "1234567.89元"),
        ("1,2,3", "1,2,3"),
        ("1,2345", "1,2345"),
        ("10 000", "10 000"),
        ("5 公里 外", "5公里外"),
        ("2019——2023", "2019-2023"),
        ("啊——好", "啊——好"),
        ("㎡和㎏", "m2和kg"),
        ("①②⑫", "一二十二"),
        ("第Ⅱ卷", "第二卷"),
        ("½杯，3½个", "二分之一杯，3又二分之一个"),
        ("CO₂", "CO二"),
        ("5²", "5²"),
        ("٣个", "3个"),
        ("二〇二四", "二零二四"),
        (" 你好\u3000世界\n再见 ", "你好世界，再见"),
        ("零\u200b宽", "零宽"),
    ],
)
def test_figures_and_blanks_get_one_form(written: str, tidied: str):
    assert tidy(written) == tidied


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("頭髮很長", "头发很长"),
        ("排行榜", "排行榜"),
        ("什麼時鍾", "什么时钟"),
        ("乾淨的餅乾", "干净的饼干"),
        ("乾隆扭轉乾坤", "乾隆扭转乾坤"),
        ("瞭解瞭望", "了解瞭望"),
        ("他笑著說", "他笑着说"),
        ("著名著作", "著名著作"),
        ("顯著的進步", "显著的进步"),
        ("藉口", "借口"),
        ("彷彿祇有", "仿佛只有"),
        ("著名", "著名"),
    ],
)
def test_traditional_script(traditional: str, simplified: str):
    assert Simplifier()(traditional) == simplified


def test_cantonese_takes_the_figures_and_has_its_own_marks():
    normalizer = Normalizer("default")
    assert normalizer.normalize("飲咗2杯～「好」!!", CANTONESE) == "饮咗两杯-好!!"
    assert normalizer.normalize("5G", CANTONESE) == "五"
    assert normalizer.normalize("5G") == "五G"


def test_as_upstream_letters_are_not_spoken():
    assert Normalizer("compat").normalize("5G网络，3:2") == "五网络,三二"
