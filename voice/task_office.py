"""The task API, put together from the settings."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from voice.jobs.news import Outbox
from voice.jobs.store import JobStore
from voice.settings import Settings
from voice.tasks.intake import Intake
from voice.tasks.office import Office


def task_office(settings: Settings, jobs: JobStore, jobs_file: Path, wake: Callable[[], None]) -> Office:
    """wake: tells the workers that there is work. Raises BadAddress for a jobs.broker that is none."""
    chosen, url = settings.tasks, settings.jobs.broker
    intake = Intake(jobs, _for_tasks(settings), chosen.most_waiting, is_followed=bool(url))
    if not url:
        return Office(intake, None, wake)
    from voice.broker.link import BrokerLink  # here, so that servers without a broker need no client of one
    from voice.tasks.announcer import Announcer
    from voice.tasks.bridge import Bridge
    from voice.tasks.switches import Switches

    link = BrokerLink(url, "yinliu tasks")
    switches = Switches(chosen.double_encoded, chosen.empty_tool_key, chosen.durable_queues)
    announcer = Announcer(jobs, Outbox(jobs_file), link, switches)
    return Office(intake, Bridge(link, intake, announcer, switches, wake), wake)


def _for_tasks(settings: Settings) -> dict[str, Any]:
    """What every job gets besides its request."""
    chosen, studio = settings.tasks, settings.studio
    built_in = "wiener" if studio.denoiser == "off" else studio.denoiser  # whoever sends a denoising task wants one
    return {
        "data_dir": chosen.data_dir,
        "roots": chosen.roots,
        "experiments_dir": chosen.experiments_dir,
        "weights_dir": chosen.weights_dir,
        "denoiser": studio.denoise_command or built_in,
        "models_dir": settings.server.models_dir,
        "asr": asdict(settings.asr),
    }
