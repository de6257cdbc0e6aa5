"""The time of a training: steps that are exact, a time that is honest."""

import math

import pytest

from voice.studio.estimate import estimate


@pytest.mark.parametrize(
    ("clips", "items", "batch_s1"),
    [(20, 100, 16), (60, 120, 16), (100, 100, 16), (500, 500, 16), (1, 100, 16), (3, 99, 16)],
)
def test_steps_follow_the_repetition_of_few_clips(clips: int, items: int, batch_s1: int):
    found = estimate(clips, 16, 8, 15, "gpu")
    assert found.steps_s2 == 8 * math.ceil(items / 16)
    assert found.steps_s1 == 15 * math.ceil(items / batch_s1)


def test_more_work_and_less_machine_take_longer():
    usual = estimate(200, 16, 8, 15, "gpu")
    assert 0 < usual.shortest_s < usual.longest_s
    assert estimate(400, 16, 8, 15, "gpu").longest_s > usual.longest_s
    assert estimate(200, 16, 50, 15, "gpu").longest_s > usual.longest_s
    on_cpu = estimate(200, 16, 8, 15, "cpu", cores=4)
    assert on_cpu.shortest_s > usual.longest_s
    assert on_cpu.longest_s < estimate(200, 16, 8, 15, "cpu").longest_s


def test_what_was_measured_here_counts_and_is_told_as_such():
    guess = estimate(160, 16, 10, 10, "gpu")
    measured = estimate(160, 16, 10, 10, "gpu", measured_s_per_clip=(1.0, 0.5))
    middle = math.sqrt(measured.shortest_s * measured.longest_s)
    assert middle == pytest.approx(16 * (100 * 1.0 + 100 * 0.5) / 0.8)
    assert measured.longest_s / measured.shortest_s < guess.longest_s / guess.shortest_s
    assert "earlier training" in measured.english
    assert "rough guess" in guess.english
    assert "粗略" in guess.chinese


def test_without_a_graphics_card_it_says_so():
    found = estimate(100, 4, 8, 15, "cpu", cores=2)
    assert "without a graphics card" in found.english
    assert "没有显卡" in found.chinese
    assert "hours" in found.english or "days" in found.english
