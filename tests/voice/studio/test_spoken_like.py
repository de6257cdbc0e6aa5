"""The clip that is spoken like: whatever somebody sends, it is one of the character's own."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.trained import processed
from voice.studio.folders import CharacterFolder
from voice.studio.refused import Refused
from voice.studio.spoken_like import spoken_like

PARTS = "|..|.|0.wav|1.wav|sliced_audio|raw_audio|converted_audio|eve|bob|characters|~|character_config.json|C:|\\|\x00"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> CharacterFolder:
    place = tmp_path_factory.mktemp("work") / "characters"
    for name in ("bob", "eve"):
        processed(CharacterFolder(place / name), 2)
    return CharacterFolder(place / "bob")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PARTS.split("|")), max_size=6).map("/".join) | st.text(max_size=20), st.booleans())
def test_no_name_or_path_leads_outside(folder: CharacterFolder, audio: str, is_absolute: bool):
    sent = f"{folder.root}/{audio}" if is_absolute else audio
    try:
        like = spoken_like(folder, sent, "words", "zh")
    except Refused:
        return
    found = (folder.root / like.path).resolve()
    assert found.is_relative_to(folder.root.resolve())
    assert found.suffix == ".wav"


def test_the_transcript_knows_words_and_language(folder: CharacterFolder):
    first = spoken_like(folder, None, None, "")
    assert (first.path, first.language) == ("sliced_audio/0.wav", "zh")
    assert spoken_like(folder, "1.wav", None, "en").language == "en"
    assert spoken_like(folder, None, "another text", "").text == "another text"


def test_clips_without_a_transcript_serve_only_with_words(tmp_path: Path):
    folder = CharacterFolder(tmp_path / "bob")
    processed(folder, 1)
    shutil.rmtree(folder.transcripts)
    with pytest.raises(Refused, match="no clip of 3 to 10 s"):
        spoken_like(folder, None, None, "")
    with pytest.raises(Refused, match="send ref_text"):
        spoken_like(folder, "0.wav", None, "")
    assert spoken_like(folder, "0.wav", "words", "zh").path == "sliced_audio/0.wav"
