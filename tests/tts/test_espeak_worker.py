import io
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from tests.support.processes import wait_until
from tests.support.sound import loudness
from tts import espeak_worker as wire

PROJECT = Path(__file__).resolve().parents[2]
LONG_TEXT = "今天天气真不错，我们一起去公园散步吧。" * 6
LONG_CHUNKS = 200

needs_espeak = pytest.mark.skipif(find_spec("espeakng_loader") is None, reason="espeakng-loader is not installed")
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")


class Worker:
    """The real process, spoken to in its own messages."""

    def __init__(self):
        command = [sys.executable, "-m", wire.__name__, "175"]
        self.process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdin
        assert self.process.stdout
        self.stdin, self.stdout = self.process.stdin, cast(BinaryIO, self.process.stdout)

    def send(self, kind: int, request: int, payload: bytes = b"") -> None:
        self.stdin.write(wire.message(kind, request, payload))
        self.stdin.flush()

    def receive(self) -> tuple[int, int, bytes]:
        received = wire.read_message(self.stdout)
        assert received, "the worker ended"
        return received

    def speak(self, request: int, voice: str, text: str) -> list[bytes]:
        self.send(wire.SPEAK, request, f"{voice} 175\n{text}".encode())
        return self.rest(request)

    def rest(self, request: int) -> list[bytes]:
        """The sounds up to the end of the request."""
        chunks = []
        while True:
            kind, answered, payload = self.receive()
            assert answered == request
            if kind != wire.SOUND:
                assert kind == wire.END, payload.decode()
                return chunks
            chunks.append(payload)


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker()
    with worker.process:
        kind, request, payload = worker.receive()
        assert (kind, request, struct.unpack("<I", payload)) == (wire.READY, 0, (22050,))
        yield worker
        worker.process.kill()


def test_messages_survive_the_wire():
    stream = io.BytesIO(wire.message(wire.SOUND, 7, b"\0\1") + wire.message(wire.END, 2**32 - 1))
    assert wire.read_message(stream) == (wire.SOUND, 7, b"\0\1")
    assert wire.read_message(stream) == (wire.END, 2**32 - 1, b"")
    assert wire.read_message(stream) is None


@pytest.mark.parametrize("missing", [1, 5, 8, 10])
def test_a_message_cut_short_is_the_end(missing: int):
    assert wire.read_message(io.BytesIO(wire.message(wire.SOUND, 7, b"\0\1")[:-missing])) is None


@needs_espeak
def test_hanzi_are_read_in_mandarin_and_not_named_one_by_one(worker: Worker):
    mandarin = b"".join(worker.speak(1, "cmn", "你好世界"))
    named = b"".join(worker.speak(2, "en-us", "你好世界"))
    assert loudness(mandarin) > 500
    assert len(named) > 2 * len(mandarin)


@needs_espeak
def test_markup_is_never_obeyed(worker: Worker):
    hello = len(b"".join(worker.speak(1, "en-us", "hello")))
    assert len(b"".join(worker.speak(2, "en-us", "[[h@loU]]"))) > 1.5 * hello
    assert len(b"".join(worker.speak(3, "en-us", '<break time="9s"/>hello'))) < 9 * 2 * 22050


@needs_espeak
def test_cancelling_stops_at_the_next_callback(worker: Worker):
    assert len(worker.speak(1, "cmn", LONG_TEXT)) > LONG_CHUNKS
    worker.send(wire.SPEAK, 2, f"cmn 175\n{LONG_TEXT}".encode())
    assert worker.receive()[:2] == (wire.SOUND, 2)
    worker.send(wire.CANCEL, 2)
    already_in_the_pipe = 64
    assert len(worker.rest(2)) < already_in_the_pipe < LONG_CHUNKS


@needs_espeak
def test_a_cancel_that_comes_too_late_harms_nobody(worker: Worker):
    alone = len(b"".join(worker.speak(1, "en-us", "hello world")))
    worker.send(wire.CANCEL, 1)
    assert len(b"".join(worker.speak(2, "en-us", "hello world"))) == pytest.approx(alone, rel=0.05)


@needs_espeak
@pytest.mark.parametrize("voice", ["xx", "", "../../etc/passwd"])
def test_an_unknown_voice_is_refused_and_the_next_request_served(worker: Worker, voice: str):
    worker.send(wire.SPEAK, 1, f"{voice} 175\nhello".encode())
    kind, request, sentence = worker.receive()
    assert (kind, request) == (wire.FAILED, 1)
    assert "no voice for the language" in sentence.decode()
    assert worker.speak(2, "en-us", "hello")


@needs_espeak
def test_the_worker_ends_with_its_stdin_in_the_middle_of_a_text(worker: Worker):
    worker.send(wire.SPEAK, 1, f"cmn 175\n{LONG_TEXT}".encode())
    worker.receive()
    worker.stdin.close()
    assert worker.process.wait(timeout=5) == 0


@needs_espeak
@posix
def test_ctrl_c_is_ignored_and_sigterm_obeyed(worker: Worker):
    worker.process.send_signal(signal.SIGINT)
    assert worker.speak(1, "en-us", "hello")
    worker.process.terminate()
    assert wait_until(lambda: worker.process.poll() is not None)
