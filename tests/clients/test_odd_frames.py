"""Frames no server of ours sends, through the parser and the conversation: it always listens again."""

import base64
import json
from typing import Any

import httpx
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clients.events import Answered, Trouble
from clients.frames import LONGEST_LINE, lines_of, read_frames
from clients.protocol import Server
from clients.sound_files import pcm_of, wav_of
from clients.troubles import ServerTrouble
from tests.support.scene import Scene

WAV = wav_of(np.full(1600, 0.3, np.float32))


def encoded(wav: bytes) -> str:
    return base64.urlsafe_b64encode(wav).decode()


@st.composite
def torn_wavs(draw: st.DrawFn) -> str:
    """A WAV file with some bytes of its head changed, and cut off somewhere."""
    wav = bytearray(WAV)
    for at, byte in draw(st.lists(st.tuples(st.integers(0, 47), st.integers(0, 255)), max_size=4)):
        wav[at] = byte
    return encoded(bytes(wav[: draw(st.integers(0, len(wav)))]))


ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=30),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["message", "a"]), inner, max_size=2),
    max_leaves=3,
)
TIMINGS = st.dictionaries(st.sampled_from(["first_token", "done"]), ODD)
FRAMES = st.fixed_dictionaries(
    {},
    optional={
        "file": st.just(encoded(WAV)) | torn_wavs() | ODD,
        "message": st.just("好。") | ODD,
        "done": st.booleans() | ODD,
        "timing": TIMINGS | ODD,
        "hint": ODD,
        "error": st.fixed_dictionaries({}, optional={"message": ODD, "type": ODD}) | ODD,
    },
)
LINES = FRAMES.map(json.dumps) | ODD.map(json.dumps) | st.text(max_size=20) | st.just("[" * 100_000)


def odd_server(body: list[bytes]) -> Server:
    """Answers each request with what is in `body` then."""

    def reply(request: httpx.Request) -> httpx.Response:
        json.loads(request.content)
        return httpx.Response(200, content=body[0])

    server = Server("http://odd")
    server._http = httpx.Client(base_url="http://odd", transport=httpx.MockTransport(reply))
    return server


def play_out(scene: Scene) -> None:
    for _ in range(60):
        if scene.state in ("listening", "off"):
            return
        scene.wait(0.3)
    raise AssertionError(f"still {scene.state}: {scene.story}")


@settings(deadline=None, max_examples=200)
@given(st.lists(LINES, max_size=4), st.booleans())
@example(['{"message": "好。", "done": false}', '{"done": true, "timing": {"first_token": null}}'], True)
@example(['{"message": "好。", "file": 5}'], True)
@example(['{"done": true, "message": "\\ud800"}'], False)
@pytest.mark.long
def test_the_conversation_goes_on(lines: list[str], is_listening: bool):
    body = ["".join(f"data: {line}\n\n" for line in lines).encode()]
    server, scene = odd_server(body), Scene()
    scene.server.answer = server.answer  # type: ignore[method-assign]
    scene.listen(is_listening)
    scene.ask("问")
    play_out(scene)
    body[0] = b'data: {"message": "whole", "done": true}\n\n'
    scene.ask("再问")
    play_out(scene)
    assert scene.of(Answered)[-1].text == "whole"
    assert len(scene.of(Answered)) == 2
    scene.close()
    server.close()


@pytest.mark.parametrize(
    ("timing", "kept"),
    [
        ({"first_token": None, "done": 5, "x": True, "y": "1", "z": float("nan")}, {"done": 5}),
        ([1], {}),
        (None, {}),
    ],
)
def test_times_that_are_none_are_left_out(timing: Any, kept: dict[str, float]):
    (frame,) = read_frames(["data: " + json.dumps({"done": True, "message": "a", "timing": timing})])
    assert (frame.timing_ms, frame.text, frame.is_last) == (kept, "a", True)


@pytest.mark.parametrize(
    "fields", [{"file": 5}, {"message": ["a"]}, {"hint": {"a": 1}}, {"error": "text"}, {"error": {"message": 5}}, 5, []]
)
def test_a_frame_that_is_none_ends_the_answer(fields: Any):
    server = odd_server([b"data: " + json.dumps(fields).encode() + b"\n"])
    with pytest.raises(ServerTrouble, match="broke off") as caught:
        list(server.answer([]))
    assert caught.value.kind == "broken"
    server.close()


def test_a_line_that_never_ends_is_not_kept_for_ever():
    part, taken = b"x" * 2**20, []

    def endless():
        while True:
            taken.append(1)
            yield part

    with pytest.raises(ValueError, match="32 MB"):
        list(lines_of(endless()))
    assert len(taken) == LONGEST_LINE // len(part) + 1
    parts = [part, b"\n"] * 40
    assert sum(len(line) for line in lines_of(parts)) == 40 * len(part), "many lines may be longer than one"


@pytest.mark.parametrize("rate_hz", [0, 1, 7_999, 192_001, 4_000_000_000])
def test_sound_of_no_sample_rate_is_refused(rate_hz: int):
    wav = bytearray(WAV)
    wav[24:28] = rate_hz.to_bytes(4, "little")
    with pytest.raises(ValueError, match=f"{rate_hz} Hz"):
        pcm_of(bytes(wav))


@pytest.mark.parametrize("rate_hz", [8_000, 192_000])
def test_sound_of_any_sample_rate_is_taken(rate_hz: int):
    assert pcm_of(wav_of(np.zeros(10, np.float32), rate_hz)) == (bytes(20), rate_hz)


def test_unplayable_sound_is_told_once_and_its_text_stands():
    wav = bytearray(WAV)
    wav[24:28] = (1).to_bytes(4, "little")
    piece = json.dumps({"file": encoded(bytes(wav)), "message": "好。"})
    server = odd_server([f'data: {piece}\ndata: {piece}\ndata: {{"message": "好。好。", "done": true}}\n'.encode()])
    scene = Scene()
    scene.server.answer = server.answer  # type: ignore[method-assign]
    scene.listen()
    scene.ask("问")
    play_out(scene)
    assert [event.english for event in scene.of(Trouble)] == [
        "The answer cannot be played: this WAV file has a sample rate of 1 Hz"
    ]
    assert scene.of(Answered)[-1].is_whole
    scene.close()
    server.close()
