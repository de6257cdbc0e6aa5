"""Work in the background, as somebody at a terminal follows it: the server goes on with it whoever looks."""

import contextlib
import sys
import time
from collections.abc import Callable
from typing import Any

from clients.backoff import delays_s
from clients.cli.studio_server import Happening, Refused, StudioServer
from clients.cli.studio_show import Progress, complain, say, watching
from clients.cli.studio_waiting import telling_that_it_waits
from clients.cli.studio_words import KINDS, named
from clients.troubles import ServerTrouble
from launch.words import words

AWAY_LIMIT_S = 600.0
"""A server that is restarted is back within this."""
OPEN = ("pending", "running")


def watch(server: StudioServer, job: str) -> int:
    """Follow a job to its end; 0 when it was completed, or is left running. Raises ServerTrouble."""
    try:
        with watching() as progress, telling_that_it_waits(server, job, progress):
            ended = follow(server, job, progress)
    except KeyboardInterrupt:
        return _interrupted(server, job)
    return report(ended)


def follow(
    server: StudioServer, job: str, progress: Progress, pause: Callable[[float], None] = time.sleep
) -> dict[str, Any]:
    """The job once it has ended. Lines that break are taken up where they broke. Raises ServerTrouble."""
    story = _Story(progress)
    waits, waited_s = delays_s(), 0.0
    while True:
        try:
            for happening in server.happenings(job, story.after):
                story.tell(happening)
                waits, waited_s = delays_s(), 0.0
            found = server.get("jobs", job)
            if found["state"] not in OPEN:
                return found
        except ServerTrouble as trouble:
            passes = trouble.kind == "away" or (isinstance(trouble, Refused) and trouble.status == 503)
            if not passes or waited_s > AWAY_LIMIT_S:
                raise
            if not waited_s:
                progress.say(words(f"{trouble.english} Waiting for it.", f"{trouble.chinese}等待其恢复。"))
        wait_s = next(waits)
        waited_s += wait_s
        pause(wait_s)


class _Story:
    """What has been told of a job, so that a new line goes on behind it."""

    def __init__(self, progress: Progress):
        self.after = ""
        self._progress = progress
        self._stage: str | None = None
        self._percent = 0.0
        self._eta_s: float | None = None
        self._note = ""

    def tell(self, happening: Happening) -> None:
        self.after = happening.number or self.after
        data = happening.data
        match happening.type:
            case "progress":
                if data.get("stage") != self._stage:
                    self._note = ""
                self._stage, self._percent = data.get("stage"), float(data.get("progress") or 0)
                self._eta_s = data.get("eta_s")
            case "point":
                self._note = losses(data)
            case "log":
                english = str(data.get("line", ""))
                self._progress.say(words(english, str(data.get("line_zh") or english)))
        self._progress.move(self._stage, self._percent, self._eta_s, self._note)


def losses(data: dict[str, Any]) -> str:
    """The newest point of the curves: step 120  loss 3.214."""
    known = {
        name: value for name, value in data.items() if isinstance(value, int | float) and name not in ("at", "step")
    }
    step = [f"{words('step', '步')} {data['step']}"] if "step" in data else []
    return "  ".join([*step, *(f"{name} {value:.3g}" for name, value in known.items())])


def report(job: dict[str, Any]) -> int:
    """Say how a job has ended; the exit status."""
    kind = words(*named(KINDS, job["kind"]))
    if job["state"] in ("completed", "outdated"):
        say(words(f"{job['subject']}: {kind} is done.", f"{job['subject']}：{kind}已完成。"))
        return 0
    if job["state"] == "cancelled":
        complain(words(f"{job['subject']}: {kind} was cancelled.", f"{job['subject']}：{kind}已取消。"))
        return 1
    why = words(job.get("error") or "", job.get("error_zh") or "")
    complain(words(f"{job['subject']}: {kind} failed. {why}", f"{job['subject']}：{kind}失败。{why}"))
    return 1


def newest_job(server: StudioServer, subject: str, kinds: tuple[str, ...] = ()) -> dict[str, Any] | None:
    """The newest job on a character, of these kinds where some are named."""
    jobs = (job for job in server.get("jobs", params={"limit": 1000}) if job["subject"] == subject)
    return next((job for job in jobs if not kinds or job["kind"] in kinds), None)


def _interrupted(server: StudioServer, job: str) -> int:
    """Ask whether it is to go on, which is what happens without an answer."""
    hint = f"python3 start.py studio watch {job}"
    with contextlib.suppress(EOFError, KeyboardInterrupt):
        if sys.stdin.isatty():
            question = words("Leave it running in the server? [Y/n] ", "让它在服务器上继续运行吗？[Y/n] ")
            if input(f"\n{question}").strip().lower() in ("n", "no", "否", "不"):
                server.post("jobs", job, "cancel")
                complain(words("Cancelled; what is finished is kept.", "已取消；完成的部分会保留。"))
                return 1
    say(words(f"It goes on in the server. See it again: {hint}", f"它会在服务器上继续。再次查看：{hint}"))
    return 0
