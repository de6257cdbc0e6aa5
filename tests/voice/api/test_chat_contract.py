"""The chat routes over a real socket: framing, frames, order, errors inside the stream, its end."""

import asyncio
import base64
import io
import json
import socket
import time
import wave
from urllib.parse import urlsplit

import httpx
import pytest

from llm.replier import LLMError
from tests.support.fakes import EchoReplier, FakeReplier, FakeSynthesizer, spoken_pcm
from tests.support.field_client import read_like_a_field_client
from tests.support.live_server import app_with, live_server
from tts.synthesizer import Reference, Voice
from voice.api.frames import frame
from voice.settings import LimitSettings, Settings
from voice.voices import Voices

REPLY = '[普通]"今天天气真不错！我们一起去公园散步吧。"（笑）'
ASK = {"msg": [{"role": "user", "content": "你好"}]}


def stream_lines(url: str, body: dict | None = None, path: str = "/api/chat") -> tuple[httpx.Response, bytes]:
    with httpx.stream("POST", url + path, json=ASK if body is None else body, timeout=20) as response:
        return response, response.read()


def frames(url: str, body: dict | None = None, path: str = "/api/chat") -> list[dict]:
    return read_like_a_field_client(stream_lines(url, body, path)[1].split(b"\n"))


def test_the_stream_is_the_contract_byte_for_byte():
    with live_server(app_with(replier=FakeReplier([REPLY]), synthesizer=FakeSynthesizer())) as url:
        response, raw = stream_lines(url)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] in ("no-cache", "no-store")
    assert response.headers["x-accel-buffering"] == "no"
    assert raw.endswith(b"\n\n")
    assert b"\r" not in raw
    for line in raw.split(b"\n"):
        assert not line or line.startswith(b"data: {")
    first, second, last = read_like_a_field_client(raw.split(b"\n"))
    assert list(first) == ["file", "message", "done"]
    assert [first["message"], second["message"]] == ["今天天气真不错！", "我们一起去公园散步吧。"]
    assert (first["done"], last["done"]) == (False, True)
    assert last["file"] == ""
    assert last["message"] == REPLY
    assert list(last["timing"]) == ["first_token", "first_piece", "first_audio", "done"]


