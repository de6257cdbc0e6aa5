"""The whole client: real speech into a microphone, its answers out of a loudspeaker, and everything that goes wrong."""

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.clients.pi.cable import Cable
from tests.clients.pi.running import (
    Client,
    TimedRecognizer,
    client,
    skip_without_portaudio,
    tone_s,
    tone_voice,
    utterance,
)
from tests.clients.pi.tiny_wake_word import write_models
from tests.support.fakes import FakeReplier
from tests.support.live_server import app_with, live_server
from tests.support.sound_server import SoundServer, sound_server
from tests.support.waiting import until

skip_without_portaudio()
pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (requirements-clients.txt)")
pytestmark = pytest.mark.slow
READY = "http://"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundServer]:
    with sound_server(tmp_path_factory.mktemp("sound")) as server:
        yield server


@contextmanager
def talk_to(
    sound: SoundServer, replier: FakeReplier, *flags: str, heard: str = "please tell me a story", piece_s: float = 1.0
) -> Iterator[tuple[Client, TimedRecognizer, Cable]]:
    recognizer = TimedRecognizer(heard)
    app = app_with(recognizer=recognizer, replier=replier, synthesizer=tone_voice(piece_s), token="s3cret")
    with live_server(app) as url:
        cable = Cable(url)
        with client(sound, "--server", cable.url, "--token", "s3cret", *flags) as running:
            running.wait_for(READY)
            yield running, recognizer, cable
            assert running.count("s3cret") == 0


def test_speech_is_heard_answered_and_told_in_one_line(sound: SoundServer, tmp_path: Path):
    states = tmp_path / "states"
    led = tmp_path / "led.sh"
    led.write_text(f"#!/bin/sh\necho $1 >> {states}\n")
    led.chmod(0o755)
    replier = FakeReplier(['"Once upon a time."', 0.3, '"The end."'])
    with talk_to(sound, replier, "--led", str(led)) as (running, recognizer, _), sound.monitor() as monitor:
        sound.say(utterance(tmp_path))
        line = running.wait_for("> please tell me a story | ")
        until(lambda: states.read_text().split()[-1] == "listening", "it listens again")
    assert '"Once upon a time.""The end."' in line
    assert all(stage in line for stage in ("heard", "first sound", "playing", "done"))
    assert len(running.lines) == 2
    assert 1.7 < len(recognizer.heard[-1][0]) / 16_000 < 3.5
    assert tone_s(monitor.sound) == pytest.approx(2.0, abs=0.5)
    seen = [state for state in states.read_text().split() if state in ("listening", "hearing", "speaking")]
    assert seen[-4:] == ["listening", "hearing", "speaking", "listening"]


def test_speaking_interrupts_an_answer_in_full_duplex(sound: SoundServer, tmp_path: Path):
    replier = FakeReplier(['"A very long story indeed."'])
    with talk_to(sound, replier, "--full-duplex", piece_s=12) as (running, recognizer, _), sound.monitor() as monitor:
        sound.say(utterance(tmp_path)).wait(20)
        until(lambda: tone_s(monitor.sound) > 0.5, "it answers")
        decided = len(recognizer.answered_s)
        recognizer.text = "no wait, something else please"
        sound.say(utterance(tmp_path)).wait(20)
        until(lambda: len(recognizer.answered_s) > decided, "the interruption is recognised")
        line = running.wait_for("(interrupted)")
        running.wait_for("(interrupted)")
        until(lambda: len(replier.asked) == 2, "the interruption is asked")
    took_s = monitor.silent_from(recognizer.answered_s[decided], for_s=0.1)
    print(f"silent {took_s * 1000:.0f} ms after the interruption was recognised")
    assert took_s < 1
    assert '"A very long story indeed."' not in line
    assert replier.asked[1][-1]["content"] == "no wait, something else please"
    assert replier.asked[1][-2]["role"] == "assistant"


