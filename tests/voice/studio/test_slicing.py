"""Where recordings are cut: exactly as the reference does it, and never so that speech is lost."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.studio_work import training_vectors
from voice.studio.loudness import balanced
from voice.studio.slicing import SliceRules, frame_levels, slices

RATE_HZ = 32_000
CASES = json.loads((training_vectors() / "slicer.json").read_text())


def sounded(signal: list[list[Any]], rate_hz: int) -> np.ndarray:
    parts = []
    for kind, *values in signal:
        times = np.arange(int(values[0] * rate_hz))
        tone = values[2] * np.sin(2 * np.pi * values[1] * times / rate_hz) if kind == "tone" else np.zeros(len(times))
        parts.append(tone.astype(np.float32))
    return np.concatenate(parts)


@pytest.mark.parametrize("number", range(len(CASES)))
def test_it_cuts_where_the_reference_cuts(number: int):
    case = CASES[number]
    told, samples = case["params"], sounded(case["signal"], case["sr"])
    rules = SliceRules(
        told["threshold"], told["min_length"], told["min_interval"], told["hop_size"], told["max_sil_kept"], None
    )
    found = slices(samples, case["sr"], rules)
    assert [(part.start, part.end) for part in found] == [(chunk["start"], chunk["end"]) for chunk in case["chunks"]]
    for part, chunk in zip(found, case["chunks"], strict=True):
        clip = samples[part.start : part.end]
        assert len(clip) == chunk["n"]
        peak = np.abs(balanced(clip, told["max"], told["alpha"])).max()
        assert peak == pytest.approx(chunk["peak_out"], abs=1e-5)


RULES = st.builds(
    SliceRules,
    threshold_db=st.sampled_from([-60.0, -34.0, -20.0]),
    min_length_ms=st.sampled_from([300, 1000, 4000]),
    min_interval_ms=st.sampled_from([100, 300]),
    hop_ms=st.sampled_from([10, 20]),
    max_silence_ms=st.sampled_from([20, 200, 500, 2000]),
    max_length_ms=st.sampled_from([60, 700, 3000, 15_000]),
)
STRETCHES = st.lists(
    st.tuples(st.floats(0, 2.5), st.sampled_from([0.0, 0.0, 1e-4, 0.01, 0.03, 0.3, 1.0])), min_size=0, max_size=8
)


def noises(stretches: list[tuple[float, float]], rate_hz: int) -> np.ndarray:
    random = np.random.default_rng(len(stretches))
    parts = [level * random.uniform(-1, 1, int(seconds * rate_hz)) for seconds, level in stretches]
    return np.concatenate([np.zeros(0), *parts]).astype(np.float32)


@settings(max_examples=150)
@given(stretches=STRETCHES, rules=RULES, rate_hz=st.sampled_from([8000, 32_000]))
def test_slices_are_ordered_and_bounded_and_only_silence_is_lost(
    stretches: list[tuple[float, float]], rules: SliceRules, rate_hz: int
):
    samples = noises(stretches, rate_hz)
    found = slices(samples, rate_hz, rules)
    hop = round(rate_hz * rules.hop_ms / 1000)
    levels = frame_levels(samples, hop, min(round(rate_hz * rules.min_interval_ms / 1000), 4 * hop))
    is_kept = np.zeros(len(levels), bool)
    end = 0
    assert rules.max_length_ms
    for part in found:
        assert end <= part.start < part.end <= len(levels) * hop
        assert part.start < len(samples)
        assert part.end - part.start <= rate_hz * rules.max_length_ms / 1000
        is_kept[part.start // hop : part.end // hop] = True
        end = part.end
    lost = levels[: -(-len(samples) // hop)][~is_kept[: -(-len(samples) // hop)]]
    assert (lost < 10 ** (rules.threshold_db / 20)).all()


def by_the_book(levels: list[float], loud: float, length: int, interval: int, keep: int) -> list[tuple[int, int]]:
    """The published state machine, word by word and frame by frame; from level to clips in frames."""

    def least(first: int, last: int) -> int:
        inside = [frame for frame in range(first, last + 1) if frame < len(levels)]
        return min(inside, key=lambda frame: (levels[frame], frame))

    tags, silence, clip = [], None, 0
    for now, level in enumerate(levels):
        if level < loud:
            silence = now if silence is None else silence
            continue
        if silence is None:
            continue
        if not ((silence == 0 and now > keep) or (now - silence >= interval and now - clip >= length)):
            silence = None
            continue
        left, right = least(silence, min(silence + keep, now)), least(max(now - keep, silence), now)
        if now - silence <= keep:
            clip = least(silence, now)
            tags.append((0 if silence == 0 else clip, clip))
        elif silence == 0:
            clip = right
            tags.append((0, right))
        elif now - silence <= 2 * keep:
            middle = least(now - keep, silence + keep)
            clip = max(right, middle)
            tags.append((min(left, middle), clip))
        else:
            clip = right
            tags.append((left, right))
        silence = None
    total = len(levels)
    if silence is not None and total - silence >= interval:
        tags.append((least(silence, min(total, silence + keep)), total + 1))
    if not tags:
        return [(0, total)]
    ends = [0, *(end for _, end in tags)]
    begins = [*(begin for begin, _ in tags), total]
    return [(start, stop) for start, stop in zip(ends, begins, strict=True) if start < stop]


@settings(max_examples=500)
@given(
    runs=st.lists(st.tuples(st.integers(1, 14), st.booleans()), min_size=1, max_size=10),
    seed=st.integers(0, 1000),
    length=st.integers(3, 12),
    interval=st.integers(1, 3),
    keep=st.integers(1, 6),
)
def test_every_kind_of_pause_is_cut_by_the_book(
    runs: list[tuple[int, bool]], seed: int, length: int, interval: int, keep: int
):
    random = np.random.default_rng(seed)
    grid = [0.01, 0.02, 0.03] if seed % 2 else list(np.linspace(0.001, 0.04, 40))  # with equals, and without
    parts = [(0.1 + random.random(size)) if is_loud else random.choice(grid, size) for size, is_loud in runs]
    hop = 32
    samples = np.repeat(np.concatenate(parts), hop).astype(np.float32)
    rules = SliceRules(-20, 10 * length, 10 * interval, 10, 10 * keep, None)
    levels = frame_levels(samples, hop, min(hop * interval, 4 * hop)).tolist()
    found = [(part.start // hop, part.end // hop) for part in slices(samples, 100 * hop, rules)]
    wanted = by_the_book(levels, 10 ** (-20 / 20), length, interval, keep)
    assert found == [(start, stop) for start, stop in wanted if start * hop < len(samples)]


@pytest.mark.parametrize("silent_frames", [3, 4, 5, 6])
def test_silence_at_the_beginning_is_cut_only_when_it_is_longer_than_what_may_stay(silent_frames: int):
    levels = [0.03, 0.03, 0.001, 0.02, 0.02, 0.02][:silent_frames] + [0.5] * 10
    samples = np.repeat(levels, 32).astype(np.float32)
    rules = SliceRules(-20, 500, 10, 10, 40, None)
    found = slices(samples, 3200, rules)
    wanted = by_the_book(frame_levels(samples, 32, 32).tolist(), 0.1, 50, 1, 4)
    assert [(part.start // 32, part.end // 32) for part in found] == wanted
    assert (found[0].start > 0) == (silent_frames > 4)


def test_a_clip_without_pauses_is_divided_at_its_quietest_places():
    samples = np.full(10 * RATE_HZ, 0.5, np.float32)
    samples[int(4.6 * RATE_HZ) : int(4.7 * RATE_HZ)] = 0.1
    first, second = slices(samples, RATE_HZ, SliceRules(max_length_ms=6000))
    assert 4.6 <= first.end / RATE_HZ <= 4.7
    assert second.start == first.end


@pytest.mark.parametrize("length", [0, 1, 319, 320, 400, 640])
def test_scraps_are_taken_as_they_are(length: int):
    found = slices(np.full(length, 0.5, np.float32), RATE_HZ, SliceRules())
    assert [part.start for part in found] == [0] * bool(length)


def test_silence_at_the_beginning_is_left_out():
    samples = np.concatenate([np.zeros(2 * RATE_HZ), np.full(RATE_HZ, 0.5)]).astype(np.float32)
    (only,) = slices(samples, RATE_HZ, SliceRules())
    assert 1.4 < only.start / RATE_HZ < 2


@pytest.mark.parametrize("wrong", [{"min_length_ms": 200}, {"hop_ms": 0}, {"max_silence_ms": 5}, {"max_length_ms": 20}])
def test_rules_that_contradict_each_other_are_refused(wrong: dict[str, int]):
    with pytest.raises(ValueError, match="hop"):
        SliceRules(**wrong)
