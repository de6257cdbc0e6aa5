"""Frames as clients read them, and what they are told when the server is away or refuses."""

import base64
import io
import threading
import wave

import pytest

from clients.frames import lines_of, read_frames
from clients.protocol import Server
from clients.sound_files import join_wavs, seconds_of
from clients.troubles import ServerTrouble
from tests.support.client_cases import client_cases
from tests.support.fakes import FakeRecognizer, FakeReplier, FakeSynthesizer
from tests.support.live_server import app_with, live_server
from tests.support.odd_server import OddServer, Reply, frames, refusal, whole
from tests.support.waiting import until


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


@client_cases("sse")
def test_shared_cases(case):
    stream = "".join(line + "\n" for line in case["lines"]).encode()
    for size in (1, 7, len(stream) + 1):
        parts = [stream[at : at + size] for at in range(0, len(stream), size)]
        found = [
            vars(frame) | {"audio_hex": frame.audio.hex() if frame.audio is not None else None}
            for frame in read_frames(lines_of(parts))
        ]
        for frame in found:
            del frame["audio"]
        assert found == case["want"]


def test_lines_may_end_the_windows_way_or_not_at_all():
    assert list(lines_of([b"a\r", b"\nb\n\nc"])) == ["a", "b", "", "c"]


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
        answered = list(server.answer([{"role": "user", "content": "你好"}]))
        server.close()
        assert [frame.text for frame in answered] == ["你好呀。", '"你好呀。"']
        assert answered[-1].timing_ms["done"] > 0
        stranger = Server(url)
        with pytest.raises(ServerTrouble, match=r"401.*token"):
            list(stranger.answer([]))
        with pytest.raises(ServerTrouble, match="401"):
            stranger.hear(wav(8000))
        stranger.close()


@pytest.mark.parametrize("lines", [[], ['data: {"file": "None", "message": "a", "done": false}']])
def test_an_answer_can_be_cancelled_from_another_thread(lines: list[str]):
    held, odd, texts = threading.Event(), OddServer(), []
    odd.will("/api/chat", frames(*lines, hold=held))
    with odd.running() as url:
        server = Server(url)
        answer = server.answer([])
        reader = threading.Thread(target=lambda: texts.extend(frame.text for frame in answer))
        reader.start()
        until(lambda: len(texts) == len(lines) and odd.asked, "the frames before come")
        answer.cancel()
        reader.join(10)
        assert not reader.is_alive()
        assert not held.is_set(), "the server still holds the stream"
        held.set()
        server.close()


@pytest.mark.parametrize(
    ("reply", "kind", "retry_after_s"),
    [
        (refusal(401, "An access token is needed."), "token", None),
        (refusal(503, "Too many turns.", Retry_After="2"), "busy", 2),
        (refusal(503, "Too many turns."), "busy", None),
        (refusal(429, "Slow down.", Retry_After="soon"), "busy", None),
        (refusal(503, "The speech model is not installed."), "no_recogniser", None),
        (refusal(500, "It failed."), "refused", None),
        (refusal(404, "Not Found"), "refused", None),
        (whole({"text": "an object"}), "refused", None),
    ],
)
def test_what_a_refusal_means(reply: Reply, kind: str, retry_after_s: float | None):
    odd = OddServer()
    odd.will("/api/asr", reply)
    with odd.running() as url:
        server = Server(url)
        with pytest.raises(ServerTrouble) as caught:
            server.hear(wav(100))
        assert (caught.value.kind, caught.value.retry_after_s) == (kind, retry_after_s)
        assert any("\u4e00" <= char <= "\u9fff" for char in caught.value.chinese)
        server.close()


def test_the_first_form_tells_a_stranger_from_silence():
    odd = OddServer()
    odd.will("/api/asr", whole("None"), whole(""), whole(" 你好 "))
    with odd.running() as url:
        server = Server(url)
        assert [server.hear(wav(100), "zh"), server.hear(wav(100), "auto"), server.hear(wav(100))] == [None, "", "你好"]
        server.close()
    bodies = odd.bodies("/api/asr")
    assert base64.urlsafe_b64decode(bodies[0]["data"]) == wav(100)
    assert [body.get("language") for body in bodies] == ["zh", None, None]


def test_an_older_server_offers_no_choices():
    odd = OddServer()
    with odd.running() as url:
        server = Server(url)
        assert server.choices() == {}
        odd.will("/api/choices", whole({"voices": ["a"]}))
        assert server.choices() == {"voices": ["a"]}
        server.close()


def test_a_server_that_is_away_is_named():
    with pytest.raises(ServerTrouble, match=r"http://127\.0\.0\.1:9 does not answer"):
        Server("http://127.0.0.1:9").health()
