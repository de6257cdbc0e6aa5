"""Options are checked where they are made; the sentence names the option and its range."""

import math
from typing import Any

import pytest

from tts.gpt_sovits.options import SpeechOptions
from tts.gpt_sovits.pacing import WHOLE


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("top_k", [0, -1]),
        ("top_p", [0, -0.1, 1.01, math.nan]),
        ("temperature", [-0.01, 10.1, math.inf, math.nan]),
        ("repetition_penalty", [0, -1, 10.1, math.nan]),
        ("speed", [0, 0.2, 4.1, -1, math.nan]),
        ("seed", [-2, 1 << 62]),
        ("fragment_interval_s", [-0.1, 10.1, math.nan]),
        ("cut", ["cut6", "", "CUT0"]),
    ],
)
def test_what_is_out_of_range_is_refused_by_name(name: str, values: list[Any]):
    for value in values:
        with pytest.raises(ValueError, match=f"^{name} must be "):
            SpeechOptions(**{name: value})


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("top_k", [1, 1025, 10**30]),
        ("top_p", [1e-6, 1]),
        ("temperature", [0, 10]),
        ("repetition_penalty", [0.01, 10]),
        ("speed", [0.25, 4]),
        ("seed", [-1, 0, (1 << 62) - 1]),
        ("fragment_interval_s", [0, 10]),
        ("cut", [f"cut{number}" for number in range(6)]),
        ("pacing", [WHOLE]),
    ],
)
def test_the_ends_of_each_range_belong_to_it(name: str, values: list[Any]):
    for value in values:
        assert getattr(SpeechOptions(**{name: value}), name) == value


def test_the_defaults_are_upstreams():
    options = SpeechOptions()
    assert (options.top_k, options.top_p, options.temperature, options.repetition_penalty) == (15, 1, 1, 1.35)
    assert (options.speed, options.fragment_interval_s, options.seed) == (1, 0.3, -1)
