"""A recogniser in a child process: same answers, its crash survived, its end with the server."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from asr.own_process import OwnProcess
from asr.recognizer import Heard, RecognitionFailed, SpeechModelMissing
from tests.support.processes import is_running, wait_until

ROOT = Path(__file__).parents[2]


class Scripted:
    """What it does is written in the hint."""

    name = "scripted"

    def load(self) -> None:
        pass

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        if language == "die":
            os._exit(3)
        if language == "wait":
            time.sleep(60)
        if language == "missing":
            raise SpeechModelMissing("not installed")
        if language == "break":
            raise ZeroDivisionError("innards")
        return Heard(f"{len(samples)} {samples.dtype} {os.getpid()}", language)

    def close(self) -> None:
        pass


class Unloadable(Scripted):
    def load(self) -> None:
        raise ImportError("no such package")


@pytest.fixture
def recognizer():
    child = OwnProcess("scripted", Scripted)
    child.load()
    yield child
    child.close()


SAMPLES = np.zeros(1600, np.float32)


def pid_of(recognizer: OwnProcess) -> int:
    return int(recognizer.transcribe(SAMPLES).text.split()[-1])


def test_it_answers_from_another_process(recognizer: OwnProcess):
    heard = recognizer.transcribe(SAMPLES, "en")
    assert heard.text.startswith("1600 float32 ")
    assert heard.language == "en"
    assert pid_of(recognizer) != os.getpid()


def test_its_exceptions_arrive_as_they_are_or_as_a_sentence(recognizer: OwnProcess):
    with pytest.raises(SpeechModelMissing, match="not installed"):
        recognizer.transcribe(SAMPLES, "missing")
    with pytest.raises(RecognitionFailed, match="ZeroDivisionError"):
        recognizer.transcribe(SAMPLES, "break")
    assert pid_of(recognizer)


def test_a_crash_costs_one_recording(recognizer: OwnProcess):
    before = pid_of(recognizer)
    with pytest.raises(RecognitionFailed, match="process ended"):
        recognizer.transcribe(SAMPLES, "die")
    assert pid_of(recognizer) != before


def test_an_engine_that_cannot_load_says_why():
    with pytest.raises(RecognitionFailed, match="no such package"):
        OwnProcess("unloadable", Unloadable).load()


def test_closing_ends_a_recognition_that_is_under_way(recognizer: OwnProcess):
    outcome: list[Exception] = []

    def hear() -> None:
        try:
            recognizer.transcribe(SAMPLES, "wait")
        except RecognitionFailed as error:
            outcome.append(error)

    hearing = threading.Thread(target=hear)
    hearing.start()
    time.sleep(0.2)
    recognizer.close()
    hearing.join(2)
    assert outcome


def test_closing_ends_the_child(recognizer: OwnProcess):
    pid = pid_of(recognizer)
    recognizer.close()
    assert wait_until(lambda: not is_running(pid))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL there")
def test_a_server_that_is_killed_leaves_no_child():
    program = (
        "import time\nfrom asr.own_process import OwnProcess\nfrom tests.asr.test_own_process import Scripted, pid_of\n"
        "if __name__ == '__main__':\n"
        "    child = OwnProcess('scripted', Scripted); child.load(); print(pid_of(child), flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    assert wait_until(lambda: not is_running(child))


def test_the_demonstration_does_not_halt_the_server_while_it_hears():
    sphinx = pytest.importorskip("pocketsphinx", reason="the demonstration is not installed")
    assert sphinx
    from asr.sphinx_engine import PocketSphinx

    recognizer = OwnProcess("pocketsphinx", PocketSphinx)
    recognizer.load()
    noise = (np.random.default_rng(0).standard_normal(5 * 16_000) * 0.1).astype(np.float32)
    hearing = threading.Thread(target=recognizer.transcribe, args=(noise, "en"))
    hearing.start()
    longest_s, last_s = 0.0, time.perf_counter()
    while hearing.is_alive():
        time.sleep(0.001)
        now_s = time.perf_counter()
        longest_s, last_s = max(longest_s, now_s - last_s), now_s
    recognizer.close()
    assert longest_s < 1.5  # it was seconds while the lock was shared
