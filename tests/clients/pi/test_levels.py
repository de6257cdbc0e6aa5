"""How loud is too loud, and what silence means."""

import numpy as np
import pytest

from clients.bounds import RATE_HZ
from clients.pi.levels import complaint, measure, tone
from tests.support.sound import samples


def noise(amplitude: float, duration_s: float = 3.0) -> np.ndarray:
    random = np.random.default_rng(1)
    return (random.uniform(-1, 1, round(duration_s * RATE_HZ)) * amplitude).astype(np.float32)


def test_a_full_square_wave_is_the_zero_of_the_scale():
    square = np.tile(np.array([1, -1], np.float32), RATE_HZ)
    assert measure(square).mean_dbfs == pytest.approx(0, abs=0.01)
    assert measure(square / 10).mean_dbfs == pytest.approx(-20, abs=0.01)


def test_the_loudest_half_second_stands_out_of_the_mean():
    recording = np.concatenate([noise(0.001, 2.5), noise(0.3, 0.5)])
    loudness = measure(recording)
    assert loudness.loudest_dbfs == pytest.approx(measure(noise(0.3)).mean_dbfs, abs=0.3)
    assert loudness.mean_dbfs < loudness.loudest_dbfs - 6


@pytest.mark.parametrize(
    ("recording", "advice"),
    [
        (np.zeros(3 * RATE_HZ, np.float32), "muted"),
        (np.zeros(0, np.float32), "muted"),
        (noise(0.0002), "muted"),
        (noise(0.003), "faint"),
        (noise(0.05), None),
        (noise(0.3), None),
        (np.clip(noise(3.0), -1, 1), "torn"),
    ],
)
def test_each_level_has_its_advice(recording: np.ndarray, advice: str | None):
    sentences = complaint(measure(recording))
    if advice is None:
        assert sentences is None
    else:
        assert sentences
        assert advice in sentences[0]
        assert sentences[1]


def test_the_tone_does_not_click():
    sound = samples(tone(0.5))
    assert len(sound) == RATE_HZ // 2
    assert np.abs(np.diff(np.concatenate([[0], sound, [0]]))).max() < 3500
    assert np.abs(sound).max() > 9000
