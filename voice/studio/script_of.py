"""The language of a text by its script, where nobody has told."""

import re

_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7af\u1100-\u11ff]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")


def language_of_text(text: str) -> str:
    """ja, ko, zh or en."""
    for script, language in ((_KANA, "ja"), (_HANGUL, "ko"), (_HAN, "zh")):
        if script.search(text):
            return language
    return "en"
