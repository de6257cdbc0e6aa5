"""What every engine says, and how many tokens it takes to say it. Pure."""

OPENINGS = "今天天气真不错 外面的雨停下了 晚上我没有工作 老师刚才来过了 店里的人不算多 火车快要到站了".split()
CLOSINGS = (
    "我们一起去公园散步好不好 你先把窗户和大门都关上吧 孩子们都跑到院子里玩去了 "
    "大家可以坐下来慢慢聊一聊 她说想买一瓶水再往回走呢 记得给家里打一个电话问好"
).split()
LENGTH = 21
"""Characters of a sentence, marks included."""
PARAGRAPH_SENTENCES = 4
FIRST_OF_PARAGRAPHS = 20
"""Sentences up to here are said alone, those from here on in paragraphs."""
REFERENCE_TEXT = "广州市房地产中介协会分析。"
"""What the known reference clip says."""

TOKENS = 84
"""Forced for every sentence: 3.36 s of speech, as people take for 21 characters."""
TOKENS_PER_SECOND = 25
SPEECH_S = TOKENS / TOKENS_PER_SECOND

PHONES_OF_REFERENCE, PHONES_OF_TEXT, PROMPT_TOKENS = 24, 40, 140
"""What a sentence and a reference of five seconds come to."""
DECODED_TOKENS = 100
"""Where decoding is measured alone."""
BATCH = 4
END_TOKEN = 1024


def sentence(number: int) -> str:
    """Another one for every number up to 35: engines remember what they have read, so no two runs say the same."""
    closing = number // len(OPENINGS) + number
    return f"{OPENINGS[number % len(OPENINGS)]}，{CLOSINGS[closing % len(CLOSINGS)]}。"


def reference_text(number: int) -> str:
    """What clip `number` is said to say, which only 0 does; as long for every number up to 6, and never the same."""
    return f"{OPENINGS[number - 1]}大家都说好。" if number else REFERENCE_TEXT


def paragraph(number: int) -> tuple[str, ...]:
    """Four sentences that no other paragraph up to the fourth has."""
    start = FIRST_OF_PARAGRAPHS + number * PARAGRAPH_SENTENCES
    return tuple(sentence(start + index) for index in range(PARAGRAPH_SENTENCES))
