"""Programs of other people: their failures become sentences, and they end when they are no longer wanted."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import audio
from tests.support.processes import is_running
from tests.support.recordings import chirp
from tests.support.separator_program import separator_program
from tests.support.studio_work import Job, character, speech, wav_bytes
from voice.jobs.work import JobCancelled
from voice.studio.convert import ConvertLimits, convert_recordings
from voice.studio.programs import run_program
from voice.studio.refused import Refused
from voice.studio.separate import Separator


def run(script: str, timeout_s: float = 20.0) -> None:
    run_program([sys.executable, "-c", script], timeout_s, lambda: None)


def test_a_program_that_ends_well_says_nothing():
    run("print('much' * 100_000)")


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("import sys; print('a\\nthe reason\\n'); sys.exit(3)", r"status 3\): the reason"),
        ("raise SystemExit(1)", "nothing"),
    ],
)
def test_a_failure_is_told_in_its_own_last_words(script: str, why: str):
    with pytest.raises(Refused, match=why):
        run(script)


def test_no_shell_sees_the_arguments(tmp_path: Path):
    target = tmp_path / "made"
    run_program([sys.executable, "-c", "pass", f"; touch {target}", f"$(touch {target})"], 20, lambda: None)
    assert not target.exists()


def cancelled() -> None:
    raise JobCancelled


@pytest.mark.skipif(sys.platform == "win32", reason="looks at processes as POSIX has them")
@pytest.mark.parametrize(
    ("timeout_s", "check", "ending", "why"),
    [(2.0, lambda: None, Refused, r"longer than 2 s"), (60.0, cancelled, JobCancelled, "")],
)
def test_what_takes_too_long_or_is_not_wanted_is_ended(
    tmp_path: Path, timeout_s: float, check: Callable[[], None], ending: type[Exception], why: str
):
    pid = tmp_path / "pid"
    script = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)"

    def check_when_it_runs() -> None:
        if pid.exists() and pid.read_text():
            check()

    with pytest.raises(ending, match=why or None):
        run_program([sys.executable, "-c", script], timeout_s, check_when_it_runs)
    assert not pid.exists() or not is_running(int(pid.read_text()))


def test_what_does_not_exist_is_told(tmp_path: Path):
    with pytest.raises(Refused, match="cannot be started"):
        run_program([str(tmp_path / "nothing")], 5, lambda: None)
    with pytest.raises(Refused, match="audio-separator") as refusal:
        Separator(str(tmp_path / "nothing")).command(tmp_path, tmp_path)
    assert "没有安装" in refusal.value.chinese


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    return separator_program(tmp_path)


def test_the_voice_comes_out_of_the_separator(stand_in: Path, tmp_path: Path):
    sound = audio.Audio(chirp(1.0, 44_100), 44_100)
    separator = Separator(str(stand_in), "model.ckpt", "/models")
    voice = separator.voice_of(sound, lambda: None)
    assert voice.rate_hz == 44_100
    assert np.abs(voice.samples - sound.samples).max() < 1e-3
    called = (tmp_path / "called").read_text().split("\n")[1:]
    assert called[0] == "--output_dir"
    assert called[2:] == [
        *("--output_format", "WAV", "--single_stem", "Vocals"),
        *("--model_filename", "model.ckpt", "--model_file_dir", "/models"),
    ]


def test_separation_is_part_of_the_conversion(stand_in: Path, tmp_path: Path):
    folder = character(tmp_path, {"a.wav": wav_bytes(speech())})
    separator = Separator(str(stand_in))
    for wanted in (True, False):  # another wish gives another result
        convert_recordings(
            folder,
            ConvertLimits(),
            Job().step,
            (lambda sound: separator.voice_of(sound, lambda: None)) if wanted else None,
            separator.key if wanted else "",
        )
        assert (tmp_path / "called").exists() == wanted
        (tmp_path / "called").unlink(missing_ok=True)
