"""Speaks texts with espeak-ng and writes down when each phone begins: `python -m ... JOBS.json`.

A program of its own for the same reason as tts/espeak_worker.py: espeak-ng is GPL-3.0 and stays in here.
"""

import ctypes
import json
import sys
import wave
from pathlib import Path
from typing import Any

from tts.espeak_worker import INITIALIZE_DONT_EXIT, Library

PHONE_EVENTS = 1
"""An option of espeak_Initialize."""
PHONE, LAST = 7, 0


class Event(ctypes.Structure):
    """As speak_lib.h has it; the name is a union's longest member."""

    _fields_ = (
        ("kind", ctypes.c_int),
        ("message", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("milliseconds", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("name", ctypes.c_char * 8),
    )


class Phonetician(Library):
    """phones: of the text spoken last, with the sample at which each begins."""

    def __init__(self):
        super().__init__(INITIALIZE_DONT_EXIT | PHONE_EVENTS)
        self.phones: list[tuple[int, str]] = []

    def _on_samples(self, samples: int | None, count: int, events: int | None) -> int:
        event = ctypes.cast(events, ctypes.POINTER(Event)) if events else ()
        for i in range(10_000 if events else 0):
            if event[i].kind == LAST:
                break
            if event[i].kind == PHONE:
                self.phones.append((event[i].sample, event[i].name.decode("utf-8", "replace")))
        return super()._on_samples(samples, count, events)


def perform(library: Phonetician, job: dict[str, Any]) -> None:
    """Write the sound, then the phones; with those, the job is done."""
    sound, phones = Path(job["sound"]), Path(job["phones"])
    parts: list[bytes] = []
    library.phones = []
    library.speak(job["voice"], job["words_per_minute"], job["text"], lambda samples: bool(parts.append(samples)))
    with wave.open(str(sound), "wb") as file:
        file.setparams((1, 2, library.rate_hz, 0, "NONE", ""))
        file.writeframes(b"".join(parts))
    part = phones.with_suffix(".part")
    part.write_text(json.dumps([[sample / library.rate_hz, name] for sample, name in library.phones]), "utf-8")
    part.replace(phones)


def main(jobs: Path) -> None:
    """Say a line for each job that is done."""
    library = Phonetician()
    for job in json.loads(jobs.read_text("utf-8")):
        perform(library, job)
        print(flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
