"""The level meter."""

import pytest

from clients.gui.meter import needle


@pytest.mark.parametrize(("rms", "low", "high"), [(0, 0, 0), (0.0005, 0, 0), (0.03, 0.5, 0.75), (0.5, 1, 1), (9, 1, 1)])
def test_speech_moves_the_needle_and_a_quiet_room_does_not(rms: float, low: float, high: float) -> None:
    assert low <= needle(rms) <= high


def test_louder_is_never_less() -> None:
    levels = [needle(step / 1000) for step in range(1000)]
    assert levels == sorted(levels)
    assert len(set(levels)) > 100
