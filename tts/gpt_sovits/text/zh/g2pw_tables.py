"""The lists beside a g2pW model: which characters it is asked about, and how its answers are spelled in pinyin."""

import json
from dataclasses import dataclass
from pathlib import Path

from tts.gpt_sovits.refusal import Fault

NOT_ASKED = frozenset("一不和咋嗲剖差攢倒難奔勁拗肖瘙誒泊听噢")
"""Characters on whose readings the model is worse than a dictionary, as upstream found."""

NOT_TOLD = frozenset("似攢")
"""Characters whose only reading, by the model's list, is not the only one."""


@dataclass(frozen=True)
class G2pwTables:
    """polyphones: the number of each character that the model knows; only_readings: the syllable of others."""

    polyphones: dict[str, int]
    only_readings: dict[str, str]
    labels: list[str]
    may_be: dict[str, frozenset[str]]
    pinyin: dict[str, str]

    def mask(self, character: str) -> list[float]:
        """One for each label that the character may have, else zero."""
        allowed = self.may_be[character]
        return [1.0 if label in allowed else 0.0 for label in self.labels]

    def syllable(self, label: int) -> str | None:
        """ㄏㄤ2 -> hang2."""
        return _syllable(self.labels[label], self.pinyin)


def read_tables(folder: Path) -> G2pwTables:
    """Read the lists; raises Fault about a file that is missing or damaged."""
    pairs = _pairs(folder / "POLYPHONIC_CHARS.txt")
    pinyin = _pinyin(folder / "bopomofo_to_pinyin_wo_tune_dict.json")
    numbers = {character: number for number, character in enumerate(sorted({character for character, _ in pairs}))}
    may_be: dict[str, set[str]] = {}
    for character, label in pairs:
        may_be.setdefault(character, set()).add(label)
    only = ((character, _syllable(label, pinyin)) for character, label in _pairs(folder / "MONOPHONIC_CHARS.txt"))
    return G2pwTables(
        polyphones={character: number for character, number in numbers.items() if character not in NOT_ASKED},
        only_readings={character: syllable for character, syllable in only if syllable and character not in NOT_TOLD},
        labels=sorted({label for _, label in pairs}),
        may_be={character: frozenset(labels) for character, labels in may_be.items()},
        pinyin=pinyin,
    )


def _syllable(label: str, pinyin: dict[str, str]) -> str | None:
    letters, tone = pinyin.get(label[:-1]), label[-1:]
    return letters + tone if letters and tone and tone in "12345" else None


def _pairs(file: Path) -> list[tuple[str, str]]:
    """Lines of a character and a reading."""
    fields = [line.split() for line in _text(file).splitlines() if line.strip()]
    if not fields or any(len(row) != 2 or len(row[0]) != 1 for row in fields):
        raise Fault(f"holds a damaged {file.name}", f"中的 {file.name} 已损坏")
    return [(character, label) for character, label in fields]


def _pinyin(file: Path) -> dict[str, str]:
    try:
        table = json.loads(_text(file))
    except ValueError as error:
        raise Fault(f"holds a damaged {file.name}", f"中的 {file.name} 已损坏") from error
    if not isinstance(table, dict) or not all(isinstance(letters, str) for letters in table.values()):
        raise Fault(f"holds a damaged {file.name}", f"中的 {file.name} 已损坏")
    return {sounds: letters.replace("u:", "v").replace("ü", "v") for sounds, letters in table.items()}


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError as error:
        raise Fault(f"lacks {file.name}", f"缺少 {file.name}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Fault(f"holds a {file.name} that cannot be read", f"中的 {file.name} 无法读取") from error
