"""What lies in an input folder, and an output folder that belongs to one job at a time."""

import math
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from voice.jobs.alone import Alone
from voice.studio.folders import PARTIAL
from voice.studio.ledger import Ledger, drop_link
from voice.studio.names import AUDIO_EXTENSIONS
from voice.studio.refused import Refused
from voice.studio.steps import Step
from voice.tasks.places import BadPath, Places

LOCK = ".lock"


def sounds_in(source: Path, places: Places, step: Step) -> dict[str, Path]:
    """The recordings of a folder by name, or the one that `source` is. Raises Refused when there is none."""
    if source.is_file():
        return {source.name: source}
    found: dict[str, Path] = {}
    for file in sorted(source.iterdir()):
        if file.name.startswith(".") or not file.name.lower().endswith(AUDIO_EXTENSIONS):
            continue
        try:
            real = places.allowed(file.resolve(strict=True), file.name)
        except (BadPath, OSError, RuntimeError):
            english = f"{file.name} is left out: it is a link that leads elsewhere."
            step.log(english, "warning", f"已跳过 {file.name}：它是指向别处的链接。")
            continue
        if real.is_file():
            found[file.name] = real
    if not found:
        raise Refused(f"There are no recordings in {source.name!r:.80}.", f"{source.name!r:.80} 里没有音频文件。")
    return found


def owner_of(source: Path) -> str:
    """What the ledger writes before the names of an input folder's files: several folders may share an output."""
    return f"{source.parent.name if source.is_file() else source.name}/"


@contextmanager
def held(output: Path, step: Step) -> Iterator[Ledger]:
    """The output folder, made if it is missing, after waiting for whoever is writing into it.

    output: without links in it. Raises JobCancelled, and BadPath where there is one by now.
    """
    output.mkdir(parents=True, exist_ok=True)
    drop_link(output / LOCK)
    alone = Alone(output / LOCK)
    try:
        alone.acquire(math.inf, lambda: step.check() is None)
        if output.resolve() != output:  # whoever held it may have moved it meanwhile
            raise BadPath(f"{output.name!r:.80} has become a link.", f"{output.name!r:.80} 变成了链接。")
        for unfinished in output.glob(f".*{PARTIAL}"):
            unfinished.unlink()
        yield Ledger(output)
    finally:
        alone.close()


def drop_stale(ledger: Ledger, source: Path, names: Collection[str]) -> None:
    """Delete what we once made of recordings that are no longer in their folder, and nothing else."""
    if source.is_file():
        return
    owner = owner_of(source)
    for name in ledger.names:
        if name.startswith(owner) and name.removeprefix(owner) not in names:
            ledger.forget(name)
