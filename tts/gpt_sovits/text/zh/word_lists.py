"""The data files of the Mandarin rules: sections of words, in square brackets the section's name."""

from pathlib import Path

DATA = Path(__file__).parents[1] / "data"


def read_sections(name: str) -> dict[str, list[str]]:
    """The words of each section of a data file; lines that begin with # are remarks."""
    sections: dict[str, list[str]] = {}
    words: list[str] = []
    for line in (DATA / name).read_text("utf-8").splitlines():
        if line.startswith("["):
            words = sections.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            words.extend(line.split())
    return sections


def readings_of(entries: list[str]) -> dict[str, tuple[str, ...]]:
    """`圈养=juan4-yang3` as a dictionary entry."""
    pairs = (entry.split("=") for entry in entries)
    return {word: tuple(syllables.split("-")) for word, syllables in pairs}
