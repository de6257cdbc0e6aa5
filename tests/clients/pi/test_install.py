"""install.sh, in a home of its own, with a systemctl that writes down what it is asked."""

import os
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from clients.pi.option_file import read_options

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "clients" / "pi" / "install.sh"
URL = "http://10.0.0.2:8001"
REQUIREMENTS = [ROOT / "requirements-clients.txt", ROOT / "requirements-vad.txt"]
pytestmark = [
    pytest.mark.skipif(os.name != "posix" or not shutil.which("bash"), reason="no bash"),
    pytest.mark.skipif(not all(file.exists() for file in REQUIREMENTS), reason="no requirements-clients.txt"),
]


@dataclass(frozen=True)
class Home:
    """A user's home, and programs that stand before the system's."""

    path: Path

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "HOME": str(self.path),
            "PATH": f"{self.path / 'bin'}:{os.environ['PATH']}",
            "YINLIU_LANG": "en",
            "PYTHON": sys.executable,
            "USER": "pi",
            **{name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))},
        }
        command = ["bash", str(SCRIPT), *arguments]
        return subprocess.run(command, env=environment | variables, capture_output=True, text=True, timeout=550)

    def program(self, name: str, text: str) -> None:
        file = self.path / "bin" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/bash\n{text}\n")
        file.chmod(0o755)

    def fake_systemd(self) -> None:
        for name in ("systemctl", "loginctl"):
            self.program(name, f'echo "{name} $*" >> "$HOME/calls"')

    def calls(self) -> list[str]:
        file = self.path / "calls"
        return file.read_text().splitlines() if file.exists() else []

    @property
    def data(self) -> Path:
        return self.path / ".local/share/yinliu-pi"

    @property
    def options(self) -> Path:
        return self.path / ".config/yinliu/pi.yaml"

    @property
    def unit(self) -> Path:
        return self.path / ".config/systemd/user/yinliu-pi.service"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def installed(home: Home) -> Home:
    """As if the packages had been installed: this environment stands for the one of the script."""
    (home.data / "venv/bin").mkdir(parents=True)
    (home.data / "venv/bin/python").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    (home.data / "venv/bin/python").chmod(0o755)
    stamp_of(home, REQUIREMENTS)
    home.fake_systemd()
    return home


def stamp_of(home: Home, files: Sequence[Path]) -> None:
    names = " ".join(shlex.quote(str(file)) for file in files)
    script = f"cat {names} | cksum; {shlex.quote(sys.executable)} -V"
    stamp = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout
    (home.data / "installed").write_text(stamp)


def test_the_options_are_written_for_their_owner_alone(installed: Home):
    done = installed.run(URL, "s3cret", "--no-service")
    assert done.returncode == 0, done.stderr
    assert read_options(installed.options) == {"server": URL, "token": "s3cret"}
    assert stat.S_IMODE(installed.options.stat().st_mode) == 0o600
    assert "s3cret" not in done.stdout + done.stderr
    assert not installed.unit.exists()
    assert installed.calls() == []


def test_the_service_is_written_enabled_and_started(installed: Home):
    done = installed.run(URL, YINLIU_TOKEN="from the environment")
    assert done.returncode == 0, done.stderr
    unit = installed.unit.read_text()
    assert f"WorkingDirectory={ROOT}\n" in unit
    assert f'ExecStart="{installed.data}/venv/bin/python" -m clients.pi --options "{installed.options}"\n' in unit
    assert "from the environment" not in unit
    assert read_options(installed.options)["token"] == "from the environment"
    assert [call for call in installed.calls() if "show" not in call] == [
        "systemctl --user daemon-reload",
        "systemctl --user enable --quiet yinliu-pi.service",
        "systemctl --user restart yinliu-pi.service",
    ]
    assert "sudo loginctl enable-linger pi" in done.stdout


def test_running_it_again_changes_the_server_and_keeps_what_was_added(installed: Home):
    installed.run(URL, "old", "--no-service")
    with installed.options.open("a") as file:
        file.write("led: gpio:17\n")
    done = installed.run("http://10.0.0.3:8001", "new", "--no-service")
    assert "installed already" in done.stdout
    assert read_options(installed.options) == {"server": "http://10.0.0.3:8001", "token": "new", "led": "gpio:17"}


def test_without_systemd_it_says_how_to_start(installed: Home):
    installed.program("systemctl", "exit 1")
    done = installed.run(URL)
    assert done.returncode == 0, done.stderr
    assert "-m clients.pi" in done.stdout
    assert not installed.unit.exists()


def test_percent_signs_of_a_path_mean_themselves_in_the_unit(installed: Home, tmp_path: Path):
    odd = tmp_path / 'a %h "b"'
    shutil.copytree(installed.data, odd / "yinliu-pi")
    done = installed.run(URL, XDG_DATA_HOME=str(odd))
    assert done.returncode == 0, done.stderr
    assert f'ExecStart="{tmp_path}/a %%h \\"b\\"/yinliu-pi/venv/bin/python" ' in installed.unit.read_text()


