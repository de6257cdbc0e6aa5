import asyncio
import re
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm.offline import Companion

NOW = datetime(2026, 11, 21, 15, 5)
REPLY = re.compile(r'\[(普通|开心|难过|惊讶|温柔)\]"([^"]+)"(（[^（）"]+）| \([^()"]+\))?')


async def _collect(messages):
    return [delta async for delta in Companion(lambda: NOW).stream_reply(messages)]


def reply_to(messages):
    return "".join(asyncio.run(_collect(messages)))


def converse(*lines, system=None):
    """Return the replies to one user line after the other."""
    history = [{"role": "system", "content": system}] if system else []
    replies = []
    for line in lines:
        history.append({"role": "user", "content": line})
        replies.append(reply_to(history))
        history.append({"role": "assistant", "content": replies[-1]})
    return replies


def answer(*lines, system=None):
    return converse(*lines, system=system)[-1]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["你好"], "好|嗨"),
        (["Hello!"], "Hello|Good afternoon|Hi"),
        (["早上好"], "自带|内置"),
        (["喂，听得见吗"], "听得见|在呢|收到"),
        (["can you hear me?"], "clear|hear|word"),
        (["你是谁"], "(?=.*(程序|脚本))(?=.*Ollama)(?=.*LLM.api)"),
        (["你是不是ChatGPT"], "(?=.*(不是大))(?=.*LLM.api)|台词"),
        (["are you a real AI?"], "(?=.*(script|program))(?=.*Ollama)(?=.*LLM.api)"),
        (["How do I connect a real model?"], "Ollama.*LLM.api"),
        (["怎么换成真正的大模型"], "Ollama.*LLM.api"),
        (["现在几点了"], "下午三点零五分"),
        (["What time is it?"], "five past three in the afternoon"),
        (["今天星期几"], "星期六"),
        (["明天是几号"], "十一月二十二号"),
        (["what day is it tomorrow"], "Sunday"),
        (["what's the date today?"], "November the twenty-first"),
        (["今年是哪一年"], "二零二六年"),
        (["三加五等于几"], "三加五.*八。"),
        (["3 + 5 = ?"], "八|8"),
        (["what is twelve times seven?"], "12 times 7 .*84"),
        (["十除以三"], "三点三三三"),
        (["五除以零等于几"], "零"),
        (["二加二等于五吗"], "(不对|不一样).*四"),
        (["is two plus two equal to four"], "."),
        (["抛个硬币"], "正面|反面"),
        (["flip a coin"], "heads|tails"),
        (["掷骰子"], "[一二三四五六]点"),
        (["roll a die"], "one|two|three|four|five|six"),
        (["石头"], "石头|剪刀|布"),
        (["paper!"], "rock|paper|scissors"),
        (["从三数到八"], "三，四，五，六，七，八"),
        (["count down from five"], "5, 4, 3, 2, 1"),
        (["count to a hundred"], "1, 2, 3, .*20, and so on"),
        (["how do you spell banana"], "B, A, N, A, N, A"),
        (["apple怎么拼"], "A, P, P, L, E"),
        (["跟我说我爱学习"], "我爱学习"),
        (["Repeat after me: Peter Piper"], "Peter Piper"),
        (["喝咖啡还是喝茶"], "咖啡|茶"),
        (["should I have tea or coffee?"], "(?i)tea|coffee"),
        (["我好难过"], "温柔|难过"),
        (["I'm so sad today"], "温柔|难过"),
        (["不想活了"], "信任的人|家人"),
        (["I want to kill myself"], "crisis line"),
        (["今天天气怎么样"], "天气|窗外"),
        (["谢谢"], "客气|不用谢"),
        (["thank you"], "welcome|Any time|mention"),
        (["晚安"], "晚安|休息"),
        (["goodbye"], "bye|care|Bye"),
        (["谁是法国总统"], "答不上来|本事|不知道|答案|怕说错|不敢瞎编|见识"),
        (
            ["Who is the president of France?"],
            "beyond|don't know|answer|know very little|never learned|wiser",
        ),
        (["我昨天去爬了长城"], "你昨天去爬了长城|动起来|出出汗|自律"),
        (["I lost my keys yesterday"], "(?i)you lost your keys"),
        (["對不起，我聽不懂"], "没关系|没事"),
    ],
)
def test_it_reacts_to_what_was_said(lines, expected):
    reply = answer(*lines)
    assert REPLY.fullmatch(reply), reply
    assert re.search(expected, reply), reply


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["你好，我叫小明。", "我喜欢爬山", "我叫什么名字"], "小明"),
        (["我叫什么名字"], "没告诉我|不知道"),
        (["Hi, I'm Anna and I love jazz", "nice day", "what's my name?"], "Anna"),
        (["my name is john", "call me Jack", "do you remember my name"], "Jack"),
        (["what is my name"], "haven't told|don't know"),
        (["我喜欢猫，也喜欢喝茶", "我很喜欢画画", "我喜欢什么"], "猫.*画画"),
        (["I like hiking", "I hate rain", "what do I like?"], "hiking"),
        (["我最喜欢的颜色是蓝色", "嗯", "我最喜欢的颜色是什么"], "蓝色"),
        (["my favourite food is pizza", "ok", "what's my favourite food"], "pizza"),
        (["我住在杭州", "我住在哪里"], "杭州"),
        (["I live in Berlin", "where do I live?"], "Berlin"),
        (["请记住我的钥匙在抽屉里", "今天好累", "我让你记住什么了"], "你的钥匙在抽屉里"),
        (["remember that my keys are in the drawer", "what did I ask you to remember"], "your keys are in the drawer"),
        (["今天去跑步了", "我刚才说了什么"], "今天去跑步了"),
        (["I baked a cake", "what did I just say?"], "I baked a cake"),
        (["我养了一只猫", "我在学英语", "我们刚才聊了什么"], "宠物.*学习"),
        (["my dog is ill", "I play the guitar", "what did we talk about?"], "pets.*music"),
        (["我叫李雷", "我喜欢足球", "你知道关于我的什么"], "李雷.*足球"),
        (["三加五等于几", "再说一遍"], "等于八"),
        (["what is 3 plus 5", "say that again"], "8"),
        (["讲个笑话", "再来一个"], "开心"),
    ],
)
def test_it_remembers_what_the_history_holds(lines, expected):
    reply = answer(*lines)
    assert re.search(expected, reply), reply


