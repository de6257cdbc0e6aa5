"""The languages of texts to speak: the original's words for them, and the engine's."""

from tts.gpt_sovits.text.modes import UnknownLanguage, mode_of
from voice.studio.refused import Refused

WORDS = {
    "中文": "all_zh",
    "英文": "en",
    "日文": "all_ja",
    "粤语": "all_yue",
    "韩文": "all_ko",
    "中英混合": "zh",
    "日英混合": "ja",
    "粤英混合": "yue",
    "韩英混合": "ko",
    "多语种混合": "auto",
    "多语种混合(粤语)": "auto_yue",
}


def speech_language(word: str) -> str:
    """The engine's word for either. Raises Refused."""
    plain = word.strip().replace("（", "(").replace("）", ")")
    if plain in WORDS:
        return WORDS[plain]
    try:
        mode_of(plain)
    except UnknownLanguage:
        choices = "、".join(WORDS)
        raise Refused(
            f"There is no language {word!r:.40}; write one of {choices}, or one of GPT-SoVITS's own: zh, en, auto, ...",
            f"没有语言 {word!r:.40}；可选：{choices}，或 GPT-SoVITS 的代码，例如 zh、en、auto。",
        ) from None
    return plain
