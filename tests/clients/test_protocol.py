"""Frames as clients read them, and what they are told when the server is away or refuses."""

import base64
import io
import wave

import pytest

from clients.protocol import Server, ServerTrouble, join_wavs, read_frames, seconds_of
from tests.support.fakes import FakeRecognizer, FakeReplier, FakeSynthesizer
from tests.support.live_server import app_with, live_server


def wav(samples: int, rate_hz: int = 8000) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, rate_hz, 0, "NONE", ""))
        out.writeframes(b"\1\0" * samples)
    return file.getvalue()


def test_frames_are_read_whatever_else_the_stream_holds():
    audio = base64.urlsafe_b64encode(wav(10)).decode()
    lines = [
        "",
        ": comment",
        "event: message",
        f'data: {{"file": "{audio}", "message": "你好，", "done": false}}',
        'data:{"file": "None", "message": "！", "done": false}',
        'data: {"file": "", "message": "all", "done": true, "hint": "h", "error": {"type": "t", "message": "m"}}',
        "data: not read any more",
    ]
    first, second, last = read_frames(lines)
    assert (first.text, first.audio) == ("你好，", wav(10))
    assert (second.text, second.audio, second.is_last) == ("！", None, False)
    assert (last.is_last, last.text, last.hint, last.error) == (True, "all", "h", "m")


def test_pieces_join_into_one_file():
    joined = join_wavs([wav(4000), wav(8000)])
    assert seconds_of(joined) == 1.5
    assert joined.count(b"RIFF") == 1


def test_a_whole_turn_through_a_real_server():
    app = app_with(
        recognizer=FakeRecognizer("你好"), replier=FakeReplier(['"你好呀。"']), synthesizer=FakeSynthesizer(), token="t"
    )
    with live_server(app) as url:
        server = Server(url + "/", "t")
        assert server.hear(wav(8000)) == "你好"
        frames = list(server.answer([{"role": "user", "content": "你好"}]))
        server.close()
        assert [frame.text for frame in frames] == ["你好呀。", '"你好呀。"']
        assert frames[-1].timing_ms["done"] > 0
        stranger = Server(url)
        with pytest.raises(ServerTrouble, match=r"401.*token"):
            list(stranger.answer([]))
        with pytest.raises(ServerTrouble, match="401"):
            stranger.hear(wav(8000))
        stranger.close()


def test_a_server_that_is_away_is_named():
    with pytest.raises(ServerTrouble, match=r"http://127\.0\.0\.1:9 does not answer"):
        Server("http://127.0.0.1:9").health()
