"""Where a SenseVoiceSmall may lie on this machine, and what is wrong with a copy of it."""

import os
from pathlib import Path

NAME = "SenseVoiceSmall"
FILES = ("configuration.json", "config.yaml", "model.pt", "am.mvn", "chn_jpn_yue_eng_ko_spectok.bpe.model")
"""FunASR drops a missing one silently and goes on with random weights or without normalisation."""

_LFS_POINTER = b"version https://git-lfs"
_WEB_PAGE = (b"<!doctype", b"<html")


def find_sensevoice(models_dir: Path) -> Path | None:
    """The first directory that holds the model; a faulty copy only where there is no other, so that it gets named."""
    folders = [folder for folder in _places(models_dir) if (folder / "model.pt").is_file()]
    return next((folder for folder in folders if not faults(folder)), folders[0] if folders else None)


def faults(folder: Path) -> list[str]:
    """What is wrong with each file, as it can be told without reading the weights; nothing if all is well."""
    if not folder.is_dir():
        return [f"there is no directory {folder}"]
    return [fault for name in FILES if (fault := _fault(folder / name))]


def _fault(file: Path) -> str:
    if not file.is_file():
        return f"{file.name} is missing"
    with file.open("rb") as opened:
        start = opened.read(64)
    if not start:
        return f"{file.name} is empty"
    if start.startswith(_LFS_POINTER):
        return f"{file.name} is only a Git LFS pointer, not the file itself"
    if start.lstrip().lower().startswith(_WEB_PAGE):
        return f"{file.name} is a web page, not the file itself"
    return ""


def _places(models_dir: Path) -> list[Path]:
    """Our own folder, then the layouts that ModelScope's cache has had."""
    cache = Path(os.environ.get("MODELSCOPE_CACHE") or Path.home() / ".cache" / "modelscope")
    snapshots = cache / "models" / f"iic--{NAME}" / "snapshots"
    return [
        models_dir / NAME,
        models_dir / "iic" / NAME,
        *(sorted(snapshots.iterdir()) if snapshots.is_dir() else []),
        *(cache / above / "iic" / NAME for above in ("models", "hub/models", "hub", "")),
    ]
