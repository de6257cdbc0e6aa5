"""The studio's characters in a conversation: as their files are now, which are read again only for a change."""

import os
import time
from pathlib import Path

import pytest

from tests.support.made_character import add_clips, made_character
from tts.synthesizer import Reference, Voice, VoiceWeights
from voice import made_characters
from voice.characters import Cast, Character, UnknownName, Wishes
from voice.company import Company
from voice.made_characters import MadeCharacters
from voice.studio.characters import Characters
from voice.studio.folders import CharacterFolder
from voice.studio.persona import FILE, Persona, write_persona
from voice.voices import Voices

pytestmark = pytest.mark.anyio
HAPPY = Voice("zh", Reference(Path("h.wav"), "笑", "zh"))
USUAL = Character(Voices(Voice("zh", Reference(Path("main.wav"), "主", "zh")), {"开心": HAPPY}), system="平时")
CONFIGURED = Character(Voices(Voice("en", Reference(Path("c.wav"), "c", "en"))), about="configured")


@pytest.fixture
def bob(tmp_path: Path) -> CharacterFolder:
    return made_character(tmp_path)


@pytest.fixture
def made(tmp_path: Path) -> MadeCharacters:
    return MadeCharacters(Characters(tmp_path), USUAL)


@pytest.fixture
def company(made: MadeCharacters) -> Company:
    return Company(Cast(USUAL, {"小音": CONFIGURED}), made)


def trained(folder: CharacterFolder, epoch: int) -> VoiceWeights:
    """Files by the names that training gives; nobody reads them here."""
    folder.models.mkdir(exist_ok=True)
    pair = folder.models / f"{folder.name}-e{epoch}.ckpt", folder.models / f"{folder.name}_e{epoch}_s9.pth"
    for file in pair:
        file.touch()
    return VoiceWeights(*pair)


def settle(folder: CharacterFolder) -> None:
    """Let every file be an hour old."""
    before_s = time.time() - 3600
    for place in [folder.root, *folder.root.rglob("*")]:
        os.utime(place, (before_s, before_s))


async def main_voice(company: Company, character: str = "", voice: str = "") -> Voice:
    return (await company.choose(Wishes(character=character, voice=voice))).voices.main


async def test_a_new_character_has_the_usual_voice_and_persona(company: Company, bob: CharacterFolder):
    chosen = await company.choose(Wishes(character="bob"))
    assert (chosen.voices, chosen.system, chosen.about) == (USUAL.voices, "平时", "")


async def test_each_step_of_its_making_is_heard_in_the_next_turn(company: Company, bob: CharacterFolder):
    add_clips(bob, {"name": "a.wav"}, {"name": "b.wav"})
    voice = await main_voice(company, character="bob")
    assert voice == Voice(
        "zh", Reference(bob.sliced / "a.wav", "今天天气真不错啊", "zh"), (bob.sliced / "b.wav",), weights=None
    )
    for epoch in (4, 8):
        weights = trained(bob, epoch)
        assert (await main_voice(company, character="bob")).weights == weights
    write_persona(bob, Persona(clip="b.wav", language="en", speed=1.5))
    voice = await main_voice(company, character="bob")
    assert voice.reference
    assert (voice.reference.audio.name, voice.language, voice.speed) == ("b.wav", "en", 1.5)
    listed = bob.transcripts / "sliced_audio.list"
    listed.write_text(listed.read_text(encoding="utf-8").replace("天气", "空气"), encoding="utf-8")
    voice = await main_voice(company, character="bob")
    assert voice.reference
    assert voice.reference.text == "今天空气真不错啊"


async def test_a_persona_has_a_system_message_options_and_emotions(company: Company, bob: CharacterFolder):
    add_clips(bob, {"name": "a.wav"}, {"name": "happy.wav", "text": "太好了"}, {"name": "c.wav"})
    emotions = {"高兴": "happy.wav", "没有": "gone.wav"}
    persona = Persona("你是鲍勃", "爱笑", clip="a.wav", emotions=emotions, extra_config={"temperature": 0.9})
    write_persona(bob, persona)
    chosen = await company.choose(Wishes(character="bob", options={"model": "big"}))
    assert (chosen.system, chosen.about) == ("你是鲍勃", "爱笑")
    assert chosen.options == {"temperature": 0.9, "model": "big"}
    happy = chosen.voices.select("高兴")
    assert (happy.reference and happy.reference.text, happy.extra_references) == ("太好了", ())
    assert chosen.voices.select("没有") == chosen.voices.main
    assert await main_voice(company, character="bob", voice="高兴") == happy
    assert await main_voice(company, character="bob", voice="开心") == USUAL.voices.by_tag["开心"]


