"""What is said about a job that does not begin: that it waits, and for whom."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from clients.cli.studio_server import StudioServer
from clients.cli.studio_show import Progress
from clients.troubles import ServerTrouble
from launch.words import words

PATIENCE_S = 3.0
"""A worker that has nothing else to do begins sooner."""


@contextmanager
def telling_that_it_waits(
    server: StudioServer, job: str, progress: Progress, after_s: float = PATIENCE_S
) -> Iterator[None]:
    """Meanwhile, a line is said if the job has not begun after these seconds."""
    timer = threading.Timer(after_s, _tell, (server, job, progress))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # or its line could come behind that of the job's end


def _tell(server: StudioServer, job: str, progress: Progress) -> None:
    with suppress(ServerTrouble, KeyError):  # who follows the job says what is wrong
        if server.get("jobs", job)["state"] == "pending":
            progress.say(_why(server))


def _why(server: StudioServer) -> str:
    """Only a server with a broker tells how many workers it has heard of."""
    broker = server.json(server.send("GET", f"{server.url}/health")).get("broker") or {}
    if broker.get("here") is False and broker.get("workers") == 0:
        return words(
            "The job waits for a worker, and there is none: start one on another machine (docs/workers.md),"
            " or set jobs.here to true in the server's config.yaml.",
            "任务在等待工作机，但目前没有：请在另一台机器上启动一个（docs/workers.zh.md），"
            "或把服务端 config.yaml 中的 jobs.here 设为 true。",
        )
    return words("The job waits for a worker that is free.", "任务在等待空闲的工作进程。")
