"""A program that behaves as audio-separator does, and writes down how it was called."""

import sys
from pathlib import Path

import pytest

PROGRAM = """#!{python}
import pathlib, sys, wave
arguments = sys.argv[1:]
pathlib.Path({place!r}, "called").write_text("\\n".join(arguments))
options = dict(zip(arguments[1::2], arguments[2::2]))
with wave.open(arguments[0]) as source:
    layout, sound = source.getparams(), source.readframes(source.getnframes())
for stem, data in (("Instrumental", bytes(len(sound))), ("Vocals", sound)):
    with wave.open(options["--output_dir"] + "/recording_(" + stem + ")_model.wav", "wb") as target:
        target.setparams(layout)
        target.writeframes(data)
"""


def separator_program(folder: Path) -> Path:
    """The program; it writes its arguments, a line each, into `called` beside it. Skips the test on Windows."""
    if sys.platform == "win32":
        pytest.skip("a script is no program on Windows")
    file = folder / "audio-separator"
    file.write_text(PROGRAM.format(python=sys.executable, place=str(folder)))
    file.chmod(0o755)
    return file