async def test_its_voice_can_be_anybodys(company: Company, bob: CharacterFolder):
    add_clips(bob, {"name": "a.wav"})
    assert await main_voice(company, voice="bob") == await main_voice(company, character="bob")
    chosen = await company.choose(Wishes(character="小音", voice="bob", speed=2.0))
    assert chosen.about == "configured"
    assert chosen.voices.main.speed == 2.0
    assert chosen.voices.main.reference
    assert chosen.voices.main.reference.audio.name == "a.wav"


async def test_configured_names_come_first_and_never_touch_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made_character(tmp_path, "小音")
    company = Company(Cast(USUAL, {"小音": CONFIGURED}), MadeCharacters(Characters(tmp_path), USUAL))
    assert list((await company.everybody()).others) == ["小音"]
    monkeypatch.setattr(made_characters, "_stamp", lambda folder: pytest.fail("the disk was looked at"))
    assert (await company.choose(Wishes(character="小音", voice="开心"))).about == "configured"
    assert await company.choose(Wishes()) == USUAL


@pytest.mark.parametrize("name", ["谁", "../bob", "bob/", "BOB", "", "a" * 5000, "con", "\x00"])
async def test_an_unknown_name_is_answered_with_those_that_exist(company: Company, bob: CharacterFolder, name: str):
    if not name:
        assert await company.choose(Wishes(character=name)) == USUAL
        return
    add_clips(bob, {"name": "a.wav"})
    for wishes in (Wishes(character=name), Wishes(voice=name)):
        with pytest.raises(UnknownName, match=r"those here are .*小音, bob"):
            await company.choose(wishes)


async def test_without_a_studio_there_is_the_cast():
    company = Company(Cast(USUAL, {"小音": CONFIGURED}))
    assert (await company.everybody()).others == {"小音": CONFIGURED}
    with pytest.raises(UnknownName):
        await company.choose(Wishes(character="bob"))


async def test_everybody_is_listed_and_only_those_with_a_clip_are_voices(company: Company, bob: CharacterFolder):
    made_character(bob.root.parent.parent, "amy")
    add_clips(bob, {"name": "a.wav"})
    cast = await company.everybody()
    assert list(cast.others) == ["小音", "bob", "amy"]
    assert cast.voice_names() == ["开心", "小音", "bob"]


async def test_files_are_read_once_for_each_change(
    company: Company, bob: CharacterFolder, monkeypatch: pytest.MonkeyPatch
):
    add_clips(bob, {"name": "a.wav"})
    reads = []
    read = made_characters.spoken_with
    monkeypatch.setattr(made_characters, "spoken_with", lambda *given: (reads.append(1), read(*given))[1])
    settle(bob)
    for _ in range(3):
        await main_voice(company, character="bob")
    assert len(reads) == 1
    write_persona(bob, Persona(about="new"))
    settle(bob)
    for _ in range(3):
        assert (await company.choose(Wishes(character="bob"))).about == "new"
    assert len(reads) == 2


async def test_what_changed_a_moment_ago_is_looked_at_again(company: Company, bob: CharacterFolder):
    """Two changes within one tick of the file system's clock have the same time."""
    write_persona(bob, Persona(about="first"))
    (bob.root / FILE).write_text('{"about": "one"}')
    times = (bob.root / FILE).stat()
    assert (await company.choose(Wishes(character="bob"))).about == "one"
    (bob.root / FILE).write_text('{"about": "two"}')
    os.utime(bob.root / FILE, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert (await company.choose(Wishes(character="bob"))).about == "two"


async def test_a_persona_that_cannot_be_read_takes_no_voice_away(
    company: Company, bob: CharacterFolder, caplog: pytest.LogCaptureFixture
):
    add_clips(bob, {"name": "a.wav"})
    (bob.root / FILE).write_text('{"sytem": 1}')
    chosen = await company.choose(Wishes(character="bob"))
    assert chosen.system == "平时"
    assert chosen.voices.main.reference
    assert "sytem" in caplog.text


async def test_a_character_that_is_deleted_or_renamed_is_gone(company: Company, bob: CharacterFolder, tmp_path: Path):
    add_clips(bob, {"name": "a.wav"})
    await main_voice(company, character="bob")
    Characters(tmp_path).rename("bob", "rob")
    with pytest.raises(UnknownName, match="rob"):
        await company.choose(Wishes(character="bob"))
    voice = await main_voice(company, character="rob")
    assert voice.reference
    assert voice.reference.audio.parent.parent.name == "rob"


async def test_a_disk_that_fails_is_told_in_the_log(
    company: Company, bob: CharacterFolder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def fail(*_: object) -> None:
        raise OSError("no such device")

    monkeypatch.setattr(made_characters, "spoken_with", fail)
    with pytest.raises(UnknownName):
        await company.choose(Wishes(character="bob"))
    assert "no such device" in caplog.text
