"""Makes en_words.gz from the two CMUdict packages of the npm registry; run it by hand when they change.

    npm pack cmu-pronouncing-dictionary@1.0.3 && npm pack cmu-pronouncing-dictionary@3.0.0
    python -m tts.gpt_sovits.text.data.en_make_words *-1.0.3.tgz *-3.0.0.tgz

The models were trained with version 0.7b of CMUdict. The first package holds 0.7a, the second is newer: it knows more
words, and in endings like that of "shouted" 0.7b has its vowel.
"""

import gzip
import json
import re
import sys
import tarfile
from pathlib import Path

from tts.gpt_sovits.text.en.arpa import packed

TARGET = Path(__file__).with_name("en_words.gz")
WORD = re.compile(r"'?[a-z]+(?:['.-]+[a-z]+)*'?")
COMMENT = re.compile(r"#.*")

NOT_WORDS = ("ae", "ai", "ar", "hud", "ios", "os")
"""Abbreviations which the dictionary reads as words; like upstream, we spell them."""

UPSTREAM_HAS = {
    "chatgpt": "CH AE1 T JH IY1 P IY1 T IY1",
    "conda": "K AA1 N D AH0",
    "json": "JH EY1 S AH0 N",
    "oranges": "AO1 R IH0 N JH IH0 Z",
}
OLDER_ENDING, NEWER_ENDING = " AH0 D", " IH0 D"


def entries(package: Path) -> dict[str, str]:
    """First pronunciations only; the packages hold one JSON object, the newer one within a line of JavaScript."""
    with tarfile.open(package) as archive:
        names = [name for name in archive.getnames() if name in ("package/index.json", "package/index.js")]
        member = archive.extractfile(names[0])
        assert member is not None
        text = member.read().decode("utf-8", "replace")
    table = json.loads(re.sub(r",\s*}\s*$", "}", text[text.index("{", text.find("dictionary =") + 1) :]))
    return {word: COMMENT.sub("", phones).strip() for word, phones in table.items() if WORD.fullmatch(word)}


def main(older_package: str, newer_package: str) -> None:
    older, newer = entries(Path(older_package)), entries(Path(newer_package))
    endings = {
        word: newer[word]
        for word, phones in older.items()
        if phones.endswith(OLDER_ENDING) and newer.get(word) == phones.removesuffix(OLDER_ENDING) + NEWER_ENDING
    }
    words = newer | older | endings | UPSTREAM_HAS
    lines = [word.encode() + b"\t" + packed(tuple(words[word].split())) for word in words if word not in NOT_WORDS]
    TARGET.write_bytes(gzip.compress(b"\n".join(sorted(lines)) + b"\n", mtime=0))
    print(f"{len(lines)} words, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
