"""The studio's verbs that show something, and change what is shown: characters, recordings, clips, texts, personas."""

import argparse
import json
import sys
from typing import Any

from clients.cli.studio_server import StudioServer
from clients.cli.studio_show import complain, say, table
from clients.cli.studio_words import KINDS, REASONS, STAGES, STATES, duration, megabytes, named
from clients.troubles import ClientTrouble
from launch.words import words

FEW_MINUTES = 1.0
"""Of speech; a voice made of less is seldom like."""


def characters(server: StudioServer, _: argparse.Namespace) -> int:
    titles = words("NAME RECORDINGS CLIPS VOICE LANGUAGE", "角色 录音 片段 声音 语言").split()
    found = server.get("characters")
    rows = [
        [
            character["character_name"] + (" *" if character["is_default"] else ""),
            character["audio_count"],
            _standing(character["audio_processing_status"]),
            _standing(character["training_status"]),
            character["config"]["language"],
        ]
        for character in found
    ]
    table(titles, rows)
    if sys.stdout.isatty() and any(character["is_default"] for character in found):
        say(words("* speaks where no character is named", "* 未指定角色时使用"))
    return 0


def files(server: StudioServer, flags: argparse.Namespace) -> int:
    if flags.delete:
        server.delete("characters", flags.name, "audio", "files", flags.delete)
    found = server.get("characters", flags.name, "audio", "files")
    rows = [[file["filename"], megabytes(file["file_size"]), _length(file["duration"])] for file in found]
    table(words("RECORDING SIZE LENGTH", "录音 大小 时长").split(), rows)
    return 0


def clips(server: StudioServer, flags: argparse.Namespace) -> int:
    report = server.get("characters", flags.name, "clips")
    rows = [
        [clip["name"], f"{clip['seconds']:.1f} s", words(*named(REASONS, clip["why"])), clip["text"]]
        for clip in report["clips"]
    ]
    table(words("CLIP LENGTH USE TEXT", "片段 时长 用途 文本").split(), rows)
    return _summary(report)


def summary(server: StudioServer, name: str) -> int:
    """How much there is to train with, how long that takes, and what could not be used."""
    return _summary(server.get("characters", name, "clips"))


def _summary(report: dict[str, Any]) -> int:
    told = report["summary"]
    kept, minutes = told["clips_kept"], told["usable_minutes"]
    dropped = sum(told["clips_dropped"].values())
    say(
        words(
            f"{kept} clip{'s' * (kept != 1)}, {minutes:.1f} minutes to train with; {dropped} left out.",
            f"{kept} 个片段可用于训练，共 {minutes:.1f} 分钟；剔除 {dropped} 个。",
        )
    )
    for why, count in told["clips_dropped"].items():
        say(f"  {count} × {words(*named(REASONS, why))}")
    for refused in told.get("recordings_refused") or ():
        complain(words(refused["error"], refused["error_zh"]))
    if told["clips_dropped"].get("no_text") and (deafness := told.get("recognition_failed")):
        complain(words(deafness["error"], deafness["error_zh"]))
    if minutes < FEW_MINUTES:
        say(words("That is little: three minutes and more sound better.", "素材偏少：三分钟以上效果更好。"))
    for hardware, guess in (report.get("training_time") or {}).items():
        where = words("on a graphics card", "用显卡") if hardware == "gpu" else words("on this processor", "用处理器")
        say(
            f"{words('Training', '训练')}{words(', ', '，')}{where}{words(': ', '：')}{words(guess['en'], guess['zh'])}"
        )
    return 0


def transcripts(server: StudioServer, flags: argparse.Namespace) -> int:
    place = ("characters", flags.name, "transcripts")
    found = server.put(*place, content=flags.given.read_bytes()) if flags.given else server.get(*place)
    lines = found["lines"]
    for problem in found["problems"]:
        complain(words(problem["en"], problem["zh"]))
    if flags.out:
        written = (f"{line['clip']}|{line['speaker']}|{line['language']}|{line['text']}\n" for line in lines)
        flags.out.write_text("".join(written), encoding="utf-8")
        say(words(f"{_lines(len(lines))}: {flags.out}", f"{len(lines)} 行：{flags.out}"))
    elif flags.given:
        say(words(f"{_lines(len(lines))} taken over.", f"已导入 {len(lines)} 行。"))
    else:
        table(words("CLIP TEXT", "片段 文本").split(), [[line["clip"], line["text"]] for line in lines])
    return 1 if flags.given and found["problems"] else 0


def jobs(server: StudioServer, _: argparse.Namespace) -> int:
    rows = [
        [
            job["id"],
            job["subject"],
            words(*named(KINDS, job["kind"])),
            _state(job["state"]),
            f"{job['progress']:.0f} %",
            words(*named(STAGES, job["stage"])),
            words(job["error"] or "", job["error_zh"] or ""),
        ]
        for job in server.get("jobs")
    ]
    table(words("JOB CHARACTER KIND STATE PROGRESS STAGE ERROR", "任务 角色 类型 状态 进度 阶段 错误").split(), rows)
    return 0


def persona(server: StudioServer, flags: argparse.Namespace) -> int:
    """Change what is given and leave the rest; then show all of it."""
    place = ("characters", flags.name, "persona")
    shown = server.get(*place)
    fields = ("system", "about", "language", "clip", "speed")
    given = {field: getattr(flags, field) for field in fields if getattr(flags, field) is not None}
    if given or flags.emotion:
        kept = {field: value for field, value in shown.items() if field != "used"}
        shown = server.put(*place, json={**kept, **given, "emotions": _emotions(kept["emotions"], flags.emotion)})
    used = shown.pop("used", None) or {}
    for field, value in shown.items():
        say(f"{field}: {value if isinstance(value, str | float) else json.dumps(value, ensure_ascii=False)}")
    if clip := used.get("clip"):
        say(words(f"speaks like {clip['name']}: {clip['text']}", f"参考片段 {clip['name']}：{clip['text']}"))
    if weights := used.get("weights"):
        say(words("weights: ", "权重：") + ", ".join(filter(None, weights.values())))
    for note in used.get("notes") or ():
        say("! " + words(note["en"], note["zh"]))
    return 0


def _emotions(kept: dict[str, str], changes: list[str]) -> dict[str, str]:
    emotions = dict(kept)
    for change in changes:
        tag, equals, clip = change.partition("=")
        if not tag or not equals:
            raise ClientTrouble(
                f"Write --emotion TAG=CLIP, not {change!r}.", f"应写作 --emotion 标签=片段，而不是 {change!r}。"
            )
        emotions[tag] = clip
    return {tag: clip for tag, clip in emotions.items() if clip}


def _lines(count: int) -> str:
    return f"{count} line{'s' * (count != 1)}"


def _standing(state: str) -> str:
    return words("not yet", "未开始") if state == "pending" else _state(state)


def _state(name: str) -> str:
    return words(*named(STATES, name))


def _length(seconds: float | None) -> str:
    return "" if seconds is None else words(*duration(seconds))
