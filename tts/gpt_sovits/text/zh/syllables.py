"""A pinyin syllable as the two phones that it is for the models. Pure."""

INITIALS = "zh ch sh b p m f d t n l g k h j q x r z c s y w".split()
CARRIERS = {"a": "AA", "e": "EE", "o": "OO"}
"""What stands in for an initial where a syllable begins with its vowel."""

NEAREST = {"m": "mu", "n": "en", "ng": "en", "hm": "heng", "hng": "heng", "len": "leng", "yo": "o", "ê": "ei"}
"""Syllables that the models have no phones for. Upstream spells yo so as well, and voices were trained on it."""


def split_syllable(syllable: str) -> tuple[str, str]:
    """Split `hang2` into its letters and its tone."""
    return syllable[:-1], syllable[-1]


def phones_of(letters: str, tone: str) -> tuple[str, str]:
    """Initial and toned rime of a syllable in standard spelling, with v for ü: gui 4 -> g ui4, ju 2 -> j v2."""
    letters = NEAREST.get(letters, letters)
    initial = next((initial for initial in INITIALS if letters.startswith(initial)), "")
    rime = letters[len(initial) :]
    if not initial:
        initial = CARRIERS[rime[0]]
    elif initial in "jqxy" and rime[0] in "uv":
        rime = "v" + rime[1:]
    elif initial == "y":
        rime = {"e": "E", "an": "En"}.get(rime, rime)
    elif rime == "i" and initial in ("z", "c", "s"):
        rime = "i0"
    elif rime == "i" and initial in ("zh", "ch", "sh", "r"):
        rime = "ir"
    return initial, rime + tone
