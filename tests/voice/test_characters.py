"""Who answers when a listener chooses: personas, voices, languages, and what is said of names that do not exist."""

from pathlib import Path

import pytest

from voice.characters import UnknownName, Wishes, configured_cast, with_system
from voice.config import ConfigError, load_config

CONFIG = """\
LLM: {system: 平时}
GSV: {ref_audio_path: main.wav, prompt_text: 主, prompt_lang: zh, text_lang: zh}
extra_ref_audio:
  开心: [happy.wav, 笑]
characters:
  小音:
    about: 活泼
    system: 你是小音
    ref_audio_path: yin.wav
    prompt_text: 大家好
    prompt_lang: en
    extra_config: {temperature: 0.9, model: small}
  Reader: {text_lang: en}
  Lost: {ref_audio_path: lost.wav}
"""


@pytest.fixture
def cast_and_problems(tmp_path: Path):
    for name in ("main.wav", "happy.wav", "yin.wav"):
        (tmp_path / name).touch()
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return configured_cast(load_config(tmp_path / "config.yaml", {}).settings)


def test_nothing_chosen_is_the_usual_manner(cast_and_problems):
    cast, _ = cast_and_problems
    chosen = cast.choose(Wishes())
    assert chosen == cast.usual
    assert (chosen.system, chosen.voices.main.reference.text) == ("平时", "主")


def test_a_character_has_its_own_clip_persona_and_model(cast_and_problems):
    cast, _ = cast_and_problems
    yin = cast.choose(Wishes(character="小音", options={"temperature": 0.1}))
    assert yin.system == "你是小音"
    assert yin.options == {"temperature": 0.1, "model": "small"}
    assert (yin.voices.main.reference.audio.name, yin.voices.main.reference.language) == ("yin.wav", "en")
    assert yin.voices.select("开心") == yin.voices.main, "emotions of somebody else's voice"


def test_a_character_without_a_clip_sounds_as_usual_in_its_own_language(cast_and_problems):
    cast, _ = cast_and_problems
    reader = cast.choose(Wishes(character="Reader"))
    assert reader.system == "平时"
    assert reader.voices.select("开心").language == "en"
    assert reader.voices.select("开心").reference == cast.usual.voices.select("开心").reference


def test_a_lost_clip_is_told_and_the_main_voice_speaks(cast_and_problems):
    cast, problems = cast_and_problems
    assert cast.choose(Wishes(character="Lost")).voices == cast.usual.voices
    assert [problem for problem in problems if "characters.Lost.ref_audio_path" in problem and "lost.wav" in problem]


def test_a_voice_may_be_an_emotion_or_a_character(cast_and_problems):
    cast, _ = cast_and_problems
    assert cast.choose(Wishes(voice="开心")).voices.main == cast.usual.voices.by_tag["开心"]
    assert cast.choose(Wishes(voice="小音", character="Reader")).voices == cast.others["小音"].voices
    # "Reader" differs in its language only, and that is a voice, too: it is spoken otherwise.
    assert cast.voice_names() == ["开心", "小音", "Reader"]
    assert [voice.reference.text for voice in cast.all_voices()] == ["主", "笑", "大家好", "主", "笑"]


def test_language_and_speed_hold_for_every_emotion(cast_and_problems):
    cast, _ = cast_and_problems
    voices = cast.choose(Wishes(language="ja", speed=1.5)).voices
    assert {(voice.language, voice.speed) for voice in voices.all()} == {("ja", 1.5)}


@pytest.mark.parametrize("wishes", [Wishes(character="谁"), Wishes(voice="谁")])
def test_an_unknown_name_is_answered_with_those_that_exist(cast_and_problems, wishes: Wishes):
    with pytest.raises(UnknownName, match=r"'谁'; those here are .*小音"):
        cast_and_problems[0].choose(wishes)


def test_a_history_keeps_its_own_system_message():
    own = [{"role": "system", "content": "own"}, {"role": "user", "content": "?"}]
    assert with_system(own, "other") == own
    assert with_system(own[1:], "other")[0] == {"role": "system", "content": "other"}
    assert with_system(own[1:], "") == own[1:]


def test_a_misspelt_setting_of_a_character_is_told_with_its_line(tmp_path: Path):
    (tmp_path / "config.yaml").write_text("characters:\n  小音:\n    sytem: x\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"line 3: there is no setting characters\.小音\.sytem.*system"):
        load_config(tmp_path / "config.yaml", {})


def test_clips_of_characters_are_relative_to_the_file(tmp_path: Path):
    text = "characters: {a: {ref_audio_path: clips/a.wav, system: 007}}\n"
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    character = load_config(tmp_path / "config.yaml", {}).settings.characters["a"]
    assert character.ref_audio_path == str(tmp_path / "clips" / "a.wav")
    assert character.system == "007"
