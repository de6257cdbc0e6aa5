"""What nvidia-smi tells, and what CUDA_VISIBLE_DEVICES leaves of it."""

import os
import sys
from pathlib import Path

import pytest

from voice.devices import cuda_devices, devices_of

TWO = """\
GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-b0f2)
  MIG 1g.10gb     Device  0: (UUID: MIG-c7f3)
GPU 1: NVIDIA H100 80GB HBM3 (UUID: GPU-77aa)
"""


@pytest.fixture
def gpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    if sys.platform == "win32":
        pytest.skip("the program in this test is a shell script")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    def install(says: str, status: int = 0) -> None:
        program = tmp_path / "nvidia-smi"
        program.write_text(f"#!/bin/sh\ncat <<'END'\n{says}END\nexit {status}\n")
        program.chmod(0o755)

    return install


def test_every_gpu_else_the_processor(gpus):
    gpus(TWO)
    assert devices_of("auto") == ["cuda:0", "cuda:1"]
    gpus("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n", 9)
    assert devices_of("auto") == ["cpu"]
    gpus("No devices were found\n")
    assert devices_of("auto") == ["cpu"]


def test_without_the_program_there_is_no_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert devices_of("auto") == ["cpu"]


@pytest.mark.parametrize(
    ("visible", "count"),
    [("", 0), ("-1", 0), ("1", 1), ("1,0", 2), ("0,5,1", 1), ("GPU-77aa", 1), ("MIG-c7f3", 1), (" 0 , 1", 2), ("x", 0)],
)
def test_hidden_gpus_do_not_count(gpus, monkeypatch: pytest.MonkeyPatch, visible: str, count: int):
    gpus(TWO)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert cuda_devices() == [f"cuda:{number}" for number in range(count)]


def test_what_is_asked_for_is_taken_once():
    assert devices_of(["cuda:1", "cpu", "cuda:1"]) == ["cuda:1", "cpu"]
    assert devices_of([]) == ["cpu"]
