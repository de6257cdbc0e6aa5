"""Words with capitals inside: which are spelled (FBI), which read (NASA, STOP), which taken apart (ChatGPT). Pure."""

import re
from collections.abc import Callable, Sequence

from tts.gpt_sovits.text.en.arpa import LETTERS, Phones

Lookup = Callable[[str], Phones | None]

READ_SHORT = frozenset(
    (
        "NO SO DO GO MY WE HE ME BE IS OF ON TO IN AS AT BY AN OR IF OH HI HA YO"
        " NOT YES YOU THE AND ALL NOW NEW CAN WHY HOW BIG BAD END OUT OFF ONE TWO SIX TEN WIN BUY FUN HOT TOP BOX DAY"
        " GOD MAN MEN OUR HER HIS HIM SHE ANY FOR ARE BUT WAS HAS HAD DID GET GOT LET PUT SAY SEE TOO TRY USE WAY WAR"
        " OLD OWN RUN RED SAD SIT TEA WET YET AGO AIR BED BOY CAR CUT DOG EAT FAR FEW FLY GUY JOB KEY LOT LOW MOM DAD"
        " HEY WOW AWW YAY BYE RAM ROM SIM PIN GIF LAN DOS ZIP CAD BOT APP WEB MAC BIN SAP GAN LOL"
    ).split()
)
"""Capitals of up to three letters that are read all the same; the rest of them are letters by default."""

NAMES = frozenset(
    "NASA NATO UNESCO UNICEF OPEC FIFA UEFA NASDAQ NASCAR DARPA FEMA OSHA NAFTA ASEAN IKEA LEGO COVID AIDS SARS JSON"
    " YAML RAM ROM SIM PIN GIF LAN DOS ZIP CAD GAN MIDI JPEG BIOS ASCII CUDA LORA BERT".split()
)
"""Read as words, yet no sign that somebody shouts."""

LEAST_READ = 4
LONGEST_SPELLED = 5
"""Unknown capitals up to this length are letters; longer ones are names like BYTEDANCE, if they have vowels."""

WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*")
CAPITALS = re.compile(r"[A-Z]{2,}")
WITH_ENDING = re.compile(r"([A-Z]{2,})(?:'|(?=s))(?P<ending>s|S|d|ll|re|ve)")
INSIDE = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]")
PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
VOWELS = re.compile("[AEIOUY]")
TWO_LETTERS = 2


def with_capitals(text: str, lookup: Lookup) -> str:
    """Write letters that are spelled as capitals of their own, and put blanks into words written together."""
    shouted = _shouted(text, lookup)
    return WORD.sub(lambda word: _word(word[0], word.start() in shouted, lookup), text)


def _word(word: str, is_shouted: bool, lookup: Lookup) -> str:
    if CAPITALS.fullmatch(word):
        return word if is_shouted or _is_read(word, lookup) else " ".join(word)
    if ending := WITH_ENDING.fullmatch(word):
        stem = ending[1] if _is_read(ending[1], lookup) else " ".join(ending[1])
        return f"{stem}'{ending['ending'].lower()}"
    if not INSIDE.search(word):
        return word
    stem, apostrophe, ending = word.partition("'")
    parts = PARTS.findall(stem)
    if lookup(stem.lower()) and not all(_is_plain(part, lookup) for part in parts):
        return word
    return " ".join(_part(part, lookup) for part in parts) + apostrophe + ending


def _is_plain(part: str, lookup: Lookup) -> bool:
    if len(part) <= TWO_LETTERS:
        return part in ("i", "e") or part.upper() in READ_SHORT
    return bool(lookup(part.lower()))


def _part(part: str, lookup: Lookup) -> str:
    is_spelled = CAPITALS.fullmatch(part) and (len(part) < LEAST_READ or not _is_read(part, lookup))
    return " ".join(part) if is_spelled else part


def _is_read(word: str, lookup: Lookup) -> bool:
    if word in READ_SHORT:
        return True
    if len(word) < LEAST_READ:
        return False
    if known := lookup(word.lower()):
        return not is_spelling(word, known)
    return len(word) > LONGEST_SPELLED and bool(VOWELS.search(word))


def is_spelling(word: str, phones: Phones) -> bool:
    """Tell whether phones only name a word's letters, whatever their stress."""
    letters = [phone for letter in word.lower() for phone in LETTERS.get(letter, ())]
    return [phone.rstrip("012") for phone in phones] == [phone.rstrip("012") for phone in letters]


def _shouted(text: str, lookup: Lookup) -> set[int]:
    """Find where capitals are only loud: neighbours that are ordinary words, two at least."""
    found: set[int] = set()
    run: list[re.Match[str]] = []
    for word in [*WORD.finditer(text), None]:
        is_loud = word and (CAPITALS.fullmatch(word[0].replace("'", "")) or word[0] in ("I", "A"))
        is_next = word and run and text[run[-1].end() : word.start()].isspace()
        if not is_next or not is_loud:
            found |= _loud(run, lookup)
            run = []
        if word and is_loud:
            run.append(word)
    return found


def _loud(run: Sequence[re.Match[str]], lookup: Lookup) -> set[int]:
    ordinary = [word for word in run if len(word[0]) > 1 and _is_ordinary(word[0], lookup)]
    clear = [
        word for word in ordinary if word[0] not in NAMES and (word[0] in READ_SHORT or len(word[0]) >= LEAST_READ)
    ]
    return {word.start() for word in ordinary} if len(ordinary) > 1 and clear else set()


def _is_ordinary(word: str, lookup: Lookup) -> bool:
    known = lookup(word.lower())
    return bool(known) and not is_spelling(word, known)
