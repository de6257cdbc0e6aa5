"""Addresses, file names, handles and tags: what is a mark elsewhere is a word in them. Pure."""

import re

from tts.gpt_sovits.text.en.dates import year_of_our_time
from tts.gpt_sovits.text.en.rewriting import Rule, any_of

SIGNS = {
    ".": "dot",
    "/": "slash",
    "@": "at",
    "-": "dash",
    "_": "underscore",
    ":": "colon",
    "?": "question mark",
    "=": "equals",
    "&": "and",
    "#": "hash",
    "%": "percent",
    "~": "tilde",
    "+": "plus",
}
DOMAINS = (
    "com org net edu gov mil io ai co uk cn de fr jp ca au tv info app dev xyz ru eu ch nl biz gg ly fm cc hk tw kr sg"
).split()
EXTENSIONS = (
    "py js ts md txt pdf png jpg jpeg gif svg csv json yaml yml html htm css zip exe doc docx xls xlsx ppt pptx mp3 mp4"
    " wav mov avi cpp java rs sh sql xml ini toml log bin iso dmg apk ipynb vue jsx tsx env cfg conf bat"
).split()
SAID_AS_WORDS = frozenset("com org net gov co app dev info biz json java zip doc log bin toml yaml gif jpeg".split())

LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?"
PATH = r"(?:/[A-Za-z0-9_.~%#?=&+/-]*[A-Za-z0-9/])?"
IP = r"\d{1,3}(?:\.\d{1,3}){3}"
SCHEME = r"(?:https?|ftp)://"
AFTER = r"(?![A-Za-z0-9@])"

PORT = re.compile(r":([1-9]\d{3})(?!\d)")
PART = re.compile(r"[A-Za-z]+|\d+|[^A-Za-z\d]")


def spoken(address: str) -> str:
    """Say an address with the names of its signs, short and unpronounceable parts letter by letter."""
    address = PORT.sub(lambda port: f":{year_of_our_time(int(port[1])).replace('-', ' ')} ", address.rstrip("/"))
    return " ".join(_part(part) for part in PART.findall(address))


def _part(part: str) -> str:
    if part.lower() == "www":
        return "double you double you double you"
    if part.isalpha():
        is_code = len(part) <= 3 and part.lower() in {*DOMAINS, *EXTENSIONS}
        is_code = is_code or not re.search("[aeiouyAEIOUY]", part)
        return " ".join(part.upper()) if is_code and part.lower() not in SAID_AS_WORDS else part
    return SIGNS.get(part, part)


RULES: tuple[Rule, ...] = (
    (re.compile(rf"[\w.+-]*\w@{LABEL}(?:\.{LABEL})+"), lambda mail: spoken(mail[0])),
    (re.compile(rf"{SCHEME}({LABEL}(?:\.{LABEL})*(?::\d+)?{PATH})"), lambda link: spoken(link[1])),
    (re.compile(rf"\bwww\.{LABEL}(?:\.{LABEL})*{PATH}", re.IGNORECASE), lambda link: spoken(link[0])),
    (
        re.compile(rf"\b{LABEL}(?:\.{LABEL})*\.(?:{any_of(DOMAINS)})(?:/[\w./~%#?=&+-]*\w)?/?{AFTER}(?!\.\w)"),
        lambda link: spoken(link[0]),
    ),
    (re.compile(rf"\b{LABEL}(?:\.{LABEL})*\.(?:{any_of(EXTENSIONS)}){AFTER}"), lambda file: spoken(file[0])),
    (re.compile(rf"(?<![\w.])(?:localhost|{IP}):\d{{2,5}}(?!\d){PATH}"), lambda link: spoken(link[0])),
    (re.compile(r"(?<!\d)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?!\.?\d)"), r"\1 dot \2 dot \3 dot \4"),
    (re.compile(r"(?<!\w)\.NET\b"), "dot net"),
    (re.compile(r"\b([CFJ])#(?!\w)"), r"\1 sharp"),
    (re.compile(r"\bC\+\+"), "C plus plus"),
    (re.compile(r"(?<![\w&])@(\w+)"), r"at \1"),
    (re.compile(r"(?<=[a-z\d_])\.(?=[a-z_][a-z\d_]+\b)"), " dot "),
    (re.compile(r"(?<=[a-z\d_])\.([ch])\b(?!\.)"), lambda file: f" dot {file[1].upper()}"),
    (re.compile(r"#{2,}"), " "),
    (re.compile(r"(?<!\w)#\s?(?=\d)"), "number "),
    (re.compile(r"(?<!\w)#(?=[A-Za-z])"), "hashtag "),
)
