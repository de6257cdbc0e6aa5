"""The form of the companion's phrases in one language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """A subject people like to talk about: how it is called, how it is recognised, what to say."""

    name: str
    pattern: str
    phrases: tuple[str, ...]


@dataclass(frozen=True)
class Riddle:
    question: str
    answer: str
    pattern: str


@dataclass(frozen=True)
class Words:
    """All that is said in one language.

    A phrase reads `[tag]speech（stage direction）`, the direction being optional; names in braces are filled in. `intents`
    are (intent, pattern) in the order they are tried on a message in lower case; `offers` are (pattern of a question the
    companion asked, intent that a yes to it means); `phrases` has the answers by intent or by situation;
    `question` is the pattern of a message that asks something.
    """

    language: str
    intents: tuple[tuple[str, str], ...]
    offers: tuple[tuple[str, str], ...]
    phrases: dict[str, tuple[str, ...]]
    topics: tuple[Topic, ...]
    riddles: tuple[Riddle, ...]
    question: str
