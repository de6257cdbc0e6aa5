"""The first stage: whatever was uploaded becomes WAV files of one kind."""

import hashlib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import audio
from voice.studio.folders import CharacterFolder
from voice.studio.ledger import Done, Ledger, digest, key_of
from voice.studio.refused import Refused
from voice.studio.steps import Step
from voice.studio.wav import RATE_HZ, save_wav

FORM = 1
"""Rises when the same recording would become another file."""
LONGEST_STEM_BYTES = 150
"""Names grow from stage to stage, and file systems end at 255 bytes."""
_TROUBLESOME = frozenset('<>:"/\\|?*\t')


@dataclass(frozen=True)
class ConvertLimits:
    """What one recording may be; an hour at 48 kHz takes about 2 GB of memory while it is converted."""

    max_mb: float = 1024.0
    max_s: float = 3600.0


@dataclass(frozen=True)
class Converted:
    """Digests of the WAV files by name, and the recordings that could not be used, with the reason in two languages."""

    files: Mapping[str, str]
    refused: Sequence[tuple[str, Refused]] = field(default_factory=tuple)


Separate = Callable[[audio.Audio], audio.Audio]
"""Takes the voice out of a recording with music in it."""


def convert_recordings(
    folder: CharacterFolder, limits: ConvertLimits, step: Step, separate: Separate | None = None, separate_key: str = ""
) -> Converted:
    """Convert what is new or has changed. separate_key: decides about the result of `separate`.

    Raises Refused when no recording at all can be used.
    """
    recordings = recordings_in(folder)
    ledger = Ledger(folder.converted)
    ledger.sweep([file.name for file in recordings])
    sizes = [_size(file) + 1 for file in recordings]
    files: dict[str, str] = {}
    refused: list[tuple[str, Refused]] = []
    for number, file in enumerate(recordings):
        step.progress(sum(sizes[:number]) / sum(sizes))
        try:
            check_size(file, limits)
            key = key_of("convert", FORM, RATE_HZ, limits.max_s, separate_key, digest(file))
            done = ledger.find(file.name, key)
            if not done:
                done = ledger.record(_convert(file, folder.converted, key, limits, separate))
                seconds = done.facts["seconds"]
                step.log(f"Converted {file.name}: {seconds:.1f} s.", chinese=f"已转换 {file.name}：{seconds:.1f} 秒。")
            files |= done.outputs
        except Refused as refusal:
            ledger.record(Done(file.name, ""))
            refused.append((file.name, refusal))
            step.log(f"{refusal} It is left out.", "warning", f"{refusal.chinese}已跳过。")
    if not files:
        raise _nothing(refused)
    return Converted(files, refused)


def recordings_in(folder: CharacterFolder) -> list[Path]:
    """Every uploaded file by name; whether it is sound, its content tells."""
    if not folder.raw.is_dir():
        return []
    found = (file for file in folder.raw.iterdir() if not file.name.startswith(".") and file.is_file())
    return sorted(found, key=lambda file: file.name)


def converted_name(upload: str) -> str:
    """`a.mp3` becomes `a.mp3.wav`: the upload can be told, and no two uploads share a name.

    What would break transcripts or file systems is replaced, and then a digest keeps the name unique.
    """
    composed = unicodedata.normalize("NFC", upload)
    plain = "".join(char if char.isprintable() and char not in _TROUBLESOME else "_" for char in composed)
    plain = plain.encode(errors="replace")[:LONGEST_STEM_BYTES].decode(errors="ignore")
    if plain != upload:
        plain += f".{hashlib.sha256(upload.encode(errors='surrogateescape')).hexdigest()[:8]}"
    return f"{plain}.wav"


def check_size(file: Path, limits: ConvertLimits) -> None:
    """Raises Refused for what is empty or too large."""
    size = _size(file)
    if not size and file.exists():
        raise Refused(f"{file.name} is empty.", f"{file.name} 是空文件。")
    if size > limits.max_mb * 1e6:
        raise Refused(
            f"{file.name} has {size / 1e6:.0f} MB, more than the {limits.max_mb:g} MB allowed; upload it in parts.",
            f"{file.name} 有 {size / 1e6:.0f} MB，超过上限 {limits.max_mb:g} MB，请分成几段上传。",
        )


def read_recording(file: Path, limits: ConvertLimits) -> audio.Audio:
    """Raises Refused for what is damaged or too long."""
    try:
        return audio.decode(file.read_bytes(), limits.max_s)
    except FileNotFoundError:
        raise Refused(f"{file.name} was deleted meanwhile.", f"{file.name} 在处理过程中被删除。") from None
    except audio.AudioTooLong as error:
        minutes = limits.max_s / 60
        raise Refused(
            f"{file.name} is longer than the {minutes:g} minutes allowed; upload it in parts.",
            f"{file.name} 超过上限 {minutes:g} 分钟，请分成几段上传。",
        ) from error
    except audio.AudioError as error:
        raise Refused(f"{file.name}: {error}", f"{file.name} 无法解码：文件已损坏、不完整或不是音频。") from error


def _size(file: Path) -> int:
    """0 for one that was deleted meanwhile."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _convert(file: Path, into: Path, key: str, limits: ConvertLimits, separate: Separate | None) -> Done:
    sound = read_recording(file, limits)
    if separate:
        try:
            sound = separate(sound)
        except Refused as refusal:
            raise Refused(f"{file.name}: {refusal}", f"{file.name}：{refusal.chinese}") from refusal
    samples = audio.resample(sound.samples, sound.rate_hz, RATE_HZ)
    name = converted_name(file.name)
    made = save_wav(into / name, audio.to_pcm16(samples))
    return Done(file.name, key, {name: made}, {"seconds": len(samples) / RATE_HZ})


def _nothing(refused: Sequence[tuple[str, Refused]]) -> Refused:
    if not refused:
        return Refused("There are no recordings.", "没有上传录音。")
    first = refused[0][1]
    if len(refused) == 1:
        return Refused(str(first), first.chinese)
    return Refused(
        f"None of the {len(refused)} recordings can be used. {first}",
        f"{len(refused)} 个录音都无法使用。{first.chinese}",
    )
