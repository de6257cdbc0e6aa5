"""What is spoken to learn from and what is held back, rendered by espeak-ng with the times of its phones."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.from_scratch.plan import Plan
from benchmarks.from_scratch.words import sentences
from benchmarks.processes import REPOSITORY

VOICE, OTHERS = "en-us", ("en-us+f2", "en-us+m3")
"""One clip in ten is of the others, alternately, or the timbre would be a constant that nothing has to be told by."""
WORDS_PER_MINUTE = 150
CHILD = "benchmarks.from_scratch.espeak_child"
SEED = 7


@dataclass(frozen=True)
class Spoken:
    """name: unique, with its ending."""

    name: str
    text: str
    voice: str
    folder: Path

    @property
    def sound(self) -> Path:
        return self.folder / self.name

    @property
    def phones(self) -> Path:
        return self.sound.with_suffix(".json")

    @property
    def word_count(self) -> int:
        return len(self.text.split())


@dataclass(frozen=True)
class Speech:
    """learnt: clips of one sentence first, then those of two. distractors: held out as well, never spoken by us."""

    learnt: tuple[Spoken, ...]
    held_out: tuple[Spoken, ...]
    distractors: tuple[Spoken, ...]

    @property
    def all(self) -> tuple[Spoken, ...]:
        return (*self.learnt, *self.held_out, *self.distractors)


def speech_of(plan: Plan, folder: Path) -> Speech:
    """Which sentences those are; nothing is rendered yet. No sentence is in two of the parts."""
    source = sentences(SEED)
    held_out = [_main(f"held{i:03d}.wav", text, folder) for i, text in enumerate(islice(source, plan.held_out))]
    distractors = [_main(f"other{i:03d}.wav", text, folder) for i, text in enumerate(islice(source, plan.distractors))]
    texts = list(islice(source, plan.single))
    texts += [f"{first} {second}" for first, second in islice(zip(source, source, strict=False), plan.double)]
    learnt = [Spoken(f"clip{i:05d}.wav", text, _voice(i), folder) for i, text in enumerate(texts)]
    return Speech(tuple(learnt), tuple(held_out), tuple(distractors))


def render(clips: Sequence[Spoken], folder: Path, done: Callable[[float], None]) -> None:
    """What is missing; done: is told the share after each clip. Raises RuntimeError where espeak-ng cannot speak."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [clip for clip in clips if not clip.phones.exists()]
    if not missing:
        return
    jobs = folder / "jobs.json"
    jobs.write_text(json.dumps([_job(clip) for clip in missing]), "utf-8")
    command = [sys.executable, "-m", CHILD, str(jobs)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        for number, _ in enumerate(child.stdout, 1):
            done(number / len(missing))
    if child.returncode:
        raise RuntimeError("espeak-ng could not speak; is requirements-demo.txt installed?")


def reference_of(clips: Sequence[Spoken], length_s: Callable[[Spoken], float]) -> Spoken:
    """The first clip of the main voice that is one sentence and long enough to be cloned from."""
    return next(
        clip for clip in clips if clip.voice == VOICE and 3.2 <= length_s(clip) <= 9 and clip.text.count(".") == 1
    )


def _main(name: str, text: str, folder: Path) -> Spoken:
    return Spoken(name, text, VOICE, folder)


def _voice(number: int) -> str:
    return OTHERS[number // 10 % 2] if number % 10 == 9 else VOICE


def _job(clip: Spoken) -> dict[str, str | int]:
    return {
        "text": clip.text,
        "voice": clip.voice,
        "words_per_minute": WORDS_PER_MINUTE,
        "sound": str(clip.sound.resolve()),
        "phones": str(clip.phones.resolve()),
    }
