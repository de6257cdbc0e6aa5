"""First audio of a chat, alone and while the studio makes clips of a recording on the same machine.

    python -m benchmarks.chat_beside_job [--turns 40] [--write]

The server is the one that is shipped, with its companion and espeak-ng, on a free port. Jobs stand back between their
steps while anybody is being answered; what is left of their influence is the step they are in.
"""

import argparse
import contextlib
import datetime
import io
import itertools
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import soundfile

from benchmarks import machine
from benchmarks.report import percentile, replace_section, table
from benchmarks.studio_audio import UPLOAD_HZ, recording
from benchmarks.whole_server import whole_server
from clients.frames import lines_of, read_frames

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
SETTINGS = """\
asr: {engine: pocketsphinx}
tts: {engine: espeak}
LLM: {probe_local: false}
server: {data_dir: data}
studio: {work_dir: work}
"""
TITLE = "First audio beside a job of the studio"
QUESTIONS = ("你好", "今天天气怎么样？", "给我讲个故事", "Tell me a joke.", "What can you do?")
PAUSE_S = 0.3
"""Between two turns; then the job goes on."""
MINUTES = 10.0
"""Of recordings: enough work for more turns than are asked for."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=40)
    parser.add_argument("--write", action="store_true", help=f"put the table into {RESULTS.name}")
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yinliu-") as place, served(Path(place)) as server:
        turns(server, 5)  # what is loaded at first use
        rows = [_row("alone", turns(server, flags.turns))]
        begin_job(server)
        rows.append(_row("beside a job", turns(server, flags.turns)))
        state, progress = job(server)
        assert state == "running", f"the job was {state} before the last turn: choose fewer turns"
    head = ["turns", "server", "first audio p50, ms", "p95, ms", "worst, ms"]
    about = f"{machine.hardware()}; load {machine.load()}; {datetime.date.today()}."
    body = f"{about} The job had come to {progress:.0f} % when the last turn was over.\n\n{table(head, rows)}\n"
    print(body)
    if flags.write:
        RESULTS.write_text(replace_section(RESULTS.read_text(encoding="utf-8"), TITLE, body), encoding="utf-8")
    return 0


@contextlib.contextmanager
def served(place: Path) -> Iterator[httpx.Client]:
    """The server with its embedded engines, once they are ready."""
    with whole_server(place, SETTINGS) as url, httpx.Client(base_url=url, timeout=60) as server:
        yield server


def turns(server: httpx.Client, count: int) -> list[float]:
    """Milliseconds from the request to the first sound, of one turn after the other."""
    questions = itertools.islice(itertools.cycle(QUESTIONS), count)
    return [first_audio_ms(server, question) for question in questions]


def first_audio_ms(server: httpx.Client, question: str) -> float:
    """Of one turn, which is heard to its end."""
    time.sleep(PAUSE_S)
    asked_s, heard_s = time.perf_counter(), 0.0
    with server.stream("POST", "/api/chat", json={"msg": [{"role": "user", "content": question}]}) as answer:
        for frame in read_frames(lines_of(answer.iter_bytes())):
            if frame.audio and not heard_s:
                heard_s = time.perf_counter()
    assert heard_s, f"no sound in answer to {question}"
    return 1000 * (heard_s - asked_s)


def begin_job(server: httpx.Client) -> None:
    """Upload a recording and begin to make clips of it; returns when the work has really begun."""
    written = io.BytesIO()
    soundfile.write(written, recording(MINUTES), UPLOAD_HZ, "PCM_16", format="WAV")
    _ok(server.post("/api/v1/characters", json={"character_name": "bench", "config": {"language": "en"}}))
    _ok(server.post("/api/v1/characters/bench/audio/upload", files={"file": ("a.wav", written.getvalue())}))
    _ok(server.post("/api/v1/characters/bench/audio/process"))
    while job(server)[1] < 26:  # a recogniser at work is what lasts, and what costs most
        time.sleep(0.2)


def job(server: httpx.Client) -> tuple[str, float]:
    """Its state and progress in percent."""
    about = _ok(server.get("/api/v1/characters/bench/audio/status")).json()
    assert about["status"] in ("running", "completed"), about["error_message"]
    return about["status"], about["progress"]


def _ok(answer: httpx.Response) -> httpx.Response:
    assert answer.status_code == 200, answer.text
    return answer


def _row(name: str, times_ms: list[float]) -> list[Any]:
    p50, p95 = percentile(times_ms, 50), percentile(times_ms, 95)
    return [str(len(times_ms)), name, f"{p50:.1f}", f"{p95:.1f}", f"{max(times_ms):.1f}"]


if __name__ == "__main__":
    sys.exit(main())
