"""The studio's verbs that make something: characters, recordings, clips, voices, speech."""

import argparse
import re
import time
import uuid
from contextlib import suppress
from pathlib import Path

from clients.cli.studio_delete import clean_training
from clients.cli.studio_jobs import OPEN, newest_job, watch
from clients.cli.studio_look import summary
from clients.cli.studio_server import Refused, StudioServer
from clients.cli.studio_show import complain, say, transfer
from clients.cli.studio_sound import played
from clients.cli.studio_upload import Sender, Source, fingerprint, sources_of
from clients.troubles import ClientTrouble, ServerTrouble
from launch.words import words

PROCESSING, TRAINING = ("process_audio",), ("train",)
LANGUAGE = "zh"
"""Of recordings whose language nobody has told."""
LOOK_EVERY_S = 0.5


def new(server: StudioServer, flags: argparse.Namespace) -> int:
    body = {
        "character_name": flags.name,
        "config": {"character_name": flags.name, "language": flags.language or LANGUAGE},
    }
    made = server.post("characters", json=body)
    say(words(f"{made['character_name']} is there.", f"已创建 {made['character_name']}。"))
    if flags.language is None:
        command = f"python3 start.py studio config {made['character_name']} --language en"
        english = f"Its recordings are taken to be in Chinese ({LANGUAGE}). Otherwise, e.g.: {command}"
        say(words(english, f"录音按中文（{LANGUAGE}）处理。若是其它语言，例如英语：{command}"))
    return 0


def add(server: StudioServer, flags: argparse.Namespace) -> int:
    """Send recordings; one that is refused does not keep the others back."""
    sources = sources_of(flags.files)
    if not sources:
        complain(words("There are no recordings there.", "那里没有录音文件。"))
        return 1
    sender = Sender(server, flags.name)
    known = sender.known()
    refused = sent = 0
    with transfer(sum(source.size for source in sources)) as show:
        for source in sources:
            refused += not _send(
                sender, source, known, lambda at, done=sent, name=source.relative: show(name, done + at)
            )
            sent += source.size
    kept = len(sources) - refused
    say(words(f"{kept} of {len(sources)} recordings are there.", f"{len(sources)} 个录音中已有 {kept} 个在服务器上。"))
    return 1 if refused else 0


def _send(sender: Sender, source: Source, known: dict, moved) -> bool:
    earlier = known.get(fingerprint(source.file))
    if earlier and earlier["is_complete"]:
        say(words(f"{source.relative}: is there already", f"{source.relative}：已存在"))
        return True
    try:
        name = sender.send(source, earlier, moved)
    except Refused as refused:
        if refused.status in (401, 403, 404):
            raise
        complain(f"{source.relative}: {words(refused.english, refused.chinese)}")
        return False
    resumed = words(" (gone on with)", "（续传）") if earlier else ""
    say(f"{source.relative} → {name}{resumed}")
    return True


def process(server: StudioServer, flags: argparse.Namespace) -> int:
    status = _run(server, flags.name, ("audio", "process"), PROCESSING)
    return status if status or _is_under_way(server, flags.name) else summary(server, flags.name)


def train(server: StudioServer, flags: argparse.Namespace) -> int:
    return _run(server, flags.name, ("training", "start"), TRAINING)


def train_or_start_over(server: StudioServer, flags: argparse.Namespace) -> int:
    """With --start-over from the very beginning, once it is sure that the voice of today may go."""
    if flags.start_over:
        _wait_for_the_end(server, flags.name)
        if status := clean_training(server, flags):
            return status
    return train(server, flags)


def _run(server: StudioServer, name: str, route: tuple[str, str], kinds: tuple[str, ...]) -> int:
    """Start a job and follow it; one that is under way already is followed, one that is ending is waited for."""
    _wait_for_the_end(server, name)
    try:
        server.post("characters", name, *route)
    except Refused as refused:
        job = newest_job(server, name, kinds)
        if refused.status != 409 or job is None or job["state"] not in OPEN or job["is_cancelling"]:
            raise
        say(words("It is under way already.", "任务已在进行中。"))
    job = newest_job(server, name, kinds)
    if job is None:
        raise ServerTrouble(f"{name}'s job has gone.", f"{name} 的任务不见了。")
    return watch(server, job["id"])


def _wait_for_the_end(server: StudioServer, name: str) -> None:
    """Of a job that was cancelled a moment ago. Workers end one that does not end by itself."""
    job = newest_job(server, name)
    if job is None or job["state"] not in OPEN or not job["is_cancelling"]:
        return
    say(words("The cancelled work is ending; waiting for that.", "已取消的任务正在结束，请稍候。"))
    while server.get("jobs", job["id"])["state"] in OPEN:
        time.sleep(LOOK_EVERY_S)


def everything(server: StudioServer, flags: argparse.Namespace) -> int:
    """From recordings to a voice that speaks."""
    if flags.name not in [character["character_name"] for character in server.get("characters")]:
        new(server, flags)
    for step in (add, process, train):
        if status := step(server, flags):
            return status
        if _is_under_way(server, flags.name):
            return 0  # somebody has left it running
    command = f"python3 start.py studio say {flags.name} ..."
    say(words(f"Listen to it: {command}", f"试听：{command}"))
    return 0


def _is_under_way(server: StudioServer, name: str) -> bool:
    job = newest_job(server, name)
    return job is not None and job["state"] in OPEN


def speak(server: StudioServer, flags: argparse.Namespace) -> int:
    """Play a text in the voice, or keep it as a file."""
    asked = server.post("inference", json={"character_name": flags.name, "target_text": flags.text})
    identity = asked["inference_id"]
    while (found := server.get("inference", identity))["status"] in ("pending", "running"):
        time.sleep(LOOK_EVERY_S)
    if found["status"] != "completed":
        complain(words(_english_error(server, identity), found["error_message"] or "") or found["status"])
        return 1
    wav = server.download("inference", identity, "download")
    if flags.out is None and played(wav):
        return 0
    file = flags.out or Path(f"{flags.name}-{identity[:8]}.wav")
    file.write_bytes(wav)
    say(words(f"Saved: {file}", f"已保存：{file}"))
    return 0


def _english_error(server: StudioServer, identity: str) -> str:
    with suppress(ServerTrouble, ValueError):
        return server.get("jobs", uuid.UUID(identity).hex)["error"] or ""
    return ""


def watch_job(server: StudioServer, flags: argparse.Namespace) -> int:
    return watch(server, _job_of(server, flags.what))


def cancel(server: StudioServer, flags: argparse.Namespace) -> int:
    job = server.post("jobs", _job_of(server, flags.what), "cancel")
    is_over = job["state"] not in OPEN
    say(words("It has ended." if is_over else "It is ending.", "已结束。" if is_over else "正在结束。"))
    return 0


def _job_of(server: StudioServer, what: str) -> str:
    """A job's identity, or that of a character's newest job. Raises ClientTrouble for a character without work."""
    if job := newest_job(server, what):
        return job["id"]
    if re.fullmatch("[0-9a-f]{32}", what):
        return what
    server.get("characters", what)
    raise ClientTrouble(f"{what} has no work.", f"{what} 没有任务。")