def test_a_bare_name_answers_the_question_for_it():
    asked = {"role": "assistant", "content": '[普通]"我该怎么称呼你？"'}
    for text, name in (("小雪", "小雪"), ("王一博", "王一博"), ("我是阿强", "阿强")):
        assert name in reply_to([asked, {"role": "user", "content": text}])
    assert "我叫" not in reply_to([asked, {"role": "user", "content": "我叫林晓"}])
    for text in ("讲个笑话", "不告诉你", "为什么", "你猜"):
        history = [asked, {"role": "user", "content": text}, {"role": "user", "content": "我叫什么名字"}]
        assert text not in reply_to(history)
    asked = {"role": "assistant", "content": '[普通]"What should I call you?"'}
    assert "Rose" in reply_to([asked, {"role": "user", "content": "rose"}])
    assert "Nothing" not in reply_to([asked, {"role": "user", "content": "nothing"}])


def test_an_offer_is_kept():
    offer = {"role": "assistant", "content": '[开心]"我有办法。要不要听个故事？"'}
    assert re.search("从前|有一只|森林", reply_to([offer, {"role": "user", "content": "好啊"}]))
    assert not re.search("从前|有一只|森林", reply_to([offer, {"role": "user", "content": "不用了"}]))
    offer = {"role": "assistant", "content": '[开心]"Shall I ask you a riddle?"'}
    assert "?" in reply_to([offer, {"role": "user", "content": "Yes, please!"}])
    offer = {"role": "assistant", "content": '[温柔]"Would you like to hear a joke?"'}
    assert "laughter" not in reply_to([offer, {"role": "user", "content": "haha yes"}])


@pytest.mark.parametrize(
    ("riddle", "right", "wrong", "give_up", "solution"),
    [
        ("什么东西越洗越脏？", "是水吧", "泥巴", "不知道", "水"),
        ("What gets wetter the more it dries?", "a towel!", "the sea?", "I give up", "towel"),
    ],
)
def test_a_riddle_is_played_to_its_end(riddle, right, wrong, give_up, solution):
    asked = {"role": "assistant", "content": f'[开心]"{riddle}"'}
    tries = {text: reply_to([asked, {"role": "user", "content": text}]) for text in (right, wrong, give_up)}
    assert re.search(rf"(就是|正是|That's it, a |Right, it's a ){solution}", tries[right])
    assert not re.search(rf"\b{solution}\b|谜底", tries[wrong])
    assert solution in tries[give_up]
    again = [asked, {"role": "user", "content": wrong}, {"role": "assistant", "content": tries[wrong]}]
    assert solution in reply_to([*again, {"role": "user", "content": right}])


