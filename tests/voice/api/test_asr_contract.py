"""The recognition route over a real socket: both forms, every way of writing base64, every refusal."""

import base64
import concurrent.futures
import io
import time

import httpx
import numpy as np
import pytest
import soundfile

from asr.recognizer import RecognitionFailed, SpeechModelMissing
from tests.support.fakes import FakeRecognizer
from tests.support.live_server import app_with, live_server
from tests.support.processes import wait_until
from voice.settings import LimitSettings, Settings


def wav(seconds: float = 0.5, rate_hz: int = 16_000, channels: int = 1) -> bytes:
    tone = 0.3 * np.sin(np.arange(int(seconds * rate_hz)) * 0.05)
    file = io.BytesIO()
    soundfile.write(file, np.stack([tone] * channels, 1), rate_hz, "PCM_16", format="WAV")
    return file.getvalue()


def data(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


def heard(recognizer: FakeRecognizer, body: dict, settings: Settings | None = None) -> httpx.Response:
    with live_server(app_with(recognizer=recognizer, settings=settings)) as url:
        return httpx.post(url + "/api/asr", json=body, timeout=20)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("你好世界", '"你好世界"'),
        ('你好"世界"', '"你好\\"世界\\""'),
        ("", '""'),
        ("  一行\r\n两行\n ", '"一行 两行"'),
        ("None", '"none"'),
    ],
)
def test_the_answer_is_one_json_string(text: str, body: str):
    answer = heard(FakeRecognizer(text), {"data": data(wav())})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.content == body.encode()


def test_the_later_form_answers_an_object():
    assert heard(FakeRecognizer("你好"), {"audio": "data:audio/wav;base64," + data(wav())}).json() == {"text": "你好"}
    assert heard(FakeRecognizer(""), {"audio": data(wav())}).json() == {"text": None}
    assert heard(FakeRecognizer("你好"), {"audio": "", "data": data(wav())}).json() == "你好"


def test_the_recogniser_gets_mono_float_at_16_khz_and_the_hint():
    recognizer = FakeRecognizer()
    heard(recognizer, {"data": data(wav(0.5, 44_100, 2)), "language": "en"})
    ((samples, language),) = recognizer.heard
    assert samples.dtype == np.float32
    assert samples.ndim == 1
    assert abs(len(samples) - 8000) <= 2
    assert 0.2 < abs(samples).max() < 0.4
    assert language == "en"


def test_missing_data_is_answered_as_the_framework_does():
    answer = heard(FakeRecognizer(), {})
    assert answer.status_code == 422
    assert answer.json() == {
        "detail": [{"type": "missing", "loc": ["body", "data"], "msg": "Field required", "input": {}}]
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"data": "!!!"}, 400),
        ({"data": ""}, 400),
        ({"data": data(b"not audio at all")}, 400),
        ({"data": "你好"}, 400),
        ({"data": 5}, 422),
        ({"data": None}, 422),
        ({"data": data(wav(3))}, 413),
        ({"data": data(wav(200))}, 413),
    ],
)
def test_bad_audio_is_refused_in_a_sentence(body: dict, status: int):
    answer = heard(FakeRecognizer(), body, Settings(limits=LimitSettings(audio_s=2, audio_mb=1)))
    assert answer.status_code == status
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SpeechModelMissing("speech model not installed"), 503),
        (RecognitionFailed("It broke on this recording."), 500),
        (RuntimeError("innards"), 500),
    ],
)
def test_trouble_with_the_engine_is_told_without_its_innards(error: Exception, status: int):
    answer = heard(FakeRecognizer(error=error), {"data": data(wav())})
    assert answer.status_code == status
    assert "innards" not in answer.text
    assert answer.json()["detail"]


def test_without_a_recogniser_the_answer_names_the_remedy():
    note = "speech model not installed; `python3 start.py models get sensevoice` installs it."
    with live_server(app_with(missing=note)) as url:
        answer = httpx.post(url + "/api/asr", json={"data": data(wav())})
    assert answer.status_code == 503
    assert "models get" in answer.json()["detail"]
    assert answer.json()["code"] == "speech_model_missing"


def test_a_sender_who_leaves_is_not_recognised(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("voice.api.body.GONE_CHECK_S", 0.05)

    class Slow(FakeRecognizer):
        def transcribe(self, samples: np.ndarray, language: str = ""):
            heard = super().transcribe(samples, language)
            time.sleep(0.6)
            return heard

    recognizer = Slow()
    with live_server(app_with(recognizer=recognizer)) as url:
        with httpx.Client() as patient, concurrent.futures.ThreadPoolExecutor(1) as pool:
            first = pool.submit(patient.post, url + "/api/asr", json={"data": data(wav(0.5))}, timeout=20)
            assert wait_until(lambda: len(recognizer.heard) == 1)
            with pytest.raises(httpx.ReadTimeout):
                httpx.post(url + "/api/asr", json={"data": data(wav(0.7))}, timeout=0.2)
            assert first.result().status_code == 200
        third = httpx.post(url + "/api/asr", json={"data": data(wav(0.9))}, timeout=20)
    assert third.status_code == 200
    assert [len(samples) for samples, _ in recognizer.heard] == [8000, 14_400]
