"""How a character's voice is made: shown, and changed for the work to come."""

import argparse

from clients.cli.studio_server import StudioServer
from clients.cli.studio_show import say
from launch.words import words

LABELS = {
    "language": ("language", "语言"),
    "enable_denoise": ("noise reduction", "降噪"),
    "epochs_s2": ("epochs of SoVITS", "SoVITS 轮数"),
    "epochs_s1": ("epochs of GPT", "GPT 轮数"),
    "batch_size": ("batch size", "批大小"),
    "gpu_id": ("graphics cards", "显卡"),
}
OF_CLIPS = ("language", "enable_denoise")


def config(server: StudioServer, flags: argparse.Namespace) -> int:
    """Change what is given and leave the rest; then show all of it."""
    changes = {field: getattr(flags, field) for field in LABELS if getattr(flags, field) is not None}
    if "enable_denoise" in changes:
        changes["enable_denoise"] = changes["enable_denoise"] == "on"
    if changes:
        character = server.patch("characters", flags.name, "config", json=changes)
    else:
        character = server.get("characters", flags.name)
    for field, label in LABELS.items():
        say(f"{words(*label)}{words(': ', '：')}{_shown(character['config'][field])}")
    if any(field in changes for field in OF_CLIPS):
        told = words("To use it for the clips, make them again:", "要用于片段，请重新处理：")
        say(f"{told} python3 start.py studio process {flags.name}")
    elif changes:
        say(words("It counts from the next training on.", "从下一次训练开始生效。"))
    return 0


def add_options(verb: argparse.ArgumentParser) -> None:
    """The options of the verb, in the user's language."""

    def option(name: str, field: str, english: str, chinese: str, **more) -> None:
        verb.add_argument(name, dest=field, help=words(english, chinese), **more)

    option("--language", "language", "of the recordings: zh, en, ja, ko, yue", "录音的语言：zh、en、ja、ko、yue")
    option("--denoise", "enable_denoise", "take the noise away", "是否降噪", choices=("on", "off"))
    option(
        "--epochs-s2",
        "epochs_s2",
        "of SoVITS, which learns the sound",
        "SoVITS（音色）的训练轮数",
        type=int,
        metavar="N",
    )
    option(
        "--epochs-s1", "epochs_s1", "of GPT, which learns the manner", "GPT（语气）的训练轮数", type=int, metavar="N"
    )
    option(
        "--batch-size",
        "batch_size",
        "clips at once; fewer need less memory",
        "每批片段数；显存不足时调小",
        type=int,
        metavar="N",
    )
    english = "0: whichever is free; another number: that one; 0-1: both at once"
    option("--gpu", "gpu_id", english, "0：任一空闲显卡；其他编号：指定显卡；0-1：同时使用两张", metavar="IDS")


def _shown(value: object) -> str:
    return words("on" if value else "off", "开" if value else "关") if isinstance(value, bool) else str(value)
