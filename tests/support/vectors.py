"""Where the conformance data lies: the copies in this repository, or another set of the same form."""

import lzma
import os
from pathlib import Path

VECTORS = Path(__file__).parents[1] / "vectors"


def models_vectors() -> Path:
    """Inputs and expected outputs of the models; the environment variable YINLIU_VECTORS names another set."""
    return Path(os.environ.get("YINLIU_VECTORS") or VECTORS / "gpt_sovits")


def phones_vectors() -> Path:
    """Texts and their phones; the environment variable YINLIU_PHONES names another set."""
    return Path(os.environ.get("YINLIU_PHONES") or VECTORS / "phones")


def unpacked(name: str, into: Path) -> Path:
    """Decompress the vector file `name`.xz into the folder `into`."""
    target = into / name
    target.write_bytes(lzma.decompress((models_vectors() / f"{name}.xz").read_bytes()))
    return target
