"""A voice out of a recording with music in it, by audio-separator, a program in an environment of its own.

It is not among our packages: it wants versions of others that ours cannot live with, and it downloads its models.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import audio
from voice.studio.programs import find_program, run_program
from voice.studio.refused import Refused

TIMEOUT_S = 3 * 3600.0
"""On a processor it takes several times as long as the recording lasts."""
_PURPOSE = (
    "separating voice and music (audio-separator, in its own environment)",
    "人声分离（audio-separator，独立环境）",
)


@dataclass(frozen=True)
class Separator:
    """program: a name or path. model: a file name that audio-separator knows; "" leaves the choice to it."""

    program: str = "audio-separator"
    model: str = ""
    models_dir: str = ""

    @property
    def key(self) -> str:
        """Decides about the result."""
        return f"{self.program} {self.model}"

    def find(self) -> str:
        """Where the program is. Raises Refused where it is not."""
        return find_program(self.program, _PURPOSE)

    def command(self, source: Path, into: Path) -> list[str]:
        """The arguments for one file; `into` is a folder. Raises Refused where the program is absent."""
        command = [self.find(), str(source), "--output_dir", str(into)]
        command += ["--output_format", "WAV", "--single_stem", "Vocals"]
        command += ["--model_filename", self.model] if self.model else []
        command += ["--model_file_dir", self.models_dir] if self.models_dir else []
        return command

    def voice_of(self, sound: audio.Audio, check: Callable[[], None]) -> audio.Audio:
        """The voice alone; `check` may raise to give it up. Raises Refused."""
        with TemporaryDirectory(prefix="yinliu-") as place:
            # The program gets what we have decoded: uploads never reach decoders that we have not chosen.
            source, into = Path(place, "recording.wav"), Path(place, "out")
            into.mkdir()
            source.write_bytes(audio.encode(audio.to_pcm16(sound.samples), sound.rate_hz, "wav"))
            run_program(self.command(source, into), TIMEOUT_S, check)
            return _read(_vocals(sorted(into.rglob("*"))), sound.duration_s)


def _vocals(files: Sequence[Path]) -> Path:
    found = [file for file in files if file.suffix.lower() == ".wav"]
    named = [file for file in found if "vocals" in file.name.lower()]
    if not found:
        raise Refused("The separation left no file behind.", "人声分离没有产生文件。")
    return (named or found)[0]


def _read(file: Path, duration_s: float) -> audio.Audio:
    try:
        return audio.decode(file.read_bytes(), duration_s + 10)
    except audio.AudioError as error:
        raise Refused(f"The separated voice cannot be read: {error}", "人声分离的结果无法读取。") from error
