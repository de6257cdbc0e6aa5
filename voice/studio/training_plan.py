"""What is to be trained, on what and with what: as the job gets it, and as its steps see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tts.gpt_sovits.config import Version
from voice.studio.clip_files import NothingProcessed, find_clips, transcript
from voice.studio.folders import CharacterFolder
from voice.studio.ledger import key_of
from voice.studio.transcripts import Line, read_transcript, write_transcript

LIST = "clips.list"
"""In the experiment's folder: the clips and texts that were there when the training was started."""


@dataclass(frozen=True)
class TrainingPlan:
    """One training. clips: their paths are absolute.

    devices: torch's names of them; each gets a part of the work. is_half: compute in half precision where that is safe.
    batch_size: of one device. is_resumed: an earlier attempt at the same has left something in the state folders.
    """

    folder: CharacterFolder
    name: str
    clips: tuple[Line, ...]
    language: str
    batch_size: int
    epochs_s2: int
    epochs_s1: int
    devices: tuple[str, ...]
    is_half: bool
    version: Version
    models_dir: Path
    key: str
    """Equal for two plans that must come to the same voice."""
    is_resumed: bool = False
    rules: str = "default"
    """By which texts are read; the engine's text_rules."""
    asr: Mapping[str, Any] = field(default_factory=dict)
    """Of the recogniser that hears the samples: engine, device, threads."""

    @property
    def experiment(self) -> Path:
        """Features and tables, by the names that all tools of this field know."""
        return self.folder.experiment

    @property
    def exports(self) -> Path:
        """Where the steps put weights, `<name>_e<epoch>_s<step>.pth` and `<name>-e<epoch>.ckpt`.

        From here they are moved to the character's models when both halves are complete, so that an earlier voice
        speaks on until then and is never mixed with this one.
        """
        return self.experiment / "weights"

    @property
    def state_s2(self) -> Path:
        """From where the SoVITS training can go on."""
        return self.experiment / f"logs_s2_{self.version}"

    @property
    def state_s1(self) -> Path:
        """From where the GPT training can go on."""
        return self.experiment / f"logs_s1_{self.version}"


def plan_of(parameters: Mapping[str, Any], devices: tuple[str, ...]) -> TrainingPlan:
    """The job's parameters: folder, name, language, batch_size, epochs_s2, epochs_s1, gpu_id, version, models_dir, key,
    and perhaps text_rules, asr. Raises Refused when the list of clips is gone.
    """
    folder = CharacterFolder(Path(parameters["folder"]))
    is_half = devices[0] != "cpu"
    batch_size = parameters["batch_size"] if is_half else max(parameters["batch_size"] // 2, 1)
    return TrainingPlan(
        folder=folder,
        name=parameters["name"],
        clips=tuple(_with_paths(folder, read_transcript(folder.experiment / LIST).lines)),
        language=parameters["language"],
        batch_size=batch_size,
        epochs_s2=parameters["epochs_s2"],
        epochs_s1=parameters["epochs_s1"],
        devices=devices,
        is_half=is_half,
        version=parameters["version"],
        models_dir=Path(parameters["models_dir"]),
        key=parameters["key"],
        rules=parameters.get("text_rules", "default"),
        asr=parameters.get("asr") or {},
    )


def devices_for(gpu_id: str, device: str) -> tuple[str, ...]:
    """The character's own choice ("1", or "0-1-2" for several) on a worker of this device.

    "0" leaves the choice to the worker, because every character has it that was given none; "0-0" are two processes on
    one device.
    """
    if device == "cpu" or gpu_id == "0":
        return (device,)
    return tuple(f"cuda:{number}" for number in gpu_id.split("-"))


def kept_lines(folder: CharacterFolder) -> list[Line]:
    """The clips that a training would use, with the transcript's text; none where nothing was processed.

    Raises Refused for a transcript that cannot be read.
    """
    try:
        lines = transcript(folder).lines
    except NothingProcessed:
        return []
    return _with_paths(folder, lines)


def write_list(folder: CharacterFolder, lines: Sequence[Line]) -> None:
    """Keep the clips of a training, by paths that stay true when the character moves."""
    root = folder.root.absolute()
    kept = [replace(line, path=Path(line.path).relative_to(root).as_posix()) for line in lines]
    write_transcript(folder.experiment / LIST, kept)


def digest_of(lines: Sequence[Line]) -> str:
    """Equal as long as the same clips have the same texts and nobody has touched them."""
    facts = []
    for line in lines:
        try:
            stat = Path(line.path).stat()
        except FileNotFoundError:  # deleted meanwhile
            continue
        facts.append([line.name, stat.st_size, stat.st_mtime_ns, line.language, line.text])
    return key_of(sorted(facts))


def _with_paths(folder: CharacterFolder, lines: Sequence[Line]) -> list[Line]:
    clips = find_clips(folder)
    return [replace(line, path=str(clips[line.name])) for line in lines if line.name in clips]
