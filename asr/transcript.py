"""What SenseVoice writes, `<|zh|><|HAPPY|><|Speech|><|withitn|>你好。` for each passage, and the sentence in it."""

import re

from asr.recognizer import LANGUAGES, Heard

# The pictographs are those of FunASR's own post-processing; clients of that form expect them where they are kept.
EMOTIONS = {
    "HAPPY": "\N{SMILING FACE WITH SMILING EYES}",
    "SAD": "\N{PENSIVE FACE}",
    "ANGRY": "\N{POUTING FACE}",
    "NEUTRAL": "",
    "FEARFUL": "\N{FACE WITH OPEN MOUTH AND COLD SWEAT}",
    "DISGUSTED": "\N{NAUSEATED FACE}",
    "SURPRISED": "\N{FACE WITH OPEN MOUTH}",
}
EVENTS = {
    "Speech": "",
    "BGM": "\N{MUSICAL SCORE}",
    "Applause": "\N{CLAPPING HANDS SIGN}",
    "Laughter": "\N{GRINNING FACE}",
    "Cry": "\N{LOUDLY CRYING FACE}",
    "Sneeze": "\N{SNEEZING FACE}",
    "Cough": "\N{SNEEZING FACE}",
    "Breath": "",
    "Sing": "",
    "Speech_Noise": "",
}

_TAG = re.compile(r"<\|([^|<>]*)\|>")
_PICTOGRAPH = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\u20e3\ufe0f\u200d\U000e0020-\U000e007f]+")
_NEXT_PASSAGE = re.compile(rf"(?=<\|(?:{'|'.join(LANGUAGES)}|nospeech)\|>)")
_WORD = re.compile(r"\w")
_HAN_OR_KANA = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


def read_transcript(raw: str, keep_emoji: bool = False) -> Heard:
    """Sort the tags into fields and leave one line of text; without a single word in it, the text is empty.

    keep_emoji: leave pictographs in, and add those of the events in front and of the emotion behind.
    """
    tags = _TAG.findall(raw)
    text = _one_line([_TAG.sub("", passage) for passage in _NEXT_PASSAGE.split(raw)])
    if not keep_emoji:
        text = _one_line([_PICTOGRAPH.sub("", text)])
    elif text:
        text = "".join(_pictures(tags, EVENTS)) + text + "".join(_pictures(tags, EMOTIONS)[-1:])
    return Heard(
        text=text if _WORD.search(text) else "",
        language=_first(tags, LANGUAGES),
        emotion=_first(tags, EMOTIONS).lower(),
        event=_first(tags, EVENTS).lower(),
    )


def _one_line(passages: list[str]) -> str:
    """Join passages as their script does it: with a space, but none beside hanzi and kana."""
    line = ""
    for passage in (" ".join(passage.split()) for passage in passages):
        needs_space = line and passage and not (_HAN_OR_KANA.match(line[-1]) or _HAN_OR_KANA.match(passage))
        line += " " * bool(needs_space) + passage
    return line


def _first(tags: list[str], known: dict[str, str] | tuple[str, ...]) -> str:
    return next((tag for tag in tags if tag in known), "")


def _pictures(tags: list[str], pictographs: dict[str, str]) -> list[str]:
    """Each pictograph once, in the order of the tags."""
    return list(dict.fromkeys(pictographs[tag] for tag in tags if pictographs.get(tag)))
