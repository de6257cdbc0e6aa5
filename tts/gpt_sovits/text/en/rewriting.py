"""Texts are written out by lists of rules: a pattern, and what is said for what it finds."""

import re
from collections.abc import Callable, Iterable

Words = str | Callable[[re.Match[str]], str]
Rule = tuple[re.Pattern[str], Words]


def rewrite(text: str, rules: Iterable[Rule]) -> str:
    """Apply rules in order, each to the result of those before."""
    for pattern, words in rules:
        text = pattern.sub(words, text)
    return text


def any_of(words: Iterable[str]) -> str:
    """Write a pattern that finds any of some literal words, the longest that fits."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


ARTICLE = re.compile(r"\b(?:an?|the|this|that|my|your|his|her|our|their|another|one) \Z", re.IGNORECASE)
NOUN_FOLLOWS = re.compile(
    r" (?!(?:a|an|the|per|for|in|to|at|on|and|or|each|off|more|less|from|of|by|with|is|was|will|were|are|has|had|can"
    r"|could|would|that|which|you|i|we|they|he|she|it|if|when|as|but|before|after|ago|away|tall|high|long|wide|deep|went|goes"
    r"|came|comes|apart|back|left|later|down|up|into|over|under|than)\b)[a-z]"
)


def is_attribute(match: re.Match[str]) -> bool:
    """Tell whether an amount stands between an article and its noun: a twenty dollar bill, the five kilometer run."""
    before = match.string[max(0, match.start() - 10) : match.start()]
    return bool(ARTICLE.search(before) and NOUN_FOLLOWS.match(match.string, match.end()))
