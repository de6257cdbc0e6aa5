"""Which speech models are on this machine, and how they get there."""

import difflib
import shutil
from collections.abc import Sequence
from itertools import zip_longest

from asr.sensevoice_files import NAME, faults, find_sensevoice
from launch import gpt_sovits_models, packages
from launch.environment import run_python
from launch.gpt_sovits_sources import G2PW_ARCHIVE
from launch.hubs import HUBS, Hub
from launch.places import MODELS, ROOT
from launch.words import Refusal, say, words
from tts.gpt_sovits.base_models import BASE_MODELS

SENSEVOICE_BYTES = 1_000_000_000
PACKAGES_BYTES = 3_000_000_000
GET = "python3 start.py models get sensevoice"
NAMES = ("sensevoice", gpt_sovits_models.NAME, "g2pw")
UNSUPPORTED_VERSIONS = ("v1", "v3", "v4")
CHOICES = {"--version": tuple(BASE_MODELS), "--from": tuple(HUBS)}


def has_sensevoice() -> bool:
    """Whether a complete SenseVoiceSmall is here, in models/ or where ModelScope put it for another program."""
    folder = find_sensevoice(MODELS)
    return folder is not None and not faults(folder)


def has_any() -> bool:
    """Whether there is a model that needs the large packages."""
    return has_sensevoice() or gpt_sovits_models.has_gpt_sovits()


def main(arguments: list[str]) -> int:
    """`models`, `models get NAME [--version V] [--from HUB]`, or `models random ...`."""
    match [argument.lower() for argument in arguments[:2]]:
        case []:
            return _list()
        case ["random", *_]:
            return _write_random(arguments[1:])
        case ["get", "sensevoice" | "sensevoicesmall"]:
            _options(arguments[2:])
            return _get_sensevoice()
        case ["get", gpt_sovits_models.NAME]:
            return _get_gpt_sovits(_options(arguments[2:], "--version", "--from"))
        case ["get", "g2pw"]:
            return _get_g2pw(_options(arguments[2:], "--from"))
        case ["get", _]:
            raise _unknown_model(arguments[1])
        case ["get"]:
            raise _usage(f"Which model? {_either(NAMES)}.", f"下载哪个模型？{_either(NAMES)}。")
    raise _usage(f"`models` does not know {arguments[0]!r}.", f"models 不认识 {arguments[0]!r}。")


def _unknown_model(name: str) -> Refusal:
    near = difflib.get_close_matches(name.lower(), NAMES, n=1)
    guess = words(f" Did you mean {near[0]}?", f"是想用 {near[0]} 吗？") if near else ""
    return _usage(
        f"There is no model {name!r}.{guess} Choose {_either(NAMES)}.",
        f"没有名为 {name!r} 的模型。{guess}请选择 {_either(NAMES)}。",
    )


def _either(choices: Sequence[str]) -> str:
    return ", ".join(choices[:-1]) + words(" or ", " 或 ") + choices[-1]


def _usage(en: str, zh: str) -> Refusal:
    """What was not understood, and what can be."""
    said = words(en, zh)
    return Refusal(
        f"{said}\n"
        "Usage: start.py models\n"
        "       start.py models get sensevoice\n"
        f"       start.py models get gpt-sovits [--version {'|'.join(BASE_MODELS)}] [--from {'|'.join(HUBS)}]\n"
        f"       start.py models get g2pw [--from {'|'.join(HUBS)}]\n"
        "       start.py models random --help",
        f"{said}\n"
        "用法：start.py models\n"
        "      start.py models get sensevoice\n"
        f"      start.py models get gpt-sovits [--version {'|'.join(BASE_MODELS)}] [--from {'|'.join(HUBS)}]\n"
        f"      start.py models get g2pw [--from {'|'.join(HUBS)}]\n"
        "      start.py models random --help",
        status=2,
    )


def _options(arguments: Sequence[str], *allowed: str) -> dict[str, str]:
    """`--name value` and `--name=value`, in any spelling of capitals; raises Refusal for anything else."""
    given = [word for argument in arguments for word in argument.split("=", 1)]
    options: dict[str, str] = {}
    for name, value in zip_longest(given[::2], given[1::2], fillvalue=""):
        if name not in allowed:
            raise _usage(f"{name!r} is not understood here.", f"这里不接受 {name!r}。")
        options[name] = _chosen(name, value)
    return options


