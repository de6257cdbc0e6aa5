"""Hangul syllables as the letters they are made of. Pure."""

LEADS = "ᄀᄁᄂᄃᄄᄅᄆᄇᄈᄉᄊᄋᄌᄍᄎᄏᄐᄑᄒ"
VOWELS = "ᅡᅢᅣᅤᅥᅦᅧᅨᅩᅪᅫᅬᅭᅮᅯᅰᅱᅲᅳᅴᅵ"
TAILS = "ᆨᆩᆪᆫᆬᆭᆮᆯᆰᆱᆲᆳᆴᆵᆶᆷᆸᆹᆺᆻᆼᆽᆾᆿᇀᇁᇂ"
FIRST_SYLLABLE = ord("가")

LETTERS = str.maketrans(
    LEADS + VOWELS + TAILS,
    "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
    "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
    "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ",
)
"""Jamo, which know their place in a syllable, as letters, which do not."""


def _decomposed(place: int) -> str:
    lead, rest = divmod(place, len(VOWELS) * (len(TAILS) + 1))
    vowel, tail = divmod(rest, len(TAILS) + 1)
    return LEADS[lead] + VOWELS[vowel] + TAILS[tail - 1 : tail]


SYLLABLES = len(LEADS) * len(VOWELS) * (len(TAILS) + 1)
SYLLABLE_TABLE = {FIRST_SYLLABLE + place: _decomposed(place) for place in range(SYLLABLES)}


def jamo_of(text: str) -> str:
    """Every syllable as two or three jamo; other characters stay."""
    return text.translate(SYLLABLE_TABLE)


def letters_of(jamo: str) -> str:
    return jamo.translate(LETTERS)