def test_a_source_without_echo_is_chosen_by_its_name_and_makes_it_full_duplex(sound: SoundServer, tmp_path: Path):
    names = ("source_name=echo-cancel-source", "sink_name=echo-cancel-sink")
    try:
        module = sound.run("pactl", "load-module", "module-echo-cancel", "sink_master=speaker", *names)
    except subprocess.CalledProcessError:
        pytest.skip("this PulseAudio has no module-echo-cancel")
    flags = ("--input", "echo-cancel-source", "--output", "echo-cancel-sink")
    try:
        with talk_to(sound, FakeReplier(['"Here."']), *flags, piece_s=0.5) as (running, _, _):
            assert "full duplex" in running.lines[0]
            sound.say(utterance(tmp_path)).wait(20)
            running.wait_for('"Here."')
            used = sound.run("pactl", "list", "short", "source-outputs").splitlines()
            sources = sound.run("pactl", "list", "short", "sources").splitlines()
        number = next(line.split()[0] for line in sources if "echo-cancel-source" in line)
        assert number in [line.split()[1] for line in used]
    finally:
        sound.run("pactl", "unload-module", module.strip())


def test_in_half_duplex_it_is_deaf_while_it_speaks(sound: SoundServer, tmp_path: Path):
    replier = FakeReplier(['"A rather long story."'])
    with talk_to(sound, replier, piece_s=5) as (running, recognizer, _), sound.monitor() as monitor:
        sound.say(utterance(tmp_path)).wait(20)
        until(lambda: tone_s(monitor.sound) > 0.3, "it answers")
        heard = len(recognizer.heard)
        sound.say(utterance(tmp_path)).wait(20)
        running.wait_for("> please tell me a story | ")
    assert len(recognizer.heard) == heard
    assert tone_s(monitor.sound) == pytest.approx(5, abs=0.5)
    assert running.count("interrupted") == 0


def test_a_push_of_the_button_silences_at_once_and_what_is_said_while_it_is_held_is_asked(
    sound: SoundServer, tmp_path: Path
):
    pytest.importorskip("gpiozero", reason="gpiozero is not installed (clients/pi/requirements-gpio.txt)")
    recognizer, replier = TimedRecognizer("tell me a story"), FakeReplier(['"A very long story indeed."'])
    app = app_with(recognizer=recognizer, replier=replier, synthesizer=tone_voice(12))
    with (
        live_server(app) as url,
        client(sound, "--server", url, module="tests.clients.pi.pressed_client") as running,
        sound.monitor() as monitor,
    ):
        running.wait_for("hold the button")
        sound.say(utterance(tmp_path)).wait(20)
        assert recognizer.heard == []
        _move(running, "press")
        sound.say(utterance(tmp_path)).wait(20)
        _move(running, "release")
        until(lambda: tone_s(monitor.sound) > 0.5, "it answers")
        pressed_s = _move(running, "press", times=2)
        running.wait_for("(interrupted)")
    took_s = monitor.silent_from(pressed_s, for_s=0.1)
    print(f"silent {took_s * 1000:.0f} ms after the push")
    assert took_s < 1
    assert len(replier.asked) == 1


def _move(running: Client, how: str, times: int = 1) -> float:
    """When the button was moved."""
    assert running.process.stdin
    running.process.stdin.write(f"{how}\n")
    running.process.stdin.flush()
    return float(running.wait_for(f"{how} ", times).split()[1])


def test_a_push_of_the_button_stands_for_the_wake_word(sound: SoundServer, tmp_path: Path):
    pytest.importorskip("gpiozero", reason="gpiozero is not installed (clients/pi/requirements-gpio.txt)")
    model = write_models(tmp_path, bias=-20)
    recognizer = TimedRecognizer("hello there")
    app = app_with(recognizer=recognizer, replier=FakeReplier(['"Hello."']), synthesizer=tone_voice(0.3))
    with live_server(app) as url:
        flags = ("--server", url, "--wake-model", str(model))
        with client(sound, *flags, module="tests.clients.pi.pressed_client") as running:
            running.wait_for("say the wake word")
            sound.say(utterance(tmp_path)).wait(20)
            assert recognizer.heard == []
            _move(running, "press")
            sound.say(utterance(tmp_path)).wait(20)
            running.wait_for('"Hello."')


