"""English segments: written out, cut into words, and spelled in phones."""

from collections.abc import Callable
from functools import lru_cache

from tts.gpt_sovits.text.en.arpa import LETTERS, Phones
from tts.gpt_sovits.text.en.compounds import Compounds, UpstreamCompounds
from tts.gpt_sovits.text.en.dictionary import Dictionary, additions
from tts.gpt_sovits.text.en.guess import Guess
from tts.gpt_sovits.text.en.plain_text import plain_text
from tts.gpt_sovits.text.en.tenses import part_of_speech
from tts.gpt_sovits.text.en.tokens import tokens
from tts.gpt_sovits.text.en.upstream_text import upstream_text
from tts.gpt_sovits.text.en.upstream_words import CACHED_WORDS, Tagger, UpstreamWords
from tts.gpt_sovits.text.en.words import Words
from tts.gpt_sovits.text.spelling import RuleSet, Spelling


class English:
    """Spells English; what an optional package would do better is said in `warnings`, one sentence each.

    `tagger` replaces our own judgement of what is a verb and what a noun.
    """

    def __init__(self, rules: RuleSet, tagger: Tagger = part_of_speech):
        self.warnings: list[str] = []
        self._tagger = tagger
        dictionary = Dictionary()
        guess = self._if_installed(lambda: Guess().phones, spelled)
        if rules == "compat":
            split = self._if_installed(lambda: UpstreamCompounds().split, lambda word: [word])
            self._words = UpstreamWords(dictionary.get, split, guess)
            self._written_out = upstream_text
        else:
            added = additions()
            lookup = lru_cache(CACHED_WORDS)(lambda word: added.get(word) or dictionary.get(word))
            split = self._if_installed(lambda: Compounds(lambda word: bool(lookup(word))).split, lambda word: [])
            self._words = Words(lookup, split, guess)
            self._written_out = lambda text: plain_text(text, lookup)

    def spell(self, text: str) -> Spelling:
        normalized = self._written_out(text)
        return Spelling(normalized, tuple(self._words.phones(tokens(normalized), self._tagger)))

    def _if_installed(self, make: Callable, otherwise: Callable) -> Callable:
        try:
            return make()
        except FileNotFoundError as missing:
            self.warnings.append(str(missing))
            return otherwise


def spelled(word: str) -> Phones:
    """Name the letters of a word."""
    return tuple(phone for letter in word for phone in LETTERS.get(letter, ()))
