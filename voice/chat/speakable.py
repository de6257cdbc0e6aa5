"""From the text of a piece to what a voice should say: no markdown, no emoji."""

import re

_EMOJI = re.compile(
    "[\u200d\u20e3\u2600-\u27bf\u2b00-\u2bff\u3030\u303d\u3297\u3299\ufe0e\ufe0f"
    "\U0001f000-\U0001faff\U000e0020-\U000e007f]+"
)
_LINE_MARK = re.compile(r"^[ \t]*(?:#{1,6}(?=\s)|>+|[-*+•](?=\s)|(?:-{3,}|\*{3,}|_{3,})[ \t]*$)[ \t]*", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]]*)\]")
_EMPHASIS = re.compile(r"(?<![0-9 ])\*+|\*+(?![0-9 ])|\*{2,}|(?<![0-9A-Za-z_])_+|_+(?![0-9A-Za-z_])|~~|`+|\|")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]+")

_LEFT_OVER = "…~。？！!?,，、；;：: "
"""Marks of the piece before, which was cut at the first of them; some voices read them out."""


def speakable(text: str) -> str:
    """The words of a piece without markdown marks, emoji and control characters; "" when nothing is left to say.

    Bracketed addresses of links never get here: round brackets are silent before.
    """
    for pattern, replacement in (
        (_CONTROL, " "),
        (_EMOJI, ""),
        (_LINE_MARK, ""),
        (_LINK, r"\1"),
        (_EMPHASIS, ""),
    ):
        text = pattern.sub(replacement, text)
    text = text.strip().lstrip(_LEFT_OVER)
    return text if any(char.isalnum() for char in text) else ""
