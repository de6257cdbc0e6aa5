"""The verdict and the curves as a section of RESULTS.md."""

from collections.abc import Sequence
from statistics import median

from benchmarks.from_scratch.plan import SizeName
from benchmarks.from_scratch.training import ACOUSTIC, SEMANTIC
from benchmarks.from_scratch.verdict import Verdict
from benchmarks.from_scratch.watch import Curves
from benchmarks.report import table

CONTENT, LISTENER = "content encoder", "listener"
SHOWN = {
    CONTENT: ("loss", "frames right"),
    LISTENER: ("loss", "frames right"),
    SEMANTIC: ("loss", "accuracy"),
    ACOUSTIC: ("mel", "kl", "spectra", "gen", "disc", "grad_norm_g"),
}
"""Which curves of each stage are worth a column."""
POINTS = 8
Point = dict[str, float]


def page(size: SizeName, verdicts: Sequence[Verdict], curves: Curves, recogniser: str, about: str) -> str:
    parts = [
        _verdict_table(verdicts),
        f"{about} {_how(recogniser)}",
        *(_curve(stage, curves.of(stage)) for stage in SHOWN),
    ]
    if size == "smoke":
        parts.insert(0, "THE SMOKE SIZE SHOWS THAT THE WAY IS OPEN; NOBODY CAN SPEAK AFTER A MINUTE.")
    return "\n\n".join(part for part in parts if part)


def sentence(verdict: Verdict) -> str:
    """The verdict in a line."""
    return f"{verdict.who}: {'passed' if verdict.has_passed else 'NOT passed'}, {_firsts(verdict)} ranked first."


def _verdict_table(verdicts: Sequence[Verdict]) -> str:
    head = ["no.", "who speaks", "ranked first", "worst rank", "phones wrong"]
    head += ["words wrong", "length", "sound in order", "verdict"]
    return table(head, [[str(number), *_cells(each)] for number, each in enumerate(verdicts, 1)])


def _how(recogniser: str) -> str:
    words = f"Words were heard by {recogniser}." if recogniser else "No recogniser was at hand."
    return (
        "Ranked: how near, by warped spectra, a sentence is to espeak-ng's own rendering of it, among other sentences. "
        f"Phones were heard by a network that learnt from espeak-ng alone. {words} Passed: ranked first in 90 %, fewer "
        "than 35 % of the phones wrong, lengths between 0.7 and 1.4 of espeak-ng's, no sound silent or clipped."
    )


def _cells(verdict: Verdict) -> list[str]:
    lengths = verdict.length_ratios
    return [
        verdict.who,
        _firsts(verdict),
        str(max(verdict.ranks)),
        f"{verdict.wrong_phones:.0%}",
        "-" if verdict.wrong_words is None else f"{verdict.wrong_words:.0%}",
        f"{median(lengths):.2f} ({min(lengths):.2f} to {max(lengths):.2f})",
        f"{verdict.fine_levels} of {len(lengths)}",
        "passed" if verdict.has_passed else "not passed",
    ]


def _firsts(verdict: Verdict) -> str:
    return f"{sum(rank == 1 for rank in verdict.ranks)} of {len(verdict.ranks)}"


def _curve(stage: str, points: dict[int, Point]) -> str:
    """Means between the steps that are shown: a single step's loss jumps about."""
    if not points:
        return ""
    columns = [name for name in SHOWN[stage] if any(name in point for point in points.values())]
    steps = list(points)
    ends = sorted({steps[-1], *(steps[len(steps) * i // POINTS] for i in range(1, POINTS))} | {steps[0]})
    rows, before = [], -1
    for number, end in enumerate(ends, 1):
        within = [points[step] for step in steps if before < step <= end]
        cells = [f"{_mean(within, name):.3g}" if _has(within, name) else "-" for name in columns]
        rows.append([str(number), str(end), f"{points[end].get('s', 0):.0f}", *cells])
        before = end
    return f"The {stage}, up to each step:\n\n{table(['no.', 'step', 'seconds', *columns], rows)}"


def _has(points: Sequence[Point], name: str) -> bool:
    return any(name in point for point in points)


def _mean(points: Sequence[Point], name: str) -> float:
    values = [point[name] for point in points if name in point]
    return sum(values) / len(values)
