"""The original's keys with their tolerance, new sections beside them, and errors that name the line."""

from pathlib import Path

import pytest

from voice.config import Config, ConfigError, load_config
from voice.print_config import print_config
from voice.settings import Settings
from voice.voices import configured_voices

SEED_SAMPLE = """\
Core:
  sv:
    is_up: true
    master_audio:
    thr:
LLM:
  api:
  key:
  model:
GSV:
  text_lang: zh
  GPT_weight:
  SoVITS_weight:
  ref_audio_path:
  prompt_text:
  prompt_lang: zh
  aux_ref_audio_paths:
    -
  seed: -1
  top_k: 15
  batch_size: 1
extra_ref_audio:
  普通:
    - 参考音频/普通.wav
    - 这是普通的语气。
"""


def load(folder: Path, text: str, environment: dict[str, str] | None = None) -> Config:
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return load_config(file, environment or {})


def test_the_original_sample_starts_as_it_is(tmp_path: Path):
    settings = load(tmp_path, SEED_SAMPLE).settings
    assert settings.Core.sv.is_up
    assert settings.Core.sv.thr is None
    assert (settings.LLM.api, settings.LLM.key, settings.LLM.model, settings.LLM.extra_config) == ("", "", "", {})
    assert settings.GSV.aux_ref_audio_paths == []
    assert settings.GSV.GPT_weight is None
    assert settings.GSV.prompt_text == ""
    assert settings.extra_ref_audio == {"普通": [str(tmp_path / "参考音频/普通.wav"), "这是普通的语气。"]}
    voices, problems = configured_voices(settings)
    assert voices.select("普通") == voices.main
    assert len(problems) == 1
    assert "普通" in problems[0]


@pytest.mark.parametrize(
    "text", ["", "\n# nothing\n", "LLM:\n", "LLM:\n  extra_config:\n", "GSV: {}\n", "\ufeffLLM:\n"]
)
def test_what_is_absent_or_empty_has_its_default(tmp_path: Path, text: str):
    assert load(tmp_path, text).settings == load_config(None, {}, tmp_path).settings


def test_names_of_files_are_relative_to_the_file(tmp_path: Path):
    settings = load(tmp_path, "GSV:\n  ref_audio_path: voices/a.wav\n  aux_ref_audio_paths: [b.wav]\n").settings
    assert settings.GSV.ref_audio_path == str(tmp_path / "voices" / "a.wav")
    assert settings.GSV.aux_ref_audio_paths == [str(tmp_path / "b.wav")]
    assert settings.server.models_dir == str(tmp_path / "models")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("LLM:\n  modle: x\n", ["config.yaml, line 2", "LLM.modle", "LLM.model?"]),
        ("server:\n\n  prot: 1\n", ["line 3", "server.port?"]),
        ("api: http://a\n", ["line 1", "LLM.api?"]),
        ("llm:\n  api: x\n", ["line 1", "LLM?"]),
        ("Core:\n  sv:\n    thr: often\n", ["line 3", "Core.sv.thr", "often"]),
        ("limits:\n  turns: 0\n", ["line 2", "limits.turns", "greater than or equal to 1"]),
        ("split:\n  style: modern\n", ["line 2", "split.style", "balanced"]),
        ("LLM: [\n", ["line 2", "not YAML"]),
        ("- a\n- b\n", ["line 1", "mapping"]),
        ("LLM:\n  key: [hush]\n", ["line 2", "LLM.key"]),
        ("zzzz: 1\n", ["line 1", "zzzz", "known here: Core, LLM"]),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_nearest_key(tmp_path: Path, text: str, expected: list[str]):
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, text)
    for part in expected:
        assert part in str(raised.value)
    assert "hush" not in str(raised.value)


def test_every_mistake_is_named_at_once(tmp_path: Path):
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, "LLM:\n  modle: x\nserver:\n  port: -1\n")
    assert len(str(raised.value).splitlines()) == 2


def test_the_environment_overrides_the_file(tmp_path: Path):
    environment = {
        "YINLIU_LLM__KEY": "0123",
        "YINLIU_SERVER__PORT": "9000",
        "YINLIU_SPLIT__STYLE": "classic",
        "YINLIU_LLM__EXTRA_CONFIG__temperature": "0.5",
        "YINLIU_CORE__SV__IS_UP": "false",
        "YINLIU_LANG": "zh",
        "PATH": "/bin",
    }
    settings = load(tmp_path, "LLM:\n  key: file\n", environment).settings
    assert settings.LLM.key == "0123"
    assert settings.LLM.extra_config == {"temperature": 0.5}
    assert settings.server.port == 9000
    assert settings.split.style == "classic"
    assert settings.Core.sv.is_up is False
    with pytest.raises(ConfigError, match=r"YINLIU_SERVER__PROT.*server\.port"):
        load(tmp_path, "", {"YINLIU_SERVER__PROT": "1"})


def test_text_settings_keep_what_looks_like_a_number(tmp_path: Path):
    llm = load(tmp_path, "LLM:\n  key: 0123\n  model: 1e5\n").settings.LLM
    assert (llm.key, llm.model) == ("0123", "1e5")


def test_an_unreadable_file_is_an_error_in_a_sentence(tmp_path: Path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "absent.yaml", {})
    (tmp_path / "latin.yaml").write_bytes(b"LLM:\n  model: \xff\xfe\n")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "latin.yaml", {})


def test_what_is_printed_can_be_read_back_and_shows_no_secret(tmp_path: Path):
    settings = load(tmp_path, SEED_SAMPLE + "server:\n  token: hush\n  ports: [8000]\n").settings
    printed = print_config(settings)
    assert "hush" not in printed
    again = load(tmp_path, printed).settings
    assert again.extra_ref_audio == settings.extra_ref_audio
    assert again.server.ports == [8000]
    assert again.GSV == settings.GSV


def test_the_shipped_file_holds_every_setting_with_its_default():
    file = Path(__file__).parents[2] / "config.yaml"
    given = load_config(file, {}).settings
    assert given == load_config(None, {}, file.parent).settings
    shipped = file.read_text(encoding="utf-8")
    assert shipped.split("\n\n", 1)[1].strip() == print_config(Settings()).strip()
