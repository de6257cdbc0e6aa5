"""One form for every character: full-width ones, accents, quotes and dashes become ASCII where they can. Pure."""

import html
import re
import unicodedata

SAME = {
    "‘’‛ʼʹ′´＇": "'",
    "“”„‟″〝〞＂«»「」『』《》〈〉【】〔〕": '"',
    "‐‑‒−﹣－": "-",
    "―⸺": "—",
    "、": ", ",
    "。．": ".",
    "⁄∕": "/",
    "∶": ":",
    "·•‧∙・▪◦": " ",
    "～〜∼": "~",
    "￥": "¥",
    "×✕✖": "×",
    "⋅": "×",
    "µ": "μ",
    "ßẞ": "ss",
    "æǽ": "ae",
    "Æ": "Ae",
    "œ": "oe",
    "Œ": "Oe",
    "øǿ": "o",
    "Ø": "O",
    "łƚ": "l",
    "Ł": "L",
    "đð": "d",
    "Đ": "D",
    "þ": "th",
    "Þ": "Th",
    "ı": "i",
    "™®©℠": "",
}
TABLE = {ord(character): same for characters, same in SAME.items() for character in characters}
KEPT = frozenset("²³¹⁰⁴⁵⁶⁷⁸⁹°")
"""Characters that carry a meaning which their plain form would lose."""


ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{1,6});")
BLANKS = re.compile(r"[^\S\n]+")


def plain_characters(text: str) -> str:
    """Write a text with ASCII letters, figures and marks, and the few signs that have words of their own."""
    text = ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    if not (text.isascii() and text.isprintable()):
        text = "".join(_plain(character) for character in text.translate(TABLE))
    return BLANKS.sub(" ", text.replace("`", "'"))


def _plain(character: str) -> str:
    if character.isascii():
        return character if character.isprintable() else _blank(character)
    if character in KEPT:
        return character
    if unicodedata.decomposition(character).startswith("<fraction>"):
        return " " + unicodedata.normalize("NFKC", character).replace("\u2044", "/")
    compatible = unicodedata.normalize("NFKC", character)
    if compatible != character and compatible.isascii():
        return compatible
    letters = [part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)]
    kept = "".join(letters)
    return kept.translate(TABLE) if kept.isprintable() else _blank(character)


def _blank(character: str) -> str:
    if character == "\n":
        return "\n"
    return " " if character.isspace() else ""
