"""The measured trainings are those of the studio, and upstream's order of work comes to the same numbers."""

import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
import torch

from benchmarks.training_parts.arrangement import as_upstream
from benchmarks.training_parts.stopwatch import Enough, Stopwatch
from tests.support.sovits_features import OPTIONS, given_paths
from tts.gpt_sovits.training.sovits_base import base_discriminators, base_generator, read_base
from tts.gpt_sovits.training.sovits_clips import find_sovits_clips
from tts.gpt_sovits.training.sovits_generator import Chances
from tts.gpt_sovits.training.sovits_options import SovitsPaths
from tts.gpt_sovits.training.sovits_reading import read_ahead
from tts.gpt_sovits.training.sovits_step import Rates, SovitsStep

ROOT = Path(__file__).parents[2]


def two_steps(paths: SovitsPaths) -> list[dict[str, float]]:
    """What each told, always on the same clips and by the same chance."""
    base = read_base(paths.generator)
    torch.manual_seed(0)
    generator = base_generator(base, paths.generator, OPTIONS.segment_frames).train()
    generator.style.dropout.p = 0.0
    step = SovitsStep(generator, base_discriminators(None, base.config, OPTIONS.judges_narrowing), Rates(1e-3))
    clips, _ = find_sovits_clips(paths.experiment, base.config)
    told = []
    for batch in read_ahead(clips, [[0, 1], [1, 2]], base.config):
        torch.manual_seed(1)
        noise = torch.randn(2, base.config.inter_channels, batch.spectrograms.shape[2])
        told.append(step(batch, Chances(noise, torch.rand(2))).values())
    return told


def test_upstreams_order_of_work_comes_to_the_same(tmp_path: Path):
    paths = given_paths(tmp_path)
    ours = two_steps(paths)
    as_upstream()
    try:
        theirs = two_steps(paths)
    finally:
        patch.stopall()
    assert theirs == [pytest.approx(told, rel=1e-3) for told in ours]


def test_a_stopwatch_counts_and_looks_into_a_step_and_ends_the_work():
    watch, one, other = Stopwatch(2, "cpu"), torch.randn(64, 128), torch.randn(128, 32)
    for _ in range(5):  # one to warm up, two to be timed, one counted, one looked into
        watch.check()
        torch.mm(one, other)
    with pytest.raises(Enough):
        watch.check()
    assert watch.operations() == 2 * 64 * 128 * 32
    assert next(iter(watch.shares())) == "mm"
    assert 0 < watch.mean_s(0) < 1


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="memory is asked for in the manner of POSIX")
def test_the_whole_table_on_tiny_models():
    command = [sys.executable, "-m", "benchmarks.training_speed", "--size", "tiny", "--version", "v2", "--batch", "2"]
    said = subprocess.run([*command, "--steps", "1"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    rows = [line.split("|") for line in said.splitlines() if line.startswith("|     2")]
    assert [row[2].split()[0] for row in rows] == ["SoVITS", "SoVITS", "GPT", "GPT"]
    assert all(float(row[3]) > 0 and float(row[7]) >= 0 for row in rows)
    assert "Where the time of a step goes:" in said
