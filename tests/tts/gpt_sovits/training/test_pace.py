"""How long the rest will take."""

import pytest

from tts.gpt_sovits.training.pace import SKIPPED, Pace


def test_the_rest_is_told_from_the_newest_steps_and_from_nothing_else():
    now_s = 0.0
    pace = Pace(lambda: now_s)
    for _ in range(SKIPPED):
        now_s += 30  # kernels are chosen
        pace.step()
        assert pace.rest_s(10) is None
    for _ in range(5):
        now_s += 2
        pace.step()
        now_s += 100  # a checkpoint is written
        pace.skip()
    assert pace.rest_s(10) == pytest.approx(20)
    for _ in range(60):
        now_s += 4
        pace.step()
    assert pace.rest_s(10) == pytest.approx(40, rel=0.01)
    assert pace.rest_s(0) == 0
