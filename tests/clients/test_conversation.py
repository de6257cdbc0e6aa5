"""The real Conversation over real sockets, with servers that misbehave. Sound takes its time and is not heard."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from clients.bounds import FRAME
from clients.conversation import Conversation, TalkOptions
from clients.events import (
    Answered,
    Event,
    Heard,
    Hint,
    Ignored,
    Level,
    Piece,
    Playing,
    ServerState,
    StateChanged,
    Trouble,
)
from clients.interruption import usual_system
from clients.play import SilentPlayer
from clients.protocol import Server
from tests.support.fakes import FakeRecognizer, FakeReplier, FakeSynthesizer
from tests.support.live_server import app_with, live_server
from tests.support.odd_server import OddServer, frames, last, piece, refusal, silence, whole
from tests.support.waiting import until


class Scripted:
    """A frame full of its own probability."""

    def __call__(self, frame: np.ndarray) -> float:
        return float(frame[0])

    def reset(self) -> None:
        pass


class Talk:
    def __init__(self, url: str, token: str = "", **options: Any):
        self.events: list[Event] = []
        self.player = SilentPlayer()
        self.server = Server(url, token)
        self.conversation = Conversation(
            self.server, self.player, self.events.append, TalkOptions(**options), vad=Scripted()
        )
        self.conversation.listen(True)

    def say(self, frames_spoken: int = 20) -> None:
        for probability in [0.9] * frames_spoken + [0.0] * 17:
            self.conversation.hear(np.full(FRAME, probability, np.float32))

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def await_one(self, kind: type, count: int = 1) -> Any:
        until(lambda: len(self.of(kind)) >= count, f"{count} {kind.__name__} in {self.events}")
        return self.of(kind)[count - 1]

    def await_state(self, state: str) -> None:
        until(lambda: self.conversation.state == state, f"{state}, not {self.conversation.state}: {self.events}")

    def close(self) -> None:
        self.conversation.close()
        self.player.close()
        self.server.close()


@contextmanager
def talk_with(odd: OddServer, **options: Any) -> Iterator[Talk]:
    with odd.running() as url:
        talk = Talk(url, **options)
        try:
            yield talk
        finally:
            talk.close()


@pytest.fixture
def odd() -> OddServer:
    odd = OddServer()
    odd.will("/api/asr", whole("你好"))
    odd.will("/api/chat", frames(piece("你好呀。"), last('"你好呀。"')))
    return odd


def test_a_spoken_turn_with_the_real_server():
    app = app_with(
        recognizer=FakeRecognizer("你好"),
        replier=FakeReplier(['"你好呀。', '今天真好。"']),
        synthesizer=FakeSynthesizer(),
    )
    with live_server(app) as url:
        talk = Talk(url)
        talk.say()
        answered = talk.await_one(Answered)
        talk.await_state("listening")
        assert answered.is_whole
        assert answered.text == '"你好呀。今天真好。"'
        assert [event.text for event in talk.of(Piece)] == ["你好呀。", "今天真好。"]
        stages = answered.stages_ms
        order = ["speech_ended", "heard", "first_piece", "playing", "done"]
        assert set(order) | {"first_audio", "first_token"} == set(stages)
        assert stages["heard"] <= stages["first_token"] <= stages["first_piece"] <= stages["playing"]
        assert talk.of(Heard)[0].stages == {"speech_ended": 0, "heard": stages["heard"]}
        assert not talk.of(Trouble)
        assert talk.await_one(ServerState).health["status"] == "healthy"
        assert len(talk.of(Level)) == 37
        states = [event.state for event in talk.of(StateChanged)]
        assert [state for state in states if state != "recognising"] == [
            "listening",
            "hearing",
            "thinking",
            "speaking",
            "listening",
        ]
        talk.close()


def test_what_is_chosen_is_asked_for(odd: OddServer):
    wishes: dict[str, Any] = {"voice": "v", "language": "zh", "speed": 1.5, "llm": {"temperature": 0}}
    with talk_with(odd, character="李白", **wishes) as talk:
        talk.conversation.ask("问")
        talk.await_one(Answered)
        talk.conversation.options = TalkOptions(stream="pieces")
        talk.conversation.ask("再问")
        talk.await_one(Answered, 2)
        talk.conversation.options = TalkOptions(system="自己写的", character="李白")
        talk.conversation.forget()
        talk.conversation.ask("三问")
        talk.await_one(Answered, 3)
    first, second, third = odd.bodies("/api/chat")
    assert first == {"msg": [{"role": "user", "content": "问"}], "character": "李白", "stream": "chunks", **wishes}
    assert second["msg"][0] == {"role": "system", "content": usual_system()}
    assert second["msg"][2] == {"role": "assistant", "content": '"你好呀。"'}
    assert set(second) == {"msg"}
    assert third["msg"] == [{"role": "system", "content": "自己写的"}, {"role": "user", "content": "三问"}]


def test_a_stream_that_breaks_off(odd: OddServer):
    odd.will("/api/chat", frames(piece("第一段，"), piece("第二段，"), is_cut=True))
    with talk_with(odd) as talk:
        talk.conversation.ask("问")
        answered = talk.await_one(Answered)
        assert (answered.text, answered.is_whole) == ("第一段，第二段，", False)
        assert "broke off" in talk.of(Trouble)[0].english
        assert "中断" in talk.of(Trouble)[0].chinese
        assert [event.number for event in talk.of(Playing)] == [1, 2]
        assert talk.conversation.history.messages()[-1] == {"role": "assistant", "content": '"第一段，第二段，"'}
        talk.await_state("listening")


def test_a_stream_that_ends_without_its_last_frame(odd: OddServer):
    odd.will("/api/chat", frames(), frames("data: {not JSON"), frames(piece("好。"), last('"好。"')))
    with talk_with(odd) as talk:
        for number in (1, 2):
            talk.conversation.ask("问")
            assert not talk.await_one(Answered, number).text
            assert len(talk.of(Trouble)) == number
        talk.conversation.ask("再问")
        assert talk.await_one(Answered, 3).is_whole
        assert odd.bodies("/api/chat")[2]["msg"][-1]["content"] == "再问"


def test_a_token_is_wanted(odd: OddServer):
    odd.will("/api/asr", refusal(401, "An access token is needed."))
    odd.will("/api/chat", refusal(401, "An access token is needed."))
    with talk_with(odd) as talk:
        talk.say()
        assert "401" in talk.await_one(Trouble).english
        talk.await_state("listening")
        talk.conversation.ask("问")
        assert "令牌" in talk.await_one(Trouble, 2).chinese
        talk.await_state("listening")


def test_a_busy_server_is_asked_again_as_soon_as_it_said(odd: OddServer):
    busy = refusal(503, "Too many turns.", Retry_After="1")
    odd.will("/api/chat", busy, busy, frames(piece("好。"), last('"好。"')))
    with talk_with(odd) as talk:
        talk.conversation.ask("问")
        assert talk.await_one(Answered).is_whole
        assert len(odd.bodies("/api/chat")) == 3
        assert [event.english.partition(":")[2].strip() for event in talk.of(Trouble)][:1] == [
            "//" + talk.server.url[7:] + " answered 503: Too many turns."
        ]
        assert len(talk.of(Trouble)) == 1


def test_no_recogniser_is_said_once_and_typing_works(odd: OddServer):
    odd.will("/api/asr", refusal(503, "The speech model is not installed: start.py models get sensevoice"))
    with talk_with(odd) as talk:
        for number in (1, 2, 3):
            talk.say()
            until(lambda number=number: len(odd.bodies("/api/asr")) >= number, "the recording is sent")
            talk.await_state("listening")
        assert [event.english for event in talk.of(Trouble)] == [
            "The speech model is not installed: start.py models get sensevoice"
        ]
        talk.conversation.ask("问")
        assert talk.await_one(Answered).is_whole


def test_a_stranger_s_words_never_reach_the_model(odd: OddServer):
    odd.will("/api/asr", whole("None"))
    with talk_with(odd) as talk:
        talk.say()
        assert talk.await_one(Ignored) == Ignored("", "rejected")
        talk.await_state("listening")
        assert not odd.bodies("/api/chat")


def test_nothing_said_is_no_question(odd: OddServer):
    odd.will("/api/asr", whole("  "))
    with talk_with(odd) as talk:
        talk.say()
        assert talk.await_one(Ignored) == Ignored("", "nothing")
        assert not odd.bodies("/api/chat")


@pytest.mark.parametrize("path", ["/api/asr", "/api/chat"])
def test_endless_silence_is_left_at_once(odd: OddServer, path: str):
    over = threading.Event()
    odd.will(path, silence(over))
    with talk_with(odd) as talk:
        talk.say()
        talk.await_state("recognising" if path == "/api/asr" else "thinking")
        talk.conversation.interrupt()
        talk.await_state("listening")
        talk.conversation.ask("问")
        talk.await_state("thinking" if path == "/api/chat" else "listening")
        started_s = time.monotonic()
        talk.conversation.close()
        assert time.monotonic() - started_s < 2
        over.set()


def test_an_interruption_closes_the_request(odd: OddServer):
    held = threading.Event()
    odd.will("/api/chat", frames(piece("很长的回答，", 5), hold=held), frames(piece("好。"), last('"好。"')))
    with talk_with(odd) as talk:
        talk.conversation.ask("问")
        talk.await_one(Playing)
        threads = threading.active_count()
        talk.conversation.interrupt()
        until(lambda: threading.active_count() < threads, "the thread of the request ends while the server holds it")
        answered = talk.await_one(Answered)
        assert not answered.is_whole
        talk.conversation.ask("再问")
        assert talk.await_one(Answered, 2).is_whole
        assert not talk.of(Trouble)
        held.set()


def test_a_server_that_comes_later_is_noticed_and_the_question_is_asked_again():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    talk, odd = Talk(f"http://127.0.0.1:{port}"), OddServer()
    odd.will("/api/chat", frames(piece("好。"), last('"好。"')))
    assert talk.await_one(ServerState).health is None
    talk.conversation.ask("问")
    talk.await_state("thinking")
    time.sleep(1)
    assert "does not answer" in talk.of(Trouble)[0].english
    with odd.running(port):
        assert talk.await_one(ServerState, 2).health == {"status": "ok", "engines": {}}
        assert talk.await_one(Answered).is_whole
        assert len(talk.of(Trouble)) == 1, "it is said once"
        talk.close()


def test_hints_and_errors_of_the_last_frame_are_told(odd: OddServer):
    wrong = {"type": "llm_unreachable", "message": "The model is away."}
    odd.will(
        "/api/chat", frames(last("没有引号", hint="The model spoke without quotes.")), frames(last("", error=wrong))
    )
    with talk_with(odd) as talk:
        talk.conversation.ask("问")
        assert talk.await_one(Hint).text == "The model spoke without quotes."
        assert talk.await_one(Answered).text == "没有引号"
        talk.conversation.ask("再问")
        assert talk.await_one(Trouble).english == "The model is away."
        assert not talk.await_one(Answered, 2).is_whole
        talk.await_state("listening")


def test_sound_that_is_no_wav_is_told_and_its_text_is_shown(odd: OddServer):
    line = 'data: {"file": "' + "QUJD" * 20 + '", "message": "%s", "done": false}'
    odd.will("/api/chat", frames(line % "一，", line % "二。", last('"一，二。"')))
    with talk_with(odd) as talk:
        talk.conversation.ask("问")
        assert talk.await_one(Answered).is_whole
        assert [event.text for event in talk.of(Piece)] == ["一，", "二。"]
        assert len(talk.of(Trouble)) == 1


def test_switching_the_microphone_off_sends_what_was_said(odd: OddServer):
    with talk_with(odd) as talk:
        for _ in range(20):
            talk.conversation.hear(np.full(FRAME, 0.9, np.float32))
        talk.await_state("hearing")
        talk.conversation.listen(False)
        assert talk.await_one(Heard).text == "你好"
        assert talk.await_one(Answered).is_whole
        talk.await_state("off")
        talk.say()
        talk.conversation.ask("问")
        talk.await_one(Answered, 2)
        assert len(odd.bodies("/api/asr")) == 1


def test_a_listener_that_fails_does_not_end_the_conversation(odd: OddServer):
    with talk_with(odd) as talk:
        failing = iter([True])
        tell = talk.conversation._parts.tell

        def fail(event: Event) -> None:
            tell(event)
            if isinstance(event, Piece) and next(failing, False):
                raise RuntimeError("the window is gone")

        talk.conversation._parts.tell = fail
        talk.conversation.ask("问")
        assert "the window is gone" in talk.await_one(Trouble).english
        talk.conversation.ask("再问")
        until(lambda: any(event.is_whole for event in talk.of(Answered)), "an answer")


def test_every_thread_ends(odd: OddServer):
    before = set(threading.enumerate())
    with talk_with(odd) as talk:
        talk.say()
        talk.await_one(Answered)
    until(
        lambda: (
            not [
                thread
                for thread in threading.enumerate()
                if thread not in before and thread.name in ("conversation", "silent player")
            ]
        ),
        "threads end",
    )
