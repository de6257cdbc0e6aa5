"""What is different for a generator that knows nothing yet, and that nothing is for one that was trained."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch

from tests.support.gpt_features import Watch
from tests.support.sovits_features import OPTIONS, given_paths
from tts.gpt_sovits.training.sovits_base import base_discriminators, base_generator, read_base
from tts.gpt_sovits.training.sovits_clips import find_sovits_clips
from tts.gpt_sovits.training.sovits_generator import Chances
from tts.gpt_sovits.training.sovits_options import Beginning, SovitsPaths
from tts.gpt_sovits.training.sovits_reading import read_ahead
from tts.gpt_sovits.training.sovits_run import train_sovits
from tts.gpt_sovits.training.sovits_spectra import spectra_distance
from tts.gpt_sovits.training.sovits_step import Rates, SovitsStep, StepResult


@dataclass(frozen=True)
class Taught:
    """moved: how far the discriminators' weights went."""

    result: StepResult
    moved: float


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory, on_one_thread: None) -> SovitsPaths:
    return given_paths(tmp_path_factory.mktemp("given"))


def taught(paths: SovitsPaths, beginning: Beginning | None, steps_done: int) -> Taught:
    """One step, always on the same clip and by the same chance."""
    base = read_base(paths.generator)
    torch.manual_seed(0)
    generator = base_generator(base, paths.generator, OPTIONS.segment_frames).train()
    judges = base_discriminators(None, base.config, OPTIONS.judges_narrowing)
    step = SovitsStep(generator, judges, Rates(1e-3), beginning=beginning)
    clips, _ = find_sovits_clips(paths.experiment, base.config)
    (batch,) = read_ahead(clips, [[0]], base.config)
    before = [p.detach().clone() for p in judges.parameters()]
    torch.manual_seed(1)
    noise = torch.randn(1, base.config.inter_channels, batch.spectrograms.shape[2])
    result = step(batch, Chances(noise, torch.rand(1)), steps_done)
    moved = sum((p - q).abs().sum().item() for p, q in zip(judges.parameters(), before, strict=True))
    return Taught(result, moved)


def test_without_a_beginning_every_step_is_upstreams(paths: SovitsPaths):
    first, later = taught(paths, None, 0), taught(paths, None, 10_000)
    assert first.result.values() == later.result.values()
    assert "spectra" not in first.result.values()
    assert first.moved > 0


def test_discriminators_wait_for_their_step(paths: SovitsPaths):
    beginning = Beginning(judges_from=5)
    waiting, judging = taught(paths, beginning, 4), taught(paths, beginning, 5)
    assert waiting.moved == 0
    values = waiting.result.values()
    assert (values["gen"], values["fm"], values["disc"]) == (0, 0, 0)
    assert values["loss"] == pytest.approx(values["mel"] + values["kl"], rel=1e-5)
    assert judging.result.values() == taught(paths, None, 0).result.values()


def test_the_divergence_comes_to_count_little_by_little(paths: SovitsPaths):
    beginning = Beginning(divergence_steps=10)
    values = [taught(paths, beginning, steps).result.values() for steps in (0, 5, 10)]
    assert len({each["kl"] for each in values}) == 1
    full = values[2]["loss"]
    assert values[0]["loss"] == pytest.approx(full - values[0]["kl"], rel=1e-5)
    assert values[1]["loss"] == pytest.approx(full - values[0]["kl"] / 2, rel=1e-5)


def test_spectra_are_added_with_their_weight(paths: SovitsPaths):
    plain, more = taught(paths, None, 0).result.values(), taught(paths, Beginning(spectra_weight=3), 0).result.values()
    assert more["loss"] == pytest.approx(plain["loss"] + more["spectra"], rel=1e-4)
    assert more["spectra"] == pytest.approx(
        3 / 2 * taught(paths, Beginning(spectra_weight=2), 0).result.values()["spectra"]
    )


def test_spectra_tell_sounds_apart():
    source = torch.Generator().manual_seed(0)
    sound = torch.randn(2, 6400, generator=source) / 4
    assert spectra_distance(sound, sound).item() == 0
    nearer = spectra_distance(sound, sound + 0.01 * torch.randn(2, 6400, generator=source))
    assert 0 < nearer < spectra_distance(sound, sound.flip(0))


def test_a_long_gradient_is_shortened_and_a_short_one_is_not(paths: SovitsPaths):
    plain = taught(paths, None, 0)
    for limit, is_shortened in ((1e-12, True), (1e12, False)):
        limited = taught(paths, Beginning(longest_gradient=limit), 0)
        assert limited.result.generator_norm.item() == pytest.approx(plain.result.generator_norm.item(), rel=1e-4)
        # Adam makes up for any scale but one below its epsilon.
        assert (limited.moved < 0.5 * plain.moved) == is_shortened


@pytest.mark.long
def test_a_whole_training_begins_like_that(paths: SovitsPaths, tmp_path: Path):
    watch = Watch()
    beginning = Beginning(judges_from=4, divergence_steps=4, spectra_weight=1, longest_gradient=100)
    there = replace(paths, run=tmp_path / "run", exports=tmp_path / "weights")
    report = train_sovits(there, replace(OPTIONS, epochs=1, beginning=beginning), watch)
    assert report.exports
    assert watch.points[1]["disc"] == 0
    assert report.losses["disc"] > 0
