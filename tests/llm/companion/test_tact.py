"""How the companion treats people: in grief and joy, when it is refused, sworn at, or given nonsense."""

import re
from datetime import datetime

import pytest

from llm.companion.compose import compose

NOW = datetime(2026, 11, 21, 15, 5)
PLAYFUL = r"开心\]|笑话|猜个谜|冷知识|故事|\b(joke|riddle|fun fact|story|game)\b"
ADVICE = r"真正的模型|大模型|real model|LLM\.api"


def replies_to(*lines):
    history = []
    for line in lines:
        history.append({"role": "user", "content": line})
        history.append({"role": "assistant", "content": compose(history, NOW)})
    return [said["content"] for said in history[1::2]]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("my dog died", "sorry|难过"),
        ("I lost my grandfather last week", "sorry"),
        ("we had to put my cat down", "sorry"),
        ("my girlfriend broke up with me", "sorry|hurts"),
        ("I failed my exam", "sorry|disappointment"),
        ("our cat was run over", "sorry"),
        ("I have lung cancer", "sorry"),
        ("我得了癌症", "心里很沉|不容易"),
        ("I got fired today", "sorry|disappointment"),
        ("我爸去世了", "节哀|遗憾|难过"),
        ("我家的猫昨天死了", "节哀|遗憾|难过"),
        ("女朋友跟我分手了", "感情|心疼|不容易"),
        ("我没考上研究生", "努力|可惜|泄气"),
        ("我被公司裁了", "努力|可惜|泄气"),
        ("我妈妈生病住院了", "阿姨"),
        ("我弟弟发烧了", "你弟弟"),
        ("my mom is in the hospital", "your mom"),
        ("不想活了", "信任|家人"),
        ("I want to die", "crisis line"),
    ],
)
def test_hard_times_get_no_treats_for_as_long_as_they_are_the_subject(said, expected):
    tail = ["嗯", "是的", "不知道"] if re.search(r"[\u4e00-\u9fff]", said) else ["yeah", "ok", "I don't know"]
    replies = replies_to(said, *tail)
    assert re.search(expected, replies[0])
    assert not [reply for reply in replies if re.search(PLAYFUL, reply)]
    assert "开心]" in replies_to(said, "讲个笑话" if tail[0] == "嗯" else "tell me a joke")[-1]


@pytest.mark.parametrize("said", ["my phone died", "who died in that film?", "我笑死了"])
def test_not_every_death_is_a_loss(said):
    assert not re.search("sorry for your loss|节哀", replies_to(said)[0])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("don't tell me a joke", "no joke|leave out"),
        ("I don't like jokes", "no joke|leave out"),
        ("no more stories please", "no stories|leave out"),
        ("不要讲笑话", "不提笑话|笑话就免了"),
        ("别给我讲故事", "不提故事|故事就免了"),
        ("要不要讲个笑话", "开心"),
        ("讲个别的笑话", "开心"),
        ("why don't you tell me a joke", "开心"),
        ("who won the world cup", "don't|beyond|answer|wiser|learned|little"),
        ("推荐一部电影", "推荐|有什么好"),
        ("recommend a movie", "recommend|what's good"),
        ("我失眠了", "睡"),
        ("I can't sleep", "Nights|awake"),
        ("老板天天骂我", "委屈|受这样"),
        ("my boss yells at me", "Nobody|hurt anyone"),
        ("不知道该不该辞职", "决定|做主"),
        ("should I quit my job?", "decision|decide"),
        ("你会说英语吗", "English"),
        ("说英文", "English"),
        ("speak Chinese", "中文"),
        ("can you speak chinese?", "中文"),
        ("你能记住我说的话吗", "这次"),
        ("can you remember things?", "conversation|chat"),
        ("给我唱首歌吧", "不会|没有唱歌"),
        ("sing me a song", "can't sing|no singing"),
        ("I got promoted!", "Congratulations"),
        ("I passed my exam", "Congratulations"),
        ("我下个月结婚", "恭喜"),
        ("我升职了", "恭喜"),
        ("17% of 250", r"42\.5"),
        ("what is fifteen percent of eighty", "12"),
        ("250的17%是多少", "四十二点五"),
        ("二百的百分之十五", "三十"),
        ("fuck you", "upset|angry|say less"),
        ("滚", "不高兴|生气|少说"),
        ("you already said that", "Fair point|right"),
        ("你怎么老重复", "你说得对|抱歉"),
        ("I feel sad今天", "sorry|hard|heart|brave"),
    ],
)
def test_it_hears_what_is_meant(said, expected):
    assert re.search(expected, replies_to(said)[0])


