"""Personas: what may be in one, what a file of somebody else's may hold, and that it is replaced as a whole."""

import json
import os
import re
from dataclasses import asdict, fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.made_character import add_clips, add_weights, made_character
from voice.studio import folders
from voice.studio.folders import CharacterFolder
from voice.studio.persona import FILE, MOST_BYTES, MOST_EMOTIONS, Persona, parse_persona, read_persona, write_persona
from voice.studio.persona_faults import MEANINGS
from voice.studio.refused import Refused
from voice.studio.spoken_with import require_usable, spoken_with

STRANGE = re.compile(r"persona\.json|Input should|Unexpected keyword|Invalid JSON|should have")
words = st.text(st.characters(codec="utf-8"), max_size=30)
tags = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20)
options = st.dictionaries(
    st.text(st.characters(codec="utf-8"), max_size=10).filter(lambda name: name not in ("messages", "stream")),
    st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | words, lambda inner: st.lists(inner, max_size=3)),
    max_size=4,
)
personas = st.builds(
    Persona,
    system=words,
    about=words,
    language=st.sampled_from(["", "zh", "en", "ja", "ko", "yue", "auto"]),
    speed=st.floats(0.25, 4),
    emotions=st.dictionaries(tags, words, max_size=3),
    clip=words,
    extra_config=options,
)


@pytest.fixture
def folder(tmp_path: Path) -> CharacterFolder:
    return made_character(tmp_path)


@given(persona=personas)
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, persona: Persona):
    folder = CharacterFolder(tmp_path_factory.mktemp("persona"))
    write_persona(folder, persona)
    assert read_persona(folder) == persona


@given(
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | words,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*Persona.__annotations__, "x"]), inner, max_size=4)
        ),
    ).map(lambda value: json.dumps(value).encode())
)
def test_whatever_is_in_the_file_is_a_persona_or_a_sentence(data: bytes):
    outcome = parsed(data)
    if isinstance(outcome, Persona):
        assert parse_persona(json.dumps(asdict(outcome)).encode()) == outcome
    else:
        assert not STRANGE.search(f"{outcome} {outcome.chinese}"), "our own words, and of no file that is nowhere"


