"""What word follows which in the sentences that were learnt from, in the form (ARPA) that recognisers read. Pure."""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

DISCOUNT = 0.5
"""Taken off each count for what was never seen (Ney's absolute discounting)."""
BEGIN, END = "<s>", "</s>"
NEVER = -99.0


def arpa(sentences: Sequence[Sequence[str]]) -> str:
    """Of words and pairs of words."""
    padded = [[BEGIN, *words, END] for words in sentences]
    singles = Counter(word for words in padded for word in words[1:])
    pairs = Counter(pair for words in padded for pair in pairwise(words))
    after = Counter(first for words in padded for first in words[:-1])
    kinds = Counter(first for first, _ in pairs)
    total = sum(singles.values())
    lines = ["\\data\\", f"ngram 1={len(singles) + 1}", f"ngram 2={len(pairs)}", "", "\\1-grams:"]
    for word in sorted({BEGIN, *singles}):
        likely = math.log10(singles[word] / total) if singles[word] else NEVER
        seen = sum(singles[second] / total for first, second in pairs if first == word) if word in kinds else 0.0
        back = math.log10(DISCOUNT * kinds[word] / after[word] / max(1 - seen, 1e-6)) if word in kinds else 0.0
        lines.append(f"{likely:.4f} {word} {back:.4f}")
    lines += ["", "\\2-grams:"]
    for (first, second), count in sorted(pairs.items()):
        lines.append(f"{math.log10((count - DISCOUNT) / after[first]):.4f} {first} {second}")
    return "\n".join([*lines, "", "\\end\\", ""])
