"""A user's sentence said back to them: I becomes you, my becomes your, 我 becomes 你."""

import re

from llm.companion.memory import clean

_EN = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "am": "are", "i'm": "you're",
    "i've": "you've", "i'll": "you'll", "i'd": "you'd", "we": "you", "us": "you", "our": "your", "ours": "yours",
    "we're": "you're", "we've": "you've", "ourselves": "yourselves",
}  # fmt: skip
_SWAP_ZH = {"我": "你", "咱": "你", "你": "我"}
_LONGEST_ZH, _LONGEST_EN = 16, 12


def reflect(text: str, language: str) -> str:
    """Return the sentence turned round, without its final mark, or nothing when that would sound wrong.

    Only short statements about the speaker are turned: with a "you" inside, an English sentence has no safe mirror.
    """
    sentence = clean(re.split(r"[.!?。！？;；\n]", text.strip())[0], 120)
    return _reflect_zh(sentence) if language == "zh" else _reflect_en(sentence)


def _reflect_zh(sentence: str) -> str:
    sentence = re.sub(r"^(?:嗯|那个|就是|其实|因为|对啊?|好吧|但是|不过|然后)[,，]?", "", sentence)
    sentence = re.sub(r"(?:啊|呀|哦|呢|吧|啦|嘛|的说)$", "", sentence)
    is_fit = re.match(r"(?:今天|昨天|刚才|刚刚|最近|现在|明天|早上|晚上|周末)?(?:我|咱)", sentence)
    if not is_fit or len(sentence) > _LONGEST_ZH or len(sentence) < 4 or re.search(r"你|什么|吗|怎么|为什么", sentence):
        return ""
    return "".join(_SWAP_ZH.get(sign, sign) for sign in sentence)


def _reflect_en(sentence: str) -> str:
    sentence = re.sub(
        r"^(?:well|so|and|but|because|yes|no|yeah|oh|actually|um|uh)[, ]+", "", sentence, flags=re.IGNORECASE
    )
    words = sentence.replace("’", "'").replace(",", "").split()
    lowered = [word.lower() for word in words]
    is_fit = lowered and lowered[0] in ("i", "i'm", "i've", "we", "we're", "my", "our", "i'll") and len(words) >= 2
    if (
        not is_fit
        or len(words) > _LONGEST_EN
        or any(word.startswith(("you", "what", "why", "how")) for word in lowered)
    ):
        return ""
    return " ".join(
        _agreeing(_EN.get(low, word), low, before)
        for word, low, before in zip(words, lowered, ["", *lowered], strict=False)
    )


def _agreeing(word: str, low: str, before: str) -> str:
    """ "I was" is "you were", "my friend was" stays."""
    return "were" if low == "was" and before == "i" else word
