"""From written marks to the six that are spoken, and what is not spoken at all. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

SPOKEN = "!?…,.-"
CLAUSE_END = re.compile(r"([：、，；。？！,;?!]’?)")
UNSPOKEN = str.maketrans("", "", " —《》【】<>{}()（）#&@“”^_|\\")
NOT_SPOKEN = re.compile(rf"[^一-龥{SPOKEN}]+")
NEITHER_SPOKEN_NOR_SPELLED = re.compile(rf"[^一-龥A-Z{SPOKEN}]+")
RUN_OF_MARKS = re.compile(r"([!?…,.-])[!?…,.-]+")
PIECE_END = re.compile(r"(?<=[!?…,.-])")


@dataclass(frozen=True)
class Marks:
    """Which spoken mark a written one becomes, and whether several in a row count as one."""

    table: Mapping[str, str]
    collapse: bool

    def apply(self, text: str, *, letters: bool = False) -> str:
        """Leave hanzi and spoken marks, and capital letters instead of all letters if they are to be spelled."""
        pattern = re.compile("|".join(map(re.escape, self.table)))
        marked = pattern.sub(lambda match: self.table[match[0]], text)
        spoken = NEITHER_SPOKEN_NOR_SPELLED.sub("", marked.upper()) if letters else NOT_SPOKEN.sub("", marked)
        return RUN_OF_MARKS.sub(r"\1", spoken) if self.collapse else spoken


def _table(pairs: str) -> dict[str, str]:
    return {**{pair[0]: pair[1] for pair in pairs.split()}, "...": "…"}


MANDARIN = Marks(_table("：, ；, ，, 。. ！! ？? ·, 、, $. /, —- ~… ～…"), collapse=True)
CANTONESE = Marks(_table("：, ；, ，, 。. ！! ？? ·, 、, $. —- ~- ～-"), collapse=False)


def clauses(text: str) -> list[str]:
    """Cut behind every mark that ends a clause; blanks, quotes and brackets go."""
    cut = CLAUSE_END.sub(r"\1\n", text.translate(UNSPOKEN))
    return [clause.strip() for clause in cut.strip().split("\n")]


def pieces(normalized: str) -> list[str]:
    """Cut behind every spoken mark, which stays with what it ends."""
    return [piece for piece in PIECE_END.split(normalized) if piece]
