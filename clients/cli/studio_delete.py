"""The studio's verbs that take something away; they ask first."""

import argparse
import sys

from clients.cli.studio_server import StudioServer
from clients.cli.studio_show import complain, say
from clients.troubles import ClientTrouble
from launch.words import words


def delete(server: StudioServer, flags: argparse.Namespace) -> int:
    question = words(f"Delete {flags.name} with all its files?", f"删除 {flags.name} 及其全部文件？")
    if status := _asked(flags, question):
        return status
    server.delete("characters", flags.name)
    say(words(f"{flags.name} is deleted.", f"已删除 {flags.name}。"))
    return 0


def clean_training(server: StudioServer, flags: argparse.Namespace) -> int:
    """Take away what trainings have left. Raises ClientTrouble where no training could begin after it."""
    if server.get("characters", flags.name)["audio_processing_status"] != "completed":
        raise ClientTrouble(
            f"{flags.name}'s recordings are not processed, so nothing is deleted: `studio process` first.",
            f"{flags.name} 的录音尚未处理，因此什么都没有删除；请先运行 studio process。",
        )
    question = words(
        f"Delete the trained voice of {flags.name}, its samples, and what a training would go on from?"
        " Recordings, clips and texts stay.",
        f"删除 {flags.name} 训练好的声音、样音和训练进度？录音、片段和文本会保留。",
    )
    if status := _asked(flags, question):
        return status
    server.post("characters", flags.name, "training", "clean")
    return 0


def _asked(flags: argparse.Namespace, question: str) -> int:
    """0 for yes, else the exit status; where nobody can be asked, only --yes is one."""
    if flags.yes:
        return 0
    if not sys.stdin.isatty():
        complain(words("Say --yes to delete it.", "确认删除请加 --yes。"))
        return 2
    try:
        answer = input(f"{question} [y/N] ")
    except EOFError:  # Ctrl-D
        answer = ""
    return 0 if answer.strip().lower() in ("y", "yes", "是") else 1
