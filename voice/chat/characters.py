"""Classes of characters that the splitting rules speak of."""

HIDING = "(（"
SHOWING = ")）"
ENDS = "。！？…!?~"
"""Marks that end a sentence wherever they stand, but inside numbers and addresses."""
COMMAS = ",，"
PAUSES = COMMAS + "、；;：:—"
"""Where an overlong piece may be cut."""
APOSTROPHES = ("'", "’")
CLOSERS = "”’」』》〉】］\"'"
"""What may follow the mark that ends a sentence and still belongs to it."""


def is_hanzi(char: str) -> bool:
    """A character that is a word or a syllable by itself: ideographs, kana, Hangul."""
    return (
        "\u4e00" <= char <= "\u9fff"
        or "\u3040" <= char <= "\u30ff"
        or "\uac00" <= char <= "\ud7af"
        or "\u3400" <= char <= "\u4dbf"
        or "\uf900" <= char <= "\ufaff"
        or "\U00020000" <= char <= "\U0003ffff"
    )


def has_speech(text: str) -> bool:
    """Whether a voice would say anything: a letter, an ideograph or a digit."""
    return any(char.isalnum() for char in text)
