"""`--list`, `--check` and `--text`, as the owner of a new Pi calls them."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clients.pi.__main__ import main
from tests.clients.pi.running import ROOT, client, skip_without_portaudio, tone_s, tone_voice, utterance
from tests.support.fakes import FakeRecognizer, FakeReplier
from tests.support.live_server import app_with, live_server
from tests.support.sound_server import SoundServer, sound_server

skip_without_portaudio()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundServer]:
    with sound_server(tmp_path_factory.mktemp("sound")) as server:
        yield server


@contextmanager
def a_server(recognizer: FakeRecognizer | None = None, token: str = "") -> Iterator[str]:
    replier = FakeReplier(['"Hello there."'])
    recognizer = recognizer or FakeRecognizer("one two three")
    with live_server(app_with(recognizer=recognizer, replier=replier, synthesizer=tone_voice(0.5), token=token)) as url:
        yield url


def run(sound: SoundServer, *flags: str, typed: str = "") -> tuple[int, str]:
    """The status, and everything printed."""
    done = subprocess.run(
        [sys.executable, "-m", "clients.pi", *flags],
        cwd=ROOT,
        env=sound.environment | {"YINLIU_LANG": "en", "XDG_CONFIG_HOME": sound.environment["HOME"]},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, (done.stdout + done.stderr).strip()


@contextmanager
def somebody_speaking(sound: SoundServer, folder: Path) -> Iterator[None]:
    """The same words over and over."""
    file, is_over = utterance(folder), threading.Event()

    def speak() -> None:
        while not is_over.is_set():
            sound.say(file).wait(20)

    thread = threading.Thread(target=speak)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(20)


def test_the_devices_are_listed(sound: SoundServer):
    status, printed = run(sound, "--list")
    assert status == 0
    assert "default" in printed
    assert "(default)" in printed
    assert "Hz" in printed


@pytest.mark.slow
def test_a_check_goes_the_whole_way_of_a_word(sound: SoundServer, tmp_path: Path):
    with a_server(token="s3cret") as url, somebody_speaking(sound, tmp_path), sound.monitor() as monitor:
        status, printed = run(sound, "--check", "--server", url, "--token", "s3cret")
    assert status == 0, printed
    for part in (
        "A tone was played",
        "The microphone works",
        "dBFS",
        "answers after",
        'heard "one two three"',
        "aloud",
    ):
        assert part in printed
    assert printed.endswith("Everything works.")
    assert "s3cret" not in printed
    assert monitor.is_loud(0)


@pytest.mark.slow
def test_a_check_names_each_fault_with_its_remedy(sound: SoundServer):
    status, printed = run(sound, "--check", "--server", "http://127.0.0.1:9")
    assert status == 1
    assert "The microphone gives silence" in printed
    assert "alsamixer" in printed
    assert "Is the server running" in printed
    assert printed.count("✗") == 3  # and the last line, which names them


def test_a_check_without_the_token_says_that_one_is_wanted(sound: SoundServer):
    with a_server(token="s3cret") as url:
        status, printed = run(sound, "--check", "--server", url, "--input", "no such thing")
    assert status == 1
    assert "There is no microphone 'no such thing'" in printed
    assert "401" in printed


def test_typed_questions_are_answered_aloud(sound: SoundServer):
    with a_server() as url, sound.monitor() as monitor:
        status, printed = run(sound, "--text", "--server", url, typed="hi\nand again\n\nnot this\n")
    assert status == 0, printed
    assert '> hi | "Hello there."' in printed
    assert '> and again | "Hello there."' in printed
    assert "not this" not in printed
    assert tone_s(monitor.sound) == pytest.approx(1.0, abs=0.4)


def test_a_typed_question_without_an_answer_is_a_failure(sound: SoundServer):
    with live_server(app_with(replier=FakeReplier([RuntimeError("no")]), synthesizer=tone_voice())) as url:
        status, printed = run(sound, "--text", "--server", url, typed="hi\n")
    assert status == 1, printed


@pytest.mark.slow
def test_a_microphone_that_is_not_there_yet_is_waited_for(sound: SoundServer, tmp_path: Path):
    with a_server() as url, client(sound, "--server", url, "--input", "late") as running:
        running.wait_for("There is no microphone 'late'")
        assert "Waiting for it" in running.lines[0]
        module = sound.run("pactl", "load-module", "module-remap-source", "master=micfeed.monitor", "source_name=late")
        running.wait_for("speak")
        sound.say(utterance(tmp_path)).wait(20)
        running.wait_for('> one two three | "Hello there."')
        assert len(running.lines) == 3
    sound.run("pactl", "unload-module", module.strip())


def test_who_waits_for_a_device_can_be_told_to_end(sound: SoundServer):
    with client(sound, "--server", "http://127.0.0.1:9", "--output", "late") as running:
        running.wait_for("Waiting for it")
        running.end()
    assert running.process.returncode == 0


def test_what_would_fail_again_has_a_status_of_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("YINLIU_LANG", "en")
    assert main(["--server", "nonsense"]) == 2
    assert "no address" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    assert main(["--list"]) == 2
    assert "sounddevice is missing" in capsys.readouterr().err
