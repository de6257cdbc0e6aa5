"""Installing: once, one at a time, again after an interruption, and with a remedy when it fails."""

import os
import signal
import subprocess
import zipfile
from pathlib import Path

import pytest

from launch import environment, pip
from tests.support.processes import is_running, wait_until
from tests.support.start_folder import StartFolder

STAMP = "installed.json"


def wait_for_pip(folder: StartFolder, call: int = 1) -> None:
    assert wait_until(lambda: len(folder.calls("pip begins")) >= call, timeout_s=20)


def test_the_second_start_installs_nothing_and_says_nothing(folder):
    assert "Installing" in folder.run("serve").stderr
    again = folder.run("serve")
    assert again.stderr == ""
    assert len(folder.calls("pip begins")) == 1


def test_changed_requirements_are_installed_along_with_what_was_there(folder):
    folder.run("test")
    with open(folder.root / "requirements.txt", "a") as file:
        file.write("# changed\n")
    folder.run("serve", "--no-demo")
    assert folder.pip_files() == [
        f"requirements{part}.txt" for part in ("", "-demo", "-ml", "-clients", "-gui", "-dev")
    ]


def test_packages_that_are_only_read_come_without_what_they_ask_for(folder):
    folder.run("serve", "--ml")
    assert folder.pip_files("--no-deps") == ["requirements-data.txt", "requirements-vad.txt"]
    assert "requirements-data.txt" not in folder.pip_files()


def test_programs_that_listen_need_the_speech_detector_only(folder):
    folder.run("listen")
    assert folder.pip_files("--no-deps") == ["requirements-vad.txt"]


def test_a_change_of_what_is_only_read_is_noticed(folder):
    folder.run("serve", "--ml")
    (folder.root / "requirements-data.txt").write_text("tables==2.0\n")
    folder.run("serve", "--ml")
    assert len(folder.calls("pip begins")) == 4


def test_a_file_that_a_verb_does_not_need_may_change(folder):
    folder.run("test")
    installed = folder.calls("pip begins")
    (folder.root / "requirements-dev.txt").write_text("pytest\n")
    folder.run("serve")
    assert folder.calls("pip begins") == installed


def test_another_python_below_the_environment_installs_again(folder):
    folder.run("serve")
    (folder.venv / "pyvenv.cfg").write_text("version = 3.12.0\n")
    folder.run("serve")
    assert len(folder.calls("pip begins")) == 2


def test_a_damaged_stamp_counts_as_none(folder):
    folder.run("serve")
    for damaged in ("", "[]", '{"files": 3}', "\xff"):
        (folder.venv / STAMP).write_text(damaged, encoding="latin-1")
        assert "Installed." in folder.run("serve").stderr


@pytest.mark.parametrize(
    ("says", "remedy", "remedy_zh"),
    [
        ("NewConnectionError: Temporary failure in name resolution", "The network does not reach", "无法访问软件包源"),
        ("OSError: [Errno 28] No space left on device", "The disk is full", "磁盘已满"),
        ("ProxyError('Cannot connect to proxy.')", "check HTTPS_PROXY", "请检查 HTTPS_PROXY"),
        ("SSLError(SSLCertVerificationError(1, 'self-signed'))", "set PIP_CERT", "PIP_CERT"),
        ("ERROR: No matching distribution found for av==99", "try Python 3.11", "请尝试 Python 3.11"),
        ("error: command 'gcc' failed: No such file", "install a C compiler", "请安装 C 编译器"),
    ],
)
def test_a_failure_has_a_remedy(monkeypatch, says, remedy, remedy_zh):
    monkeypatch.setenv("YINLIU_LANG", "en")
    assert remedy in str(pip.failure(["Collecting av", says]))
    monkeypatch.setenv("YINLIU_LANG", "zh")
    assert remedy_zh in str(pip.failure(["Collecting av", says]))


def test_a_failure_shows_pips_last_words_and_starts_nothing(folder):
    failed = folder.run("serve", FAKE_PIP_STATUS="1", FAKE_PIP_SAYS="No space left on device")
    assert failed.returncode == 1
    assert "  No space left on device\nThe disk is full" in failed.stderr
    assert not folder.calls("run")
    assert folder.run("serve").returncode == 0


def test_two_at_once_install_once(folder):
    first = folder.spawn("serve", FAKE_PIP_S="1")
    wait_for_pip(folder)
    second = folder.spawn("serve", FAKE_PIP_S="1")
    waited = second.communicate(timeout=60)[1]
    first.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0)
    assert "Another start.py is installing" in waited
    assert [call[0] for call in folder.calls()] == ["pip begins", "pip ends", "run", "run"]


def test_an_interrupted_installation_is_taken_up_again(folder):
    folder.run("serve")
    requirements = folder.root / "requirements.txt"
    before = requirements.read_text()
    requirements.write_text("another==1.0\n")
    interrupted = folder.spawn("serve", FAKE_PIP_S="30")
    wait_for_pip(folder, call=2)
    os.killpg(interrupted.pid, signal.SIGKILL)
    interrupted.communicate(timeout=60)
    requirements.write_text(before)  # installed once, but nobody knows what is left of it
    assert "Installing" in folder.run("serve").stderr
    assert [call[0] for call in folder.calls()][-4:] == ["pip begins", "pip begins", "pip ends", "run"]


