"""Mixed texts, cut where a careful reader changes language."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.gpt_sovits.text.cleaning import clean
from tts.gpt_sovits.text.modes import MODES
from tts.gpt_sovits.text.segmentation import prepare, segment
from tts.gpt_sovits.text.spelling import Segment

TEXT = st.text(
    st.sampled_from("你好ab Z3.5%，。！\n\"'()「」-@:：かカ한글é€$k℃²α😀=+/m\x00") | st.characters(codec="utf-8"),
    max_size=80,
)


def marked(text: str, language: str = "zh") -> str:
    """The segments as one string, in a Chinese text with short names: z[...] and e[...]."""
    names = {"zh": "z", "en": "e"}
    return "".join(
        f"{names.get(part.language, part.language)}[{part.text}]" for part in segment(text, language, "default")
    )


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("我昨天在Apple Store买了一台MacBook Pro。", "z[我昨天在]e[Apple Store]z[买了一台]e[MacBook Pro。]"),
        ("这个bug我修了三次。", "z[这个]e[bug]z[我修了三次。]"),
        ("他的英文名叫Tom，今年25岁。", "z[他的英文名叫]e[Tom，]z[今年25岁。]"),
        ("OK，没问题。", "e[OK，]z[没问题。]"),
        ("Yes! 我做到了。", "e[Yes! ]z[我做到了。]"),
        ("What's up？我在写JSON呢！", "e[What's up？]z[我在写]e[JSON]z[呢！]"),
        ("他说：“I love you.”", "z[他说：“]e[I love you.”]"),
        ("《Harry Potter》第3部。", "e[《Harry Potter》]z[第3部。]"),
        ("T恤、K歌、AA制", "e[T]z[恤、]e[K]z[歌、]e[AA]z[制]"),
        ("R&D部门和AT&T公司", "e[R&D]z[部门和]e[AT&T]z[公司]"),
        ("naïve的想法，在café里。", "e[naïve]z[的想法，在]e[café]z[里。]"),
        ("Ｗｉｎｄｏｗｓ系统", "e[Windows]z[系统]"),
        ("don’t担心", "e[don’t]z[担心]"),
    ],
)
def test_latin_words_are_english(text: str, segments: str):
    assert marked(text) == segments


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("iPhone 15发布了。", "e[iPhone 15]z[发布了。]"),
        ("iPhone 16 Pro Max售价9999元。", "e[iPhone 16 Pro Max]z[售价9999元。]"),
        ("Python 3.12发布了", "e[Python 3.12]z[发布了]"),
        ("Windows 11系统很流畅", "e[Windows 11]z[系统很流畅]"),
        ("我买了3台ThinkPad T60。", "z[我买了3台]e[ThinkPad T60。]"),
        ("GPT-4o和Qwen2.5-7B模型", "e[GPT-4o]z[和]e[Qwen2.5-7B]z[模型]"),
        ("密码是x9y8z7。", "z[密码是]e[x9y8z7。]"),
        ("PM2.5超标了。", "e[PM]z[2.5超标了。]"),
        ("CO2排放量下降。", "e[CO]z[二排放量下降。]"),
        ("A4纸和B2B模式", "e[A]z[四纸和]e[B2B]z[模式]"),
        ("第3章Chapter 3。", "z[第3章]e[Chapter 3。]"),
        ("No.1选手", "e[number 1]z[选手]"),
        ("No.1!", "e[number 1!]"),
        ("小米14 Ultra发布", "z[小米14 ]e[Ultra]z[发布]"),
        ("他在2024 Olympics拿了金牌", "z[他在]e[2024 Olympics]z[拿了金牌]"),
        ("TOEFL考了110分", "e[TOEFL]z[考了110分]"),
        ("5月3日，Top 10榜单", "z[5月3日，]e[Top 10]z[榜单]"),
        ("会议3pm开始，May 1st截止", "z[会议]e[3pm]z[开始，]e[May 1st]z[截止]"),
        ("红米Note 12 Turbo跑分100万", "z[红米]e[Note 12 Turbo]z[跑分100万]"),
    ],
)
def test_figures_go_with_the_word_that_they_belong_to(text: str, segments: str):
    assert marked(text) == segments


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("每天跑5km，体重70kg。", "z[每天跑5km，体重70kg。]"),
        ("车速120km/h，还有3.5 km。", "z[车速120km/h，还有3.5 km。]"),
        ("面积是120m²，高2.5m", "z[面积是120m²，高2.5m]"),
        ("水温25°C，室外-5℃", "z[水温25°C，室外-5℃]"),
        ("电压220V，频率50Hz，功率100W", "z[电压220V，频率50Hz，功率100W]"),
        ("需要3-5km，5万km也行", "z[需要3-5km，5万km也行]"),
        ("价格是$9.99，也就是¥70", "z[价格是$9.99，也就是¥70]"),
        ("一共100USD，或者€85", "z[一共100USD，或者€85]"),
        ("单价5元/kg", "z[单价5元/kg]"),
        ("误差±2%，占98.5%", "z[误差±2%，占98.5%]"),
        ("算式6×7=42，圆周率≈3.14", "z[算式6×7=42，圆周率≈3.14]"),
        ("α粒子，30°角，√2", "z[α粒子，30°角，√2]"),
        ("1/3的人，24/7营业", "z[1/3的人，24/7营业]"),
        ("上午10:30 meeting开始", "z[上午10:30 ]e[meeting]z[开始]"),
        ("2024-05-01 release了", "z[2024-05-01 ]e[release]z[了]"),
        ("10km", "z[10km]"),
        ("iPhone 5s手机，跑了5s", "e[iPhone 5s]z[手机，跑了5s]"),
    ],
)
def test_units_and_signs_stay_with_their_figures(text: str, segments: str):
    assert marked(text) == segments


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("5G网络和4K电视", "z[5]e[G]z[网络和4]e[K]z[电视]"),
        ("3D打印技术", "z[3]e[D]z[打印技术]"),
        ("2B铅笔，4S店", "z[2]e[B]z[铅笔，4]e[S]z[店]"),
        ("这部3A大作，5A景区", "z[这部3]e[A]z[大作，5]e[A]z[景区]"),
        ("内存16GB，硬盘1TB。", "z[内存16]e[GB，]z[硬盘1]e[TB。]"),
        ("1080P视频", "z[幺零八零]e[P]z[视频]"),
        ("工资20K", "z[工资20]e[K]"),
        ("3M公司有MP3和F-16吗", "z[3]e[M]z[公司有]e[MP]z[三和]e[F-16]z[吗]"),
    ],
)
def test_a_figure_before_a_few_letters_is_chinese(text: str, segments: str):
    assert marked(text) == segments


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("车牌是京A12345。", "z[车牌是京]e[A]z[幺二三四五。]"),
        ("沪B8K219停在门口", "z[沪]e[B]z[八]e[K]z[二幺九停在门口]"),
        ("MU5101航班", "e[MU]z[五幺零幺航班]"),
        ("坐G1234次", "z[坐]e[G]z[幺二三四次]"),
        ("C919首飞", "e[C]z[九幺九首飞]"),
        ("订单号A20240501", "z[订单号]e[A]z[二零二四零五零幺]"),
        ("宝马X5和奥迪A6", "z[宝马]e[X]z[五和奥迪]e[A]z[六]"),
        ("买了台PS5，看CCTV13", "z[买了台]e[PS]z[五，看]e[CCTV]z[十三]"),
        ("T3航站楼在哪", "e[T]z[三航站楼在哪]"),
        ("一台BMW X5", "z[一台]e[BMW X5]"),
        ("预防H1N1和U盘3.0", "z[预防]e[H1N1]z[和]e[U]z[盘3.0]"),
    ],
)
def test_figures_of_codes_and_models_are_chinese(text: str, segments: str):
    assert marked(text) == segments


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("请访问www.example.com。", "z[请访问]e[W W W]z[点]e[example]z[点]e[com。]"),
        ("邮箱是test@example.com吗", "z[邮箱是]e[test at example]z[点]e[com]z[吗]"),
        ("打开https://a.cn/x?y=1看看", "z[打开]e[a]z[点]e[cn]z[斜杠]e[x]z[问号]e[y]z[等于一看看]"),
        ("登录163.com或者12306.cn。", "z[登录一六三点]e[com]z[或者一二三零六点]e[cn。]"),
        ("运行main.py，用的是Node.js", "z[运行]e[main]z[点]e[py，]z[用的是]e[Node]z[点]e[js]"),
        ("AI+教育是趋势。", "e[AI]z[加教育是趋势。]"),
        ("C++和C#哪个好", "e[C]z[加加和]e[C#]z[哪个好]"),
        ("E=mc²是质能方程。", "e[E]z[等于]e[M C]z[平方是质能方程。]"),
        ("圆的面积是πr²。", "z[圆的面积是π]e[r]z[的平方。]"),
        ("x²+y²=1", "e[x]z[平方加]e[y]z[平方=1]"),
        ("F=ma，a³和bⁿ", "e[F]z[等于]e[M A，a]z[立方和]e[b]z[的]e[N]z[次方]"),
        ("当x>3且p<0.05时", "z[当]e[x]z[大于3且]e[p]z[小于0.05时]"),
        ("边长12cm²，占地3 km²", "z[边长12cm²，占地3 km²]"),
        ("II期临床和III型", "z[二期临床和三型]"),
        ("V型槽，X级，VIP区，AI期待", "e[V]z[型槽，]e[X]z[级，]e[VIP]z[区，]e[AI]z[期待]"),
        ("A股+H股，a≠b", "e[A]z[股加]e[H]z[股，]e[a]z[不等于]e[b]"),
        ("按Ctrl+C", "z[按]e[Ctrl]z[加]e[C]"),
    ],
)
def test_signs_between_letters_are_said_in_chinese(text: str, segments: str):
    assert marked(text) == segments


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("😀大家好，太棒了👍👍！", "z[大家好，太棒了！]"),
        ("Hello😀你好❤️", "e[Hello]z[你好]"),
        ("第1️⃣步→下一步★", "z[第1步下一步]"),
        ("\ufeff你\u200b好\x00", "z[你好]"),
        ("👨‍👩‍👧和🇨🇳", "z[和]"),
        ("１２：３０，５０％", "z[12:30，50%]"),
        ("１，０００元", "z[1，000元]"),
        ("花了30，100块", "z[花了30，100块]"),
        ("花了30,100块", "z[花了30,100块]"),
    ],
)
def test_pictures_are_dropped_and_wide_figures_folded(text: str, segments: str):
    assert marked(text) == segments


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("I bought 3 apples and 10km of rope.", "e[I bought 3 apples and 10km of rope.]"),
        ("Visit www.example.com for $5 deals!", "e[Visit www.example.com for $5 deals!]"),
        ("The word 你好 means hello in 2 ways.", "e[The word ]z[你好 ]e[means hello in 2 ways.]"),
        ("It costs 5 dollars. 要5美元。", "e[It costs 5 dollars. ]z[要5美元。]"),
    ],
)
def test_an_english_sentence_keeps_its_figures(text: str, segments: str):
    assert marked(text) == segments
    assert marked(text, "all_zh") == segments


@pytest.mark.parametrize(
    ("language", "text", "segments"),
    [
        ("all_zh", "iPhone 15和Mate 60。", "e[iPhone ]z[15和]e[Mate ]z[60。]"),
        ("yue", "我鍾意hiking，行咗10km", "yue[我鍾意]e[hiking，]yue[行咗10km]"),
        ("zh", "日语的ありがとう和한국어", "z[日语的ありがとう和한국어]"),
        ("auto", "日语的「ありがとう」和한국어。", "z[日语的「]ja[ありがとう」]z[和]ko[한국어。]"),
        ("auto", "価格は500円です。价格是500元。", "ja[価格は500円です。]z[价格是500元。]"),
        ("auto", "10kmを走った。", "e[10km]ja[を走った。]"),
        ("auto", "跑了10km，还有5G网络", "z[跑了10km，还有5]e[G]z[网络]"),
        ("ja", "100円のコーヒーとHelloを買った。", "ja[100円のコーヒーと]e[Hello]ja[を買った。]"),
        ("ko", "사과 5개와 iPhone 15", "ko[사과 5개와 ]e[iPhone 15]"),
        ("en", "The word 你好 means hello, 3 times.", "e[The word ]z[你好 ]e[means hello, 3 times.]"),
        ("en", "日本語のテキスト", "z[日本語]e[のテキスト]"),
        ("en", "", ""),
    ],
)
def test_other_languages(language: str, text: str, segments: str):
    assert marked(text, language) == segments


@given(TEXT, st.sampled_from(sorted(MODES)))
def test_the_segments_joined_are_the_prepared_text(text: str, language: str):
    segments = segment(text, language, "default")
    assert "".join(part.text for part in segments) == prepare(text, language, "default")
    assert all(part.text for part in segments)
    assert all(left.language != right.language for left, right in pairwise(segments))


@given(TEXT)
def test_only_pictures_and_what_is_invisible_is_dropped(text: str):
    letters = [char for char in text if char.isalpha() and char < "\uff00" and not "\u2000" <= char < "\u2c00"]
    cleaned = clean(text)
    kept = [char for char in cleaned if char.isalpha()]
    assert [char for char in letters if char in kept] == letters
    assert len(cleaned) <= len(text)
    assert "  " not in cleaned


@given(TEXT, st.sampled_from(["ja", "ko", "en", "all_ja"]))
def test_signs_are_words_only_where_chinese_is_spoken(text: str, language: str):
    assert prepare(text, language, "default") == clean(text)


def test_a_year_in_round_zeros_is_not_japanese():
    assert segment("二〇二四年涨了。", "auto", "default") == [Segment("zh", "二〇二四年涨了。")]
