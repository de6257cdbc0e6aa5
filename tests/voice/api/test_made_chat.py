"""Chat with a character of the studio over HTTP: persona, emotions, and its own weights in our engine."""

import asyncio
import base64
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import soundfile

from tests.support.fakes import FakeReplier, FakeSynthesizer
from tests.support.field_client import read_like_a_field_client
from tests.support.live_server import app_with, live_server
from tests.support.made_character import add_clips, add_weights, made_character
from tts.synthesizer import Synthesizer, Voice
from voice.engine_settings import GSVSettings
from voice.settings import ServerSettings, Settings
from voice.studio.folders import CharacterFolder
from voice.studio.persona import Persona, write_persona
from voice.studio_settings import StudioSettings
from voice.workshop import workshop

USER = {"role": "user", "content": "你好"}
CLIP = Path(__file__).parents[2] / "assets" / "aishell.wav"


@pytest.fixture
def bob(tmp_path: Path) -> CharacterFolder:
    return made_character(tmp_path / "work")


class HearingSynthesizer(FakeSynthesizer):
    """Remembers what it was asked to say, and by whom."""

    def __init__(self):
        super().__init__()
        self.asked: list[tuple[str, Voice]] = []

    def speak(self, text: str, voice: Voice):
        self.asked.append((text, voice))
        return super().speak(text, voice)


def serve(tmp_path: Path, synthesizer: Synthesizer, reply: str = '"好的，没问题。"', **gsv: Any):
    settings = Settings(
        server=ServerSettings(data_dir=str(tmp_path / "data")),
        studio=StudioSettings(work_dir=str(tmp_path / "work")),
        GSV=GSVSettings(**gsv),
    )
    replier = FakeReplier([reply])
    app = app_with(settings=settings, synthesizer=synthesizer, replier=replier, workshop=workshop(settings))
    return live_server(app), replier


def chat(url: str, **wishes: Any) -> list[dict[str, Any]]:
    answer = httpx.post(url + "/api/chat", json={"msg": [USER], **wishes}, timeout=60)
    assert answer.status_code == 200, answer.text
    return read_like_a_field_client(answer.content.split(b"\n"))


def test_a_character_talks_as_its_persona_says(tmp_path: Path, bob: CharacterFolder):
    add_clips(bob, {"name": "a.wav", "text": "平常"}, {"name": "b.wav", "text": "高兴"})
    persona = Persona("你是鲍勃", clip="a.wav", emotions={"高兴": "b.wav"}, extra_config={"temperature": 0.9})
    write_persona(bob, persona)
    synthesizer = HearingSynthesizer()
    serving, replier = serve(tmp_path, synthesizer, '"你好呀，我很好。"[高兴]"太好了，我们走吧！"')
    with serving as url:
        chat(url, character="bob", speed=1.5)
    assert replier.asked == [[{"role": "system", "content": "你是鲍勃"}, USER]]
    assert replier.options == [{"temperature": 0.9}]
    said = [(voice.reference.text, text) for text, voice in synthesizer.asked if voice.reference]
    assert said[0][0] == "平常"
    assert said[-1][0] == "高兴"
    assert not any("高兴" in text for _, text in said), "the tag itself is not spoken"
    assert {voice.speed for _, voice in synthesizer.asked} == {1.5}


def test_it_is_among_the_choices_and_unknown_ones_are_refused(tmp_path: Path, bob: CharacterFolder):
    add_clips(bob, {"name": "a.wav"})
    write_persona(bob, Persona(about="爱笑"))
    serving, _ = serve(tmp_path, FakeSynthesizer())
    with serving as url:
        choices = httpx.get(url + "/api/choices").json()
        assert (choices["characters"], choices["voices"]) == ([{"name": "bob", "about": "爱笑"}], ["bob"])
        answer = httpx.post(url + "/api/chat", json={"msg": [USER], "character": "rob"})
        assert (answer.status_code, answer.json()["code"]) == (400, "unknown_name")
        assert "those here are bob" in answer.json()["detail"]


