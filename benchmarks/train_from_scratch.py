"""Trains a voice from nothing on espeak-ng's speech, lets our engine speak with it, and judges what it says.

    python -m benchmarks.train_from_scratch [--size smoke|cpu|gpu] [--folder DIR] [--write]

Every weight is learnt in this run: the content encoder, its tokens, and both models, by the trainings that the studio
runs. An attempt that was broken off is gone on with. The sounds lie in the folder, to be listened to.
"""

import argparse
import datetime
import sys
import time
from pathlib import Path

from benchmarks import machine
from benchmarks.from_scratch.copying import copied
from benchmarks.from_scratch.hearing import Hears, recogniser
from benchmarks.from_scratch.page import page, sentence
from benchmarks.from_scratch.plan import PLANS, SizeName
from benchmarks.from_scratch.sounds import read
from benchmarks.from_scratch.speaking import speak
from benchmarks.from_scratch.speech import reference_of
from benchmarks.from_scratch.stages import Stages
from benchmarks.from_scratch.verdict import Verdict, judged, save
from benchmarks.gpt_sovits_parts.materials import FolderTaken, cache_folder
from benchmarks.report import replace_section
from tts.gpt_sovits.files import GPTSoVITSFiles

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
TITLES: dict[SizeName, str] = {
    "smoke": "A voice from nothing, smoke size",
    "cpu": "A voice from nothing, on a processor",
    "gpu": "A voice from nothing, on a GPU",
}
OURS, HALF, THEIRS = "our engine", "its acoustic model, given the tokens", "espeak-ng itself"


def verdicts_of(stages: Stages, files: GPTSoVITSFiles, hears: Hears | None) -> list[Verdict]:
    """Of our engine's sentences, of what half of it does, and of the recordings themselves: nobody can be better."""
    reference = reference_of(stages.speech.learnt, stages.length_s)
    watch = stages.watch("speaking (our engine)")
    said = speak(files, reference, stages.speech.held_out, stages.folder / "said", watch.progress)
    assert files.sovits
    assert files.hubert
    half = copied(files.sovits, files.hubert, reference, stages.speech.held_out)
    listener, meant = stages.judge(), [read(clip.sound) for clip in stages.speech.held_out]
    all_three = ((OURS, said), (HALF, half), (THEIRS, meant))
    return [judged(who, sounds, stages.speech, listener, hears) for who, sounds in all_three]


def where(device: str) -> str:
    """Date, hardware and load."""
    import torch

    gpu = f", {torch.cuda.get_device_name()}" if device != "cpu" else ""
    return f"{datetime.date.today()}, {machine.hardware()}{gpu}. Load average {machine.load()} at the end."


def device_of(size: SizeName) -> str:
    """Exits where the size needs a GPU and there is none."""
    import torch

    if size == "smoke":
        torch.set_num_threads(1)  # the smallest networks are no faster on two, and far slower on a busy machine
    if size != "gpu":
        return "cpu"
    if not torch.cuda.is_available():
        sys.exit("There is no GPU that PyTorch can use; try --size cpu, which takes an hour on two cores.")
    return "cuda:0"


def parse_flags(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.train_from_scratch", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--size", choices=tuple(PLANS), default="smoke", help="3 minutes, an hour, 20 minutes on a GPU")
    parser.add_argument("--folder", type=Path, metavar="DIR", help=f"({cache_folder()}/from-scratch-SIZE)")
    parser.add_argument("--models", type=Path, metavar="DIR", default=Path("models"), help="where SenseVoice may lie")
    parser.add_argument("--write", action="store_true", help="put the verdict and the curves into RESULTS.md")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    flags, began_s = parse_flags(arguments), time.monotonic()
    size: SizeName = flags.size
    device = device_of(size)
    folder = (flags.folder or cache_folder() / f"from-scratch-{size}").expanduser().resolve()
    stages = Stages(PLANS[size], folder, device)
    try:
        files = stages.run()
    except FolderTaken as error:
        sys.exit(str(error))
    hears = recogniser(flags.models, [clip.text for clip in stages.speech.learnt], folder)
    verdicts = verdicts_of(stages, files, hears)
    save(verdicts, folder / "verdict.json")
    took = f"{(time.monotonic() - began_s) / 60:.0f} minutes in this attempt, {len(stages.speech.learnt)} clips."
    text = page(size, verdicts, stages.curves, hears.title if hears else "", f"{where(device)} {took}")
    print(text, sentence(verdicts[0]), f"The sounds: {folder / 'said'}", sep="\n\n")
    if flags.write:
        RESULTS.write_text(replace_section(RESULTS.read_text("utf-8"), TITLES[size], text), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
