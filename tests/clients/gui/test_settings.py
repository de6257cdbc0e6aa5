"""What the window keeps."""

import json
import stat
import sys
from pathlib import Path

import pytest

from clients.gui.settings import Settings, from_fields, load, options_of, save, settings_file


def test_settings_return_as_they_were_kept(tmp_path: Path) -> None:
    settings = Settings(
        server="http://box:8001", token="秘密", theme="dark", character="小音", speed=1.5, system="你是猫"
    )
    save(settings, tmp_path / "new" / "gui.json")
    assert load(tmp_path / "new" / "gui.json") == settings
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["gui.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes on Windows")
def test_only_the_owner_can_read_the_token(tmp_path: Path) -> None:
    path = tmp_path / "gui.json"
    path.write_text("{}")
    path.chmod(0o644)
    save(Settings(token="secret"), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '"text"', "\x00"])
def test_a_broken_file_is_no_reason_not_to_start(tmp_path: Path, content: str) -> None:
    (tmp_path / "gui.json").write_text(content)
    assert load(tmp_path / "gui.json") == Settings()


def test_no_file_is_the_usual_settings(tmp_path: Path) -> None:
    assert load(tmp_path / "gui.json") == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"),
        ("theme", ["dark"]),
        ("ui_language", "fr"),
        ("duplex", None),
        ("speed", 9),
        ("speed", True),
        ("speed", "1.5"),
        ("is_push_to_talk", "yes"),
        ("server", 8001),
        ("unknown", "x"),
    ],
)
def test_what_makes_no_sense_is_as_usual(name: str, value: object) -> None:
    assert from_fields({name: value, "token": "kept"}) == Settings(token="kept")


def test_the_file_lies_where_the_system_keeps_such_files() -> None:
    assert settings_file({"XDG_CONFIG_HOME": "/c"}, "linux") == Path("/c/yinliu/gui.json")
    assert settings_file({"HOME": "/h"}, "linux") == Path("/h/.config/yinliu/gui.json")
    assert settings_file({"HOME": "/h"}, "darwin") == Path("/h/Library/Application Support/yinliu/gui.json")
    assert settings_file({"APPDATA": "/a"}, "win32") == Path("/a/yinliu/gui.json")


def test_the_file_can_be_read_by_people(tmp_path: Path) -> None:
    save(Settings(character="小音"), tmp_path / "gui.json")
    text = (tmp_path / "gui.json").read_text(encoding="utf-8")
    assert '"character": "小音"' in text
    assert json.loads(text)["server"] == Settings().server


def test_what_is_not_chosen_is_left_to_the_server() -> None:
    usual = options_of(Settings())
    assert (usual.character, usual.voice, usual.language, usual.speed, usual.llm) == (None,) * 5
    chosen = options_of(Settings(character="小音", model="m", speed=1.5, duplex="full", language="zh"))
    assert (chosen.character, chosen.llm, chosen.speed, chosen.duplex) == ("小音", {"model": "m"}, 1.5, "full")
