"""Where speech begins and ends, and which samples an utterance has."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.bounds import FRAME, FRAME_S, Ended, SpeechBounds, Started, UtteranceBuffer
from clients.ear import Ear
from tests.support.client_cases import client_cases
from tests.support.vectors import VECTORS


def told(event: Started | Ended | None, at: int) -> list[dict]:
    if isinstance(event, Started):
        return [{"at": at, "is": "started", "first": event.first}]
    if isinstance(event, Ended):
        fields = {"first": event.first, "last": event.last, "is_cut": event.is_cut, "is_utterance": event.is_utterance}
        return [{"at": at, "is": "ended"} | fields]
    return []


@client_cases("bounds")
def test_shared_cases(case):
    probabilities = [value for value, count in case["probabilities"] for _ in range(count)]
    bounds = SpeechBounds(case["silence_ms"])
    found = [event for at, value in enumerate(probabilities) for event in told(bounds.feed(value), at)]
    if case["finish"]:
        found += told(bounds.finish(), len(probabilities))
    assert found == case["want"]


@pytest.mark.parametrize(
    ("name", "spans"),
    [("English speech", [(11, 69), (103, 137), (169, 238), (256, None)]), ("Mandarin speech", [(15, 117)])],
)
def test_recordings(name: str, spans: list[tuple[int, int | None]]):
    """By the probabilities that Silero gives, with the end of the first recording still spoken."""
    cases = json.loads((VECTORS / "clients" / "silero.json").read_text(encoding="utf-8"))["cases"]
    probabilities = next(case["want"] for case in cases if case["name"] == name)
    bounds = SpeechBounds(400)
    events = [event for value in probabilities if (event := bounds.feed(value))]
    assert [event.first for event in events if isinstance(event, Started)] == [first for first, _ in spans]
    ended = [event for event in events if isinstance(event, Ended)]
    assert [event.last for event in ended] == [last for _, last in spans if last]


@given(st.lists(st.floats(0, 1), max_size=300), st.integers(50, 800))
def test_starts_and_ends_alternate_and_never_overlap(probabilities: list[float], silence_ms: int):
    bounds, before, is_inside = SpeechBounds(silence_ms), -1, False
    for at, probability in enumerate(probabilities):
        event = bounds.feed(probability)
        if isinstance(event, Started):
            assert not is_inside
            assert before < event.first <= at
            is_inside = True
        elif isinstance(event, Ended):
            assert is_inside
            assert event.first <= event.last <= at
            before, is_inside = event.last, False
        assert bounds.speech_s <= (at + 1) * FRAME_S
    assert (bounds.finish() is not None) == is_inside


def numbered(count: int) -> UtteranceBuffer:
    buffer = UtteranceBuffer()
    for number in range(count):
        buffer.add(np.full(FRAME, number, np.float32))
    return buffer


@pytest.mark.parametrize(
    ("heard", "first", "last", "want"),
    [
        (100, 20, 40, (13, 44)),
        (100, 3, 40, (0, 44)),
        (42, 20, 40, (13, 41)),
        (42, 20, None, (13, 41)),
        (1500, 600, 1480, (593, 1484)),
    ],
)
def test_an_utterance_has_its_padding(heard: int, first: int, last: int | None, want: tuple[int, int]):
    samples = numbered(heard).cut(first, last)
    assert list(samples[::FRAME]) == list(range(want[0], want[1] + 1))


def test_what_came_before_a_gap_is_no_padding():
    ear = Ear(lambda frame: float(frame[0]), lambda: None, 500)
    for _ in range(20):
        ear.hear(np.full(FRAME, 0.3, np.float32))
    ear.deafen()
    events = [ear.hear(np.full(FRAME, 0.9, np.float32)) for _ in range(5)]
    started = next(event for event in events if isinstance(event, Started))
    assert set(ear.cut(started.first)) == {np.float32(0.9)}
