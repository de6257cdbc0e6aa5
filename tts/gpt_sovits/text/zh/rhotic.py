"""The tone of 儿 at the end of a word: it follows the syllable before it, unless 儿 is a child or a name. Pure."""

from tts.gpt_sovits.text.zh.words import Word

FULL_TAGS = ("a", "j", "nr")


def change_rhotic(
    word: Word, tones: list[str], last_letters: str, always: frozenset[str], never: frozenset[str]
) -> None:
    """Change the last tone in place; `last_letters` is the last syllable without its tone."""
    text, tag = word
    if text[-1] != "儿" or last_letters != "er":
        return
    if tones[-1] == "1":
        tones[-1] = "2"
    is_full = text not in always and (text in never or tag in FULL_TAGS)
    if not is_full and tones[-1] in "25" and len(text) > 1 and text[-2:] not in never:
        tones[-1] = tones[-2]