@pytest.fixture(scope="module")
def speaking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server whose own engine speaks with random weights, and where its characters lie."""
    pytest.importorskip("torch", reason="torch, with which cloned voices speak, is not installed")
    from tests.support.speaking import VOICE
    from tts.gpt_sovits.engine import GPTSoVITS
    from tts.gpt_sovits.files import find_gpt_sovits
    from tts.gpt_sovits.options import SpeechOptions
    from tts.gpt_sovits.random_set import write_random_set
    from tts.gpt_sovits.settings import EngineSettings

    folder = tmp_path_factory.mktemp("server")
    write_random_set(folder / "models", "v2", "tiny")
    engine = GPTSoVITS(EngineSettings(find_gpt_sovits(folder / "models"), SpeechOptions(seed=3), device="cpu"))
    asyncio.run(engine.start([VOICE]))
    serving, _ = serve(folder, engine, ref_audio_path=str(CLIP), prompt_text="广州市房地产中介协会分析")
    with serving as url:
        yield url, folder / "work"


def heard(url: str, **wishes: Any) -> bytes:
    """The sound of an answer; every frame of it has some."""
    said = b""
    for frame in chat(url, **wishes)[:-1]:
        samples, rate_hz = soundfile.read(io.BytesIO(base64.urlsafe_b64decode(frame["file"])), dtype="int16")
        assert rate_hz == 32000
        said += samples.tobytes()
    return said


def test_what_was_trained_speaks_in_the_next_turn(speaking: tuple[str, Path]):
    url, work_dir = speaking
    amy = made_character(work_dir, "amy")
    usual = heard(url)
    assert heard(url, character="amy") == usual, "nothing of its own yet"
    add_clips(amy, {"name": "a.wav"})
    zero_shot = heard(url, character="amy")
    add_weights(amy, 4, seed=4)
    trained = heard(url, character="amy")
    add_weights(amy, 8, seed=8)
    newer = heard(url, character="amy")
    assert len({usual, zero_shot, trained, newer}) == 4
    assert heard(url, voice="amy") == newer
    assert heard(url) == usual


def test_another_epoch_is_heard_in_the_next_turn(speaking: tuple[str, Path]):
    url, work_dir = speaking
    add_clips(zoe := made_character(work_dir, "zoe"), {"name": "a.wav"})
    for epoch in (4, 8):
        add_weights(zoe, epoch, seed=epoch)
    newest = heard(url, character="zoe")

    def choose(**epochs: int) -> bytes:
        weights = f"{url}/api/v1/characters/zoe/training/weights"
        httpx.put(weights, json=epochs).raise_for_status()
        return heard(url, character="zoe")

    assert len({newest, choose(sovits=4), choose(gpt=4)}) == 3
    assert choose(sovits=8, gpt=8) == newest


def test_torn_weights_silence_one_character_and_say_so(speaking: tuple[str, Path]):
    url, work_dir = speaking
    eve = made_character(work_dir, "eve")
    usual = heard(url)
    add_clips(eve, {"name": "a.wav"})
    add_weights(eve, 2)
    (eve.models / "eve-e2.ckpt").write_bytes(b"torn")
    frames = chat(url, character="eve")
    assert {frame["file"] for frame in frames[:-1]} == {"None"}
    assert "eve-e2.ckpt" in frames[-1]["hint"]
    assert heard(url) == usual


def test_listeners_of_several_characters_hear_what_they_would_alone(speaking: tuple[str, Path]):
    url, work_dir = speaking
    for number, name in enumerate(("ann", "ben")):
        add_clips(folder := made_character(work_dir, name), {"name": "a.wav"})
        add_weights(folder, 1, seed=20 + number)
    names = ["ann", "ben", "", "ben", "ann"]
    alone = {name: heard(url, character=name) for name in set(names)}
    with ThreadPoolExecutor(len(names)) as threads:
        together = list(threads.map(lambda name: heard(url, character=name), names))
    assert together == [alone[name] for name in names]
