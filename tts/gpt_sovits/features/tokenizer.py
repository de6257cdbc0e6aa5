"""One token per character of a normalised Chinese text, as BERT's own tokenizer gives."""

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tts.gpt_sovits.features.weights import Fault, read_json


class CharacterTokenizer:
    """Looks characters up in a vocabulary; what is not in it is [UNK], so that every character keeps its place."""

    def __init__(self, ids: Mapping[str, int], is_lowercasing: bool = True):
        if missing := [token for token in ("[UNK]", "[CLS]", "[SEP]") if token not in ids]:
            raise Fault(f"its vocabulary lacks {missing[0]}", f"词表缺少 {missing[0]}")
        self._ids = ids
        self._is_lowercasing = is_lowercasing
        self.unknown, self.start, self.end = ids["[UNK]"], ids["[CLS]"], ids["[SEP]"]

    def __len__(self) -> int:
        """How many embeddings the ids need."""
        return max(self._ids.values()) + 1

    def ids(self, text: str) -> list[int]:
        """One id per character, without [CLS] and [SEP]."""
        return [self._ids.get(self._folded(character), self.unknown) for character in text]

    def _folded(self, character: str) -> str:
        if not self._is_lowercasing or "\u3400" <= character <= "\u9fff":
            return character
        parts = unicodedata.normalize("NFD", character)
        return "".join(part for part in parts if unicodedata.category(part) != "Mn").lower()


def load_tokenizer(folder: Path) -> CharacterTokenizer:
    """From vocab.txt, or from tokenizer.json where that is missing, as in upstream's directory; raises Fault."""
    if (folder / "vocab.txt").is_file():
        return CharacterTokenizer(_listed(folder / "vocab.txt"), _is_lowercasing(folder))
    if not (folder / "tokenizer.json").is_file():
        raise Fault("neither vocab.txt nor tokenizer.json is there", "找不到 vocab.txt 或 tokenizer.json")
    stored = read_json(folder / "tokenizer.json")
    ids = _part(stored, "model").get("vocab")
    if not isinstance(ids, dict) or not ids or not all(isinstance(i, int) and i >= 0 for i in ids.values()):
        raise Fault("tokenizer.json holds no vocabulary", "tokenizer.json 中没有词表")
    return CharacterTokenizer(ids, bool(_part(stored, "normalizer").get("lowercase", True)))


def _part(stored: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = stored.get(name)
    return part if isinstance(part, dict) else {}


def _listed(file: Path) -> dict[str, int]:
    try:
        with file.open(encoding="utf-8") as lines:  # only line feeds part them: U+2028 is a token
            return {line.rstrip("\n"): i for i, line in enumerate(lines)}
    except UnicodeDecodeError as error:
        raise Fault("vocab.txt is damaged", "vocab.txt 已损坏") from error


def _is_lowercasing(folder: Path) -> bool:
    file = folder / "tokenizer_config.json"
    return not file.is_file() or read_json(file).get("do_lower_case") is not False
