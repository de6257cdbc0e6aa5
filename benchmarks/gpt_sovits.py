"""Measures the GPT-SoVITS engine side by side with two others, on the same random weights, in one run.

    python -m benchmarks.gpt_sovits [--quick] [--write] [--weights DIR] [--rivals DIR]

See gpt_sovits.md beside this file.
"""

import argparse
import datetime
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import machine
from benchmarks.gpt_sovits_parts import materials
from benchmarks.gpt_sovits_parts.assignment import Assignment
from benchmarks.gpt_sovits_parts.children import measured
from benchmarks.gpt_sovits_parts.environments import RIVALS, NotInstalled, Rival, python_of
from benchmarks.gpt_sovits_parts.figures import OURS, Figures
from benchmarks.gpt_sovits_parts.files import files_for
from benchmarks.gpt_sovits_parts.limits import MACHINE, floors_of
from benchmarks.gpt_sovits_parts.page import page
from benchmarks.gpt_sovits_parts.plan import CORES, FULL, GPU, QUICK, Step, threads_that_suit
from benchmarks.report import replace_section

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
TITLE = "GPT-SoVITS"
OUR_PROGRAM = "benchmarks.gpt_sovits_parts.ours"
CEILINGS_PROGRAM = "benchmarks.gpt_sovits_parts.ceilings"


@dataclass(frozen=True)
class Program:
    """An engine's measuring program, with the Python that runs it and the folder of its own files."""

    engine: str
    python: Path
    module: str
    folder: Path


def programs(weights: Path, rivals: Path, cache: Path, wanted: tuple[Rival, ...], figures: Figures) -> list[Program]:
    """Ours and the rivals that could be installed; for the others `figures` gets the reason."""
    own = Path(sys.executable)
    ready = [Program(MACHINE, own, CEILINGS_PROGRAM, cache), Program(OURS, own, OUR_PROGRAM, cache)]
    for rival in wanted:
        folder = cache / rival.name
        try:
            python = python_of(rival, rivals)
            materials.prepare(rival, python, weights, folder)
        except NotInstalled as error:
            figures.failures[rival.title, "everything"] = str(error)
        else:
            ready.append(Program(rival.title, python, rival.module, folder))
    return ready


def measure_all(steps: tuple[Step, ...], ready: list[Program], common: Assignment, figures: Figures) -> None:
    """One step after another, each in a process of its own; says on stderr how far it is."""
    begun = time.monotonic()
    for step in steps:
        for program in ready:
            if not step.is_for(program.engine):
                continue
            suits = threads_that_suit(*(figures.middle(f"ar1/{threads}", program.engine) for threads in (1, CORES)))
            assignment = replace(step.assigned(common, suits), folder=str(program.folder))
            doing = f"{program.engine}: {step.title}, threads: {assignment.threads}"
            print(f"{time.monotonic() - begun:4.0f} s  {doing}", file=sys.stderr, flush=True)
            outcome = measured(program.python, program.module, assignment)
            figures.add(program.engine, assignment, outcome)
            for what, reason in outcome.failures.items():
                print(f"        {what}: {reason}", file=sys.stderr, flush=True)


def gpu_name() -> str:
    """Empty where there is none."""
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else ""


def parse_flags(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.gpt_sovits", description=(__doc__ or "").partition("\n")[0]
    )
    cache, add = materials.cache_folder(), parser.add_argument
    add("--quick", action="store_true", help="some minutes instead of twelve: v2, one run of each")
    add("--write", action="store_true", help="put the tables into RESULTS.md")
    add("--weights", type=Path, metavar="DIR", help=f"where random weights lie, or are written ({cache}/weights-SIZE)")
    add("--rivals", type=Path, metavar="DIR", default=cache / "rivals", help="where they are installed (%(default)s)")
    add("--without-rivals", action="store_true", help="this project's engine alone")
    add("--size", choices=("full", "tiny"), default="full", help="tiny: to try the benchmark itself, without rivals")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    flags, cache, load_before = parse_flags(arguments), materials.cache_folder(), machine.load()
    weights = (flags.weights or cache / f"weights-{flags.size}").expanduser().resolve()
    try:
        materials.write_weights(weights, flags.size, materials.VERSIONS)
    except materials.FolderTaken as error:
        sys.exit(str(error))
    is_alone = flags.without_rivals or flags.size == "tiny"
    figures, steps = Figures(), QUICK if flags.quick else FULL
    ready = programs(weights, flags.rivals.expanduser().resolve(), cache, () if is_alone else RIVALS, figures)
    common = Assignment("", "v2", str(weights), "", materials.write_clips(cache / "clips"), runs=1)
    gpu = gpu_name()
    measure_all(steps + (GPU if gpu else ()), ready, common, figures)
    files = files_for(common)
    parts = {"gpt": files.gpt, "sovits": files.sovits, "hubert": files.hubert, "bert": files.bert}
    limits = floors_of(figures, {name: place for name, place in parts.items() if place})
    rivals = [] if is_alone else [rival.title for rival in RIVALS]
    where = f"{machine.hardware()}, {gpu}" if gpu else machine.hardware()
    load = f"Load average {load_before} before, {machine.load()} after."
    heading = f"{datetime.date.today()}, {where}. {load}"
    text = page(figures, rivals, limits if flags.size == "full" else {}, heading, bool(gpu))
    print(text)
    if flags.write:
        RESULTS.write_text(replace_section(RESULTS.read_text(encoding="utf-8"), TITLE, text), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
