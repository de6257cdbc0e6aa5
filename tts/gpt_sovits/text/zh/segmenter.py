"""Chinese text as words with parts of speech: jieba's dictionary and model, in our own keeping."""

import re
from collections.abc import Iterator

from tts.gpt_sovits.text.zh.unknown_words import UnknownWords
from tts.gpt_sovits.text.zh.words import Word

BLOCK = re.compile(r"([\u4e00-\u9fd5a-zA-Z0-9+#&._]+)")
"""What jieba looks up together; a full stop belongs to it."""

PART_OF_RUN = re.compile(
    r"(?P<x>[\u4e00-\u9fd5]+)|(?P<m>[.0-9]+)|(?P<eng>[a-zA-Z0-9]+)|(?P<other>[^\u4e00-\u9fd5.0-9a-zA-Z]+)"
)


class Segmenter:
    """jieba with a dictionary that nobody else changes, read when this is made.

    jieba itself would read it at the first sentence, and would trust a file of a guessable name in the shared
    temporary directory, which anybody may have put there; to read the dictionary takes no longer than that file.
    """

    def __init__(self):
        import jieba
        import jieba.posseg

        self._tokenizer = jieba.Tokenizer()
        with self._tokenizer.get_dict_file() as file:
            self._tokenizer.FREQ, self._tokenizer.total = _read_dictionary(file.read().decode("utf-8"))
        self._tokenizer.initialized = True
        self._tags: dict[str, str] = dict(jieba.posseg.dt.word_tag_tab)
        self._unknown = UnknownWords()

    def words(self, text: str) -> list[Word]:
        """The words of a text, as jieba.posseg.cut gives them; the words joined are the text."""
        words: list[Word] = []
        for place, block in enumerate(BLOCK.split(text)):
            if place % 2:
                words.extend(self._words_of_block(block))
            else:
                words.extend(Word(character, "x") for character in block)
        return words

    def is_word(self, text: str) -> bool:
        return self._tokenizer.FREQ.get(text, 0) > 0

    def shortest_part(self, word: str) -> str:
        """The shortest word inside a word, or the word itself; of several the first."""
        return min(self._tokenizer.cut_for_search(word), key=len)

    def _words_of_block(self, block: str) -> Iterator[Word]:
        """Words of the dictionary by the likeliest way through the block; single characters are looked at again."""
        route: dict[int, tuple[float, int]] = {}
        self._tokenizer.calc(block, self._tokenizer.get_DAG(block), route)
        run = ""
        start = 0
        while start < len(block):
            end = route[start][1] + 1
            if end - start == 1:
                run += block[start]
            else:
                yield from self._words_of_run(run)
                run = ""
                yield self._tagged(block[start:end])
            start = end
        yield from self._words_of_run(run)

    def _words_of_run(self, run: str) -> Iterator[Word]:
        if len(run) < 2 or self.is_word(run):
            yield from map(self._tagged, run)
            return
        for part in PART_OF_RUN.finditer(run):
            if part.lastgroup == "x":
                yield from self._unknown.words(part[0])
            else:
                yield Word(part[0], {"other": "x"}.get(part.lastgroup or "", part.lastgroup or ""))

    def _tagged(self, word: str) -> Word:
        return Word(word, self._tags.get(word, "x"))


def _read_dictionary(lines: str) -> tuple[dict[str, int], int]:
    """How often each word occurs, with 0 for what only begins words, and the sum: jieba's own form of it."""
    fields = lines.split()
    words = fields[0::3]
    frequencies = dict(zip(words, map(int, fields[1::3]), strict=True))
    total = sum(frequencies.values())
    for word in words:
        for length in range(len(word) - 1, 0, -1):
            if word[:length] in frequencies:
                break
            frequencies[word[:length]] = 0
    return frequencies, total
