"""Measures how fast the studio's audio stages are: seconds of recordings per second of work.

    python -m benchmarks.studio_audio [--minutes 5] [--write]

One process works through one recording, as a job does; RNNoise is measured where pyrnnoise is installed.
"""

import argparse
import datetime
import io
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import numpy as np
import soundfile

import audio
from benchmarks import machine
from benchmarks.report import replace_section, table
from voice.jobs.work import Work
from voice.studio.convert import ConvertLimits, convert_recordings
from voice.studio.cut import cut_recordings
from voice.studio.denoise import choose_denoiser, denoise_clips
from voice.studio.folders import CharacterFolder
from voice.studio.slicing import SliceRules
from voice.studio.steps import Step

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "RESULTS.md"
TITLE = "Audio stages of the studio"
SPEECH = ("jfk", "aishell")
PAUSE_S = 0.8
KINDS = {"wav": ("WAV", "PCM_16"), "flac": ("FLAC", "PCM_16"), "mp3": ("MP3", "MPEG_LAYER_III")}
UPLOAD_HZ = 48_000
Result = TypeVar("Result")


def recording(minutes: float) -> np.ndarray:
    """Two speakers in turn with pauses and some noise, at the rate of usual uploads."""
    parts = []
    for name in SPEECH:
        samples, rate_hz = soundfile.read(HERE.parent / "tests" / "assets" / f"{name}.wav", dtype="float32")
        parts += [audio.resample(samples, rate_hz, UPLOAD_HZ), np.zeros(int(PAUSE_S * UPLOAD_HZ), np.float32)]
    whole = np.resize(np.concatenate(parts), int(minutes * 60 * UPLOAD_HZ))
    return whole + 0.002 * np.random.default_rng(0).standard_normal(len(whole)).astype(np.float32)


class Table:
    """Collects a row for each piece of work."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []

    def timed(self, name: str, sound_s: float, work: Callable[[], Result]) -> Result:
        """Do it, note how long it took, and return what it returned."""
        began_s, cpu_s = time.perf_counter(), time.process_time()
        result = work()
        took_s, used_s = time.perf_counter() - began_s, time.process_time() - cpu_s
        self.rows.append(
            [
                f"{sound_s:.0f}",
                name,
                f"{took_s:.2f}",
                f"{used_s:.2f}",
                f"{sound_s / took_s:.0f}",
                f"{sound_s / used_s:.0f}",
            ]
        )
        return result


def measure(place: Path, minutes: float) -> list[list[str]]:
    """The table's rows, from uploads of several kinds to clips without noise."""
    sound, sound_s, table = recording(minutes), 60 * minutes, Table()
    told = {"kind": "", "subject": "", "parameters": {}, "attempt": 1, "device": "cpu"}
    step = Step(Work(told, io.StringIO()), 0, 100)
    folder, files = CharacterFolder(place), {}
    for kind, (container, codec) in KINDS.items():
        folder = CharacterFolder(place / kind)
        folder.raw.mkdir(parents=True)
        soundfile.write(folder.raw / f"a.{kind}", sound, UPLOAD_HZ, codec, format=container)
        convert = partial(convert_recordings, folder, ConvertLimits(), step)
        files = table.timed(f"convert {kind}", sound_s, convert).files
    cuts = table.timed("slice", sound_s, partial(cut_recordings, folder, files, SliceRules(), step))
    clips = {cut.name: cut.digest for cut in cuts if cut.digest}
    clips_s = sum(cut.seconds for cut in cuts if cut.digest)
    for name in ("wiener", "rnnoise") if find_spec("pyrnnoise") else ("wiener",):
        denoiser = choose_denoiser(name, step.check)
        table.timed(f"denoise {name}", clips_s, partial(denoise_clips, folder, clips, denoiser, step))
    return table.rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5.0, help="length of the recording")
    parser.add_argument("--write", action="store_true", help=f"put the table into {RESULTS.name}")
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yinliu-") as place:
        rows = measure(Path(place), flags.minutes)
    head = ["sound, s", "stage", "time, s", "processor, s", "sound per second", "per processor second"]
    about = f"{machine.hardware()}; load {machine.load()}; {datetime.date.today()}."
    body = f"{about}\n\n{table(head, rows)}\n"
    print(body)
    if flags.write:
        RESULTS.write_text(replace_section(RESULTS.read_text(encoding="utf-8"), TITLE, body), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
