"""The floor beside each figure, from the ceilings of the same run. Pure, but for the sizes of files."""

from pathlib import Path

from benchmarks.gpt_sovits_parts import floors, texts
from benchmarks.gpt_sovits_parts.assignment import Version
from benchmarks.gpt_sovits_parts.figures import OURS, Figures
from benchmarks.gpt_sovits_parts.floors import Ceiling, Work

MACHINE = "machine"
"""What stands for the engine where the machine itself was measured."""


def ceiling(figures: Figures, kind: str, threads: int | None = None) -> Ceiling | None:
    """For numbers of this kind; with whatever number of threads is best where none is given."""
    names = (threads,) if threads else (1, 2)
    read = [best for name in names if (best := figures.middle(f"read_weights_{name}/v2", MACHINE))]
    multiply = [best for name in names if (best := figures.middle(f"{kind}_{name}/v2", MACHINE))]
    return Ceiling(max(read), max(multiply)) if read and multiply else None


def gpu_ceiling(figures: Figures) -> Ceiling | None:
    read, multiply = (figures.middle(f"{name}_cuda/v2/cuda", MACHINE) for name in ("read", "bfloat16"))
    return Ceiling(read, multiply) if read and multiply else None


def floors_of(figures: Figures, weights: dict[str, Path]) -> dict[str, float]:
    """By the key of a row. weights: the files and folders of a v2 voice by what they are."""
    found: dict[str, float] = {}
    for threads in (1, 2):
        by_cores = ceiling(figures, "int8", 1 if threads == 1 else None)
        for rows in (1, texts.BATCH):
            if by_cores:
                found[f"ar{rows}/{threads}"] = rows / by_cores.seconds(floors.step(rows))
    at_best = ceiling(figures, "bfloat16")
    if at_best:
        found |= _of_speaking(at_best)
    found |= _of_gpu(figures)
    return found | _of_memory(figures, weights)


def _of_speaking(at_best: Ceiling) -> dict[str, float]:
    versions: tuple[Version, ...] = ("v2", "v2ProPlus")
    found = {"reference_s/v2": at_best.seconds(floors.hubert(floors.REFERENCE_S)) + at_best.seconds(_words())}
    for version in versions:
        found[f"first_audio_s/{version}"] = sum(map(at_best.seconds, floors.first_audio_stages(version).values()))
        found[f"sentence_s/{version}"] = at_best.seconds(floors.sentence(version))
        found[f"paragraph_s/{version}"] = at_best.seconds(floors.paragraph(version))
    return found


def _words() -> Work:
    return floors.bert(len(texts.REFERENCE_TEXT))


def _of_gpu(figures: Figures) -> dict[str, float]:
    at_best = gpu_ceiling(figures)
    if at_best is None:
        return {}
    found = {f"{key}/cuda": value for key, value in _of_speaking(at_best).items() if key.endswith("/v2")}
    for rows in (1, texts.BATCH):
        work = floors.step(rows)
        halves = Work(work.bytes + floors.linear_weights(), work.operations)  # 16 bits there
        found[f"ar{rows}/1/cuda"] = rows / at_best.seconds(halves)
    return found


def _of_memory(figures: Figures, weights: dict[str, Path]) -> dict[str, float]:
    """Files hold 16-bit numbers: read once, and kept so, but for the semantic model, which is kept at 8."""
    sizes = {name: size_of(place) for name, place in weights.items()}
    found = {}
    read = figures.middle("read_memory_1/v2", MACHINE)
    if read:
        found["load_s/v2"] = (sizes["gpt"] + sizes["sovits"]) / read
    bare = figures.middle("bare_mb/v2", OURS)
    if bare:
        found["peak_mb/v2"] = bare + (sum(sizes.values()) - sizes["gpt"] / 2) / 1e6
    return found


def size_of(place: Path) -> int:
    files = [place] if place.is_file() else place.rglob("*.bin")
    return sum(file.stat().st_size for file in files)