@pytest.mark.parametrize(("bias", "is_woken"), [(20, True), (-20, False)], ids=["always said", "never said"])
def test_only_after_the_wake_word_anything_is_sent(sound: SoundServer, tmp_path: Path, bias: int, is_woken: bool):
    model = write_models(tmp_path, bias)
    with talk_to(sound, FakeReplier(['"Yes."']), "--wake-model", str(model)) as (running, recognizer, _):
        assert "wake word" in running.lines[0]
        sound.say(utterance(tmp_path, end_s=2.1)).wait(20)
        sound.say(utterance(tmp_path, end_s=2.2)).wait(20)
        if is_woken:
            until(lambda: recognizer.heard, "what was said is sent")
    assert bool(recognizer.heard) == is_woken


@pytest.mark.long
def test_a_server_that_is_away_at_the_start_and_later_is_told_once_and_waited_for(sound: SoundServer, tmp_path: Path):
    with talk_to(sound, FakeReplier(['"Here."']), piece_s=0.5) as (running, _, cable):
        sound.say(utterance(tmp_path)).wait(20)
        running.wait_for('"Here."')
        cable.cut()
        sound.say(utterance(tmp_path)).wait(20)
        running.wait_for("does not answer")
        until(lambda: running.process.poll() is None, "it lives")
        cable.mend()
        running.wait_for("The server is back.")
        running.wait_for('"Here."', times=2)
        sound.say(utterance(tmp_path)).wait(20)
        running.wait_for('"Here."', times=3)
        assert running.count("does not answer") == 1
    with client(sound, "--server", cable.url) as late:
        late.wait_for("does not answer")
        late.wait_for(READY)
        assert late.process.poll() is None


def test_an_answer_that_breaks_off_is_told_and_the_next_one_comes(sound: SoundServer, tmp_path: Path):
    replier = FakeReplier(['"The beginning."', 20.0, '"The end."'])
    with talk_to(sound, replier, piece_s=0.5) as (running, _, cable), sound.monitor() as monitor:
        sound.say(utterance(tmp_path)).wait(20)
        until(lambda: tone_s(monitor.sound) > 0.3, "it answers")
        cable.cut()
        running.wait_for("broke off")
        running.wait_for("(interrupted)")
        cable.mend()
        replier.script = ['"All of it."']
        sound.say(utterance(tmp_path)).wait(20)
        running.wait_for('"All of it."')


@pytest.mark.long
def test_a_microphone_may_be_unplugged_and_plugged_in_again(sound: SoundServer, tmp_path: Path):
    with talk_to(sound, FakeReplier(['"Here."']), piece_s=0.5) as (running, _, _):
        sound.say(utterance(tmp_path)).wait(20)
        running.wait_for('"Here."')
        sound.unplug("micfeed")  # and with it the microphone that hears it
        time.sleep(3)
        sound.plug_in("micfeed")
        sound.run("pactl", "load-module", "module-remap-source", "master=micfeed.monitor", "source_name=mic")
        sound.run("pactl", "set-default-source", "mic")
        time.sleep(2)
        sound.say(utterance(tmp_path)).wait(20)
        running.wait_for('"Here."', times=2)


def test_the_sound_server_may_be_restarted(tmp_path: Path):
    folder = tmp_path / "sound"
    folder.mkdir()
    with contextlib.ExitStack() as later:
        with sound_server(folder) as sound:
            running, _, _ = later.enter_context(talk_to(sound, FakeReplier(['"Here."']), piece_s=0.5))
            sound.say(utterance(tmp_path)).wait(20)
            running.wait_for('"Here."')
        # Whichever device is missed first makes PortAudio look around, which ends the other's stream.
        until(lambda: running.count("is gone") or running.count("can be opened"), "the loss is told")
        for part in folder.iterdir():
            shutil.rmtree(part)
        with sound_server(folder) as sound:
            until(lambda: _speak(sound, tmp_path) and running.count('"Here."') > 1, "it answers again", within_s=60)


def _speak(sound: SoundServer, tmp_path: Path) -> bool:
    sound.say(utterance(tmp_path)).wait(20)
    time.sleep(3)
    return True


def test_told_to_end_it_ends_also_while_it_speaks(sound: SoundServer, tmp_path: Path):
    with talk_to(sound, FakeReplier(['"Long."']), piece_s=20) as (running, _, _), sound.monitor() as monitor:
        sound.say(utterance(tmp_path)).wait(20)
        until(lambda: tone_s(monitor.sound) > 0.3, "it answers")
        took_s = running.end()
    print(f"ended after {took_s:.2f} s")
    assert running.process.returncode == 0
    assert took_s < 5
