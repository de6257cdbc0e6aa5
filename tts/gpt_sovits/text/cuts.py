"""Where a long text is cut into pieces: the ways cut0 to cut5 of GPT-SoVITS, and what is done around them. Pure."""

import re
from collections.abc import Callable, Iterable

CLAUSE_ENDS = "，。？！,.?!~:：—…"
MERE_MARKS = "!?…,.- "
"""A piece of these alone is dropped."""

COMMA_CUTS = ",.;?!、，。？！：…"
"""Where cut5 cuts: unlike elsewhere the ideographic comma counts, ASCII colon and full-width semicolon do not."""

REPEATED_MARKS = re.compile(r"([!?…,.\-])[!?…,.\-]+")
CLAUSE = re.compile(f"[^{CLAUSE_ENDS}]*[{CLAUSE_ENDS}]")
FIRST_CLAUSE_END = re.compile(f"[{CLAUSE_ENDS}]")
ENGLISH_STOP = re.compile(r"(?<!\d)\.(?!\d)")
COMMA_CUT = re.compile(rf"(?<=[{COMMA_CUTS}])(?<!\d\.(?=\d))")
SHORT_START = 4
"""A first clause below this length gets a stop in front: the models swallow a very short beginning."""
SHORT_PIECE = 5
LONGEST_PIECE = 510
"""BERT reads 512 positions, two of which are its own marks."""
CLAUSES_TOGETHER = 4
LETTERS_TOGETHER = 50


class NothingToSay(ValueError):
    """A text without anything to speak."""

    def __init__(self) -> None:
        super().__init__("Please enter valid text.")


def cut_into_pieces(text: str, language: str, way: str, is_streamed: bool = False) -> list[str]:
    """Cut a request as upstream does: mere punctuation is dropped, very short pieces join the next.

    language: upstream's word, "en" or another. way: one of `WAYS`. Raises NothingToSay, and KeyError for another way.
    Streaming upstream leaves repeated punctuation as it is.
    """
    stop = "." if language == "en" else "。"
    text = text if is_streamed else REPEATED_MARKS.sub(r"\1", text)
    text = text.strip("\n")
    if not text:
        return []
    if text[0] not in CLAUSE_ENDS and len(FIRST_CLAUSE_END.split(text, maxsplit=1)[0].strip()) < SHORT_START:
        text = stop + text
    lines = [line for line in WAYS[way](text).split("\n") if line not in ("", " ")]
    if not lines:
        raise NothingToSay
    pieces = [piece for piece in _join_short(lines) if re.search(r"\w", piece)]
    closed = [piece if piece[-1] in CLAUSE_ENDS else piece + stop for piece in pieces]
    return [part for piece in closed for part in _bounded(piece)]


def clauses(text: str) -> list[str]:
    """Cut after every mark; dashes and dots of full width count as one mark, and the last clause is given one."""
    text = text.replace("……", "。").replace("——", "，")
    if text and text[-1] not in CLAUSE_ENDS:
        text += "。"
    return CLAUSE.findall(text)


def cut0(text: str) -> str:
    return text if _is_spoken(text) else "\n"


def cut1(text: str) -> str:
    """Every four clauses; the last group may be longer."""
    text = text.strip("\n")
    parts = clauses(text)
    starts = range(0, len(parts), CLAUSES_TOGETHER)
    if len(starts) < 2:
        return _lines([text])
    ends = [*starts[1:-1], None]
    return _lines("".join(parts[start:end]) for start, end in zip(starts, ends, strict=False))


def cut2(text: str) -> str:
    """Whenever more than fifty characters are together; a shorter rest joins the piece before."""
    text = text.strip("\n")
    parts = clauses(text)
    if len(parts) < 2:
        return text
    pieces = [""]
    for clause in parts:
        if len(pieces[-1]) > LETTERS_TOGETHER:
            pieces.append("")
        pieces[-1] += clause
    if len(pieces) > 1 and len(pieces[-1]) < LETTERS_TOGETHER:
        rest = pieces.pop()
        pieces[-1] += rest
    return _lines(pieces)


def cut3(text: str) -> str:
    """At every ideographic full stop, which is dropped."""
    return _lines(text.strip("\n").strip("。").split("。"))


def cut4(text: str) -> str:
    """At every ASCII full stop that has no digit beside it, which is dropped."""
    return _lines(ENGLISH_STOP.split(text.strip("\n").strip(".")))


def cut5(text: str) -> str:
    """After every mark, though not inside a decimal."""
    pieces = COMMA_CUT.split(text.strip("\n"))
    return "\n".join(piece for piece in pieces if set(piece) - set(COMMA_CUTS))


WAYS: dict[str, Callable[[str], str]] = {
    "cut0": cut0,
    "cut1": cut1,
    "cut2": cut2,
    "cut3": cut3,
    "cut4": cut4,
    "cut5": cut5,
}
"""Each puts a newline where a piece ends."""


def _lines(pieces: Iterable[str]) -> str:
    return "\n".join(piece for piece in pieces if _is_spoken(piece))


def _is_spoken(piece: str) -> bool:
    return bool(set(piece) - set(MERE_MARKS))


def _join_short(lines: list[str]) -> list[str]:
    """Join lines until they have five characters; what remains too short joins the last."""
    pieces = [""]
    for line in lines:
        if len(pieces[-1]) >= SHORT_PIECE:
            pieces.append("")
        pieces[-1] += line
    if len(pieces) > 1 and len(pieces[-1]) < SHORT_PIECE:
        rest = pieces.pop()
        pieces[-1] += rest
    return pieces


def _bounded(piece: str) -> list[str]:
    """Cut an overlong piece between clauses, and a clause without any mark where the limit is."""
    if len(piece) <= LONGEST_PIECE:
        return [piece]
    parts = [""]
    for unit in re.split(f"([{CLAUSE_ENDS}])", piece):
        for start in range(0, len(unit), LONGEST_PIECE):
            stretch = unit[start : start + LONGEST_PIECE]
            if len(parts[-1]) + len(stretch) > LONGEST_PIECE:
                parts.append("")
            parts[-1] += stretch
    return [part for part in parts if part]
