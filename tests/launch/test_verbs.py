"""What each verb runs, with which arguments and after installing what."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.start_folder import REPOSITORY, StartFolder

EVERYTHING = [f"requirements{part}.txt" for part in ("", "-demo", "-ml", "-clients", "-gui", "-dev")]
LEAN, DEMO, ML, CLIENTS, GUI, DEV = EVERYTHING


def ran(folder: StartFolder) -> list[str]:
    return folder.calls("run")[-1][1]


@pytest.mark.parametrize(
    ("arguments", "passed"),
    [
        ([], []),
        (["serve"], []),
        (["--port", "9000"], ["--port", "9000"]),
        (["serve", "--lan", "-c", "old.yaml"], ["--lan", "-c", "old.yaml"]),
        (["serve", "--no-demo", "--port", "0"], ["--port", "0"]),
        (["--ml", "--print-config"], ["--print-config"]),
        (["serve", "--help"], ["--help"]),
    ],
)
def test_serving_is_the_default_and_passes_what_is_not_ours(folder, arguments, passed):
    assert folder.run(*arguments).returncode == 0
    assert ran(folder) == [str(folder.root / "chat_server.py"), *passed]


def test_talking_runs_where_the_user_stands_with_the_arguments_as_they_are(folder):
    folder.run("talk", "my question.wav", "-o", "答.wav", "--json")
    _, arguments, _, directory, path = folder.calls("run")[-1]
    assert arguments == ["-m", "clients.cli.talk", "my question.wav", "-o", "答.wav", "--json"]
    assert Path(directory) == Path(folder.environment["HOME"]).resolve()
    assert str(folder.root) in path.split(os.pathsep)


def test_listening_goes_to_the_configured_server_unless_another_is_named(folder):
    folder.run("listen", "--server", "http://10.0.0.5:8001", "--check")
    arguments = folder.calls("run")[-1][1]
    assert arguments == ["-m", "clients.pi", "--server", "http://10.0.0.5:8001", "--check"]
    folder.run("window", "--web")
    assert folder.calls("run")[-1][1] == ["-m", "clients.gui", "--web"]


def test_tests_run_in_the_repository(folder):
    folder.run("test", "-k", "split", "-x")
    _, arguments, _, directory, _ = folder.calls("run")[-1]
    assert arguments == ["-m", "pytest", "-k", "split", "-x"]
    assert Path(directory) == folder.root.resolve()


@pytest.mark.parametrize(("options", "without"), [([], ["-m", "not long"]), (["--all"], [])])
def test_all_tests_together_are_spread_over_processes(folder, options, without):
    folder.run("test", *options)
    arguments = folder.calls("run")[-1][1]
    assert arguments[:3] == ["-m", "pytest", "-n"]
    assert 1 <= int(arguments[3]) <= 4
    assert arguments[4:] == ["--dist", "loadfile", *without]


def test_checks_run_all_three_even_if_one_finds_something(folder):
    assert folder.run("check", FAKE_STATUS="1").returncode == 1
    assert [call[1][1:3] for call in folder.calls("run")] == [["ruff", "check"], ["ruff", "format"], ["pyright"]]
    assert folder.run("check").returncode == 0


def test_the_exit_status_is_passed_on(folder):
    assert folder.run("test", FAKE_STATUS="5").returncode == 5


def test_the_server_takes_the_place_of_the_launcher_so_that_signals_reach_it(folder):
    process = folder.spawn("serve")
    process.communicate(timeout=30)
    assert folder.calls("run")[-1][2] == process.pid


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        (["serve"], [LEAN, DEMO]),
        (["serve", "--no-demo"], [LEAN]),
        (["serve", "--ml"], [LEAN, DEMO, ML]),
        (["install"], [LEAN, DEMO]),
        (["install", "--ml"], [LEAN, DEMO, ML]),
        (["talk", "--text", "hello"], [LEAN, DEMO]),
        (["listen"], [LEAN, CLIENTS]),
        (["window", "--web"], [LEAN, CLIENTS, GUI]),
        (["studio", "list"], [LEAN]),
        (["test"], EVERYTHING),
        (["check"], EVERYTHING),
    ],
)
def test_each_verb_installs_what_it_needs(folder, arguments, files):
    folder.run(*arguments)
    assert folder.pip_files() == files


@pytest.mark.parametrize("verb", ["doctor", "models", "status", "stop", "help"])
def test_looking_installs_nothing(bare, verb):
    bare.run(verb)
    assert not bare.venv.exists()


def test_a_model_brings_its_packages(folder):
    folder.put_speech_model()
    first = folder.run("serve")
    assert folder.pip_files() == [LEAN, DEMO, ML]
    assert "A speech model is here" in first.stderr
    assert folder.run("serve").stderr == ""


def test_a_model_in_modelscopes_cache_does_too(folder):
    present = folder.put_speech_model()
    cache = Path(folder.environment["HOME"]) / ".cache" / "modelscope" / "models" / "iic--SenseVoiceSmall" / "snapshots"
    cache.mkdir(parents=True)
    present.rename(cache / "master")
    folder.run("serve")
    assert folder.pip_files() == [LEAN, DEMO, ML]


def test_packages_of_a_model_can_be_declined(folder):
    folder.put_speech_model()
    folder.run("serve", "--no-ml")
    assert folder.pip_files() == [LEAN, DEMO]


@pytest.mark.parametrize(("language", "guess"), [("en", "Did you mean doctor?"), ("zh", "是想用 doctor 吗？")])
def test_an_unknown_verb_names_the_nearest(bare, language, guess):
    answer = bare.run("docter", YINLIU_LANG=language)
    assert answer.returncode == 2
    assert guess in answer.stderr


def test_what_the_system_forbids_is_told_without_a_stack_trace(bare):
    bare.venv.touch()
    answer = bare.run("serve")
    assert answer.returncode == 1
    assert "Is the folder writable" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("asked", "language", "word"), [("help", "en", "fetch one"), ("--help", "zh", "下载"), ("-h", "zh", "检查")]
)
def test_help_has_a_line_for_each_verb(bare, asked, language, word):
    answer = bare.run(asked, YINLIU_LANG=language)
    assert answer.returncode == 0
    verbs = [line.split()[0] for line in answer.stdout.splitlines() if line.startswith("  ")]
    talking = ["talk", "listen", "window", "worker", "studio"]
    assert verbs == ["serve", "install", "stop", "status", *talking, "models", "doctor", "test", "check", "help"]
    assert word in answer.stdout


def test_continuous_integration_runs_the_tests_without_a_terminal(folder, tmp_path):
    (folder.root / ".ci").mkdir()
    script = folder.root / ".ci" / "run"
    script.write_bytes((REPOSITORY / ".ci" / "run").read_bytes())
    script.chmod(0o755)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").symlink_to(sys.executable)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**folder.environment, "PATH": path, "CI": "true"}
    done = subprocess.run([str(script)], env=environment, stdin=subprocess.DEVNULL, timeout=60)
    assert done.returncode == 0
    assert ran(folder)[:2] == ["-m", "pytest"]
    assert os.access(REPOSITORY / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("verb", ["models", "help"])
def test_a_reader_that_stops_early_is_no_error(bare, verb):
    process = bare.spawn(verb)
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(60) == 1
