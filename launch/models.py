"""Which speech models are on this machine, and how they get there."""

import shutil

from asr.sensevoice_files import NAME, faults, find_sensevoice
from launch import packages
from launch.environment import run_python
from launch.places import MODELS, ROOT
from launch.words import Refusal, say, words

SENSEVOICE_BYTES = 1_000_000_000
PACKAGES_BYTES = 3_000_000_000
GET = "python3 start.py models get sensevoice"


def has_sensevoice() -> bool:
    """Whether a complete SenseVoiceSmall is here, in models/ or where ModelScope put it for another program."""
    folder = find_sensevoice(MODELS)
    return folder is not None and not faults(folder)


def main(arguments: list[str]) -> int:
    """`models`, or `models get NAME`."""
    if not arguments:
        return _list()
    if arguments[0] == "get" and [name.lower() for name in arguments[1:]] in (["sensevoice"], [NAME.lower()]):
        return _get_sensevoice()
    raise Refusal(
        "Usage: start.py models, or start.py models get sensevoice",
        "用法：start.py models，或 start.py models get sensevoice",
        status=2,
    )


def _list() -> int:
    folder = find_sensevoice(MODELS)
    if folder and not faults(folder):
        print("sensevoice ", words(f"present: {folder}", f"已有：{folder}"))
        return 0
    if folder:
        wrong = "; ".join(faults(folder))
        print("sensevoice ", words(f"incomplete in {folder}: {wrong}", f"{folder} 中的不完整：{wrong}"))
    else:
        print("sensevoice ", words("absent", "没有"))
    print(
        words(f"  Speech recognition (zh, en, yue, ja, ko), 936 MB: {GET}", f"  语音识别（中英粤日韩），936 MB：{GET}")
    )
    return 0


def _get_sensevoice() -> int:
    is_here = has_sensevoice()
    require_space((0 if is_here else SENSEVOICE_BYTES) + (0 if packages.is_installed(packages.ML) else PACKAGES_BYTES))
    packages.ensure([packages.SERVER, packages.ML])
    if is_here:
        return _list()
    say("Fetching SenseVoiceSmall (936 MB) ...", "正在下载 SenseVoiceSmall（936 MB）……")
    return run_python(["-m", "launch.fetch", f"iic/{NAME}", str(MODELS / NAME)], directory=ROOT)


def require_space(needed: int) -> None:
    """Raises Refusal unless the disk has as many bytes left for models."""
    MODELS.mkdir(exist_ok=True)
    free = shutil.disk_usage(MODELS).free
    if free < needed:
        raise Refusal(
            f"{needed / 1e9:.0f} GB are needed in {MODELS.parent}, {free / 1e9:.1f} GB are free. Free some space.",
            f"{MODELS.parent} 需要 {needed / 1e9:.0f} GB 空间，只剩 {free / 1e9:.1f} GB。请先清理。",
        )
