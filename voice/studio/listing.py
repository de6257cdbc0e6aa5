"""The transcript of a character's clips: written by the last stage, corrected by people, and never overruled."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voice.studio.folders import CharacterFolder
from voice.studio.ledger import Done, Ledger
from voice.studio.steps import Step
from voice.studio.transcripts import Line, read_transcript, write_transcript


@dataclass(frozen=True)
class Words:
    """What is said in a clip; without a text, `fault` is no_speech, no_text or removed."""

    text: str
    language: str = ""
    confidence: float | None = None
    is_by_hand: bool = False
    fault: str = ""


def list_clips(folder: CharacterFolder, kept: Path, speaker: str, words: Mapping[str, Words]) -> Path:
    """Write the transcript of these clips, which lie in `kept`, in the place of every earlier one."""
    file = folder.transcripts / f"{kept.name}.list"
    lines = [
        Line(str((kept / name).absolute()), speaker, word.language, word.text)
        for name, word in sorted(words.items())
        if word.text
    ]
    write_transcript(file, lines)
    ledger = Ledger(folder.transcripts)
    texts = {line.name: line.text for line in lines}
    for name in words:
        done, listed = ledger.last(name), texts.get(name, "")
        if done and done.facts["listed"] != listed:
            ledger.record(Done(name, done.key, {}, {**done.facts, "listed": listed}))
    for other in _lists(folder):
        if other != file:
            other.unlink()
    return file


def corrections(folder: CharacterFolder, ledger: Ledger, clips: Mapping[str, str], step: Step) -> dict[str, Words]:
    """What people have changed in the transcript since it was written, and what they had brought themselves.

    clips: digests by name. Raises Refused when the transcript cannot be read at all.
    """
    lists = _lists(folder)
    if not lists:
        return {}
    lines = _lines(lists[0], ledger, clips, step)
    found: dict[str, Words] = {}
    for name, content in clips.items():
        done, line = ledger.last(name), lines.get(name)
        if done and done.facts["clip"] != content:
            continue  # another recording under the same name
        listed = done.facts["listed"] if done else ""
        was_by_hand = bool(done and done.facts["words"]["is_by_hand"])
        if line and listed is not None and (done is None or was_by_hand or line.text != listed):
            found[name] = Words(line.text, line.language, is_by_hand=True)
        elif not line and (listed or was_by_hand):
            found[name] = Words("", is_by_hand=True, fault="removed")
    return found


def facts_of(words: Words, content: str, earlier: Done | None) -> dict[str, Any]:
    """What the ledger keeps of a clip. listed: the text in the transcript as we have written it; None before that."""
    is_same = earlier is not None and earlier.facts["clip"] == content
    return {"words": vars(words), "clip": content, "listed": earlier.facts["listed"] if earlier and is_same else None}


def _lines(file: Path, ledger: Ledger, clips: Mapping[str, str], step: Step) -> dict[str, Line]:
    """By clip. What is of no use here is told, and kept in a copy, for the file is about to be replaced."""
    transcript = read_transcript(file)
    strangers = sum(1 for line in transcript.lines if line.name not in clips and not ledger.last(line.name))
    for english, chinese in transcript.faults:
        step.log(f"{file.name}: {english}", "warning", f"{file.name}：{chinese}")
    if strangers:
        count = len(transcript.lines)
        chinese = f"{file.name}：{count} 行中有 {strangers} 行没有对应的片段。"
        step.log(f"{file.name}: {strangers} of {count} lines belong to no clip.", "warning", chinese)
    if strangers or transcript.faults:
        shutil.copyfile(file, file.with_suffix(".list.bak"))
    return {line.name: line for line in transcript.lines}


def _lists(folder: CharacterFolder) -> list[Path]:
    """The newest first."""
    return sorted(folder.transcripts.glob("*.list"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
