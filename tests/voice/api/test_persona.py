"""The persona family over HTTP: read, replaced, refused; and what a character speaks with now."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.fakes import FakeSynthesizer
from tests.support.live_server import app_with, live_server
from tests.support.made_character import add_clips, made_character
from tts.synthesizer import Synthesizer
from voice.settings import ServerSettings, Settings
from voice.studio.folders import CharacterFolder
from voice.studio_settings import StudioSettings
from voice.workshop import workshop

EMPTY = {"system": "", "about": "", "language": "", "speed": 1.0, "emotions": {}, "clip": "", "extra_config": {}}
WHOLE = {
    "system": "你是鲍勃",
    "about": "爱笑",
    "language": "en",
    "speed": 1.25,
    "emotions": {"开心": "b.wav"},
    "clip": "a.wav",
    "extra_config": {"temperature": 0.9},
}


class Cloning(FakeSynthesizer):
    name = "gpt-sovits"


def serve(tmp_path: Path, synthesizer: Synthesizer):
    settings = Settings(
        server=ServerSettings(data_dir=str(tmp_path / "data")), studio=StudioSettings(work_dir=str(tmp_path / "work"))
    )
    return live_server(app_with(settings=settings, synthesizer=synthesizer, workshop=workshop(settings)))


@pytest.fixture
def bob(tmp_path: Path) -> CharacterFolder:
    return made_character(tmp_path / "work")


@pytest.fixture
def url(tmp_path: Path, bob: CharacterFolder) -> Iterator[str]:
    with serve(tmp_path, Cloning()) as url:
        yield f"{url}/api/v1/characters/bob/persona"


def test_a_new_character_has_none_and_is_told_why_it_sounds_as_usual(url: str):
    answer = httpx.get(url).json()
    used = answer.pop("used")
    assert answer == EMPTY
    assert (used["weights"], used["clip"], used["extra_clips"], used["emotions"]) == (None, None, [], {})
    assert "process its recordings" in used["notes"][0]["en"]
    assert "请先处理音频" in used["notes"][0]["zh"]


def test_what_is_put_is_got_again_with_what_is_used(url: str, bob: CharacterFolder):
    add_clips(bob, {"name": "a.wav"}, {"name": "b.wav"})
    put = httpx.put(url, json=WHOLE)
    assert put.status_code == 200
    assert put.json() == httpx.get(url).json()
    answer = put.json()
    used = answer.pop("used")
    assert answer == WHOLE
    assert used["clip"] == {"name": "a.wav", "text": "今天天气真不错啊", "language": "zh", "seconds": 4.0}
    assert (used["extra_clips"], used["emotions"]) == (["b.wav"], {"开心": "b.wav"})
    assert [note["en"] for note in used["notes"]] == ["It has no trained weights yet: the engine's own are used."]


def test_a_field_that_is_left_out_takes_its_default(url: str, bob: CharacterFolder):
    add_clips(bob, {"name": "a.wav"}, {"name": "b.wav"})
    httpx.put(url, json=WHOLE)
    answer = httpx.put(url, json={"about": "still"}).json()
    answer.pop("used")
    assert answer == {**EMPTY, "about": "still"}


def test_trained_weights_are_named(url: str, bob: CharacterFolder):
    add_clips(bob, {"name": "a.wav"})
    bob.models.mkdir()
    for name in ("bob-e4.ckpt", "bob-e8.ckpt", "bob_e2_s40.pth"):
        (bob.models / name).touch()
    used = httpx.get(url).json()["used"]
    assert used["weights"] == {"gpt": "bob-e8.ckpt", "sovits": "bob_e2_s40.pth"}
    assert used["notes"] == []


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"{", 400, "JSON object"),
        (b'{"sytem": "x"}', 400, "sytem"),
        (b'{"speed": 9}', 400, "speed"),
        (b'{"clip": "nope.wav"}', 400, "there is no clip nope.wav"),
        (b'{"emotions": {"x": "../../jobs.sqlite"}}', 400, "there is no clip"),
        (b'{"extra_config": {"messages": []}}', 400, "messages"),
        (b" " * (200 << 10), 413, "larger than"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_cannot_be_used_is_refused_in_two_languages(
    url: str, bob: CharacterFolder, body: bytes, status: int, told: str
):
    add_clips(bob, {"name": "a.wav"}, {"name": "b.wav"})
    httpx.put(url, json=WHOLE)
    before = httpx.get(url).json()
    answer = httpx.put(url, content=body)
    assert answer.status_code == status
    assert told in str(answer.json())
    assert status == 413 or {"detail", "detail_en"} <= answer.json().keys()
    assert httpx.get(url).json() == before


@pytest.mark.parametrize("name", ["nobody", "..%2Fbob", "con"])
def test_an_unknown_character_is_404(url: str, name: str):
    for answer in (httpx.get(url.replace("bob", name)), httpx.put(url.replace("bob", name), json={})):
        assert answer.status_code == 404


def test_a_file_broken_by_hand_is_told_and_can_be_replaced(url: str, bob: CharacterFolder):
    (bob.root / "persona.json").write_text('{"system": 7}')
    assert "persona.json: system: this must be" in httpx.get(url).json()["used"]["notes"][0]["en"]
    assert httpx.put(url, json={"system": "x"}).json()["system"] == "x"
    assert "persona.json" not in str(httpx.get(url).json()["used"]["notes"])


def test_an_engine_that_clones_nothing_is_told(tmp_path: Path, bob: CharacterFolder):
    add_clips(bob, {"name": "a.wav"})
    with serve(tmp_path, FakeSynthesizer()) as url:
        notes = httpx.get(f"{url}/api/v1/characters/bob/persona").json()["used"]["notes"]
    assert notes[-1]["en"].startswith("Its own voice is not heard now")


def test_it_goes_with_its_character(url: str, bob: CharacterFolder):
    httpx.put(url, json={"about": "mine"})
    httpx.put(url.removesuffix("/persona"), json={"new_name": "rob"})
    assert httpx.get(url.replace("bob", "rob")).json()["about"] == "mine"
    assert httpx.get(url).status_code == 404
