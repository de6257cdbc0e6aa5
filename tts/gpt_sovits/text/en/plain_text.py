"""English text written out as it should be read: only letters, apostrophes, blanks and the marks . , ! ? - are left."""

import re

from tts.gpt_sovits.text.en import (
    abbreviations,
    addresses,
    arithmetic,
    dates,
    measures,
    money,
    numerals,
    phone_numbers,
    times,
)
from tts.gpt_sovits.text.en.capitals import Lookup, with_capitals
from tts.gpt_sovits.text.en.characters import plain_characters
from tts.gpt_sovits.text.en.money import SPANS
from tts.gpt_sovits.text.en.rewriting import Rule, any_of, rewrite

GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "ζ": "zeta",
    "η": "eta",
    "θ": "theta",
    "ι": "iota",
    "κ": "kappa",
    "λ": "lambda",
    "μ": "mu",
    "ν": "nu",
    "ξ": "xi",
    "ο": "omicron",
    "π": "pi",
    "ρ": "rho",
    "σ": "sigma",
    "ς": "sigma",
    "τ": "tau",
    "υ": "upsilon",
    "φ": "phi",
    "χ": "chi",
    "ψ": "psi",
    "ω": "omega",
}
CLIPPED = {
    "em": "them",
    "til": "until",
    "till": "until",
    "cause": "because",
    "tis": "it is",
    "twas": "it was",
    "bout": "about",
    "round": "around",
}

BEFORE_NUMBERS: tuple[Rule, ...] = (
    (
        re.compile(r"[<>~]\s?(?=[$€£])|~\s?(?=\d)"),
        lambda sign: {"<": "less than ", ">": "more than "}.get(sign[0][0], "about "),
    ),
    (re.compile(r"\bb/c\b"), "because"),
    (re.compile(r"\b([A-Z]{2,})v(?=\d)"), r"\1 v"),
    (re.compile(r"(?<=\d) ?y/o\b"), " years old"),
    (re.compile(r"(?<=\d) pts\b\.?"), " points"),
    (re.compile(r"(?<!\w)#(?= of\b)"), "number"),
)
SIGNS: tuple[Rule, ...] = (
    (re.compile(any_of(GREEK), re.IGNORECASE), lambda letter: f" {GREEK[letter[0].lower()]} "),
    (re.compile(r"\b([A-Z]{1,3})&([A-Z]{1,3})\b"), lambda firm: f"{' '.join(firm[1])} and {' '.join(firm[2])}"),
    (re.compile(r"\s?&\s?"), " and "),
    (re.compile(rf"(?<=[a-z])/({any_of(SPANS.values())})\b"), r" per \1"),
    (re.compile(r"\b(he|she|his|him|her|hers|yes)/(?=[a-z])", re.IGNORECASE), r"\1 or "),
    (re.compile(r"(?<!\S)@(?=\s)"), "at"),
    (re.compile(r"(?<!\w)'?[nN]'(?!\w)|(?<=\w)'n'(?=\w)"), " and "),
    (re.compile(rf"(?<![\w'])'({any_of(CLIPPED)})\b(?!')", re.IGNORECASE), lambda word: CLIPPED[word[1].lower()]),
)
FACE = re.compile(r"(?<!\S)[:;=]['o*-]?[()\[\]dDpP/\\|](?!\w)")
MARKS: tuple[Rule, ...] = (
    (re.compile(r"(?<=[^\s.,!?;:])[ \t]*\n+"), ", "),
    (re.compile(r"\s*(?:—|–|--+|(?<=\s)-(?=\s))\s*"), ", "),
    (re.compile(r"(?<=[a-z])\((e?s)\)"), r"\1"),
    (re.compile(r"(?<=\w)\s+\(\s*(?=\w+\s+\w+\s+\w)([^()]+)\)"), r", \1,"),
    (re.compile(r"[;:](?=\s|\Z|['\"(])|(?<=\w)[;:](?=[A-Za-z])"), ","),
    (re.compile(r"[^A-Za-z'.,!?-]+"), " "),
    (re.compile(r"(?<![A-Za-z])'+|'+(?![A-Za-z])"), ""),
    (re.compile(r"(?<![A-Za-z])-+|-+(?![A-Za-z])"), " "),
    (re.compile(r"\s+(?=[.,!?])"), ""),
    (re.compile(r"[.,]*([!?])[.,!?]*"), r"\1"),
    (re.compile(r",*\.[.,]*"), "."),
    (re.compile(r",+"), ","),
    (re.compile(r"([.,!?])(?=[A-Za-z'])"), r"\1 "),
    (re.compile(r"\s+"), " "),
)
FIGURE = re.compile(r"\d")
TOPICS: tuple[tuple[re.Pattern[str], tuple[Rule, ...]], ...] = (
    (re.compile(r"[.:@#+]"), addresses.RULES),
    (re.compile(r"[\d#/~<>v]"), BEFORE_NUMBERS),
    (FIGURE, dates.RULES),
    (FIGURE, times.RULES),
    (re.compile(r"[./]|\b[A-Zv][a-z]{1,3}\b"), abbreviations.RULES),
    (FIGURE, phone_numbers.RULES),
    (FIGURE, money.RULES),
    (re.compile(r"[\d%°‰]"), measures.RULES),
    (re.compile(r"[^A-Za-z\s.,!?'\"]"), arithmetic.RULES),
    (re.compile(r"\d|[IVXL]"), numerals.RULES),
    (re.compile(r"[^A-Za-z\s.,!?]"), SIGNS),
)
"""In this order: rules, and what a text must have for any of them to apply."""


def plain_text(text: str, lookup: Lookup) -> str:
    """Write a text out; `lookup` knows how words are pronounced, by which capitals are judged."""
    text = numerals.with_items(FACE.sub("", plain_characters(text)))
    for needed, rules in TOPICS:
        if needed.search(text):
            text = rewrite(text, rules)
    return rewrite(with_capitals(text, lookup), MARKS).strip()
