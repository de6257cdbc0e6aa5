"""Flags of `python -m clients.gui`."""

from pathlib import Path
from typing import Any

import pytest

from clients.gui import __main__ as program
from clients.gui.settings import Settings, save


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """What would have been shown, instead of showing it."""
    running = pytest.importorskip("clients.gui.running", reason="flet is not installed (requirements-gui.txt)")
    calls: list[Any] = []
    monkeypatch.setattr(running, "run_page", lambda *arguments, **named: calls.append(("page", *arguments)) or 0)
    monkeypatch.setattr(running, "run_window", lambda *arguments: calls.append(("window", *arguments)) or 0)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    save(Settings(server="http://kept:8001", token="kept"), program_settings(tmp_path))
    return calls


def program_settings(folder: Path) -> Path:
    from clients.gui.settings import settings_file

    return settings_file({"XDG_CONFIG_HOME": str(folder), "APPDATA": str(folder), "HOME": str(folder)})


@pytest.mark.parametrize(
    ("flags", "server", "token"),
    [
        ([], "http://kept:8001", "kept"),
        (["--server", "kept:8001"], "http://kept:8001", "kept"),
        (["--token", "new"], "http://kept:8001", "new"),
        (["--server", "other:8001"], "http://other:8001", ""),
        (["--server", "other:8001", "--token", "new"], "http://other:8001", "new"),
    ],
)
def test_a_token_is_sent_to_no_other_server(shown: list[Any], flags: list[str], server: str, token: str) -> None:
    assert program.main(["--web", "--no-browser", *flags]) == 0
    kind, settings = shown[0][:2]
    assert (kind, settings.server, settings.token) == ("page", server, token)


def test_without_a_screen_the_page_opens(shown: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "has_screen", lambda: False)
    assert program.main([]) == 0
    monkeypatch.setattr(program, "has_screen", lambda: True)
    assert program.main([]) == 0
    assert [call[0] for call in shown] == ["page", "window"]


def test_missing_packages_are_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(program, "find_spec", lambda name: None if name == "flet" else object())
    assert program.main([]) == 1
    said = capsys.readouterr().err
    assert "flet: pip install -r requirements-gui.txt" in said
    assert "numpy" not in said
