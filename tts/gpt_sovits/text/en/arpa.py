"""English phones: how letters are called, how an s is added, how data files write them. Pure."""

from types import MappingProxyType

from tts.gpt_sovits.text.symbols import ARPA_OTHERS, ARPA_VOWELS

PHONES = tuple(
    sorted(
        [vowel + stress for vowel in ARPA_VOWELS for stress in "012"]
        + [phone for phone in ARPA_OTHERS if phone not in ARPA_VOWELS]
    )
)
"""The 69 phones of CMUdict; the models know two more, ER and IH without a stress, which no dictionary uses."""

LETTERS = MappingProxyType(
    {
        "a": ("EY1",),
        "b": ("B", "IY1"),
        "c": ("S", "IY1"),
        "d": ("D", "IY1"),
        "e": ("IY1",),
        "f": ("EH1", "F"),
        "g": ("JH", "IY1"),
        "h": ("EY1", "CH"),
        "i": ("AY1",),
        "j": ("JH", "EY1"),
        "k": ("K", "EY1"),
        "l": ("EH1", "L"),
        "m": ("EH1", "M"),
        "n": ("EH1", "N"),
        "o": ("OW1",),
        "p": ("P", "IY1"),
        "q": ("K", "Y", "UW1"),
        "r": ("AA1", "R"),
        "s": ("EH1", "S"),
        "t": ("T", "IY1"),
        "u": ("Y", "UW1"),
        "v": ("V", "IY1"),
        "w": ("D", "AH1", "B", "AH0", "L", "Y", "UW0"),
        "x": ("EH1", "K", "S"),
        "y": ("W", "AY1"),
        "z": ("Z", "IY1"),
    }
)
"""How each letter is called."""

VOICELESS = frozenset(("P", "T", "K", "F", "TH", "HH"))
SIBILANTS = frozenset(("S", "Z", "SH", "ZH", "CH", "JH"))

Phones = tuple[str, ...]


def with_s(phones: Phones) -> Phones:
    """Add the sound of a plural or possessive s: cats, dogs, boxes."""
    last = phones[-1] if phones else ""
    if last in VOICELESS:
        return (*phones, "S")
    return (*phones, "AH0", "Z") if last in SIBILANTS else (*phones, "Z")


def packed(phones: Phones) -> bytes:
    """Write each phone as one printable character."""
    return bytes(PHONES.index(phone) + ord("!") for phone in phones)


def unpacked(code: bytes) -> Phones:
    return tuple(PHONES[character - ord("!")] for character in code)
