"""Words and marks of a text that is already written out in letters. Pure."""

import re

TOKEN = re.compile(
    r"""
    [A-Za-z]+ (?: [.-][A-Za-z]+ )* \.[A-Za-z]{2,13}\b  # dots inside, as in a domain
    | [A-Za-z] [A-Za-z'-]+ [A-Za-z]
    | [A-Za-z]+
    | \.(?:[ ]*\.)+
    | [^ ]
    """,
    re.VERBOSE,
)
RUN_OF_APOSTROPHES = re.compile("'{4,}")


def tokens(text: str) -> list[str]:
    """Cut a text where NLTK's tokenizer for tweets would."""
    return TOKEN.findall(RUN_OF_APOSTROPHES.sub("'''", text))
