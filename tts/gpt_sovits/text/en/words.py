"""Words to phones, read right: our readings, names of our time, endings, compounds, and a guess for the rest."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from types import MappingProxyType

from tts.gpt_sovits.text.en.arpa import LETTERS, Phones, with_s
from tts.gpt_sovits.text.en.derived import derived
from tts.gpt_sovits.text.en.readings import Readings
from tts.gpt_sovits.text.en.upstream_words import CACHED_WORDS, Tagger
from tts.gpt_sovits.text.en.word_classes import NO_NOUNS
from tts.gpt_sovits.text.symbols import MARKS

Lookup = Callable[[str], Phones | None]

ENDINGS = MappingProxyType(
    {
        "n't": ("AH0", "N", "T"),
        "'ll": ("AH0", "L"),
        "'ve": ("AH0", "V"),
        "'re": ("ER0",),
        "'d": ("D",),
        "'m": ("M",),
    }
)
HAS_VOWEL = re.compile("[aeiouy]")
ALSO_NOUNS = frozenset("near like then must help".split())
"""Begin what an article announces as well: a near miss, a must."""
SPELLED_LENGTH = 3
MOST_ENDINGS = 3
"""Nobody says more of them in a row than in `y'all'd've`."""


class Words:
    """`lookup` is the dictionary, `split` takes compounds apart (or says nothing), `guess` says what is unknown."""

    def __init__(self, lookup: Lookup, split: Callable[[str], list[str]], guess: Callable[[str], Phones]):
        self._lookup = lookup
        self._split = split
        self._guess = guess
        self._readings = Readings()
        self._word = lru_cache(CACHED_WORDS)(self._looked_up)

    def phones(self, words: Sequence[str], tagger: Tagger) -> list[str]:
        parts = [part for word in words for part in self._parts(word)]
        phones: list[str] = []
        for place, word in enumerate(parts):
            stem = word.removesuffix("'s")
            if word == "A" and _is_article(parts, place):
                phones += self._one("a")
            elif word.lower() in self._readings:
                phones += self._readings.choose(parts, place, tagger)
            elif stem != word and stem.lower() in self._readings:
                phones += with_s(self._readings.choose([stem], 0, lambda words, place: "NN"))
            else:
                phones += self._one(word)
        return phones

    def _parts(self, word: str) -> list[str]:
        """Take hyphens apart, unless the dictionary knows the word with them."""
        if "-" not in word or word in MARKS or self._lookup(word.lower()):
            return [word]
        return [part for part in word.split("-") if part]

    def _one(self, word: str) -> Phones:
        if word in MARKS:
            return (word,)
        if word == "a":
            return ("AH0",)
        if len(word) == 1:
            return LETTERS.get(word.lower(), ())
        return self._word(word if word.istitle() and len(word) <= SPELLED_LENGTH else word.lower())

    def _looked_up(self, written: str) -> Phones:
        word = written.lower()
        return (
            self._lookup(word)
            or self._with_ending(word)
            or self._stressed(word, derived(word, self._lookup))
            or self._unknown(written)
        )

    def _with_ending(self, word: str) -> Phones:
        """Read what hangs on an apostrophe: a possessive, or a contraction."""
        stem, apostrophe, ending = word.rpartition("'")
        if not apostrophe:
            return ()
        if word.count("'") > MOST_ENDINGS:
            return self._word(word.replace("'", ""))
        if ending == "t" and stem.endswith("n") and len(stem) > 1:
            return (*self._one(stem[:-1]), *ENDINGS["n't"])
        said = LETTERS.get(stem) or self._one(stem)
        if ending == "s":
            return with_s(said)
        if ending == "d" and said[-1:] in (("T",), ("D",)):
            said = (*said, "AH0")
        return (*said, *(ENDINGS.get(apostrophe + ending) or self._one(ending)))

    def _unknown(self, written: str) -> Phones:
        word = re.sub("[^a-z]", "", written.lower())
        is_name = written.istitle() and bool(HAS_VOWEL.search(word))
        if (len(word) <= SPELLED_LENGTH and not is_name) or not HAS_VOWEL.search(word):
            return tuple(phone for letter in word for phone in LETTERS[letter])
        together = tuple(phone for part in self._split(word) for phone in self._one(part))
        return self._stressed(word, together) or self._guess(word)

    def _stressed(self, word: str, together: Phones) -> Phones:
        """Where the guess agrees with what was put together it knows better which part is stressed."""
        guessed = self._guess(word) if together else ()
        is_same = [phone.rstrip("012") for phone in guessed] == [phone.rstrip("012") for phone in together]
        return guessed if is_same else together


def _is_article(words: Sequence[str], place: int) -> bool:
    """Tell the capital A of `A few came` from the letter: it opens a clause and announces what follows."""
    following = words[place + 1].lower() if place + 1 < len(words) else ""
    opens = place == 0 or words[place - 1] in MARKS
    return opens and len(following) > 1 and following[0].isalpha() and following not in NO_NOUNS - ALSO_NOUNS
