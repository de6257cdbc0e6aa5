"""Writes a whole set of models with RANDOM weights: `python -m tts.gpt_sovits.random_set --size tiny DIR`."""

import argparse
import sys
from pathlib import Path

import torch

from tts.gpt_sovits.base_models import BASE_MODELS, BERT, HUBERT, SPEAKER, is_random
from tts.gpt_sovits.config import VERSIONS, Version
from tts.gpt_sovits.features.random_models import write_bert, write_hubert, write_notice, write_speaker
from tts.gpt_sovits.random_weights import Size, write_acoustic, write_semantic
from tts.gpt_sovits.training.random_discriminators import write_discriminators


def write_random_set(folder: Path, version: Version, size: Size, seed: int = 0, endless: bool = False) -> None:
    """Everything that a voice needs, by upstream's names; the folder can be the directory of models.

    endless: no sentence ends by itself, for measuring with a number of tokens that is given.
    """
    base = BASE_MODELS[version]
    for marked in (folder, *((folder / weights).parent for weights in (base.gpt, base.sovits))):
        marked.mkdir(parents=True, exist_ok=True)
        write_notice(marked)  # first, so that what is left of a full disk is marked as well
    write_semantic(folder / base.gpt, size, seed, endless)
    write_acoustic(folder / base.sovits, version, size, seed)
    write_discriminators(folder, version, size, seed)
    write_hubert(folder / HUBERT, size, dtype=torch.float16, seed=seed)  # as upstream's files
    write_bert(folder / BERT, size, dtype=torch.float16, seed=seed)
    if base.needs_speaker:
        write_speaker(folder / SPEAKER, size, dtype=torch.float16, seed=seed)


def real_weights(folder: Path) -> Path | None:
    """A released model that lies there already, which random weights must not replace or be mixed with."""
    names = [HUBERT, BERT, SPEAKER, *(name for base in BASE_MODELS.values() for name in (base.gpt, base.sovits))]
    return next((folder / name for name in names if (folder / name).exists() and not is_random(folder / name)), None)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="start.py models random", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="where to write; it may exist")
    parser.add_argument(
        "--size", choices=("full", "tiny"), default="tiny", help="full: as large as the released models"
    )
    parser.add_argument("--version", choices=VERSIONS, default="v2ProPlus")
    parser.add_argument("--seed", type=int, default=0, help="other numbers; the same seed gives the same files")
    parser.add_argument("--endless", action="store_true", help="no sentence ends by itself (for benchmarks)")
    given = parser.parse_args(arguments)
    try:
        if real := real_weights(given.folder):
            return _refuse(
                f"{real} is not random; choose another folder, so that nothing of it is lost.",
                f"{real} 不是随机权重；请换一个文件夹，以免覆盖。",
            )
        write_random_set(given.folder, given.version, given.size, given.seed, given.endless)
    except (OSError, RuntimeError) as error:  # torch raises the latter where a file cannot be written
        why = f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
        return _refuse(
            f"{given.folder} could not be written{why}. Is the folder writable, and the disk not full?",
            f"无法写入 {given.folder}。文件夹可写吗？磁盘还有空间吗？",
        )
    print(f"RANDOM weights, for tests and benchmarks only: {given.folder}")
    return 0


def _refuse(english: str, chinese: str) -> int:
    print(english, chinese, sep="\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