def test_audio_is_a_whole_wav_at_the_voice_rate_with_a_trailing_pause():
    with live_server(app_with(replier=FakeReplier([REPLY]), synthesizer=FakeSynthesizer())) as url:
        text = frames(url)[0]["file"]
    assert text.startswith("UklGR")
    raw = base64.urlsafe_b64decode(text)
    with wave.open(io.BytesIO(raw)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
        pcm = file.readframes(file.getnframes())
    assert len(raw) == 44 + len(pcm)
    said = spoken_pcm("今天天气真不错！", Voice())
    assert pcm == said + bytes(2 * int(0.3 * 16_000))


def test_a_piece_without_audio_says_none_and_the_stream_goes_on():
    with live_server(
        app_with(replier=FakeReplier(['"一号句子。这里fail掉了。最后这一句。！！"']), synthesizer=FakeSynthesizer())
    ) as url:
        sent = frames(url)
    assert [f["message"] for f in sent[:-1]] == ["一号句子。", "这里fail掉了。", "最后这一句。！！"]
    assert [f["file"] == "None" for f in sent[:-1]] == [False, True, False]
    assert sent[-1]["done"]


@pytest.mark.parametrize(
    ("script", "message", "kind"),
    [
        ([LLMError("llm_unreachable", "The LLM did not answer.")], "", "llm_unreachable"),
        ([LLMError("llm_http_error", "The key was refused.", 401)], "", "llm_http_error"),
        (['"一半的', LLMError("llm_stream_error", "It broke off.")], '"一半的', "llm_stream_error"),
        (['"一半的', RuntimeError("innards")], '"一半的', "internal_error"),
    ],
)
def test_trouble_with_the_model_arrives_in_the_last_frame(script: list, message: str, kind: str):
    with live_server(app_with(replier=FakeReplier(script), synthesizer=FakeSynthesizer())) as url:
        last = frames(url)[-1]
    assert last["done"]
    assert last["message"] == message
    assert last["error"]["type"] == kind
    assert "innards" not in last["error"]["message"]
    assert last["error"].get("status") == (401 if kind == "llm_http_error" else None)


def test_without_a_voice_every_text_still_arrives_and_the_reason_with_the_last_frame():
    with live_server(app_with(replier=FakeReplier([REPLY]), missing="none is installed")) as url:
        sent = frames(url)
    assert [f["file"] for f in sent] == ["None", "None", ""]
    assert sent[-1]["hint"] == "Voice: none is installed"


def test_a_reply_without_quotes_ends_with_a_hint():
    with live_server(app_with(replier=FakeReplier(["没有引号。"]), synthesizer=FakeSynthesizer())) as url:
        (last,) = frames(url)
    assert last["message"] == "没有引号。"
    assert "split.speak: all" in last["hint"]


def test_ellipses_and_thoughts_of_the_final_message():
    reply = ['<think>"no"</think>', '"好..', '.的", 再见......']
    with live_server(app_with(replier=FakeReplier(reply), synthesizer=FakeSynthesizer())) as url:
        sent = frames(url)
    assert sent[-1]["message"] == '"好…的", 再见……'
    assert sent[0]["message"] == "好…"


def test_the_history_reaches_the_model_as_it_is():
    history = [
        {"role": "system", "content": "你是猫娘", "name": "x"},
        {"role": "tool", "content": [{"type": "text", "text": '"quoted"'}], "extra": {"a": None}},
        "bare text",
    ]
    replier = FakeReplier(['"好。"'])
    with live_server(app_with(replier=replier, synthesizer=FakeSynthesizer())) as url:
        frames(url, {"msg": history})
    assert replier.asked == [[*history[:2], {"role": "user", "content": "bare text"}]]


def test_chunks_carry_the_text_first_and_then_an_empty_message():
    with live_server(app_with(replier=FakeReplier(['"你好呀。"']), synthesizer=FakeSynthesizer(steps=2))) as url:
        *chunks, last = frames(url, ASK | {"stream": "chunks"})
    assert [c["message"] for c in chunks] == ["你好呀。", "", ""]
    pcm = b"".join(base64.urlsafe_b64decode(c["file"])[44:] for c in chunks)
    assert pcm.startswith(spoken_pcm("你好呀。", Voice()))
    assert last["done"]


@pytest.mark.parametrize(("name", "magic"), [("wav", b"RIFF"), ("mp3", b""), ("opus", b"OggS"), ("pcm", b"")])
def test_other_encodings_on_request(name: str, magic: bytes):
    class Tone(FakeSynthesizer):
        rate_hz = 22_050

        async def speak(self, text: str, voice: Voice):
            yield b"\0\10" * 22_050

    with live_server(app_with(replier=FakeReplier(['"你好呀。"']), synthesizer=Tone())) as url:
        first = frames(url, ASK | {"format": name})[0]
    assert (first["format"], first["rate"]) == (name, 48_000 if name == "opus" else 22_050)
    raw = base64.urlsafe_b64decode(first["file"])
    assert raw.startswith(magic)
    assert len(raw) > 1000


def test_the_later_forms():
    with live_server(app_with(replier=FakeReplier([REPLY]), synthesizer=FakeSynthesizer())) as url:
        typed = frames(url, ASK, "/api/chat_v2")
        assert [f["type"] for f in typed] == ["text", "audio", "text", "audio", "text"]
        assert typed[1]["data"].startswith("UklGR")
        assert (typed[-1]["data"], typed[-1]["done"]) == (REPLY, True)
        raw = httpx.get(url + "/api/stream_chat", params={"text": "你好"}, timeout=20).content
        assert [f["done"] for f in read_like_a_field_client(raw.split(b"\n"))] == [False, False, True]


def test_a_stream_that_pauses_for_a_minute_is_kept_alive_by_lone_empty_lines(monkeypatch: pytest.MonkeyPatch):
    """At a hundredth of the time: signs of life in a pause of a minute, and one more between two pieces."""
    monkeypatch.setattr("voice.api.streams.KEEP_ALIVE_S", 0.15)
    script = [0.67, '"一号句子。', 0.3, '二号这句子。"']
    with live_server(app_with(replier=FakeReplier(script), synthesizer=FakeSynthesizer())) as url:
        raw = stream_lines(url)[1]
    before, between, *_ = raw.split(b"data: ")
    assert len(before) >= 2
    assert not before.strip(b"\n")
    assert between.rstrip(b"\n").endswith(b"}")
    assert len(between) - len(between.rstrip(b"\n")) >= 3
    assert [f["message"] for f in read_like_a_field_client(raw.split(b"\n"))][:2] == ["一号句子。", "二号这句子。"]


def test_the_stream_closes_after_the_last_frame_while_the_connection_lives_on():
    app = app_with(replier=FakeReplier([REPLY]), synthesizer=FakeSynthesizer())
    with live_server(app) as url, httpx.Client() as client:
        for _ in range(2):
            raw = client.post(url + "/api/chat", json=ASK).content
            assert raw.split(b"\n\n")[-1] == b""
            assert json.loads(raw.split(b"\n\n")[-2][6:])["done"] is True


def test_fifty_turns_at_once_do_not_mix():
    tags = [f"t{n}" for n in range(10)]
    by_tag = {tag: Voice(reference=Reference(__file__, tag, "zh")) for tag in tags}  # pyright: ignore[reportArgumentType]
    settings = Settings(extra_ref_audio={tag: ["x", "y"] for tag in tags})
    app = app_with(
        replier=EchoReplier(),
        synthesizer=FakeSynthesizer(step_s=0.002),
        settings=settings,
        voices=Voices(Voice(), by_tag),
    )

    async def one(client: httpx.AsyncClient, number: int) -> None:
        tag = tags[number % 10]
        reply = f'[{tag}]"这是第{number}个人的第一句。这是第{number}个人的第二句。"'
        raw = (await client.post("/api/chat", json={"msg": [reply]})).content
        *pieces, last = read_like_a_field_client(raw.split(b"\n"))
        assert last["message"] == reply
        assert [p["message"] for p in pieces] == [f"这是第{number}个人的第一句。", f"这是第{number}个人的第二句。"]
        for piece in pieces:
            pcm = base64.urlsafe_b64decode(piece["file"])[44:]
            assert pcm.startswith(spoken_pcm(piece["message"], by_tag[tag]))

    async def fifty(url: str) -> None:
        async with httpx.AsyncClient(base_url=url, timeout=30, limits=httpx.Limits(max_connections=60)) as client:
            await asyncio.gather(*(one(client, number) for number in range(50)))

    with live_server(app) as url:
        asyncio.run(fifty(url))


def test_too_many_turns_get_503_with_a_time_to_try_again():
    settings = Settings(limits=LimitSettings(turns=1))
    app = app_with(replier=FakeReplier(['"好。"', 30.0]), synthesizer=FakeSynthesizer(), settings=settings)
    with live_server(app) as url, httpx.stream("POST", url + "/api/chat", json=ASK, timeout=10) as first:
        received = first.iter_raw()
        assert next(received)
        refused = httpx.post(url + "/api/chat", json=ASK)
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert "conversations" in refused.json()["detail"]


@pytest.mark.parametrize("is_parked", [True, False])
def test_a_listener_who_leaves_ends_the_model_and_the_voice(is_parked: bool):
    """Parked: the server waits for the model. Otherwise it is blocked in a send to somebody who does not read."""
    replier = FakeReplier(['"', *(f"这是第{n}句话。" for n in range(400)), 60.0])

    class Loud(FakeSynthesizer):
        async def speak(self, text: str, voice: Voice):
            async for part in super().speak(text, voice):
                yield part * (1 if is_parked else 20_000)

    synthesizer = Loud(step_s=0.01 if is_parked else 0.0)
    with live_server(app_with(replier=replier, synthesizer=synthesizer)) as url:
        connection = ask_without_reading(url)
        time.sleep(0.5)
        if not is_parked:
            stuck_at = synthesizer.steps_taken
            time.sleep(0.2)
            assert synthesizer.steps_taken == stuck_at
        connection.close()
        deadline = time.monotonic() + 3
        while not replier.closed_early and time.monotonic() < deadline:
            time.sleep(0.01)
        assert replier.closed_early == 1
        taken = synthesizer.steps_taken
        time.sleep(0.1)
        assert synthesizer.steps_taken == taken
        assert taken < 400


def ask_without_reading(url: str) -> socket.socket:
    body = json.dumps(ASK).encode()
    connection = socket.create_connection((urlsplit(url).hostname, urlsplit(url).port or 80))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.sendall(
        b"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        % (len(body), body)
    )
    return connection


def test_a_frame_is_one_line_whatever_the_text_holds():
    text = 'a\nb\r\u2028\u2029\x85\x0b\x0c"\\😀\0'
    raw = frame({"message": text})
    assert len(raw.decode().splitlines()) == 2
    assert json.loads(raw[6:]) == {"message": text}