def test_uninstalling_leaves_nothing_and_may_be_repeated(installed: Home):
    installed.run(URL, "s3cret")
    for _ in range(2):
        done = installed.run("--uninstall")
        assert done.returncode == 0, done.stderr
        assert not any(path.exists() for path in (installed.data, installed.options, installed.unit))
    assert "systemctl --user disable --now --quiet yinliu-pi.service" in installed.calls()


@pytest.mark.parametrize("arguments", [[], ["10.0.0.2:8001"], [URL, "--no-such-flag"], ["http://"]])
def test_a_wrong_call_is_answered_with_the_usage(home: Home, arguments: list[str]):
    done = home.run(*arguments)
    assert done.returncode == 2
    assert "Usage" in done.stderr
    assert os.listdir(home.path) == []


def test_it_speaks_chinese(home: Home):
    assert "用法" in home.run(YINLIU_LANG="zh_CN.UTF-8").stderr
    assert "用法" in home.run(YINLIU_LANG="", LANG="zh_CN.UTF-8").stderr


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [("uname", "echo armv7l", "not 64-bit"), ("python3", "exit 1", "Python 3.10 or newer")],
)
def test_a_machine_that_cannot_run_it_is_told_why(home: Home, name: str, text: str, complaint: str):
    home.program(name, text)
    done = home.run(URL, "--no-service", PYTHON="python3")
    assert done.returncode == 1
    assert complaint in done.stderr
    assert not home.data.exists()


def without_portaudio(home: Home) -> None:
    """Until the system's package is installed, which here means that a file appears."""
    real = shlex.quote(sys.executable)
    home.program("python3", f'[[ "$*" != *portaudio* || -e $HOME/portaudio ]] && exec {real} "$@"; exit 1')
    home.program("sudo", '"$@"')


def test_portaudio_is_fetched_with_apt_and_the_list_renewed_if_need_be(installed: Home):
    without_portaudio(installed)
    installed.program(
        "apt-get",
        'echo "apt-get $*" >> "$HOME/calls"\n[[ $1 == update ]] && touch "$HOME/fresh"\n'
        '[[ $1 == update || -e $HOME/fresh ]] && touch "$HOME/portaudio"',
    )
    done = installed.run(URL, "--no-service", PYTHON="python3")
    assert done.returncode == 0, done.stderr
    assert installed.calls() == [
        "apt-get install -y libportaudio2",
        "apt-get update",
        "apt-get install -y libportaudio2",
    ]


def test_pins_come_from_the_system_where_pip_has_no_package_for_them(installed: Home):
    settings = installed.data / "venv/pyvenv.cfg"
    settings.write_text("home = x\ninclude-system-site-packages = false\n")
    (installed.data / "venv/bin/python").write_text(
        f'#!/bin/bash\n[[ $* == *"-m pip"* ]] && echo "pip ${{*: -1}}" >> "$HOME/calls" && exit\n'
        f'[[ $* == *lgpio* ]] && exec grep -q "packages = true" {shlex.quote(str(settings))}\n'
        f'exec {shlex.quote(sys.executable)} "$@"\n'
    )
    installed.program("python3", f'[[ $* == *lgpio* ]] && exit 1; exec {shlex.quote(sys.executable)} "$@"')
    installed.program("sudo", '"$@"')
    installed.program("apt-get", 'echo "apt-get $*" >> "$HOME/calls"')
    done = installed.run(URL, "--no-service", "--gpio", PYTHON="python3")
    assert done.returncode == 0, done.stderr
    pips = [call.rpartition("/")[2] for call in installed.calls() if call.startswith("pip")]
    assert pips == ["requirements-clients.txt", "requirements-vad.txt", "requirements-gpio.txt"]
    assert installed.calls()[-1] == "apt-get install -y python3-lgpio"
    assert settings.read_text() == "home = x\ninclude-system-site-packages = true\n"
    calls = len(installed.calls())
    assert "installed already" in installed.run(URL, "--no-service", PYTHON="python3").stdout
    assert len(installed.calls()) == calls


def test_where_apt_fails_it_stops(installed: Home):
    without_portaudio(installed)
    installed.program("apt-get", "exit 100")
    assert installed.run(URL, "--no-service", PYTHON="python3").returncode != 0
    assert not installed.options.exists()


def test_it_is_free_of_what_shellcheck_finds():
    shellcheck = shutil.which("shellcheck")
    if not shellcheck:
        pytest.skip("no shellcheck")
    found = subprocess.run([shellcheck, str(SCRIPT)], capture_output=True, text=True, timeout=60)
    assert found.returncode == 0, found.stdout


@pytest.mark.slow
@pytest.mark.long
def test_for_real_the_environment_has_what_the_client_needs_and_no_torch(home: Home):
    done = home.run(URL, "--no-service")
    if done.returncode and "Could not find a version" in done.stderr:
        pytest.skip(f"no packages can be fetched here: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stderr
    python = home.data / "venv/bin/python"
    probe = "import clients.pi.assistant, clients.silero, sys; clients.silero.Silero(); print('torch' in sys.modules)"
    loaded = subprocess.run([python, "-c", probe], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert loaded.stdout.strip() == "False", loaded.stderr
    assert subprocess.run([python, "-c", "import torch"], capture_output=True, timeout=60).returncode
    assert "installed already" in home.run(URL, "--no-service").stdout
