"""The clients of the original system, unmodified in what they do, against this server over a real socket."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
import soundfile

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

from asr.recognizer import Heard
from tests.support.fakes import FakeRecognizer, FakeReplier, FakeSynthesizer, spoken_pcm
from tests.support.field_loops import TerminalLoop, WindowLoop, microphone
from tests.support.live_server import app_with, live_server
from tts.synthesizer import Voice
from voice.api import streams

ASSETS = Path(__file__).parents[1] / "assets"
REPLY = '[普通]"你好呀，今天天气真不错！我们一起去公园散步吧。"（笑）'
SPOKEN = ["你好呀，今天天气真不错！", "我们一起去公园散步吧。"]


class LengthRecognizer(FakeRecognizer):
    """Remembers how much it was given, and says what it is told to."""

    def __init__(self, *texts: str):
        super().__init__()
        self.texts = list(texts)
        self.seconds: list[float] = []

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        self.seconds.append(len(samples) / 16_000)
        return Heard(self.texts.pop(0))


def speech(name: str) -> np.ndarray:
    return soundfile.read(ASSETS / name, dtype="float32")[0]


@pytest.mark.parametrize("kind", [TerminalLoop, WindowLoop])
def test_two_spoken_turns(kind: type[TerminalLoop]):
    ears, replier = LengthRecognizer("广州市房地产中介协会分析", '他说"走"'), FakeReplier([REPLY])
    app = app_with(recognizer=ears, replier=replier, synthesizer=FakeSynthesizer(steps=3))
    with live_server(app) as url:
        client = kind(url, system="你是小音")
        client.listen(microphone(speech("aishell.wav")))
        client.listen(microphone(speech("aishell.wav")))
    assert len(ears.seconds) == 2
    assert all(3 < seconds < 4.5 for seconds in ears.seconds), ears.seconds
    assert client.shown == [*SPOKEN, *SPOKEN]
    assert [pcm.rstrip(b"\0") for pcm in client.played] == [
        spoken_pcm(text, Voice()).rstrip(b"\0") for text in [*SPOKEN, *SPOKEN]
    ]
    roles = [message["role"] for message in client.data["msg"]]
    assert roles == ["system", "user", "assistant", "user", "assistant"]
    assert replier.asked[1][2] == {"role": "assistant", "content": REPLY}, "the reply comes back as the model wrote it"
    wanted = {TerminalLoop: "他说\\走\\", WindowLoop: '"他说\\"走\\""'}[kind]
    assert replier.asked[1][3] == {"role": "user", "content": wanted}


def test_a_rejected_speaker_is_dropped_by_the_window():
    replier = FakeReplier([REPLY])
    # The server keeps the word for rejections; a recogniser that hears "None" is written otherwise.
    app = app_with(recognizer=LengthRecognizer("None"), replier=replier, synthesizer=FakeSynthesizer())
    with live_server(app) as url:
        client = WindowLoop(url)
        client._handle('"None"')
        assert replier.asked == []
        client.listen(microphone(speech("aishell.wav")))
    assert client.bubbles[0] == ("right", "none")


def test_typed_text_keeps_its_quotes():
    replier = FakeReplier([REPLY])
    with live_server(app_with(replier=replier, synthesizer=FakeSynthesizer())) as url:
        client = WindowLoop(url)
        client.type("你好")
    assert replier.asked == [[{"role": "user", "content": '"你好"'}]]
    assert client.bubbles == [("right", "你好"), *(("left", text) for text in SPOKEN)]


def test_the_loop_survives_a_long_thought_and_a_voice_that_fails(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(streams, "KEEP_ALIVE_S", 0.2)  # the keep-alive that made the original's clients fail
    replier = FakeReplier([1.0, '"这句话一定会fail的。', '后面这句话没有问题。"'])
    with live_server(app_with(replier=replier, synthesizer=FakeSynthesizer())) as url:
        client = TerminalLoop(url)
        client.ask("你好")
    assert client.shown == ["这句话一定会fail的。", "后面这句话没有问题。"]
    assert len(client.played) == 1
    assert client.data["msg"][-1]["role"] == "assistant"


def test_the_loop_ends_when_the_model_is_away():
    with live_server(app_with(replier=None, synthesizer=FakeSynthesizer())) as url:
        client = TerminalLoop(url)
        client.ask("你好")
    assert client.data["msg"][-1] == {"role": "assistant", "content": ""}
    assert client.shown == []


def test_many_talk_at_once():
    replier = FakeReplier([REPLY])
    with live_server(app_with(replier=replier, synthesizer=FakeSynthesizer(step_s=0.01))) as url:
        clients = [TerminalLoop(url) for _ in range(4)]

        async def all_at_once() -> None:
            await asyncio.gather(*(asyncio.to_thread(client.ask, "你好") for client in clients))

        asyncio.run(all_at_once())
    assert [client.shown for client in clients] == [SPOKEN] * 4
