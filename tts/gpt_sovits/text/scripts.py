"""Which script a text is written in from place to place. Pure."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Script = Literal["han", "kana", "hangul", "latin", "figure", "sign"]

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af々〆〇"
KANA = r"\u3040-\u3096\u3099-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
HANGUL = r"\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"
LATIN = r"A-Za-zÀ-ÖØ-öø-ɏḀ-ỿＡ-Ｚａ-ｚ"
RAISED_FIGURES = "²³¹⁰⁴-⁹₀-₉"
FIGURE = rf"0-9０-９{RAISED_FIGURES}①-⑨⑴-⑼⒈-⒐⓪⓵-⓽⓿❶-❾➀-➈➊-➒"
"""What Python's isdigit() accepts, apart from the figures of other scripts."""

RUN = re.compile(
    rf"(?P<han>[{HAN}]+)|(?P<kana>[{KANA}]+)|(?P<hangul>[{HANGUL}]+)|(?P<latin>[{LATIN}]+)|(?P<figure>[{FIGURE}]+)"
    rf"|(?P<sign>[^{HAN}{KANA}{HANGUL}{LATIN}{FIGURE}]+)"
)


class Run(NamedTuple):
    """A stretch of one script; a sign is whatever is neither a letter nor a figure, blanks included."""

    script: Script
    text: str


def script_runs(text: str) -> Iterator[Run]:
    """Cut the text wherever its script changes; the runs joined are the text."""
    for match in RUN.finditer(text):
        yield Run(match.lastgroup, match[0])  # pyright: ignore[reportArgumentType] the groups are the scripts
