"""What the companion takes from a user's words: language, names, likes, the sentence turned round."""

import pytest

from llm.companion import memory
from llm.companion.history import History, language_of, spoken
from llm.companion.recall import name_of
from llm.companion.reflect import reflect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("你好", "zh"),
        ("hello there", "en"),
        ("我用 Python 写 code", "zh"),
        ("please play 七里香 for me", "en"),
        ("OK", ""),
        ("123 ?!", ""),
        ("a", ""),
    ],
)
def test_the_dominant_language_is_found(text, language):
    assert language_of(text) == language


def test_a_message_without_words_keeps_the_language():
    history = [{"role": "user", "content": "how are you"}, {"role": "user", "content": "OK"}]
    assert History(history).language == "en"
    assert History([{"role": "system", "content": "You are kind."}]).language == "en"
    assert History([]).language == "zh"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ('"你好"', "你好"),
        ("“你好”", "你好"),
        ("你 好 ， 世 界", "你好，世界"),
        ("hello   world\n", "hello world"),
        ("好的😀", "好的"),
        ([{"type": "text", "text": "a"}, {"type": "image_url"}, "b"], "a b"),
        (None, ""),
        (7, ""),
        ("\ud83d x", "x"),
    ],
)
def test_messages_are_tidied(content, text):
    assert History([{"role": "user", "content": content}]).text == text


def test_only_the_spoken_part_of_a_reply_counts():
    assert spoken('[开心]"你好（小声）呀！"（笑）') == "你好呀！"
    assert spoken("no quotes here") == "no quotes here"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我叫小明", "小明"),
        ("你好，我叫李雷，今年八岁", "李雷"),
        ("我的名字叫做韩梅梅。", "韩梅梅"),
        ("我叫小明我喜欢爬山", "小明"),
        ("叫我阿强就好", "阿强"),
        ("你可以叫我Tom", "Tom"),
        ("我是小红", "小红"),
        ("My name is Anna.", "Anna"),
        ("MY NAME IS JOHN", "John"),
        ("my name is bob and I am ten", "Bob"),
        ("Hi, I'm Tom and I love chess", "Tom"),
        ("call me Al", "Al"),
        ("我叫什么名字", ""),
        ("我叫了外卖", ""),
        ("我妈妈叫我吃饭", ""),
        ("别叫我起床", ""),
        ("我是学生", ""),
        ("call me later", ""),
        ("I'm Happy", ""),
        ("I'm tired", ""),
        ("what is my name", ""),
    ],
)
def test_names_are_heard(text, name):
    assert memory.name_in(text) == name


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ("我喜欢爬山", "爬山"),
        ("我真的很喜欢吃火锅，你呢", "吃火锅"),
        ("我也爱猫啊", "猫"),
        ("I like hiking", "hiking"),
        ("I really love old jazz records, you know", "old jazz records"),
        ("我喜欢你", ""),
        ("我喜欢什么", ""),
        ("I like it", ""),
        ("I'd like some tea", ""),
        ('我喜欢"《三体》（小说）"', "《三体》小说"),
    ],
)
def test_likes_are_heard(text, like):
    assert memory.like_in(text) == like


def test_later_statements_win_and_doubles_are_dropped():
    said = ["我叫小明", "我喜欢猫", "我喜欢猫", "我讨厌下雨", "其实我叫小刚", "我来自成都", "I live in Rome"]
    history = History([{"role": "user", "content": text} for text in said])
    known = memory.remember(history, lambda _: False)
    assert (known.name, known.likes, known.dislikes, known.place) == ("小刚", ["猫"], ["下雨"], "Rome")


@pytest.mark.parametrize(
    ("text", "language", "echo"),
    [
        ("我今天去公园了。", "zh", "你今天去公园了"),
        ("昨天我和我妈妈去看电影了", "zh", "昨天你和你妈妈去看电影了"),
        ("其实我不想上班", "zh", "你不想上班"),
        ("我觉得你很好", "zh", ""),
        ("天气很好", "zh", ""),
        ("我为什么会这样", "zh", ""),
        ("I went to the park with my dog.", "en", "you went to the park with your dog"),
        ("I was tired and I am still tired", "en", "you were tired and you are still tired"),
        ("My brother was here", "en", "your brother was here"),
        ("Well, I'm learning to swim", "en", "you're learning to swim"),
        ("I like you", "en", ""),
        ("The sky is blue", "en", ""),
    ],
)
def test_sentences_are_turned_round(text, language, echo):
    assert reflect(text, language) == echo


@pytest.mark.parametrize(
    ("persona", "name"),
    [
        ("你叫小雪，是个温柔的女孩", "小雪"),
        ("你是小雪。", "小雪"),
        ("姓名：林黛玉\n性格：敏感", "林黛玉"),
        ("请你扮演孙悟空，说话要俏皮", "孙悟空"),
        ("You are Luna, a cheerful pirate", "Luna"),
        ("Your name is Max.", "Max"),
        ("你是一个助手", ""),
        ("You are a helpful assistant", ""),
        ("You are The best", ""),
        ("", ""),
    ],
)
def test_a_persona_may_have_a_name(persona, name):
    assert name_of(persona) == name
