"""The samples that a training has spoken, listened to, and the epochs that a voice shall speak with after that."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clients.cli.studio_server import StudioServer
from clients.cli.studio_show import complain, say, table
from clients.cli.studio_sound import played
from clients.cli.studio_words import HALVES, duration, epoch_words
from clients.troubles import ClientTrouble
from launch.words import words


def add_options(samples: argparse.ArgumentParser, weights: argparse.ArgumentParser) -> None:
    """The options of both verbs, in the user's language."""
    told = words("only these, e.g. gpt-e15.wav", "只要这些样音，如 gpt-e15.wav")
    samples.add_argument("samples", nargs="*", metavar=words("SAMPLE", "样音"), help=told)
    samples.add_argument("--play", action="store_true", help=words("play them in turn", "依次播放"))
    told = words("save them in this folder", "保存到这个文件夹")
    samples.add_argument("--save", type=Path, metavar=words("DIR", "文件夹"), help=told)
    for half, name in HALVES.items():
        told = words(f"speak with this epoch of {name}", f"使用 {name} 的这一轮")
        weights.add_argument(f"--{half}", type=int, metavar="N", help=told)


def samples(server: StudioServer, flags: argparse.Namespace) -> int:
    """List them; then save or play those that were named, or all."""
    found = server.get("characters", flags.name, "training", "samples")
    wanted = _named(found, flags.samples)
    if not wanted:
        complain(words(f"{flags.name} has no samples: train it first.", f"{flags.name} 还没有样音，请先训练。"))
        return 1
    if not flags.play:
        table(words("SAMPLE HALF EPOCH LENGTH UNDERSTOOD USED", "样音 部分 轮数 时长 听懂 采用").split(), _rows(wanted))
    if flags.save:
        _save(server, flags.name, wanted, flags.save)
    return _play(server, flags.name, wanted) if flags.play else 0


def weights(server: StudioServer, flags: argparse.Namespace) -> int:
    """Change the epochs that are given and leave the other; then show both."""
    place = ("characters", flags.name, "training", "weights")
    wanted = {half: epoch for half in HALVES if (epoch := getattr(flags, half)) is not None}
    shown = server.put(*place, json=wanted) if wanted else server.get(*place)
    for half, name in HALVES.items():
        saved = [str(epoch) for epoch in shown[half]["epochs"]]
        if not saved:
            say(words(f"{name}: not trained yet", f"{name}：尚未训练"))
            continue
        used = words(*epoch_words(shown[half]["epoch"])) if shown[half]["epoch"] else words("none", "无")
        there = words(f" (saved: {', '.join(saved)})", f"（已保存：{'、'.join(saved)}）")
        say(f"{name}{words(': ', '：')}{used}{there}")
    if wanted:
        say(words("It counts from its next answer on.", "从下一次回答开始生效。"))
    return 0


def _named(found: Sequence[dict[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    """In the order of the list. Raises ClientTrouble for a name that is not in it."""
    asked = {name.removesuffix(".wav") for name in names}
    known = {sample["file"].removesuffix(".wav") for sample in found}
    if unknown := asked - known:
        name = min(unknown)
        raise ClientTrouble(f"There is no sample {name}.", f"没有样音 {name}。")
    return [sample for sample in found if not asked or sample["file"].removesuffix(".wav") in asked]


def _rows(found: Sequence[dict[str, Any]]) -> list[list[object]]:
    return [
        [
            sample["file"],
            HALVES.get(sample["half"], sample["half"]),
            sample["epoch"],
            words(*duration(sample["seconds"])),
            "" if sample["errors"] is None else f"{max(0.0, 1 - sample['errors']):.0%}",
            words("used", "采用") if sample["is_picked"] else "",
        ]
        for sample in found
    ]


def _save(server: StudioServer, name: str, found: Sequence[dict[str, Any]], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for sample in found:
        # Whatever a server calls it, it is written nowhere else.
        file = folder / Path(sample["file"]).name
        file.write_bytes(server.download("characters", name, "download", sample["file"]))
        say(words(f"Saved: {file}", f"已保存：{file}"))


def _play(server: StudioServer, name: str, found: Sequence[dict[str, Any]]) -> int:
    for sample in found:
        half = HALVES.get(sample["half"], sample["half"])
        english, chinese = epoch_words(sample["epoch"])
        say(words(f"{half}, {english}: {sample['text']}", f"{half} {chinese}：{sample['text']}"))
        if not played(server.download("characters", name, "download", sample["file"])):
            complain(words("It cannot be played here; save it with --save.", "这里无法播放，请用 --save 保存。"))
            return 1
    return 0
