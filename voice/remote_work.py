"""Work on other machines, put together from the settings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voice.broker.bookkeeping import LEASE_S, Bookkeeping
from voice.broker.desk import Desk
from voice.broker.job_files import JobFiles
from voice.broker.link import BrokerLink
from voice.broker.places import CACHE, MODELS, TASKS, WORK, Places
from voice.broker.relisting import relist
from voice.broker.words import OWNER
from voice.jobs.delegate import Delegate
from voice.settings import Settings


@dataclass(frozen=True)
class RemoteWork:
    """What workers on other machines meet: the desk on the broker, and files over HTTP."""

    link: BrokerLink
    desk: Desk
    files: JobFiles
    is_here: bool
    """Whether this machine works, too."""

    @property
    def state(self) -> dict[str, Any]:
        """For /health: whether workers can reach this server, and why not; how many were heard of within a minute."""
        note = self.desk.problem
        return {
            "state": "ready" if self.desk.is_open else "waiting",
            "note": note[0],
            "note_zh": note[1],
            "workers": self.desk.workers,
            "here": self.is_here,
        }


def remote_work(settings: Settings, jobs_file: Path, lease_s: float = LEASE_S) -> RemoteWork:
    """Raises BadAddress for a jobs.broker that is none."""
    work_dir, claims = Path(settings.studio.work_dir), Delegate(jobs_file, "the desk", "", lease_s)
    places = Places(
        {
            WORK: work_dir,
            MODELS: Path(settings.server.models_dir),
            CACHE: Path(settings.server.data_dir) / "cache",
            TASKS: Path(settings.tasks.data_dir),
        }
    )
    link = BrokerLink(settings.jobs.broker, "yinliu server")
    books = Bookkeeping(claims, places, lease_s, before_end=relist)
    return RemoteWork(link, Desk(link, books), JobFiles(claims, work_dir, OWNER), settings.jobs.here)
