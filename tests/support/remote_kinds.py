"""A worker on the broker that knows the jobs of tests."""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.job_kinds import KINDS as LOCAL_KINDS
from voice.broker.worker_entry import main
from voice.jobs.work import JobFailed, Work


def tiny(work: Work) -> Mapping[str, Any]:
    """Says in a file that it was done, so that nothing done twice goes unnoticed."""
    with Path(work.parameters["file"]).open("a") as out:
        out.write(f"{work.subject}\n")
    return {"attempt": work.attempt}


def rewrite(work: Work) -> Mapping[str, Any]:
    """Makes files of those in its folder, in two stages, and deletes what is stale."""
    folder = Path(work.parameters["folder"])
    sounds = sorted((folder / "raw_audio").iterdir())
    work.stage("first", 0)
    for sound in sounds:
        made = folder / "converted_audio" / sound.name
        made.parent.mkdir(exist_ok=True)
        made.write_bytes(sound.read_bytes()[::-1])
    time.sleep(work.parameters.get("rest_s", 0))
    work.stage("second", 50)
    (folder / "stale.txt").unlink(missing_ok=True)
    if work.parameters.get("fails"):
        raise JobFailed("It was asked to fail.", "按要求失败。")
    (folder / "deep" / "er").mkdir(parents=True, exist_ok=True)
    (folder / "deep" / "er" / "清单.txt").write_text("\n".join(sound.name for sound in sounds), encoding="utf-8")
    return {"made": str(folder / "deep" / "er" / "清单.txt"), "files": len(sounds)}


KINDS = {**LOCAL_KINDS, "tiny": tiny, "rewrite": rewrite}

if __name__ == "__main__":
    sys.exit(main(KINDS, "tests.support.remote_kinds", sys.argv[1:]))