def parsed(data: bytes) -> Persona | Refused:
    try:
        return parse_persona(data)
    except Refused as refused:
        return refused


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sytem": "x"}, "sytem"),
        ({"system": "x" * 20_001}, "system"),
        ({"about": "x" * 501}, "about"),
        ({"language": "xx"}, "language"),
        ({"speed": 9}, "speed"),
        ({"speed": "fast"}, "speed"),
        ({"emotions": {"[a]": "a.wav"}}, "emotions"),
        ({"emotions": {"": "a.wav"}}, "emotions"),
        ({"emotions": {" a": "a.wav"}}, "emotions"),
        ({"emotions": {"a" * 21: "a.wav"}}, "emotions"),
        ({"emotions": {str(number): "a.wav" for number in range(65)}}, "emotions"),
        ({"emotions": {"a": 3}}, "emotions"),
        ({"clip": None}, "clip"),
        ({"extra_config": {"messages": []}}, "messages"),
        ({"extra_config": {"stream": False}}, "stream"),
        ({"extra_config": {"x": [float("nan")]}}, "finite"),
        ({"speed": float("inf")}, "speed"),
        ({"extra_config": {"x": "y" * (16 << 10)}}, "extra_config"),
        ([], "persona"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_is_named(wrong: object, field: str):
    with pytest.raises(Refused, match=field) as refused:
        parse_persona(json.dumps(wrong).encode())
    told = str(refused.value)
    assert len(told) < 300
    assert not STRANGE.search(f"{told} {refused.value.chinese}")
    assert any("\u4e00" <= char <= "\u9fff" for char in refused.value.chinese)


def test_the_limits_in_the_sentences_are_those_that_are_kept():
    for field in MEANINGS:
        with pytest.raises(Refused):
            parse_persona(json.dumps({field: []}).encode())
    assert MEANINGS.keys() == {field.name for field in fields(Persona)}
    texts = {"system": 20_000, "about": 500}
    for field, most in texts.items():
        assert f"{most:,} " in MEANINGS[field][0]
        parse_persona(json.dumps({field: "x" * most}).encode())
        with pytest.raises(Refused):
            parse_persona(json.dumps({field: "x" * (most + 1)}).encode())
    assert f"up to {MOST_EMOTIONS} " in MEANINGS["emotions"][0]


def test_a_file_that_is_too_large_is_refused(folder: CharacterFolder):
    (folder.root / FILE).write_bytes(b" " * (MOST_BYTES + 10))
    with pytest.raises(Refused, match="128 KB"):
        read_persona(folder)


def test_without_a_file_nothing_was_chosen_and_editors_may_mark_theirs(folder: CharacterFolder):
    assert read_persona(folder) == Persona()
    (folder.root / FILE).write_text('{"system": "你好"}', encoding="utf-8-sig")
    assert read_persona(folder).system == "你好"


def test_a_write_that_fails_leaves_what_was_there(folder: CharacterFolder, monkeypatch: pytest.MonkeyPatch):
    write_persona(folder, Persona(system="before"))

    def fail(descriptor: int) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(folders.os, "fsync", fail)
    with pytest.raises(OSError, match="full"):
        write_persona(folder, Persona(system="after"))
    monkeypatch.undo()
    assert read_persona(folder).system == "before"
    assert sorted(os.listdir(folder.root)) == ["character_config.json", FILE, "raw_audio"]


def notes(folder: CharacterFolder, persona: Persona | None = None) -> str:
    return " ".join(english for english, _ in spoken_with(folder, persona or Persona()).notes)


def test_what_is_used_is_told_with_the_reason(folder: CharacterFolder):
    assert "process its recordings" in notes(folder)
    assert "usual voice" in notes(folder)
    add_clips(folder, {"name": "short.wav", "seconds": 2.0})
    assert "None of its clips lasts 3 to 10 s" in notes(folder)
    assert spoken_with(folder, Persona()).main is None
    add_clips(folder, {"name": "a.wav"}, {"name": "b.wav"}, {"name": "c.wav", "seconds": 9.0})
    now = spoken_with(folder, Persona())
    assert now.main
    assert (now.main.file.name, [clip.file.name for clip in now.extras]) == ("a.wav", ["b.wav", "c.wav", "short.wav"])
    assert "no trained weights" in notes(folder)


def test_the_newest_weights_are_used_whatever_has_changed_since(folder: CharacterFolder):
    add_clips(folder, {"name": "a.wav"})
    for epoch in (8, 12, 4):
        add_weights(folder, epoch)
    models = spoken_with(folder, Persona()).models
    assert models
    assert (models.gpt.name, models.sovits.name) == ("bob-e12.ckpt", "bob_e12_s12.pth")
    assert notes(folder) == ""
    (folder.raw / "new.wav").write_bytes(b"a recording more")
    assert spoken_with(folder, Persona()).models == models


def test_a_chosen_clip_wins_and_one_that_has_gone_is_told(folder: CharacterFolder):
    add_clips(folder, {"name": "a.wav"}, {"name": "b.wav"}, {"name": "long.wav", "seconds": 12.0})
    persona = Persona(clip="b.wav", emotions={"开心": "a.wav", "难过": "gone.wav", "远": "long.wav"})
    now = spoken_with(folder, persona)
    assert now.main
    assert now.main.file.name == "b.wav"
    assert {tag: clip.file.name for tag, clip in now.emotions.items()} == {"开心": "a.wav"}
    assert "emotions.难过: there is no clip gone.wav" in notes(folder, persona)
    assert "emotions.远: long.wav lasts 12.0 s; choose a clip of 3 to 10 s" in notes(folder, persona)
    lost = spoken_with(folder, Persona(clip="lost.wav"))
    assert lost.main
    assert lost.main.file.name == "a.wav"


def test_a_choice_is_refused_where_it_cannot_be_spoken_like(folder: CharacterFolder):
    require_usable(Persona(), folder)
    with pytest.raises(Refused, match="process its recordings"):
        require_usable(Persona(clip="a.wav"), folder)
    add_clips(folder, {"name": "a.wav"}, {"name": "long.wav", "seconds": 12.0})
    require_usable(Persona(clip="a.wav", emotions={"开心": "a.wav"}), folder)
    with pytest.raises(Refused, match=r"there is no clip \.\./b\.wav"):
        require_usable(Persona(clip="../b.wav"), folder)
    with pytest.raises(Refused, match=r"long\.wav lasts 12\.0 s"):
        require_usable(Persona(emotions={"开心": "long.wav"}), folder)


def test_a_transcript_that_cannot_be_read_is_told(folder: CharacterFolder):
    add_clips(folder, {"name": "a.wav"})
    (folder.transcripts / "sliced_audio.list").write_bytes(b"\x81\xff\n" * 3)
    assert "UTF-8" in notes(folder)
    assert spoken_with(folder, Persona()).main is None


@pytest.mark.parametrize("name", ["api_key", "api_base", "base_url", "headers", "extra_headers", "extra_body"])
def test_where_requests_go_is_not_a_persona_s_business(name: str):
    with pytest.raises(Refused, match=f"{name} cannot be set"):
        parse_persona(json.dumps({"extra_config": {name: "http://elsewhere"}}).encode())
