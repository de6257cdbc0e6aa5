"""Jyutping syllables as the two phones that the models know them by. Pure."""

ONSETS = "gw kw ng b p m f d t n l g k h w z c s j".split()
VOWEL_ONSETS = "aa ai au ap at ak a e ong on ou oi ok o uk ung".split()
"""Upstream cuts a syllable that begins with a vowel behind the first of these that fits: the models learnt it so."""


def phones_of(syllable: str) -> tuple[str, str]:
    """`faan6` is Yf Yaan6; a rime that would be empty repeats the last letter: `ng5` is Yng Yg5, `aa3` is Yaa Ya3."""
    sound, tone = syllable[:-1], syllable[-1]
    onset = next((start for start in (*ONSETS, *VOWEL_ONSETS) if sound.startswith(start)), sound)
    rime = sound[len(onset) :] or onset[-1:]
    return f"Y{onset}", f"Y{rime}{tone}"
