"""Figures as tables, and where in RESULTS.md they belong."""

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1]


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table that can also be read as it stands: the second column is words, the others are numbers."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    rule = ["-" * width if column == 1 else "-" * (width - 1) + ":" for column, width in enumerate(widths)]
    return "\n".join(_line(row, widths) for row in [head, rule, *rows])


def _line(cells: list[str], widths: list[int]) -> str:
    padded = [
        cell.ljust(width) if column == 1 else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return f"| {' | '.join(padded)} |"


def replace_section(page: str, title: str, body: str) -> str:
    """The page with the text under `## title` replaced, or with the section at its end when it had none."""
    section = f"## {title}\n\n{body.strip()}\n"
    before, heading, after = f"\n{page}".partition(f"\n## {title}\n")
    if not heading:
        return f"{page.rstrip()}\n\n{section}".lstrip()
    _, next_heading, rest = after.partition("\n## ")
    return f"{before}\n{section}{next_heading}{rest}".lstrip("\n")