@pytest.mark.parametrize("said", ["Idk", "Asdfkjh qwoeiru", "草", "damn", "fjdksla jkl", "我 like 那个 thing"])
def test_nonsense_is_not_said_back(said):
    for before in ([], ["你好"], ["hello"]):
        assert said.lower() not in replies_to(*before, said)[-1].lower()


@pytest.mark.parametrize("said", ["好吧", "okay then"])
def test_a_reluctant_yes_is_no_joy(said):
    assert not re.search("那就好|Glad", replies_to(said)[0])


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["I'm Sarah by the way", "what's my name?"], "Sarah"),
        (["I'm pregnant by the way", "what's my name?"], "haven't told|don't know"),
        (["by the way, I'm tom", "what's my name?"], "Tom"),
        (["我姓张", "我姓什么"], "张"),
        (["我姓王，叫王小明", "我叫什么"], "王小明"),
        (["我有一只猫叫豆豆", "今天好热", "我的猫叫什么"], "豆豆"),
        (["我妹妹叫小美", "嗯", "你记得我妹妹叫什么吗"], "小美"),
        (["I have a cat called Milo", "nice", "what's my cat's name?"], "Milo"),
        (["my sister's name is Ann", "ok", "what is my sister called?"], "Ann"),
        (["what's my dog's name?"], "haven't told|don't know"),
        (["讲个笑话", "哈哈", "今天天气不错", "再讲一个"], "开心"),
        (["tell me a joke", "haha", "another one"], "开心"),
        (["讲个笑话", "这个不好笑", "好"], "开心"),
        (["tell me a joke", "that's not funny", "yes"], "开心"),
    ],
)
def test_it_keeps_the_thread(lines, expected):
    replies = replies_to(*lines)
    assert re.search(expected, replies[-1])
    assert len(set(replies)) == len(replies)


def test_a_named_pet_is_not_asked_for_its_name():
    assert not re.search("名字吗|names? I should", "".join(replies_to("我有一只猫叫豆豆", "我的猫很可爱", "猫在睡觉")))


@pytest.mark.parametrize(
    "lines",
    [
        ["帮我写代码", "谁是牛顿？", "黑洞是什么？", "帮我写作文", "播放音乐", "你真笨", "法国在哪里？", "帮我画画"],
        [
            "what is gravity?",
            "write code",
            "who is Newton?",
            "play music",
            "you are stupid",
            "where is Peru?",
            "draw it",
        ],
    ],
)
def test_the_advice_to_connect_a_model_comes_once_unless_asked_for(lines):
    replies = replies_to(*lines)
    assert sum(bool(re.search(ADVICE, reply)) for reply in replies) <= 1
    assert re.search(ADVICE, replies_to(*lines, "are you an AI?" if lines[0].isascii() else "你是AI吗")[-1])


@pytest.mark.parametrize(
    "lines",
    [
        ["I don't like jokes", "ok", "hmm", "whatever", "haha", "nothing", "mhm", "idk", "lol"],
        ["我不喜欢听笑话", "嗯", "哈哈", "随便", "嗯嗯", "没什么", "哦", "都行"],
    ],
)
def test_what_was_refused_is_not_offered_again(lines):
    assert not re.search(r"\bjoke\b|笑话", "".join(replies_to(*lines)[1:]))
