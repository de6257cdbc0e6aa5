"""The clip that a text is spoken like: one of the character's own, with what is said in it."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tts.gpt_sovits.clip_limits import LONGEST_S, SHORTEST_S
from voice.studio.clip_files import NothingProcessed, find_clips, transcript
from voice.studio.folders import CharacterFolder
from voice.studio.reference_clips import spoken_clips
from voice.studio.refused import Refused
from voice.studio.transcripts import Line

LONGEST_WORDS = 500
"""Characters; nobody says more in so short a time."""


@dataclass(frozen=True)
class SpokenLike:
    """path: below the character's folder. language: the engine's word for it; "" where nobody has told."""

    path: str
    text: str
    language: str


def spoken_like(folder: CharacterFolder, audio: str | None, text: str | None, language: str) -> SpokenLike:
    """audio: a clip's or recording's name or path; None takes the first clip that can serve, by its name.

    text: None is looked up in the transcript, and the language with it unless one is given. Raises Refused.
    """
    lines = {line.name: line for line in _lines(folder)}
    file = _named(folder, audio) if audio and audio.strip() else _first(folder)
    path = file.relative_to(folder.root.absolute()).as_posix()
    if text and text.strip():
        return SpokenLike(path, " ".join(text.split())[:LONGEST_WORDS], language)
    if file.name not in lines or file.parent.name == folder.raw.name:
        raise Refused(
            f"It is not known what is said in {file.name}: send ref_text, or choose a clip that has a transcript.",
            f"不知道 {file.name} 里说了什么：请提供 ref_text，或选择有文本的片段。",
        )
    line = lines[file.name]
    return SpokenLike(path, line.text, language or line.language)


def _lines(folder: CharacterFolder) -> list[Line]:
    try:
        return transcript(folder).lines
    except NothingProcessed:
        return []


def _first(folder: CharacterFolder) -> Path:
    """The original takes the first clip; a conversation takes the best, see reference_clips."""
    with suppress(NothingProcessed):
        for _, clip in sorted(spoken_clips(folder).items()):
            if clip.can_lead and folder.holds(clip.file):
                return clip.file
    raise Refused(
        f"{folder.name} has no clip of {SHORTEST_S:g} to {LONGEST_S:g} s with a text: send ref_audio and ref_text.",
        f"角色 {folder.name} 没有 {SHORTEST_S:g} 到 {LONGEST_S:g} 秒且有文本的片段：请提供 ref_audio 和 ref_text。",
    )


def _named(folder: CharacterFolder, audio: str) -> Path:
    """Only what is listed can be found, so no name or path leaves the character's folder."""
    wanted = audio.strip()
    for file in _candidates(folder):
        names = (file.name, file.relative_to(folder.root.absolute()).as_posix(), str(file))
        if wanted in names and folder.holds(file):
            _require_length(file)
            return file
    raise Refused(
        f"{folder.name} has no clip or recording {Path(wanted).name!r:.80}; its own alone may be spoken like.",
        f"参考音频不存在：{Path(wanted).name:.80}；只能使用该角色自己的片段或录音。",
    )


def _candidates(folder: CharacterFolder) -> Iterator[Path]:
    """Clips before recordings of the same name."""
    yield from find_clips(folder).values()
    for place in (folder.sliced, folder.raw, folder.converted):
        if place.is_dir():
            files = sorted(place.absolute().iterdir())
            yield from (file for file in files if file.is_file() and not file.name.startswith("."))


def _require_length(file: Path) -> None:
    seconds = _seconds(file)
    if seconds is not None and not SHORTEST_S <= seconds <= LONGEST_S:
        raise Refused(
            f"{file.name} lasts {seconds:.1f} s; a voice is cloned from {SHORTEST_S:g} to {LONGEST_S:g} s.",
            f"{file.name} 时长 {seconds:.1f} 秒；参考音频要求 {SHORTEST_S:g} 到 {LONGEST_S:g} 秒。",
        )


def _seconds(file: Path) -> float | None:
    """From the header alone; None for a kind that is only told by decoding, which the engine does."""
    import soundfile

    try:
        return soundfile.info(file).duration
    except (soundfile.SoundFileError, OSError):
        return None
