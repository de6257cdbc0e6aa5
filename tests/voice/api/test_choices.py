"""What a client may ask for beside the history: /api/choices, and the fields of /api/chat that take its names."""

from pathlib import Path

import httpx
import pytest

from tests.support.fakes import FakeReplier, FakeSynthesizer
from tests.support.field_client import read_like_a_field_client
from tests.support.live_server import app_with, live_server
from tts.synthesizer import Voice
from voice.engine_settings import CharacterSettings, LLMSettings
from voice.settings import Settings

USER = {"role": "user", "content": "你好"}


class HearingSynthesizer(FakeSynthesizer):
    """Remembers the voices it was asked for."""

    def __init__(self):
        super().__init__()
        self.voices: list[Voice] = []

    def speak(self, text: str, voice: Voice):
        self.voices.append(voice)
        return super().speak(text, voice)


@pytest.fixture
def served(tmp_path: Path):
    (tmp_path / "a.wav").touch()
    settings = Settings(
        LLM=LLMSettings(system="usual"),
        characters={
            "小音": CharacterSettings(
                about="活泼", system="你是小音", ref_audio_path=str(tmp_path / "a.wav"), extra_config={"model": "small"}
            )
        },
    )
    replier, synthesizer = FakeReplier(['"好的，没问题。"']), HearingSynthesizer()
    with live_server(app_with(replier=replier, synthesizer=synthesizer, settings=settings)) as url:
        yield url, replier, synthesizer


def test_choices_name_what_is_there(served):
    assert httpx.get(served[0] + "/api/choices").json() == {
        "characters": [{"name": "小音", "about": "活泼"}],
        "voices": ["小音"],
        "languages": ["zh", "en", "ja", "ko", "yue", "auto"],
        "llm": {"model": "fake model", "models": ["fake model", "another model"]},
    }


def test_without_a_model_there_is_nothing_to_choose():
    with live_server(app_with()) as url:
        choices = httpx.get(url + "/api/choices").json()
    assert (choices["characters"], choices["voices"], choices["llm"]) == ([], [], {"model": "", "models": []})


@pytest.mark.parametrize("path", ["/api/chat", "/api/chat_v2"])
def test_a_chosen_character_answers(served, path: str):
    url, replier, synthesizer = served
    wishes = {"character": "小音", "speed": 1.5, "language": "en", "llm": {"temperature": 0.2}}
    answer = httpx.post(url + path, json={"msg": [USER], **wishes})
    assert read_like_a_field_client(answer.content.split(b"\n"))[-1]["done"]
    assert replier.asked == [[{"role": "system", "content": "你是小音"}, USER]]
    assert replier.options == [{"model": "small", "temperature": 0.2}]
    assert {(voice.reference.audio.name, voice.speed, voice.language) for voice in synthesizer.voices} == {
        ("a.wav", 1.5, "en")
    }


def test_empty_wishes_change_nothing(served):
    url, replier, _ = served
    wishes = {"character": "", "voice": None, "language": "", "speed": None, "llm": None}
    assert httpx.post(url + "/api/chat", json={"msg": [USER], **wishes}).status_code == 200
    assert replier.asked == [[{"role": "system", "content": "usual"}, USER]]
    assert replier.options == [{}]


@pytest.mark.parametrize(
    ("wishes", "status", "told"),
    [
        ({"character": "谁"}, 400, "no character '谁'; those here are 小音"),
        ({"voice": "../x"}, 400, "no voice '../x'; those here are 小音"),
        ({"speed": 9}, 422, "less than or equal to 4"),
        ({"language": "xx"}, 422, "'zh', 'en'"),
        ({"llm": {"temperature": 9}}, 422, "less than or equal to 2"),
        ({"llm": {"messages": []}}, 422, "Extra inputs are not permitted"),
        ({"llm": {"model": ""}}, 422, "at least 1 character"),
    ],
)
def test_a_wrong_wish_is_refused_before_the_stream(served, wishes: dict, status: int, told: str):
    answer = httpx.post(served[0] + "/api/chat", json={"msg": [USER], **wishes})
    assert answer.status_code == status
    assert told in str(answer.json()["detail"])
    assert served[1].asked == []
