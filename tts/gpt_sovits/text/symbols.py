"""The 732 phones that v2, v2Pro and v2ProPlus models know, and the number of each. Pure."""

from collections.abc import Iterable

MARKS = "! ? … , . -".split()
"""Punctuation is spoken as a pause or a change of voice, and so is a phone too."""

UNKNOWN = "UNK"

PINYIN_INITIALS = "AA EE OO b p m f d t n l g k h j q x zh ch sh r z c s y w".split()
PINYIN_RIMES = (
    "E En a ai an ang ao e ei en eng er i i0 ia ian iang iao ie in ing iong ir iu"
    " o ong ou u ua uai uan uang ui un uo v van ve vn"
).split()
ARPA_VOWELS = "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split()
ARPA_OTHERS = "B CH D DH ER F G HH IH JH K L M N NG P R S SH T TH V W Y Z ZH".split()
JAPANESE = (
    "I N U a b by ch cl d dy e f g gy h hy i j k ky m my n ny o p py r ry s sh t ts u v w y z"  # I and U: unvoiced
).split()
PITCH_MARKS = ["[", "]"]
KOREAN = "ㄱ ㄲ ㄴ ㄷ ㄸ ㄹ ㅁ ㅂ ㅃ ㅅ ㅆ ㅇ ㅈ ㅉ ㅊ ㅋ ㅌ ㅍ ㅎ ㅏ ㅐ ㅓ ㅔ ㅗ ㅜ ㅡ ㅣ 停 空".split()
JYUTPING_BARE = "a aa ai ak au b c d e f g gw h j k kw l m n ng o oi ok on ou p s t uk w z".split()
JYUTPING_RIMES = (
    "a aa aai aak aam aan aang aap aat aau ai ak am an ang ap at au e ei ek eng eoi eon eot g i ik im in ing ip it iu"
    " k m n o oe oek oeng oi ok on ong ot ou p t u ui uk un ung ut yu yun yut"
).split()


def _with(rimes: Iterable[str], tones: str) -> list[str]:
    return [rime + tone for rime in rimes for tone in tones]


def _all_symbols() -> tuple[str, ...]:
    """In the order of training: each later family of languages was added behind the earlier ones, sorted by itself."""
    first = [
        *MARKS,
        *("_", "SP", "SP2", "SP3", UNKNOWN),
        *PINYIN_INITIALS,
        *_with(PINYIN_RIMES, "12345"),
        *JAPANESE,
        *_with(ARPA_VOWELS, "012"),
        *ARPA_OTHERS,
    ]
    cantonese = [f"Y{part}" for part in (*JYUTPING_BARE, *_with(JYUTPING_RIMES, "123456"))]
    return (*sorted(set(first)), *PITCH_MARKS, *sorted(KOREAN), *sorted(cantonese))


SYMBOLS = _all_symbols()
SYMBOL_IDS = {symbol: number for number, symbol in enumerate(SYMBOLS)}
UNKNOWN_ID = SYMBOL_IDS[UNKNOWN]


def symbol_ids(phones: Iterable[str]) -> list[int]:
    """Number the phones; what the models do not know gets the number of UNK."""
    return [SYMBOL_IDS.get(phone, UNKNOWN_ID) for phone in phones]
