"""The rivals' virtual environments: outside the repository, made when they are first needed."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TORCH = "torch==2.13.0"
"""First and alone, from the index that pip is set to, so that no rival draws in another build."""
INSTALL_TIMEOUT_S = 1800
ASK = (
    "import json, importlib.util as u, torch; "
    "print(json.dumps([torch.version.cuda or '', (u.find_spec('torchaudio') or u.find_spec('json')).origin]))"
)


@dataclass(frozen=True)
class Rival:
    """Another engine. packages: itself, and what it needs without saying so."""

    name: str
    version: str
    module: str
    packages: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"{self.name} {self.version}"


GSV_TTS_LITE = Rival(
    "gsv-tts-lite",
    "0.4.7",
    "benchmarks.gpt_sovits_rivals.gsv_tts_lite",
    # onnx is for the benchmark: it turns BERT into the form that the rival would otherwise download
    ("gsv-tts-lite==0.4.7", "torchaudio==2.11.0", "psutil==7.2.2", "onnx==1.23.2"),
)
GENIE_TTS = Rival("genie-tts", "2.0.2", "benchmarks.gpt_sovits_rivals.genie_tts", ("genie-tts==2.0.2",))
RIVALS = (GSV_TTS_LITE, GENIE_TTS)


class NotInstalled(Exception):
    """A rival's environment could not be made; the message says why."""


def python_of(rival: Rival, folder: Path) -> Path:
    """The rival's Python; makes its environment below the folder first. Raises NotInstalled."""
    place = folder / f"{rival.name}-{rival.version}"
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = place / "installed.json"
    if not done.exists() or json.loads(done.read_text(encoding="utf-8")) != list(rival.packages):
        print(f"installing {rival.title} into {place} ...", file=sys.stderr, flush=True)
        call([sys.executable, "-m", "venv", str(place)])
        pip = [str(python), "-m", "pip", "install", "-q"]
        call([*pip, TORCH])
        call([*pip, TORCH, *rival.packages])
        _drop_libraries_of_torchaudio(python)
        done.write_text(json.dumps(list(rival.packages)), encoding="utf-8")
    return python


def _drop_libraries_of_torchaudio(python: Path) -> None:
    """They load beside a CUDA build of torch alone, and their failing breaks the import; its Python part is enough."""
    cuda, origin = json.loads(call([str(python), "-c", ASK]))
    if not cuda:
        for library in (Path(origin).parent / "lib").glob("*torchaudio*"):
            library.unlink()


def call(command: list[str]) -> str:
    """What the program prints; raises NotInstalled with its last words."""
    try:
        ended = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=INSTALL_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(str(error)) from error
    if ended.returncode:
        raise NotInstalled((ended.stderr.strip().splitlines() or ["pip failed without a word"])[-1][:200])
    return ended.stdout
