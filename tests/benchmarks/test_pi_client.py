"""The measurement of the voice client: that it measures something, not what."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.clients.pi.running import ROOT, skip_without_portaudio
from tests.support.sound_server import sound_server

skip_without_portaudio()
pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (requirements-clients.txt)")


@pytest.mark.slow
def test_memory_and_processor_time_are_told_and_nothing_is_written():
    before = (ROOT / "benchmarks" / "RESULTS.md").read_bytes()
    with tempfile.TemporaryDirectory() as folder, sound_server(Path(folder)) as sound:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.pi_client", "--seconds", "2", "--own-microphone"],
            cwd=ROOT,
            env=sound.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    row = re.search(r"whatever was to be heard +\| +(\d+) \| +(\d+) \| +([\d.]+)%", done.stdout)
    assert row, done.stdout
    assert 30 < int(row[1]) <= int(row[2]) < 1000
    assert float(row[3]) < 200
    assert "onnxruntime" in done.stdout
    assert (ROOT / "benchmarks" / "RESULTS.md").read_bytes() == before
