"""A folder with start.py in it, and a stand-in for .venv's Python that writes down what it is asked to do."""

import itertools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from asr.sensevoice_files import FILES

REPOSITORY = Path(__file__).resolve().parents[2]
NEEDED_BY_LAUNCH = (
    *("asr/__init__.py", "asr/sensevoice_files.py"),
    *("tts/__init__.py", "tts/gpt_sovits/__init__.py"),
    *(f"tts/gpt_sovits/{name}.py" for name in ("files", "base_models", "file_kind", "refusal")),
)
"""Of the other rooms, what says where models lie; nothing of them is installed here."""

FAKE_PYTHON = """#!{python} -SE
import json, os, sys, time

VENV = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

def note(what, arguments):
    with open(os.path.join(VENV, "calls"), "a") as calls:
        calls.write(json.dumps([what, arguments, os.getpid(), os.getcwd(), os.environ.get("PYTHONPATH")]) + "\\n")

arguments = sys.argv[1:]
without_pip = os.path.join(VENV, "without-pip")
if arguments[:2] == ["-m", "ensurepip"]:
    note("ensurepip", arguments[2:])
    os.remove(without_pip)
elif arguments[:2] == ["-m", "pip"]:
    if "--version" in arguments:
        print("pip 26.0 from /somewhere (python %s)" % os.environ.get("FAKE_VERSION", "3.11"))
        sys.exit(os.path.exists(without_pip))
    note("pip begins", arguments[2:])
    time.sleep(float(os.environ.get("FAKE_PIP_S", 0)))
    print(os.environ.get("FAKE_PIP_SAYS", ""))
    note("pip ends", arguments[2:])
    sys.exit(int(os.environ.get("FAKE_PIP_STATUS", 0)))
elif arguments[0] == "-c":
    print(os.environ.get("FAKE_CUDA", ""))
elif os.environ.get("FAKE_RUNS"):
    os.execv(sys.executable, [sys.executable, *arguments])
else:
    note("run", arguments)
    sys.exit(int(os.environ.get("FAKE_STATUS", 0)))
"""


class StartFolder:
    """start.py as a user has it, in a folder of its own and in an environment without their settings."""

    def __init__(self, root: Path, home: Path):
        self.root = root
        self.venv = root / ".venv"
        self.flags = ["-S"]
        """For the Python that runs start.py; what other packages do to every start takes time."""
        home.mkdir()
        shutil.copytree(REPOSITORY / "launch", root / "launch")  # with what is compiled, or each folder would do it
        for name in NEEDED_BY_LAUNCH:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, root / name)
        for name in ("start.py", "chat_server.py", *(file.name for file in REPOSITORY.glob("requirements*.txt"))):
            shutil.copy(REPOSITORY / name, root)
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(home), "YINLIU_LANG": "en", "PIP_NO_INDEX": "1"}

    def fake_python(self) -> None:
        """Put the stand-in where .venv's Python belongs."""
        python = self.venv / "bin" / "python"
        python.parent.mkdir(parents=True, exist_ok=True)
        python.write_text(FAKE_PYTHON.format(python=sys.executable))
        python.chmod(0o755)
        (self.venv / "pyvenv.cfg").write_text("version = 3.11.0\n")

    def spawn(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        """start.py in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, *self.flags, str(self.root / "start.py"), *arguments],
            cwd=self.environment["HOME"],
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    def run(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        process = self.spawn(*arguments, **environment)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def calls(self, what: str = "") -> list[list]:
        """[what, arguments, process id, working directory, PYTHONPATH] of each call so far."""
        try:
            lines = (self.venv / "calls").read_text().splitlines()
        except FileNotFoundError:
            return []
        return [call for call in map(json.loads, lines) if what in ("", call[0])]

    def pip_files(self, *flags: str) -> list[str]:
        """The requirements files of the latest call to pip, of those with --no-deps only if that flag is named."""
        calls = [arguments for _, arguments, *_ in self.calls("pip begins")]
        arguments = [call for call in calls if ("--no-deps" in call) == ("--no-deps" in flags)][-1]
        return [Path(file).name for flag, file in itertools.pairwise(arguments) if flag == "-r"]

    def put_speech_model(self) -> Path:
        """Files by the names of SenseVoiceSmall."""
        folder = self.root / "models" / "SenseVoiceSmall"
        folder.mkdir(parents=True)
        for name in FILES:
            (folder / name).write_bytes(b"x")
        return folder
