"""From the end of a spoken question to the first sound of the answer, in each client, stage by stage.

    python -m benchmarks.client_latency [--turns 7] [--write]

The server is the one that is shipped, with its embedded engines; the question is real speech. The Python clients hear
it through a PulseAudio of their own, the page through Chromium's fake microphone. Needs PulseAudio and Chromium.
"""

import argparse
import contextlib
import datetime
import json
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from benchmarks import machine
from benchmarks.report import replace_section, table
from benchmarks.whole_server import whole_server
from tests.support.browser import chromium, until, visit
from tests.support.fakes import FakeRecognizer, FakeReplier
from tests.support.live_server import app_with, live_server
from tests.support.scripted_talk import HummingVoice
from tests.support.sound_server import SoundServer, sound_server

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
SETTINGS = "asr: {engine: pocketsphinx}\nserver: {data_dir: data}\nLLM: {probe_local: false}\n"
TITLE = "End of speech to first sound, in each client"
QUESTION = ROOT / "tests" / "assets" / "jfk.wav"
FROM_S, TO_S = 0.0, 2.5
"""Of the recording: "and so, my fellow Americans", spoken without a pause."""
SILENCE_S = 14.0
"""After each question, so that the answer is over before the next."""
STAGES = ("heard", "first_token", "first_piece", "first_audio", "playing")
STARTING_S = 4.0
"""Until the client has its microphone open and its speech detector loaded."""
Turn = dict[str, float]
"""Milliseconds since the end of speech, by stage; "sounding" is what the loudspeaker's monitor says."""


def main() -> None:
    flags = _flags()
    rows = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        question = folder / "question.wav"
        _write_question(question)
        servers = {"embedded engines": whole_server(folder, SETTINGS), "instant engines": served_instantly()}
        for engines, server in servers.items():
            with server as url:
                rows[f"terminal, Pi, window; {engines}"] = list(python_turns(url, question, flags.turns))
                rows[f"web page; {engines}"] = list(page_turns(url, question, flags.turns))
    body = _page(rows)
    print(body)
    if flags.write:
        RESULTS.write_text(replace_section(RESULTS.read_text(encoding="utf-8"), TITLE, body), encoding="utf-8")


def served_instantly() -> contextlib.AbstractContextManager[str]:
    """A server that understands, answers and speaks in no time: what is left is the client's."""
    replier = FakeReplier(['"This is a short answer, and here it ends."'])
    return live_server(
        app_with(recognizer=FakeRecognizer("hello"), replier=replier, synthesizer=HummingVoice(piece_s=1.0))
    )


def python_turns(url: str, question: Path, count: int) -> Iterator[Turn]:
    """What a client of the Python core tells of its turns, and when the loudspeaker really sounded."""
    with tempfile.TemporaryDirectory() as place, sound_server(Path(place)) as sound, sound.monitor() as speaker:
        client = _client(sound, url)
        time.sleep(STARTING_S)
        try:
            for _ in range(count):
                known = client.answers
                # The player returns when question and silence are over, and with them the answer. The demonstration
                # does not always take this recording for English; such a turn is left out.
                sound.say(question).wait(60)
                if client.answers > known:
                    turn = client.answered(known)
                    sounding = speaker.first_loud(client.at_s("Heard", known) - turn["heard"] / 1000)
                    yield turn | ({"sounding": 1000 * sounding} if sounding else {})
        finally:
            client.close()


def page_turns(url: str, question: Path, count: int) -> Iterator[Turn]:
    """What the page shows of its turns; its fake microphone says the question again and again."""
    with chromium(question) as browser, visit(browser, url) as seen:
        seen.page.get_by_role("button", name="Start listening").click()
        for number in range(1, count + 1):
            until(seen.page, f"document.querySelectorAll('.latency-numbers').length >= {number}")
            yield _numbers(seen.page.locator(".latency-numbers").nth(number - 1).inner_text())


class _Client:
    """tests/support/voice_client.py as a process, and the events it has told."""

    def __init__(self, process: Any):
        self._process = process
        self._told: list[dict[str, Any]] = []
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def answers(self) -> int:
        return len(self._of("Answered"))

    def answered(self, number: int) -> Turn:
        """The stages of a turn, counted from 0."""
        return dict(self._of("Answered")[number]["stages_ms"])

    def at_s(self, name: str, number: int) -> float:
        return self._of(name)[number]["at_s"]

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(10)

    def _of(self, name: str) -> list[dict[str, Any]]:
        return [event for event in list(self._told) if event["event"] == name]

    def _read(self) -> None:
        for line in self._process.stdout:
            if line.startswith("{"):
                self._told.append(json.loads(line))


def _client(sound: SoundServer, url: str) -> _Client:
    command = [sys.executable, "-m", "tests.support.voice_client", url]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    return _Client(sound.start(*command, **pipes, cwd=ROOT, text=True))


def _write_question(file: Path) -> None:
    samples, rate_hz = soundfile.read(QUESTION, dtype="float32")
    speech = samples[int(FROM_S * rate_hz) : int(TO_S * rate_hz)]
    quiet = np.zeros(int(SILENCE_S * rate_hz), np.float32)
    soundfile.write(file, np.concatenate([speech, quiet]), rate_hz, "PCM_16")


def _numbers(shown: str) -> Turn:
    """The page writes "heard 1.23 s, first words 1.25 s, ..." in the order of STAGES."""
    seconds = [float(number) for number in re.findall(r"(\d+\.\d+) s", shown)]
    return dict(zip(STAGES, (1000 * value for value in seconds), strict=False))


def _page(rows: dict[str, list[Turn]]) -> str:
    head = ["no.", "client", *(stage.replace("_", " ") for stage in STAGES), "sounding"]
    cells = [
        [str(number), name, *(_shown(turns, stage) for stage in (*STAGES, "sounding"))]
        for number, (name, turns) in enumerate(rows.items(), 1)
    ]
    return "\n".join(
        [
            table(head, cells),
            "",
            f"{datetime.date.today()}, {machine.hardware()}. Load average {machine.load()} after.",
            f"Milliseconds since the end of speech, medians of {min(map(len, rows.values()))} turns or more, the"
            " slowest in brackets. The embedded engines: pocketsphinx, the companion, espeak-ng; a question of 2 s."
            " Speech counts as ended after 500 ms of silence, and the recording is sent after 160 ms. Playing is what"
            " the client says, sounding what comes out of the sound server. Instant engines take no time: what is left"
            " is the client's, most of it those 500 ms.",
        ]
    )


def _shown(turns: list[Turn], stage: str) -> str:
    values = [turn[stage] for turn in turns if stage in turn]
    return f"{statistics.median(values):.0f} ({max(values):.0f})" if values else "-"


def _flags() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
