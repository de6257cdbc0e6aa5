"""A text cut into segments of one language each, by its script alone. Pure."""

import re

from tts.gpt_sovits.text.cleaning import clean
from tts.gpt_sovits.text.default_stretches import default_stretches, with_signs_said
from tts.gpt_sovits.text.modes import mode_of
from tts.gpt_sovits.text.spelling import RuleSet, Segment
from tts.gpt_sovits.text.stretches import joined
from tts.gpt_sovits.text.upstream_stretches import upstream_stretches


def prepare(text: str, language: str, rules: RuleSet) -> str:
    """The text as `segment` cuts it up: the segments joined are this.

    Both rule sets: without halves of surrogate pairs, which no dictionary could be asked for.
    compat: without repeated blanks, and without those around it where it is cut at all.
    default: also without pictures and invisible characters, with plain letters and figures instead of full-width ones,
    and with signs as words where that keeps them from being lost.
    """
    text = text.encode("utf-8", "ignore").decode("utf-8")
    if rules == "default":
        return with_signs_said(clean(text), mode_of(language))
    text = re.sub(" {2,}", " ", text)
    return text if language == "en" else text.strip()


def segment(text: str, language: str, rules: RuleSet) -> list[Segment]:
    """Cut a text into segments by language; none for an empty text.

    language: upstream's word for the request's language, one of `modes.MODES`. Raises UnknownLanguage.
    """
    mode = mode_of(language)
    text = prepare(text, language, rules)
    if not text:
        return []
    if rules == "compat":
        return [Segment("en", text)] if language == "en" else joined(upstream_stretches(text, mode), mode.main)
    return joined(default_stretches(text, mode), mode.main)
