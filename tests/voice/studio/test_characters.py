"""Characters on disk: names, the default, renaming, deleting, files that were damaged or written by the original."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.studio.characters import CharacterConfig, CharacterExists, Characters, NoSuchCharacter
from voice.studio.names import BadName, character_name, recording_name


@pytest.fixture
def characters(tmp_path: Path) -> Characters:
    return Characters(tmp_path)


def make(characters: Characters, *names: str) -> None:
    for name in names:
        characters.create(CharacterConfig(name))


@pytest.mark.parametrize("name", ["bob", "bob_2", "a-b", "小音", "Ünïcode", "ひらがな", "123"])
def test_letters_of_every_script_are_a_name(characters: Characters, name: str):
    make(characters, name)
    assert [character.name for character in characters.all()] == [name]


@pytest.mark.parametrize(
    "name", ["", "a b", "a/b", "..", ".", "a.b", "a\\b", "a\n", "../x", "/etc", "x" * 61, "a\0", "😀"]
)
def test_everything_else_is_none(characters: Characters, name: str):
    with pytest.raises(BadName, match="letters, digits"):
        make(characters, name)
    with pytest.raises(NoSuchCharacter):
        characters.folder(name)


@pytest.mark.parametrize("name", ["CON", "lpt1"])
def test_a_device_of_windows_is_none_and_is_told_so(characters: Characters, name: str):
    with pytest.raises(BadName, match=f"{name} is a device's name"):
        make(characters, name)
    with pytest.raises(NoSuchCharacter):
        characters.folder(name)


@given(st.text(max_size=80))
def test_a_name_is_always_one_plain_component(name: str):
    try:
        kept = character_name(name)
    except BadName:
        return
    assert Path("root", kept).resolve().parent == Path("root").resolve()
    assert character_name(kept) == kept


@given(st.text(max_size=80))
def test_an_uploaded_name_never_leaves_its_folder(name: str):
    for sent in (name, f"../../{name}.wav", f"C:\\fake\\{name}.mp3", f"{name}.WAV"):
        try:
            kept = recording_name(sent)
        except BadName:
            continue
        assert Path("root", kept).resolve().parent == Path("root").resolve()
        assert not kept.startswith(".")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a.wav", "a.wav"),
        ("../../../x.wav", "x.wav"),
        ("/etc/cron.d/x.mp3", "x.mp3"),
        ("C:\\Users\\我\\录音 1.M4A", "录音 1.M4A"),
        ("day1/a.3gp", "a.3gp"),
    ],
)
def test_the_last_part_of_a_path_is_the_name(sent: str, kept: str):
    assert recording_name(sent) == kept


@pytest.mark.parametrize(
    "sent", ["", "x", "x.exe", ".wav", "a.wav/..", "..", "a\n.wav", "a:b.wav", "nul.wav", "x" * 250 + ".wav"]
)
def test_what_is_no_recording_s_name_is_refused(sent: str):
    with pytest.raises(BadName):
        recording_name(sent)


def test_the_first_is_the_default_and_another_follows_it(characters: Characters):
    assert characters.default() is None
    make(characters, "a", "b", "c")
    assert characters.default() == "a"
    characters.set_default("c")
    characters.delete("c")
    assert characters.default() == "a"
    characters.delete("b")
    characters.delete("a")
    assert characters.default() is None
    assert characters.all() == []


def test_a_name_is_given_once(characters: Characters):
    make(characters, "a")
    with pytest.raises(CharacterExists):
        make(characters, "a")


def test_renaming_takes_files_and_default_along(characters: Characters):
    make(characters, "old", "other")
    (characters.folder("old").raw / "x.wav").write_bytes(b"1")
    renamed = characters.rename("old", "新名")
    assert renamed.config.character_name == "新名"
    assert (characters.folder("新名").raw / "x.wav").read_bytes() == b"1"
    assert characters.default() == "新名"
    assert (
        json.loads(characters.folder("新名").config.read_text(encoding="utf-8"))["config"]["character_name"] == "新名"
    )
    with pytest.raises(NoSuchCharacter):
        characters.get("old")
    with pytest.raises(CharacterExists):
        characters.rename("新名", "other")
    with pytest.raises(BadName):
        characters.rename("新名", "../x")
    assert characters.rename("新名", "新名").updated_at >= renamed.updated_at


def test_deleting_bob_leaves_bob2(characters: Characters):
    make(characters, "bob", "bob2")
    characters.delete("bob")
    assert characters.get("bob2").name == "bob2"
    with pytest.raises(NoSuchCharacter):
        characters.delete("bob")


def test_a_file_of_the_original_is_read(characters: Characters):
    make(characters, "bob")
    original = {
        "character_name": "bob",
        "config": {"character_name": "else", "language": "en", "batch_size": 4, "unknown": 1},
        "created_at": "2025-08-28T10:18:01.497131",
        "updated_at": "2025-08-28T10:18:01.497135",
        "audio_count": 3,
        "is_default": True,
    }
    characters.folder("bob").config.write_text(json.dumps(original), encoding="utf-8")
    bob = characters.get("bob")
    assert (bob.name, bob.config.language, bob.config.batch_size, bob.config.epochs_s2) == ("bob", "en", 4, 50)
    assert bob.created_at == original["created_at"]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"config": 3}', '{"config": {"batch_size": "many"}}', "\0\0"])
def test_a_damaged_file_loses_settings_and_not_the_character(characters: Characters, damage: str):
    make(characters, "bob")
    characters.folder("bob").config.write_text(damage, encoding="utf-8")
    assert characters.get("bob").config == CharacterConfig("bob")
    assert len(characters.all()) == 1
    assert characters.change("bob", language="en").config.language == "en"


def test_what_another_process_does_is_seen(tmp_path: Path):
    one, other = Characters(tmp_path), Characters(tmp_path)
    make(one, "a")
    assert other.get("a").name == "a"
    other.delete("a")
    with pytest.raises(NoSuchCharacter):
        one.get("a")


def test_to_find_one_of_thousands_not_all_are_read(characters: Characters, monkeypatch: pytest.MonkeyPatch):
    make(characters, "bob", "小音")
    monkeypatch.setattr("voice.studio.characters.os.listdir", lambda _: pytest.fail("all names were read"))
    assert characters.folder("bob").name == "bob"
    assert characters.folder("小音").name == "小音"