def test_the_persona_lends_its_name_and_no_more():
    reply = answer("你叫什么名字", system="你叫小雪，是一个温柔的女孩。请把说的话放在引号里。")
    assert "小雪" in reply
    assert "不是大" in reply
    reply = answer("What's your name?", system="You are Luna, a cheerful pirate.")
    assert "Luna" in reply
    assert "not a language model" in reply
    assert "一个" not in answer("你叫什么名字", system="你是一个助手")


@pytest.mark.parametrize(
    "line", ["你好", "嗯", "三加五", "现在几点", "apple怎么拼", "hi", "yes", "What time is it?", "12*7", ""]
)
def test_the_same_line_never_comes_twice_in_a_row(line):
    replies = converse(*[line] * 12)
    assert all(one != after for one, after in pairwise(replies))


def test_a_long_talk_stays_varied():
    replies = converse(*["今天我一直在想一件事情，说来话长"] * 8)
    assert len(set(replies)) >= 7


@pytest.mark.parametrize(
    ("content", "is_zh"),
    [
        ("\"你好\"", True),
        ("\"hello\"", False),
        ("我用 Python 写代码", True),
        ("Please play 七里香 for me", False),
        ([{"type": "text", "text": "今天好累"}, {"type": "image_url", "image_url": {"url": "x"}}], True),
        (["hello", "there"], False),
        ("hello \ud83d", False),
    ],
)  # fmt: skip
def test_it_answers_in_the_language_of_the_last_message(content, is_zh):
    other = "hello there" if is_zh else "你好"
    reply = reply_to([{"role": "user", "content": other}, {"role": "user", "content": content}])
    speech = REPLY.fullmatch(reply)
    assert speech
    assert bool(re.search(r"[\u4e00-\u9fff]", speech[2])) is is_zh


@pytest.mark.parametrize(
    "content", ["", "   ", "？", "……", "😀", "啊啊啊啊", "b", None, 5, {}, [], "字幕由志愿者提供", "すみません"]
)
def test_noise_is_answered_kindly(content):
    history = [{"role": "user", "content": "你好"}, {"role": "user", "content": content}]
    assert REPLY.fullmatch(reply_to(history))


def test_without_any_message_it_greets():
    assert REPLY.fullmatch(reply_to([]))
    assert REPLY.fullmatch(reply_to([{"role": "assistant", "content": "x"}]))


def test_warming_up_changes_nothing():
    companion = Companion(lambda: NOW)
    asyncio.run(companion.warm_up())
    asyncio.run(companion.close())
    assert REPLY.fullmatch(reply_to([{"role": "user", "content": "你好"}]))


def test_it_streams_small_deltas_and_lets_others_work():
    async def run():
        turns, deltas = 0, []

        async def other():
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        busy = asyncio.create_task(other())
        deltas = await _collect([{"role": "user", "content": "讲个故事"}])
        busy.cancel()
        return deltas, turns

    deltas, turns = asyncio.run(run())
    assert all(1 <= len(delta) <= 4 for delta in deltas)
    assert turns >= len(deltas) - 1


_WORDS = st.sampled_from(
    [
        *'你好 我叫 小明 我喜欢 猫 什么 吗 ？ 。 " ( ） [开心] 三加五 零 除以 100 从 数到 还是 跟我说 再来一个'.split(),
        *"i like my name is what ? or spell count to remember that 12*7 ^ {name} {} * `x` http://x.y yes no".split(),
        *("\n", "\t", "\x00", "\ud83d", "😀"),
    ]
)
_CONTENT = st.one_of(
    st.text(max_size=30),
    st.lists(_WORDS, max_size=6).map(" ".join),
    st.lists(_WORDS, max_size=6).map("".join),
    st.none(),
    st.lists(st.fixed_dictionaries({"type": st.just("text"), "text": st.text(max_size=10)}), max_size=2),
)
_MESSAGE = st.one_of(
    st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant", "system", "tool"]), "content": _CONTENT}),
    st.dictionaries(st.sampled_from(["role", "content"]), st.one_of(st.integers(), st.text(max_size=5)), max_size=2),
    st.text(max_size=10),
    st.none(),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_MESSAGE, max_size=6))
def test_any_history_gets_one_well_formed_reply_and_always_the_same(messages):
    reply = reply_to(messages)
    assert REPLY.fullmatch(reply), reply
    assert not re.search(r"https?:|[*_`{}]", reply)
    assert reply == reply_to(messages)
    reply.encode()


@settings(max_examples=40, deadline=None)
@given(st.lists(_CONTENT, min_size=2, max_size=5))
def test_no_two_replies_in_a_row_are_alike(contents):
    replies = converse(*contents)
    assert all(one != after for one, after in pairwise(replies))