def _chosen(name: str, value: str) -> str:
    """The choice that is meant; raises Refusal that names the others."""
    for choice in CHOICES[name]:
        if choice.lower() == value.lower():
            return choice
    choices = _either(CHOICES[name])
    if not value:
        raise _usage(f"{name} lacks its value: {choices}.", f"{name} 缺少取值：{choices}。")
    if name == "--version" and value.lower() in UNSUPPORTED_VERSIONS:
        raise _usage(
            f"GPT-SoVITS {value} is not supported; choose {choices}.", f"不支持 GPT-SoVITS {value}；请选择 {choices}。"
        )
    raise _usage(f"{name} {value!r} does not exist; choose {choices}.", f"没有 {name} {value!r}；请选择 {choices}。")


def _list() -> int:
    _list_sensevoice()
    gpt_sovits_models.describe()
    return 0


def _list_sensevoice() -> None:
    folder = find_sensevoice(MODELS)
    if folder and not faults(folder):
        print("sensevoice ", words(f"present: {folder}", f"已有：{folder}"))
        return
    if folder:
        wrong = "; ".join(faults(folder))
        print("sensevoice ", words(f"incomplete in {folder}: {wrong}", f"{folder} 中的不完整：{wrong}"))
    else:
        print("sensevoice ", words("absent", "没有"))
    print(
        words(f"  Speech recognition (zh, en, yue, ja, ko), 936 MB: {GET}", f"  语音识别（中英粤日韩），936 MB：{GET}")
    )


def _get_sensevoice() -> int:
    is_here = has_sensevoice()
    require_space((0 if is_here else SENSEVOICE_BYTES) + _bytes_of_packages())
    packages.ensure([packages.SERVER, packages.ML])
    if is_here:
        return _list()
    say("Fetching SenseVoiceSmall (936 MB) ...", "正在下载 SenseVoiceSmall（936 MB）……")
    return run_python(["-m", "launch.fetch", f"iic/{NAME}", str(MODELS / NAME)], directory=ROOT)


def _get_gpt_sovits(options: dict[str, str]) -> int:
    version = options.get("--version", gpt_sovits_models.DEFAULT_VERSION)
    missing = gpt_sovits_models.missing_files(version)
    gpt_sovits_models.refuse_random(missing)
    left = gpt_sovits_models.bytes_to_fetch(missing)
    require_space(left + _bytes_of_packages())
    packages.ensure([packages.SERVER, packages.ML])
    if missing:
        say(
            f"Fetching GPT-SoVITS {version}, {left / 1e6:.0f} MB ...",
            f"正在下载 GPT-SoVITS {version}，{left / 1e6:.0f} MB……",
        )
        gpt_sovits_models.fetch(version, _hubs(options))
        say("Restart the server to use it.", "重启服务即可使用。")
    return _list()


def _get_g2pw(options: dict[str, str]) -> int:
    require_space(2 * G2PW_ARCHIVE.size)
    say(f"Fetching g2pW, {G2PW_ARCHIVE.size / 1e6:.0f} MB ...", f"正在下载 g2pW，{G2PW_ARCHIVE.size / 1e6:.0f} MB……")
    gpt_sovits_models.fetch_g2pw(_hubs(options))
    return _list()


def _hubs(options: dict[str, str]) -> list[Hub]:
    return [HUBS[options["--from"]]] if "--from" in options else list(HUBS.values())


def _write_random(arguments: list[str]) -> int:
    packages.ensure([packages.SERVER, packages.ML])
    return run_python(["-m", "tts.gpt_sovits.random_set", *arguments])


def _bytes_of_packages() -> int:
    return 0 if packages.is_installed(packages.ML) else PACKAGES_BYTES


def require_space(needed: int) -> None:
    """Raises Refusal unless the disk has as many bytes left for models."""
    MODELS.mkdir(exist_ok=True)
    free = shutil.disk_usage(MODELS).free
    if free < needed:
        raise Refusal(
            f"{needed / 1e9:.0f} GB are needed in {MODELS.parent}, {free / 1e9:.1f} GB are free. Free some space.",
            f"{MODELS.parent} 需要 {needed / 1e9:.0f} GB 空间，只剩 {free / 1e9:.1f} GB。请先清理。",
        )