def test_an_environment_without_pip_is_mended(folder):
    (folder.venv / "without-pip").touch()
    assert "Mending" in folder.run("serve").stderr
    assert [call[0] for call in folder.calls()] == ["ensurepip", "pip begins", "pip ends", "run"]


@pytest.mark.parametrize(("version", "fits"), [("3.9", False), ("3.10", True), ("3.12", True), ("3.13", False)])
def test_an_environment_with_a_python_that_does_not_fit_is_of_no_use(folder, monkeypatch, version, fits):
    monkeypatch.setattr(environment, "PYTHON", folder.venv / "bin" / "python")
    monkeypatch.setenv("FAKE_VERSION", version)
    assert environment.is_usable() == fits


def test_ctrl_c_ends_pip_too(folder):
    interrupted = folder.spawn("serve", FAKE_PIP_S="30")
    wait_for_pip(folder)
    os.kill(interrupted.pid, signal.SIGINT)
    said = interrupted.communicate(timeout=20)[1]
    assert interrupted.returncode == 130
    assert said.rstrip().endswith("Interrupted; run it again to go on.")
    assert not is_running(folder.calls("pip begins")[0][2])


def test_a_pip_that_outlives_its_launcher_is_waited_for(folder):
    killed = folder.spawn("serve", FAKE_PIP_S="1.5")
    wait_for_pip(folder)
    os.kill(killed.pid, signal.SIGKILL)
    assert "Another start.py is installing" in folder.run("serve").stderr
    assert [call[0] for call in folder.calls()] == ["pip begins", "pip ends", "pip begins", "pip ends", "run"]


def test_torchaudio_is_added_only_beside_a_torch_with_cuda_and_may_fail(folder):
    folder.run("serve", "--ml")
    assert not any("requirements-cuda.txt" in argument for call in folder.calls("pip begins") for argument in call[1])
    (folder.venv / STAMP).unlink()
    folder.run("serve", "--ml", FAKE_CUDA="13.0")
    assert folder.calls("pip begins")[-1][1][-3:] == ["--no-deps", "-r", str(folder.root / "requirements-cuda.txt")]


def test_packages_of_others_do_not_count(folder, tmp_path):
    folder.run("serve", PYTHONPATH=str(tmp_path), PIP_TARGET=str(tmp_path))
    assert folder.calls("pip begins")[0][4] is None


def test_a_python_without_venv_gives_debians_remedy(bare):
    bare.flags = []
    hide = (
        "import importlib.util as u; find = u.find_spec; u.find_spec = lambda n, *a: n != 'ensurepip' and find(n, *a)"
    )
    (bare.root / "sitecustomize.py").write_text(hide)
    answer = bare.run("serve", PYTHONPATH=str(bare.root))
    assert answer.returncode == 1
    assert "sudo apt install python3." in answer.stderr


def write_wheel(folder: Path, version: str) -> None:
    """A package `tiny` of one module, as pip finds it with --find-links."""
    about = f"tiny-{version}.dist-info"
    with zipfile.ZipFile(folder / f"tiny-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny.py", f"VERSION = {version!r}\n")
        wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n")
        wheel.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{about}/RECORD", "")


@pytest.fixture
def real(bare: StartFolder, tmp_path: Path) -> StartFolder:
    """A clone whose server needs a package that is on this disk, and a real Python to put it into."""
    write_wheel(tmp_path, "1.0")
    write_wheel(tmp_path, "2.0")
    (bare.root / "requirements.txt").write_text("tiny==1.0\n")
    (bare.root / "chat_server.py").write_text("import sys, tiny; print(tiny.VERSION, sys.prefix, *sys.argv[1:])\n")
    bare.environment.update(PIP_FIND_LINKS=str(tmp_path), PIP_CONFIG_FILE=os.devnull)
    return bare


def serve(folder: StartFolder) -> "subprocess.CompletedProcess[str]":
    return folder.run("serve", "--no-demo")


@pytest.mark.slow
def test_a_real_environment_is_made_used_and_completed(real):
    python = real.venv / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to("/nowhere/python3")  # what an exchanged system Python leaves behind
    (real.venv / "rubbish").mkdir()
    first = serve(real)
    assert first.stdout == f"1.0 {real.venv}\n", first.stderr
    assert "Making a Python environment" in first.stderr
    assert not (real.venv / "rubbish").exists()

    (real.root / "requirements.txt").write_text("tiny==2.0\n")
    assert serve(real).stdout.startswith("2.0")

    site_packages = next(real.venv.glob("lib/python*/site-packages"))
    (site_packages / "tiny.py").unlink()
    (site_packages / "tiny-2.0.dist-info" / "INSTALLER").unlink()
    (real.venv / STAMP).unlink()
    assert serve(real).stdout.startswith("2.0"), "a package whose installation was cut off counts as complete"
